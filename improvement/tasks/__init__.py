"""Work by the clock. Celery finds it here."""

from improvement.tasks.limits import keep_limits_of_goals
from improvement.tasks.nudges import remind_of_tests

__all__ = ["keep_limits_of_goals", "remind_of_tests"]
