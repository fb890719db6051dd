"""Numbers, ages and states in words, in the reader's language."""

from collections.abc import Sequence
from datetime import date, datetime
from math import isnan
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards import rules

NONE: Final = "–"


def number(value: float | None, decimals: int) -> str:
    """A number with the reader's separators; a dash where there is none."""
    if value is None or isnan(value):
        return NONE
    return formats.number_format(round(value, decimals), decimals, force_grouping=abs(value) >= 1000)


def count(value: float | None) -> str:
    """A count: whole where it is whole, one decimal where it is not (patient days); a dash where there is none."""
    if value is None or isnan(value):
        return NONE
    return number(value, 0 if float(value).is_integer() else 1)


def signed(value: float, decimals: int) -> str:
    """A difference with its sign, by a true minus: "+4.1", "−23.0", "0.0"."""
    rounded = round(value, decimals)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{number(abs(rounded), decimals)}"


def difference_unit(unit: str) -> str:
    """The unit of a difference: percentages lie points apart, whatever they are percentages of ("% of stays")."""
    return _("points") if unit.startswith("%") else unit


#: Days between, of which nothing is known: first and last of each, both included.
Stretch = tuple[date, date]


def months(
    first: date, last: date, missing: Sequence[Stretch] = (), *, named: bool = True, began: date | None = None
) -> str:
    """Whole months: "October 2026", "August – October 2026", "November 2025 – October 2026".

    Where some are `missing` it says how many are there: "…: 6 of 12 months, without January and June – August 2026",
    or "…: 6 of 12 months" where they are not to be `named`. `began`: a day within the first month on which
    numbers began.
    """
    said = _from_to(first, last)
    if began is not None:
        said = _("%(months)s, from %(day)s on") % {"months": said, "day": formats.date_format(began, _("j F"))}
    if not missing:
        return said
    every, without = number_of_months(first, last), sum(number_of_months(*stretch) for stretch in missing)
    counts = {"months": said, "n": every - without, "all": every}
    if not named:
        return _("%(months)s: %(n)s of %(all)s months") % counts
    return _("%(months)s: %(n)s of %(all)s months, without %(missing)s") % {**counts, "missing": month_list(missing)}


def month_list(stretches: Sequence[Stretch]) -> str:
    """Stretches of whole months one after the other, each year said once: "December 2025, January and June – August
    2026".
    """
    said = []
    for place, (first, last) in enumerate(stretches):
        following = stretches[place + 1][0].year if place + 1 < len(stretches) else None
        said.append(_from_to(first, last, year=last.year != following or first.year != last.year))
    return listed(said)


def listed(names: Sequence[str]) -> str:
    """Like "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def _from_to(first: date, last: date, *, year: bool = True) -> str:
    end = formats.date_format(last, _("F Y") if year else "F")
    if (first.year, first.month) == (last.year, last.month):
        return end
    begin = formats.date_format(first, "F" if first.year == last.year else _("F Y"))
    return f"{begin} – {end}"


def number_of_months(first: date, last: date) -> int:
    """How many months there are from that of `first` to that of `last`."""
    return 12 * (last.year - first.year) + last.month - first.month + 1


#: A single number, of which nothing is "x of n".
_ALONE: Final = frozenset({rules.Kind.COUNT, rules.Kind.DAYS_SINCE})
_OF_CASES: Final = frozenset({rules.Kind.MEAN, rules.Kind.MINUTES, rules.Kind.MEDIAN})


def behind(kind: str, numerator: float | None, denominator: float | None) -> str:
    """What a number rests on: "132 of 151", "20 cases" behind a mean, nothing behind a count."""
    if kind in _ALONE:
        return ""
    if kind not in _OF_CASES:
        return counts(numerator, denominator)
    if denominator is None or isnan(denominator):
        return ""
    return ngettext("%(n)s case", "%(n)s cases", int(denominator)) % {"n": count(denominator)}


def counts(numerator: float | None, denominator: float | None) -> str:
    """Like "132 of 151"; empty where either is unknown."""
    if numerator is None or denominator is None or isnan(numerator) or isnan(denominator):
        return ""
    return _("%(numerator)s of %(denominator)s") % {"numerator": count(numerator), "denominator": count(denominator)}


def target(value: float | None, high: float | None, direction: str, decimals: int, unit: str) -> str:
    """Like "≥ 90 %", "≤ 4", "60–80 %"; empty where there is no target."""
    if value is None:
        return ""
    shown = number(value, decimals).removesuffix(formats.get_format("DECIMAL_SEPARATOR") + "0" * decimals)
    after = f" {unit}" if unit == "%" else ""
    if direction == rules.Direction.BAND and high is not None:
        top = number(high, decimals).removesuffix(formats.get_format("DECIMAL_SEPARATOR") + "0" * decimals)
        return f"{shown}–{top}{after}"
    return f"{'≤' if direction == rules.Direction.LOWER else '≥'} {shown}{after}"


def short_day(day: date, today: date) -> str:
    """Like "18 Nov", with the year where it is another one."""
    # Translators: day formats of Django; the order of day and month, and the words between, are the language's own.
    return formats.date_format(day, _("j M") if day.year == today.year else _("j M Y"))


def long_day(day: date) -> str:
    """Like "Friday 20 November 2026"."""
    return formats.date_format(day, _("l j F Y"))


#: What is older is told by its date.
AGE_IN_DAYS: Final = 31


def age(day: date | None, today: date, cadence: str) -> str:
    """How old a number is, seen from `today`: "today", "yesterday", "3 days old", "week to 15 Nov", "October".

    A day of the past that is more than a month away is told by its date.
    """
    if day is None:
        return _("no number yet")
    if cadence == rules.Cadence.WEEKLY:
        return _("week to %(day)s") % {"day": short_day(day, today)}
    if cadence == rules.Cadence.MONTHLY:
        return formats.date_format(day, "F" if day.year == today.year else _("F Y"))
    if cadence == rules.Cadence.QUARTERLY:
        return _("quarter to %(day)s") % {"day": short_day(day, today)}
    days = (today - day).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days > AGE_IN_DAYS:
        return short_day(day, today)
    return ngettext("%(count)s day old", "%(count)s days old", days) % {"count": days}


def stale_since(day: date | None, today: date) -> str:
    """That a due number is missing, and since when."""
    if day is None:
        return _("nothing arrived yet")
    return _("stale since %(day)s") % {"day": short_day(day, today)}


def coverage(reported: int, expected: int) -> str:
    """Like "5 of 6 units", only where a number is made of several and some are missing."""
    if expected <= 1 or reported >= expected:
        return ""
    return _("%(reported)s of %(expected)s units") % {"reported": reported, "expected": expected}


def clock(moment: datetime | None) -> str:
    """Like "06:12"."""
    return "" if moment is None else formats.time_format(moment, "H:i")


def period(start: date, day: date, today: date, cadence: str) -> str:
    """The period that ends on `day`: "Tue 17 Nov", "9 – 15 Nov", "November 2026"."""
    if start == day:
        return formats.date_format(day, _("D j M") if day.year == today.year else _("D j M Y"))
    if cadence == rules.Cadence.MONTHLY:
        return formats.date_format(day, _("F Y"))
    return f"{short_day(start, today)} – {short_day(day, today)}"


DIRECTIONS: Final = dict(rules.Direction.choices)
STATUSES: Final = dict(rules.Status.choices)
