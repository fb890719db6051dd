"""What became of a ticket's measure since something was changed: in a sentence, and as a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db.models import Min
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from boards import rules as board_rules
from boards.charts import KINDS, SHOWN_POINTS, ChartPoint, control_chart
from boards.queries import signs, words
from boards.queries.measure import CHART_POINTS, notes_of, points_of
from boards.queries.series import series
from boards.queries.states import unchartable
from improvement.models import Cycle
from improvement.rules.cycles import State
from improvement.rules.effects import Effect, Verdict, effect_of, stretches_of
from org.queries.calendars import zone_of

if TYPE_CHECKING:
    from boards.models import Measure
    from boards.queries.series import Series
    from improvement.models import Ticket
    from org.models import Unit


#: Days that are looked at where events are rare: eighteen stretches of four weeks make limits and a word about them.
RARE_POINTS: Final = 1100
_NOT_COMPARED: Final = frozenset({Verdict.SILENT, Verdict.SHORT, Verdict.EARLY})


@dataclass(frozen=True, slots=True)
class Told:
    """An effect: since which day, in a plain sentence, and drawn; no chart and no `means` (before beside after) where
    nothing can be compared.
    """

    since: date
    verdict: str
    title: str
    sentence: str
    chart: Mapping[str, Any] | None
    means: str = ""


def changed_on(ticket: "Ticket") -> date | None:
    """The day from which the measure can have changed: the first day of the first test that started, or the day on
    which the ticket was taken into work, where its unit is. Two statements at most.
    """
    first = Cycle.objects.filter(ticket=ticket).exclude(state=State.PLAN).order_by("starts_on").first()
    if first is not None:
        return first.starts_on
    return None if ticket.begun_at is None else ticket.begun_at.astimezone(zone_of(ticket.unit)).date()


def effect_on(ticket: "Ticket", today: date) -> Told | None:
    """What became of the ticket's measure at its unit since it was changed; None where there is no measure or nothing
    was changed yet. Six statements at most.
    """
    since = changed_on(ticket)
    if ticket.measure is None or since is None:
        return None
    measure = ticket.measure
    told, line, found = _told(_chartable(ticket.unit, measure, today), measure, since, today)
    if line is None or found.before != found.before:
        return told
    notes = [(note.day, note.text) for note in notes_of(ticket.unit, measure, erasable=False)]
    return replace(told, chart=_chart(line, found, measure, notes))


def beside_on(ticket: "Ticket", balancing: "Measure | None", today: date) -> Told | None:
    """What became of a balancing measure at the ticket's unit meanwhile, in words; None without one, or where nothing
    was changed yet. Four statements at most.
    """
    since = changed_on(ticket)
    if balancing is None or since is None:
        return None
    return _told(_chartable(ticket.unit, balancing, today), balancing, since, today)[0]


def _chartable(unit: "Unit", measure: "Measure", today: date) -> "Series | None":
    """The newest numbers; of rare events those of a longer time."""
    points = points_of(unit, measure, today)
    if points is not None and len(points) and unchartable(measure, points.values):
        return points_of(unit, measure, today, RARE_POINTS) or points
    return points


def effects_on(tickets: Sequence["Ticket"], today: date) -> dict[int, Told]:
    """What became of the measures of several tickets, by ticket and without charts; tickets without a measure, or of
    which nothing was changed yet, are left out. As many statements for many as for one.
    """
    firsts = dict(
        Cycle.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
        .exclude(state=State.PLAN)
        .values_list("ticket")
        .annotate(first=Min("starts_on"))
    )
    since: dict[int, date] = {}
    for ticket in tickets:
        begun = ticket.begun_at.astimezone(ticket.organisation.zone).date() if ticket.begun_at else None
        day = firsts.get(ticket.pk) or begun
        if day is not None and ticket.measure is not None:
            since[ticket.pk] = day
    asked = [ticket for ticket in tickets if ticket.pk in since]
    points = _points_of(asked, today, CHART_POINTS)
    rare = [t for t in asked if (p := points.get(_place(t))) is not None and unchartable(t.measure, p.values)]  # type: ignore[arg-type]
    points |= _points_of(rare, today, RARE_POINTS)
    return {
        ticket.pk: _told(points.get(_place(ticket)), ticket.measure, since[ticket.pk], today)[0]  # type: ignore[arg-type]
        for ticket in asked
    }


def _place(ticket: "Ticket") -> tuple[int, int]:
    assert ticket.measure_id is not None
    return ticket.unit_id, ticket.measure_id


def _points_of(tickets: Sequence["Ticket"], today: date, points: int) -> "dict[tuple[int, int], Series]":
    measures = {(t.measure.pk, t.measure.cadence) for t in tickets if t.measure is not None}
    found = series({ticket.unit_id for ticket in tickets}, sorted(measures), today, points) if tickets else []
    return {(one.unit_id, one.measure_id): one for one in found if len(one)}


def _told(points: "Series | None", measure: "Measure", since: date, today: date) -> tuple[Told, "_Line | None", Effect]:
    """The effect in words, without its chart; the line that it was read from, None where there is none."""
    line = None if points is None or not len(points) else _line_of(points, measure, since, today)
    if line is None:
        found = Effect(Verdict.SILENT if points is not None and len(points) else Verdict.SHORT, 0, 0)
    else:
        way = {board_rules.Direction.HIGHER: 1, board_rules.Direction.LOWER: -1}.get(
            board_rules.Direction(measure.direction), 0
        )
        found = _possible(effect_of(line.values, line.before, way), measure)
    said = sentence_of(found, measure, since, today, line.weeks if line else 0)
    means = "" if found.verdict in _NOT_COMPARED else _means(found, measure, since, today)
    return Told(since, found.verdict, str(found.verdict.label), said, None, means), line, found


@dataclass(frozen=True, slots=True)
class _Line:
    """Points of a measure over time with how many lie before the change; `weeks` of each where they were summed."""

    days: Sequence[date]
    periods: Sequence[str]
    values: NDArray[np.float64]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    before: int
    weeks: int = 0


def _line_of(points: "Series", measure: "Measure", since: date, today: date) -> _Line | None:
    """The points as they are; of events that are too rare for a chart of single days the sums of a week, or of four,
    counted from the day of the change so that no sum lies on both sides. None where those say nothing either.
    """
    starts = points.period_starts
    if not unchartable(measure, points.values):
        periods = [
            words.period(starts[i].item(), points.days[i].item(), today, measure.cadence) for i in range(len(points))
        ]
        days = [day.item() for day in points.days]
        before = int((starts < np.datetime64(since)).sum())
        return _Line(days, periods, points.values, points.numerators, points.denominators, before)
    if measure.kind != board_rules.Kind.RATE or measure.cadence != board_rules.Cadence.DAILY:
        return None
    for weeks in (1, 4):
        line = _summed(points, measure, since, today, weeks)
        if line.before and float(np.median(line.values[: line.before])) > 0:
            return line
    return None


def _summed(points: "Series", measure: "Measure", since: date, today: date, weeks: int) -> _Line:
    """Sums over whole stretches of `weeks` weeks on both sides of the change."""
    length = 7 * weeks
    at = stretches_of(points.period_starts, np.datetime64(since), length)
    places, first, inverse = np.unique(at, return_index=True, return_inverse=True)
    known = ~np.isnan(points.denominators)
    counts = np.bincount(inverse, known, minlength=len(places))
    numerators = np.bincount(inverse, np.nan_to_num(points.numerators), minlength=len(places)).astype(float)
    denominators = np.bincount(inverse, np.nan_to_num(points.denominators), minlength=len(places)).astype(float)
    ends = [since + timedelta(days=(int(place) + 1) * length - 1) for place in places]
    whole = np.array([end < today for end in ends]) & (counts >= length // 2) & (denominators > 0)
    whole[0] &= len(points.days) > first[0] and counts[0] == length
    kept = np.flatnonzero(whole)
    values = numerators[kept] / denominators[kept] * measure.multiplier
    periods = [
        f"{words.short_day(ends[i] - timedelta(days=length - 1), today)} – {words.short_day(ends[i], today)}"
        for i in kept
    ]
    days = [ends[i] for i in kept]
    before = int((places[kept] < 0).sum())
    return _Line(days, periods, values, numerators[kept], denominators[kept], before, weeks)


def sentence_of(found: Effect, measure: "Measure", since: date, today: date, weeks: int = 0) -> str:
    """The effect in a plain sentence, with its uncertainty; `weeks` of each number where days were summed."""
    given = {
        "since": words.short_day(since, today),
        "before": words.number(found.before, measure.decimals),
        "after": words.number(found.after, measure.decimals),
        "unit": measure.unit_text,
        "n_before": found.n_before,
        "n_after": found.n_after,
        "lower": words.number(found.lower, measure.decimals),
        "upper": words.number(found.upper, measure.decimals),
    }
    if found.verdict == Verdict.SILENT:
        return _("Events are too rare here for a chart of this kind: look at the days between them.")
    summed = _summed_text(weeks)
    if found.verdict == Verdict.SHORT:
        text = _("Only %(n_before)s numbers stand from before %(since)s; twelve make limits.") % given
        return f"{text} {summed}".strip()
    if found.verdict == Verdict.EARLY:
        text = _(
            "Before %(since)s it was %(before)s %(unit)s and varied from %(lower)s to %(upper)s."
            " Since then there are %(n_after)s numbers; six allow a first word."
        )
        return f"{text % given} {summed}".strip()
    means = _means(found, measure, since, today)
    sign = signs.rule_text(found.rule, found.run, high=found.upward)
    if found.verdict == Verdict.NOISE and sign:
        # A sign to one side while the mean moved to the other.
        other = _("By itself it varies from %(lower)s to %(upper)s. One sign stands out (%(sign)s), but not the mean.")
        return f"{means} {other % {**given, 'sign': sign}} {summed}".strip()
    if found.verdict == Verdict.NOISE:
        noise = _("By itself it varies from %(lower)s to %(upper)s, and nothing since stands out of that.") % given
        return f"{means} {noise} {summed}".strip()
    told = _("What stands out first: %(sign)s.") % {"sign": sign} if sign else ""
    return " ".join(part for part in (means, told, _bounds(found, measure), summed) if part)


def _means(found: Effect, measure: "Measure", since: date, today: date) -> str:
    return _("%(before)s %(unit)s before (%(n_before)s numbers), %(after)s since %(since)s (%(n_after)s numbers).") % {
        "since": words.short_day(since, today),
        "before": words.number(found.before, measure.decimals),
        "after": words.number(found.after, measure.decimals),
        "unit": measure.unit_text,
        "n_before": found.n_before,
        "n_after": found.n_after,
    }


def _possible(found: Effect, measure: "Measure") -> Effect:
    """The effect with limits cut where the measure's numbers cannot lie."""
    if measure.kind not in {board_rules.Kind.RATE, board_rules.Kind.COUNT, board_rules.Kind.PROPORTION}:
        return found
    most = measure.multiplier if measure.kind == board_rules.Kind.PROPORTION else np.inf
    return replace(found, lower=max(found.lower, 0.0), upper=min(found.upper, most))


def _summed_text(weeks: int) -> str:
    if not weeks:
        return ""
    return _("Events are rare: each number is of four weeks.") if weeks > 1 else _("Each number is of a week.")


def _bounds(found: Effect, measure: "Measure") -> str:
    if found.low != found.low:
        return ""
    low, high = (words.signed(bound, measure.decimals) for bound in (found.low, found.high))
    return _("The difference is likely between %(low)s and %(high)s (95 %%).") % {"low": low, "high": high}


def _chart(line: _Line, found: Effect, measure: "Measure", notes: list[tuple[date, str]]) -> Mapping[str, Any]:
    """The line with the limits from before carried on, and the mean of each stretch."""
    marked = {Verdict.BETTER: "better", Verdict.WORSE: "worse"}.get(found.verdict, "unusual")
    values = line.values
    outside = (np.arange(len(values)) >= line.before) & ((values < found.lower) | (values > found.upper))
    return control_chart(
        [
            ChartPoint(
                day=line.days[i],
                value=None if np.isnan(values[i]) else float(values[i]),
                lower=found.lower or None,
                mean=found.before if i < line.before or found.verdict == Verdict.EARLY else found.after,
                upper=found.upper,
                target=None,
                kind=marked if outside[i] else KINDS[0],
                period_text=line.periods[i],
                value_text=f"{words.number(values[i], measure.decimals)} {measure.unit_text}".strip(),
                counts=words.behind(measure.kind, line.numerators[i], line.denominators[i]),
            )
            for i in range(max(0, line.before - SHOWN_POINTS), len(values))
        ],
        unit_text=measure.unit_text,
        target_text="",
        notes=notes,
    )
