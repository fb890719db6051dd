"""One measure of one unit: chart, sentence, groups, table, what it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.spc import Rule, is_low, rule_of, xmr_states
from boards import rules
from boards.charts import KINDS, ChartPoint, control_chart, strata_chart
from boards.models import Annotation, BoardMeasure, Measure, Snapshot, Tile
from boards.pages import ChartNote, Contributor, Crumb, MeasurePage, PointRow
from boards.queries import past, signs, words
from boards.queries.board import Reader, latest_day, tile_view
from boards.queries.series import Series, series
from boards.queries.states import TileState, states_of, unchartable
from boards.queries.strata import dimensions_of, strata_table
from boards.queries.units import below_on, line_to
from org import access
from org.models import Unit
from org.rules import Permission, ancestor_ids

if TYPE_CHECKING:
    from org.models import User

#: Points of the wide chart: thirteen months of days.
CHART_POINTS: Final = 400


@dataclass(frozen=True, slots=True)
class _Told:
    """Every point of a series with what the rules say of it; limits stand on the last `rules.TAIL_POINTS`."""

    series: Series
    state: TileState
    flags: list[int]
    lows: list[bool]

    def __len__(self) -> int:
        return len(self.series)

    def kind(self, i: int) -> str:
        """The kind of point `i` on a chart."""
        back = i - len(self.series) + len(self.state.tail_flags)
        return KINDS[self.state.tail_flags[back]] if back >= 0 else KINDS[0]

    def flag(self, i: int) -> str:
        """The rule that marks point `i`, in words."""
        return signs.rule_text(Rule(self.flags[i]), self.run(i), high=not self.lows[i]) if self.flags[i] else ""

    def run(self, i: int) -> int:
        """How many points in a row up to `i` carry the same mark."""
        length = 0
        while i - length >= 0 and self.flags[i - length] == self.flags[i] and self.lows[i - length] == self.lows[i]:
            length += 1
        return length


def _tail(points: Series) -> Series:
    last = rules.TAIL_POINTS
    return Series(
        points.unit_id,
        points.measure_id,
        *(getattr(points, name)[-last:] for name in Series.__slots__[2:]),
    )


def told(points: Series, measure: Measure) -> _Told:
    """Limits and signals of one series, the same as on its tile."""
    tail = _tail(points)
    state = states_of([tail], {measure.pk: measure})[0]
    way = {rules.Direction.HIGHER: 1, rules.Direction.LOWER: -1}.get(rules.Direction(measure.direction), 0)
    values = np.full(len(tail), np.nan) if unchartable(measure, tail.values) else tail.values
    found = xmr_states(values[None, :], way)
    missing = len(points) - len(tail)
    return _Told(
        points,
        state,
        [0] * missing + rule_of(found.point_flags[0]).tolist(),
        [False] * missing + is_low(found.point_flags[0]).tolist(),
    )


def _none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _counts(points: Series, i: int, measure: Measure) -> str:
    return words.behind(measure.kind, points.numerators[i], points.denominators[i])


def _chart(story: _Told, measure: Measure, today: date, notes: Sequence[tuple[date, str]]) -> Mapping[str, object]:
    points = story.series
    first = len(points) - len(story.state.tail_days)
    target = words.target(
        story.state.target, story.state.target_high, measure.direction, measure.decimals, measure.unit_text
    )
    return control_chart(
        [
            ChartPoint(
                day=points.days[i].item(),
                value=_none(points.values[i]),
                lower=story.state.lower if i >= first else None,
                mean=story.state.mean if i >= first else None,
                upper=story.state.upper if i >= first else None,
                target=_none(points.targets[i]),
                kind=story.kind(i),
                period_text=words.period(points.period_starts[i].item(), points.days[i].item(), today, measure.cadence),
                value_text=f"{words.number(points.values[i], measure.decimals)} {measure.unit_text}".strip(),
                counts=_counts(points, i, measure),
                flag=story.flag(i),
            )
            for i in range(len(points))
        ],
        unit_text=measure.unit_text,
        target_text=_("target %(target)s") % {"target": target} if target else "",
        notes=notes,
    )


def _rows(story: _Told, measure: Measure, today: date) -> list[PointRow]:
    points = story.series
    return [
        PointRow(
            day=points.days[i].item(),
            period_text=words.period(points.period_starts[i].item(), points.days[i].item(), today, measure.cadence),
            value=words.number(points.values[i], measure.decimals),
            numerator=words.count(points.numerators[i]),
            denominator=words.count(points.denominators[i]),
            target=words.number(points.targets[i], measure.decimals),
            status=rules.STATUS_OF_CODE[int(points.statuses[i])].value,
            flag=story.flag(i),
            age="",
            corrected=bool(points.corrected[i]),
            note=words.coverage(int(points.reported[i]), int(points.expected[i])),
        )
        for i in range(len(points) - 1, -1, -1)
    ]


def _contributors(unit: Unit, measure: Measure, day: date, today: date, user: "User") -> tuple[list[Contributor], int]:
    """The units straight below with their numbers of `day`, those that the reader may open; how many more there are.

    Below is who reported to the unit on that day, along either line: these numbers are in its own.
    """
    below = below_on(unit, day)
    seen = dict(Unit.objects.filter(pk__in=below).visible_to(user).values_list("pk", "name"))
    rows = Snapshot.objects.filter(day=day, measure=measure, unit__in=below).order_by("unit_id")
    found, hidden = [], 0
    for row in rows:
        if row.unit_id not in seen:
            hidden += 1
            continue
        found.append(
            Contributor(
                seen[row.unit_id],
                reverse("boards:measure", args=[row.unit_id, measure.pk]),
                words.number(row.value, measure.decimals),
                words.behind(measure.kind, row.numerator, row.denominator),
                rules.STATUS_OF_CODE[row.status].value,
                words.age(row.day, today, measure.cadence),
            )
        )
    return sorted(found, key=lambda c: c.name), hidden


def points_of(unit: Unit, measure: Measure, day: date, points: int = CHART_POINTS) -> Series | None:
    """The points of one measure of one unit up to `day`. One statement."""
    found = series([unit.pk], [(measure.pk, measure.cadence)], day, points)
    return found[0] if found else None


def notes_of(unit: Unit, measure: Measure, *, erasable: bool) -> list[ChartNote]:
    """What people wrote on the chart of this unit, or of a unit above it; only its own may be `erasable` here."""
    above = [*ancestor_ids(unit.path), unit.pk]
    written = Annotation.objects.filter(unit__in=above, measure=measure)
    return [ChartNote(note.pk, note.day, note.text, erasable and note.unit_id == unit.pk) for note in written]


def placement_of(unit: Unit, measure: Measure) -> BoardMeasure:
    """The measure's place on the board; an unsaved one where it only rolls up through this unit."""
    found = BoardMeasure.objects.filter(unit=unit, measure=measure).select_related("measure__letter").first()
    return found or BoardMeasure(unit=unit, measure=measure, role=rules.MeasureRole.WATCH, reports=False)


def crumbs_of(unit: Unit, user: "User", asked: str = "") -> list[Crumb]:
    """The way up to the board of the unit, itself included; `asked` is the query of the links."""
    return [
        Crumb(name, reverse("boards:board", args=[pk]) + asked)
        for pk, name, path in line_to(unit)
        if access.sees(user, path)
    ]


def _with_asked(story: _Told | None, unit: Unit, measure: Measure) -> TileState | None:
    """The state with how many of its gaps ask for help now, as its tile says. One statement."""
    if story is None:
        return None
    asked = Tile.objects.filter(unit=unit, measure=measure).values_list("asked", flat=True).first()
    return replace(story.state, asked=asked or 0)


def measure_page(
    unit: Unit,
    measure: Measure,
    day: date,
    reader: Reader,
    user: "User",
    dimension_code: str,
    live_url: str,
    over: str = "",
) -> MeasurePage:
    """Everything about one measure of one unit up to `day`. A constant number of statements."""
    today = reader.zone_now.date()
    base = reverse("boards:board", args=[unit.pk])
    here = reverse("boards:measure", args=[unit.pk, measure.pk])
    points = points_of(unit, measure, day)
    story = told(points, measure) if points is not None and len(points) else None
    notes = notes_of(unit, measure, erasable=reader.may(Permission.ANNOTATE))
    dimensions = dimensions_of(unit, measure, day) if measure.stratifiable else []
    chosen = next((d for d in dimensions if d.code == dimension_code), dimensions[0] if dimensions else None)
    may_see = reader.may_see_groups(measure)
    strata = strata_table(unit, measure, chosen, day, over) if chosen and may_see else None
    contributors, hidden = _contributors(unit, measure, story.state.day, today, user) if story is not None else ([], 0)
    asked = past.asked(day)
    latest = latest_day(reader.zone_now)
    stay = asked if day < latest else ""
    return MeasurePage(
        unit_id=unit.pk,
        unit_name=unit.name,
        crumbs=crumbs_of(unit, user, stay),
        measure_id=measure.pk,
        name=measure.name,
        question=measure.question,
        tile=tile_view(placement_of(unit, measure), _with_asked(story, unit, measure), today, "", base),
        chart=_chart(story, measure, today, [(note.day, note.text) for note in notes]) if story else {},
        points=_rows(story, measure, today) if story else [],
        dimensions=[(d.code, d.name, f"{here}?by={d.code}{past.staying(day, latest)}") for d in dimensions]
        if may_see
        else [],
        strata=strata,
        strata_chart=strata_chart(strata, unit_text=measure.unit_text, decimals=measure.decimals) if strata else None,
        contributors=[replace(row, url=row.url + stay) for row in contributors],
        hidden_contributors=hidden,
        notes=notes,
        synthetic=unit.organisation.is_synthetic,
        may_annotate=reader.may(Permission.ANNOTATE),
        downloads={
            "png": f"{here}chart.png{asked}",
            "svg": f"{here}chart.svg{asked}",
            "csv": f"{here}points.csv{asked}",
        }
        if reader.may(Permission.EXPORT)
        else {},
        live_url=live_url,
        annotate_url=f"{here}notes/",
        of_staff=measure.about == rules.About.STAFF,
        stay=past.staying(day, latest),
    )
