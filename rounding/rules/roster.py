"""What a roster holds, and for how long."""

from datetime import timedelta
from typing import Final

ID_LENGTH: Final = 40
NAME_LENGTH: Final = 80
#: Longer ones are mistakes in a file.
LONGEST_SHIFT: Final = timedelta(hours=36)
#: Shifts that ended longer ago are let go.
KEPT_FOR: Final = timedelta(days=60)
#: Days after it are mistakes in a file; programs write 9999 where they know none.
LATEST_YEAR: Final = 2100
MOST_ROWS: Final = 20_000
