"""Who leads the work on equity, and to whom its yearly report was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from improvement.rules.accountability import Audience
from org.models import Organisation


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who leads, or led until a day."""

    pk: int
    name: str
    title: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """The report was told to somebody."""

    day: date
    audience: str
    audience_text: str
    how: str
    by: str


@dataclass(frozen=True, slots=True)
class Year:
    """A year and to whom its report was told, the newest first."""

    year: int
    told: Sequence[Told]


def leaders_of(organisation: Organisation) -> Sequence[Leader]:
    """Leaders, present ones first, then those who led, the latest first. One statement."""
    found = list(organisation.equity_leaders.select_related("user"))
    found.sort(key=lambda one: (one.until is not None, -(one.until or date.max).toordinal(), one.since, one.pk))
    return [Leader(one.pk, str(one.user), one.title, one.since, one.until) for one in found]


def reports_of(organisation: Organisation, today: date) -> Sequence[Year]:
    """Years with what was told of each, the newest first; this one and the one before always stand. One statement."""
    years: dict[int, list[Told]] = {today.year: [], today.year - 1: []}
    for one in organisation.yearly_reports.select_related("written_by"):
        text = str(Audience(one.audience).label)
        by = str(one.written_by) if one.written_by else ""
        years.setdefault(one.year, []).append(Told(one.told_on, one.audience, text, one.how, by))
    return [Year(year, told) for year, told in sorted(years.items(), reverse=True)]
