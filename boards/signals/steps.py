"""Looks by cadence: a daily measure is looked at every day, others once a period. Tables and pure functions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from analytics.signals import Policy
from boards.rules import Cadence, is_due

#: About how many days one look stands for.
LENGTHS: Final[Mapping[Cadence, int]] = {
    Cadence.DAILY: 1,
    Cadence.WEEKLY: 7,
    Cadence.MONTHLY: 31,
    Cadence.QUARTERLY: 92,
}
_LEAST_RESTART: Final = 6
_MONTHS: Final = 12
_QUARTER: Final = 3
_WEEK: Final = 7


def policy_for(policy: Policy, cadence: Cadence) -> Policy:
    """The policy counted in looks instead of days: the same stretch of time, at least two looks of each.

    Rule E asks for one look more than the days would give, since a single look is no row.
    """
    length = LENGTHS[cadence]
    if length == 1:
        return policy
    return replace(
        policy,
        window=max(2, -(-policy.window // length)),
        days=1 + -(-policy.days // length),
        step_down=1 + -(-policy.step_down // length),
        restart=None if policy.restart is None else max(_LEAST_RESTART, -(-policy.restart // length)),
    )


def number_of(cadence: Cadence, day: date) -> int:
    """The number of the look of the period in which `day` lies: one more for each period."""
    if cadence == Cadence.DAILY:
        return day.toordinal()
    if cadence == Cadence.WEEKLY:
        return (day.toordinal() - 1) // _WEEK  # day 1 of the calendar was a Monday
    months = day.year * _MONTHS + day.month - 1
    return months if cadence == Cadence.MONTHLY else months // _QUARTER


def day_of(cadence: Cadence, number: int) -> date:
    """The last day of the period of that number: the day of its snapshot."""
    if cadence == Cadence.DAILY:
        return date.fromordinal(number)
    if cadence == Cadence.WEEKLY:
        return date.fromordinal((number + 1) * _WEEK)
    months = number + 1 if cadence == Cadence.MONTHLY else (number + 1) * _QUARTER
    return date(months // _MONTHS, months % _MONTHS + 1, 1) - timedelta(days=1)


def is_step(cadence: Cadence, day: date) -> bool:
    """Whether a period ends with `day`, so that there is something to look at."""
    return is_due(cadence, day, open_day=True)


def begins_anew(policy: Policy, number: int) -> bool:
    """Whether the always-valid sequence begins anew with that look. The grid never moves."""
    return policy.restart is not None and number % policy.restart == 0


def first_needed(policy: Policy, number: int) -> int:
    """The look from which on the past has to be read to know all that is kept of it up to `number`."""
    return number + 1 - policy.window - (policy.restart or policy.window)


__all__ = ["LENGTHS", "begins_anew", "day_of", "first_needed", "is_step", "number_of", "policy_for"]
