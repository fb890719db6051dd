"""What happens to goals by the clock."""

from improvement.tasks.limits import keep_limits_of_goals

__all__ = ["keep_limits_of_goals"]
