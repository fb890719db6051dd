"""What happens in this room by the clock."""

from rounding.tasks.roster import let_go_of_old_shifts

__all__ = ["let_go_of_old_shifts"]
