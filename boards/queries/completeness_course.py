"""How much was known of the patients of one unit, month after month, and by measure: the course beside the map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from boards import completeness_rules as known
from boards import rules
from boards.completeness_rules import Counts, Limits, Told, Trust
from boards.models import Dimension, Measure
from boards.queries import words
from boards.queries.published_states import States, states
from boards.sparks import spark_svg
from org.models import Unit

#: The map looks at what ended within so many days: three months and the days until the last of them was told.
RECENT_DAYS: Final = 110
TREND_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the map: its mark, what it says, and what that means.

    `months`: of which it tells, where these are not the last three.
    """

    trust: Trust
    sign: str
    text: str
    words: str
    months: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A line of the table behind a course; shares in words, a dash where there is none."""

    period: str
    known: str
    interval: str
    unknown: str
    declined: str
    not_asked: str
    unmapped: str
    rest: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """What is known of the cases of one measure."""

    name: str
    box: Box
    interval: str
    cases: str


@dataclass(frozen=True, slots=True)
class Course:
    """One dimension at the unit of the page: what is known now, by state, how it went, and by measure."""

    code: str
    name: str
    box: Box
    to_do: str
    now: MonthRow
    spark: SafeString
    sentence: str
    months: Sequence[MonthRow]
    measures: Sequence[MeasureLine]
    without: str  # why nothing is told of the unit itself, where it is not


@dataclass(frozen=True, slots=True)
class Now:
    """What the map says of a dimension at the unit of the page; `without`: why nothing, where it says nothing."""

    dimension: Dimension
    told: Told
    box: Box
    without: str


def period(told: Told) -> str:
    """The months of which it was told."""
    return "" if told.first is None or told.last is None else words.months(told.first, told.last)


def _percent(part: float, total: float) -> str:
    """A share of cases, one decimal where it is below ten; a dash of nobody."""
    if total <= 0:
        return words.NONE
    share = 100 * part / total
    return f"{words.number(share, 1 if 0 < share < 10 else 0)} %"


def _line(period: str, told: Told, *, measures: int = 1) -> MonthRow:
    """A line of the table; an interval only where each case is one patient, that is of one measure."""
    own = told.counts
    hidden = own.open + own.dark
    return MonthRow(
        period,
        told.bounds,
        told.interval if measures == 1 else "",
        _state(own.unknown + own.unsent, own.total, hidden),
        _state(own.declined, own.total, hidden),
        _state(own.not_asked, own.total, hidden),
        _state(own.unmapped, own.total, hidden),
        _percent(hidden, own.total),
    )


def _state(cases: float, total: float, hidden: float) -> str:
    """The share of a state; where cases are hidden, as far as it is told: none told is not none."""
    if not hidden:
        return _percent(cases, total)
    return f"≥ {_percent(cases, total)}" if cases else words.NONE


def courses(unit: Unit, at: Sequence[Now], day: date, limits: Limits) -> list[Course]:
    """Each dimension over a year at `unit`, and its measures. Three statements."""
    since = day - timedelta(days=TREND_DAYS)
    rows = states([unit.pk], [each.dimension.pk for each in at], since=since, until=day, by_measure=True)
    blocks = [row for row in rows if row.stretch == rules.Stretch.BLOCK]
    names = dict(Measure.objects.filter(pk__in={row.measure_id for row in rows}).values_list("pk", "name"))
    out = []
    for each in at:
        dimension, now = each.dimension, each.told
        own = [row for row in blocks if row.dimension_id == dimension.pk]
        months = _months(own, limits)
        out.append(
            Course(
                dimension.code,
                dimension.name,
                replace(each.box, text=now.bounds, months=period(now)) if now.counts.total else each.box,
                str(known.TO_DO.get(now.trust, "")),
                _line(period(now), now),
                _spark([_point(found) for _month, found in months], limits),
                _course_sentence(dimension.name, now, months),
                [_line(month, found, measures=_measure_count(own)) for month, found in reversed(months)],
                _measures(own, names, day, limits),
                each.without,
            )
        )
    return out


def _measure_count(rows: Sequence[States]) -> int:
    return len({row.measure_id for row in rows})


def _months(rows: Sequence[States], limits: Limits) -> list[tuple[str, Told]]:
    by_last: dict[date, Counts] = {}
    firsts: dict[date, date] = {}
    for row in rows:
        by_last[row.last] = by_last.get(row.last, Counts()) + row.counts
        firsts[row.last] = min(firsts.get(row.last, row.first), row.first)
    lasts = sorted(by_last)
    found = known.judged([by_last[last] for last in lasts], limits)
    return [(words.months(firsts[last], last), told) for last, told in zip(lasts, found, strict=True)]


def _spark(points: Sequence[float | None], limits: Limits) -> SafeString:
    """The course with the lower limit; nothing where it has not two points."""
    if sum(point is not None for point in points) < 2:
        return SafeString("")
    return spark_svg(points, None, None, None, float(limits.least))


def _point(told: Told) -> float | None:
    return told.low if told.exact or told.trust in {Trust.ENOUGH, Trust.THIN} else None


def _course_sentence(name: str, now: Told, months: Sequence[tuple[str, Told]]) -> str:
    points = [(month, told.text) for month, told in months if _point(told) is not None]
    if not points and _point(now) is not None:
        return _("No month can be told by itself, only all of these together.")
    if len(points) < 2:
        return _("No course yet.")
    (first, before), (last, after) = points[0], points[-1]
    asked = {"name": name, "first": first, "last": last, "before": before, "now": after}
    return _("%(name)s: %(before)s known in %(first)s, %(now)s in %(last)s.") % asked


def _measures(rows: Sequence[States], names: Mapping[int, str], day: date, limits: Limits) -> list[MeasureLine]:
    """What each measure's own cases say over the last months, by name."""
    sums: dict[int, Counts] = {}
    for row in rows:
        if row.last > day - timedelta(days=RECENT_DAYS):
            sums[row.measure_id] = sums.get(row.measure_id, Counts()) + row.counts
    found = zip(sums, known.judged(list(sums.values()), limits), strict=True)
    lines = [
        MeasureLine(
            names[pk],
            Box(told.trust, known.SIGNS[told.trust], told.bounds, str(told.trust.label)),
            told.interval,
            words.count(told.counts.total),
        )
        for pk, told in found
        if pk in names
    ]
    return sorted(lines, key=lambda line: line.name)
