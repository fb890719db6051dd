"""Does the tasks of a house on one machine: `python -m huddleboard.run.worker`.

What `celery worker` does, without the command line around it, which brings twelve megabytes of tools along.
"""

import sys

from huddleboard.celery import app


def main() -> int:
    """Work until a signal; the exit code."""
    worker = app.Worker(
        concurrency=1,
        loglevel="WARNING",
        max_memory_per_child=250_000,  # KiB; a process that has grown beyond it is replaced after its task
        without_gossip=True,  # there is no other worker to talk with
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return worker.exitcode or 0


if __name__ == "__main__":
    sys.exit(main())
