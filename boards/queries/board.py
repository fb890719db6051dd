"""The board of a unit on a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2s
from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, Max, Q, Sum
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from boards import rules, sparks
from boards.glyphs import calendar_summary, letter_svg
from boards.models import BoardMeasure, Measure, RedReason, Tile
from boards.pages import BoardPage, Cell, Crumb, LetterCalendar, ReasonCount, TileView, UnitLink
from boards.queries import signs, words
from boards.queries.series import series
from boards.queries.states import TileLike, states_of
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from org.models import User

#: The Pareto of reasons looks back this far.
PARETO_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a board, and what they may do there."""

    permissions: frozenset[Permission]
    zone_now: datetime

    def may(self, permission: Permission) -> bool:
        """Whether the reader holds `permission` at this unit."""
        return permission in self.permissions


def latest_day(local_now: datetime) -> date:
    """The day that a board shows unless asked: yesterday, which is the last whole one."""
    return local_now.date() - timedelta(days=1)


def placements(unit: Unit) -> list[BoardMeasure]:
    """What is on the unit's board, in the order of the letters. One statement."""
    return list(
        BoardMeasure.objects.filter(unit=unit, measure__is_active=True)
        .select_related("measure__letter")
        .order_by("measure__letter__position", "position", "measure__name")
    )


def board_version(unit: Unit, day: date, reader: Reader) -> str:
    """A text that changes whenever the board of `unit` on `day` would look different to this reader. One statement."""
    found = Tile.objects.filter(Q(unit=unit) | Q(unit__parent=unit)).aggregate(
        newest=Max("version"), total=Sum("version"), tiles=Count("id")
    )
    parts = (
        unit.pk,
        unit.name,
        day,
        reader.zone_now.date(),
        sorted(reader.permissions),
        get_language(),
        found["newest"],
        found["total"],
        found["tiles"],
    )
    return blake2s(repr(parts).encode(), digest_size=10).hexdigest()


def tile_states(unit: Unit, day: date, shown: Sequence[BoardMeasure], *, stored: bool) -> dict[int, TileLike]:
    """Measure id → state on `day`: the stored tile where it is of today's board, else made from the snapshots."""
    if stored:
        return {tile.measure_id: tile for tile in Tile.objects.filter(unit=unit)}
    measures = {p.measure_id: p.measure for p in shown}
    points = series([unit.pk], [(m.pk, m.cadence) for m in measures.values()], day)
    return {state.measure_id: state for state in states_of(points, measures)}


def _status_of(state: TileLike | None) -> rules.Status:
    return rules.Status.NO_DATA if state is None else rules.STATUS_OF_CODE[state.status]


def tile_view(
    placement: BoardMeasure, state: TileLike | None, unit: Unit, today: date, reason: str, base: str
) -> TileView:
    """One tile, in words and markup."""
    measure = placement.measure
    status = _status_of(state)
    stale = state is None or state.value is None
    blank = state is None
    unit_text = measure.unit_text
    text = words.target(
        None if blank else state.target,
        None if blank else state.target_high,
        measure.direction,
        measure.decimals,
        unit_text,
    )
    needs_reason = (
        status == rules.Status.MISSED and not reason and placement.role != rules.MeasureRole.WATCH
    )
    sign = signs.of(state, measure)
    return TileView(
        measure_id=measure.pk,
        name=measure.name,
        letter=measure.letter.code,
        role=placement.role,
        url=f"{base}measures/{measure.pk}/",
        value=words.number(None if blank else state.value, measure.decimals),
        unit_text=unit_text,
        counts=""
        if blank or measure.kind in {rules.Kind.COUNT, rules.Kind.DAYS_SINCE, rules.Kind.MEDIAN}
        else words.counts(state.numerator, state.denominator),
        target=text,
        status=status.value,
        status_text=str(status.label),
        variation=sign.variation,
        assurance=sign.assurance,
        sentence=sign.sentence,
        spark=""
        if blank
        else sparks.spark_svg(
            state.tail_values, state.lower, state.mean, state.upper, state.target, state.tail_flags
        ),
        age=words.stale_since(None if blank else state.last_value_day, today)
        if stale
        else words.age(state.day, today, measure.cadence),
        stale=stale,
        corrected=not blank and state.corrected,
        gap=signs.gap_text(None if blank else state.gap, measure),
        definition=measure.definition,
        numerator_text=measure.numerator_text,
        denominator_text=measure.denominator_text,
        direction_text=str(words.DIRECTIONS[measure.direction]),
        source=measure.source_note,
        coverage="" if blank else words.coverage(state.reported, state.expected),
        reason=reason,
        needs_reason=needs_reason,
    )
