"""The clock of a house on one machine: `python -m huddleboard.run.beat SCHEDULE`.

What `celery beat` does, without the command line around it, which brings twelve megabytes of tools along. SCHEDULE is
the file in which it remembers what it has sent.
"""

import sys

from huddleboard.beat import app

if __name__ == "__main__":
    app.Beat(loglevel="WARNING", schedule=sys.argv[1], quiet=True).run()
