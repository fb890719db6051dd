"""The second rule: a gap beyond the limit that people set, in published blocks one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q

from analytics.signals import Cause, Decision, Figures, Standing, State
from analytics.signals.machine import OPEN
from boards.models import GapLimit, Measure, Signal
from boards.models.signals import LIVING
from boards.queries import published
from boards.queries.published import Block
from boards.rules import Direction
from boards.signals import decisions, steps
from boards.signals.decisions import House, Taken


def gap_of(block: Block, limit: GapLimit, measure: Measure, threshold: int) -> float | None:
    """How far the group is behind the reference in one block, in points of the measure's unit and on the harmful side
    (negative: it is ahead); None where a side is not told or has fewer than `threshold` patients.
    """
    own = block.part(limit.group)
    if own is None:
        return None
    other = block.part(limit.reference) if limit.reference else block.everyone_but(limit.group)
    if other is None or min(own.denominator, other.denominator) < max(threshold, 1):
        return None
    gap = (own.numerator / own.denominator - other.numerator / other.denominator) * measure.multiplier
    return -gap if measure.direction == Direction.HIGHER else gap


def beyond(told: Sequence[Block], limit: GapLimit, measure: Measure, threshold: int, blocks: int) -> bool:
    """Whether the gap was beyond its limit in each of the last `blocks` of `told` (oldest first)."""
    last = told[-blocks:]
    gaps = [gap_of(block, limit, measure, threshold) for block in last]
    return len(last) == blocks and all(gap is not None and gap > limit.points for gap in gaps)


def look_at_limits(house: House, day: date, blocks: int, at: datetime) -> int:
    """Open or carry on the signal of every gap that is beyond its limit; give how many changed. Six statements.

    It never asks twice on the same figures: after closing or while monitoring a newer block has to be beyond it too.
    """
    limits = list(
        GapLimit.objects.filter(Q(until=None) | Q(until__gt=day), organisation=house.organisation, since__lte=day)
        .select_related("measure")
        .order_by("pk")
    )
    if not limits:
        return 0
    told: dict[tuple[int, int, int], list[Block]] = {}
    for block in published.blocks({li.unit_id for li in limits}, {li.measure_id for li in limits}, last=day):
        told.setdefault((block.unit_id, block.measure_id, block.dimension_id), []).append(block)
    newest = _newest(limits)
    taken: dict[int, list[Taken]] = {}
    for limit in limits:
        own = told.get((limit.unit_id, limit.measure_id, limit.dimension_id), [])
        if not beyond(own, limit, limit.measure, house.organisation.small_cell_threshold, blocks):
            continue
        signal = newest.get((limit.unit_id, limit.measure_id, limit.dimension_id, limit.group))
        asked = _asked(house, limit, signal, own[-1], day)
        if asked is not None:
            taken.setdefault(limit.dimension_id, []).append(asked)
    for dimension, each in taken.items():
        decisions.write(house, dimension, each, day, at)
    return sum(len(each) for each in taken.values())


def _newest(limits: Sequence[GapLimit]) -> Mapping[tuple[int, int, int, str], Signal]:
    """The newest signal of each gap with a limit."""
    signals = Signal.objects.filter(
        unit__in={li.unit_id for li in limits}, measure__in={li.measure_id for li in limits}
    ).filter(state__in=(*LIVING, State.CLOSED))
    return {(s.unit_id, s.measure_id, s.dimension_id, s.group): s for s in signals.order_by("pk")}


def _asked(house: House, limit: GapLimit, signal: Signal | None, block: Block, day: date) -> Taken | None:
    """The step to escalated, unless somebody was asked already on these figures."""
    closed = signal is not None and signal.state == State.CLOSED
    if signal is not None and (closed or signal.state == State.MONITORING) and block.last <= signal.changed_on:
        return None
    if signal is not None and signal.state in OPEN and signal.state != State.MONITORING:
        return None
    cadence = limit.measure.cadence
    before = decisions.standing_of(signal, cadence)  # type: ignore[arg-type]
    tier = signal.tier if signal is not None and signal.state == State.MONITORING else house.levels[limit.unit_id]
    moved = steps.number_of(cadence, day)  # type: ignore[arg-type]
    after = replace(before, state=State.ESCALATED, tier=tier, moved=moved, by_units=False)
    if closed:
        after = Standing(State.ESCALATED, tier, moved)
    decision = Decision(before, after, Cause.LIMIT, _figures(block, limit, moved))
    return Taken(None if closed else signal, limit.unit_id, limit.measure_id, limit.group, decision)


def _figures(block: Block, limit: GapLimit, number: int) -> Figures:
    """The published figures that caused the step."""
    own = block.part(limit.group)
    assert own is not None
    other = block.part(limit.reference) if limit.reference else block.everyone_but(limit.group)
    assert other is not None
    gap = own.numerator / own.denominator - other.numerator / other.denominator
    return Figures(
        day=number,
        window=(block.last - block.first).days + 1,
        confidence=0.95,
        events=own.numerator,
        people=own.denominator,
        rest_events=other.numerator,
        rest_people=other.denominator,
        gap=gap,
        lower=None,
        upper=None,
        relative=None,
        relative_other=None,
        run=0,
        quiet=0,
        sequence_gap=None,
        statistic=None,
        boundary=None,
    )
