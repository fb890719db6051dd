"""What happens on boards by the clock."""

from boards.tasks.feeds import read_watched_folders
from boards.tasks.signals import look_at_gaps
from boards.tasks.snapshots import (
    make_partitions_ahead,
    take_daily_snapshots,
    take_due_snapshots,
    tell_complete_months,
)
from boards.tasks.stewards import tell_stewards

__all__ = [
    "look_at_gaps",
    "make_partitions_ahead",
    "read_watched_folders",
    "take_daily_snapshots",
    "take_due_snapshots",
    "tell_complete_months",
    "tell_stewards",
]
