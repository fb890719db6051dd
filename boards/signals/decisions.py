"""What the rules make of a night: few decisions out of many looks, each stored with its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from analytics.signals import Cause, Decision, Figures, Look, Night, Policy, Standing, State, decide
from analytics.signals.machine import OPEN
from boards.models import Signal, SignalChange
from boards.models.signals import LIVING
from boards.rules import About, Cadence
from boards.signals import steps
from boards.signals.books import Book
from org.models import Organisation

#: A dismissed gap comes back when it is so much wider than on the day on which it was dismissed, or after so long.
WORSE: Final = 1.25
REMEMBERED: Final = timedelta(days=91)

_CALM, _WATCHED, _ASKED, _RESTS = range(4)


@dataclass(frozen=True, slots=True)
class House:
    """What decisions need to know of the organisation: tier level of each unit, the highest one."""

    organisation: Organisation
    levels: Mapping[int, int]
    top: int

    def policy(self, policy: Policy, unit: int) -> Policy:
        """The policy for a unit: a gap is asked of the unit itself first."""
        return replace(policy, first_tier=self.levels[unit], top_tier=self.top)


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision about one gap; `signal` None: it begins with it."""

    signal: Signal | None
    unit: int
    measure: int
    group: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class _Known:
    """Signals of the dimension that stand, in a table beside the looks: codes (r, g), and those that were asked."""

    codes: NDArray[np.int8]
    by_cell: Mapping[tuple[int, int], Signal]


def _known(house: House, book: Book, day: date) -> _Known:
    """One statement. What is only watched is read as plain rows, since there may be many."""
    codes = np.zeros(book.window.events.shape, np.int8)
    signals = Signal.objects.filter(organisation=house.organisation, dimension=book.groups.dimension)
    recent = signals.filter(state=State.CLOSED, changed_on__gte=day - REMEMBERED).order_by("pk")
    place = {name: i for i, name in enumerate(book.groups.names)}
    by_cell: dict[tuple[int, int], Signal] = {}
    for signal in [*recent, *signals.filter(state__in=LIVING)]:
        row, group = _row(book, signal.measure_id, signal.unit_id), place.get(signal.group)
        if row is None or group is None:
            continue
        code = _WATCHED if signal.state == State.WATCH else _ASKED if signal.state in OPEN else _RESTS
        codes[row, group], by_cell[row, group] = code, signal
    return _Known(codes, by_cell)


def _row(book: Book, measure: int, unit: int) -> int | None:
    key = measure << 32 | unit
    at = int(np.searchsorted(book.keys, key))
    return at if at < len(book.keys) and book.keys[at] == key else None


def take(house: House, book: Book, night: Night, cadence: Cadence, day: date) -> list[Taken]:
    """The decisions of one night about the gaps of a book, changed or not; at most two statements."""
    known = _known(house, book, day)
    asked, watched = known.codes == _ASKED, known.codes == _WATCHED
    told = asked | (night.escalate | (night.watch & ~watched)) & book.groups.known
    told |= watched & ~night.watch & (night.window.quiet >= night.policy.step_down)
    rows, groups = np.nonzero(told)
    if not len(rows):
        return []
    units = (book.keys[rows] & 0xFFFFFFFF).astype(np.int64)
    same = _same_gap(house, book, night)
    alike = np.array(
        [
            same.get((int(book.keys[r] >> 32), house.levels[int(u)], int(g)), 1)
            for r, g, u in zip(rows, groups, units, strict=True)
        ],
        np.int64,
    )
    policies = {house.levels[unit]: house.policy(night.policy, unit) for unit in set(units.tolist())}
    found = []
    for i, look in enumerate(night.looks(rows, groups, alike)):
        signal = known.by_cell.get((int(rows[i]), int(groups[i])))
        if signal is not None and _rests(signal, look, day):
            continue
        standing = standing_of(signal, cadence)
        policy = policies[house.levels[int(units[i])]]
        if standing.state not in OPEN:
            standing = replace(standing, tier=policy.first_tier)
        decision = at_home(decide(standing, look, policy), policy)
        if decision.changed:
            over = signal is not None and signal.state == State.CLOSED
            found.append(
                Taken(
                    None if over else signal,
                    int(units[i]),
                    int(book.keys[rows[i]] >> 32),
                    book.groups.names[groups[i]],
                    decision,
                )
            )
    return found


def at_home(decision: Decision, policy: Policy) -> Decision:
    """What is not asked of anybody stands at its unit, on whatever tier that is."""
    after = decision.after
    return decision if after.state in OPEN else replace(decision, after=replace(after, tier=policy.first_tier))


def _rests(signal: Signal, look: Look, day: date) -> bool:
    """Whether a dismissed gap is left alone: not worse than it was, and not long ago."""
    if signal.state != State.CLOSED or signal.dismissed_gap is None:
        return False
    gap = look.figures.gap
    return day - signal.changed_on < REMEMBERED and (gap is None or abs(gap) < WORSE * signal.dismissed_gap)


def _same_gap(house: House, book: Book, night: Night) -> dict[tuple[int, int, int], int]:
    """(measure, tier, group) → how many units of that tier escalate it."""
    rows, groups = np.nonzero(night.escalate)
    same: dict[tuple[int, int, int], int] = {}
    for row, group in zip(rows.tolist(), groups.tolist(), strict=True):
        key = int(book.keys[row])
        at = (key >> 32, house.levels[key & 0xFFFFFFFF], group)
        same[at] = same.get(at, 0) + 1
    return same


def standing_of(signal: Signal | None, cadence: Cadence) -> Standing:
    """Where a signal stands, as the rules read it."""
    if signal is None:
        return Standing()
    return Standing(
        State(signal.state),
        signal.tier,
        signal.moved,
        None if signal.due is None else steps.number_of(cadence, signal.due),
        signal.by_units,
    )


def write(house: House, dimension_id: int, taken: Sequence[Taken], day: date, at: datetime) -> None:
    """Store decisions: signals that begin, signals that go on, one change each. Four statements."""
    begun = [(each, _begin(house.organisation, dimension_id, each, day)) for each in taken if each.signal is None]
    Signal.objects.bulk_create([signal for _each, signal in begun], batch_size=2000)
    gone_on = [(each, _go_on(each.signal, each.decision, day)) for each in taken if each.signal is not None]
    _update([signal for _each, signal in gone_on])
    SignalChange.objects.bulk_create(
        [change_of(signal, each.decision, day, at) for each, signal in (*begun, *gone_on)], batch_size=2000
    )
    turned = [t for t in taken if (t.decision.before.state in OPEN) != (t.decision.after.state in OPEN)]
    mark_tiles(sorted({(each.unit, each.measure) for each in turned}))


def mark_tiles(gaps: Sequence[tuple[int, int]]) -> None:
    """Let the tiles of (unit, measure) say how many of their gaps ask for help. One statement.

    Boards are seen by everybody of a unit: tiles of measures of staff do not even change.
    """
    if not gaps:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE boards_tile t SET version = t.version + 1, asked = (SELECT count(*) FROM boards_signal s "
            "WHERE s.unit_id = t.unit_id AND s.measure_id = t.measure_id AND s.state = ANY(%s)) "
            "FROM unnest(%s::int[], %s::int[]) AS g(unit_id, measure_id) "
            f"JOIN boards_measure m ON m.id = g.measure_id AND m.about = '{About.PATIENTS}' "
            "WHERE t.unit_id = g.unit_id AND t.measure_id = g.measure_id",
            [[state.value for state in OPEN], [unit for unit, _ in gaps], [measure for _, measure in gaps]],
        )


def mark_missing(organisation: Organisation) -> None:
    """The same for tiles that came after their signals. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE boards_tile t SET version = t.version + 1, asked = s.number FROM (SELECT s.unit_id, s.measure_id, "
            "count(*) AS number FROM boards_signal s JOIN boards_measure m ON m.id = s.measure_id "
            f"WHERE m.about = '{About.PATIENTS}' AND s.organisation_id = %s AND s.state = ANY(%s) GROUP BY 1, 2) s "
            "WHERE t.unit_id = s.unit_id AND t.measure_id = s.measure_id AND t.asked <> s.number",
            [organisation.pk, [state.value for state in OPEN]],
        )


def _begin(organisation: Organisation, dimension_id: int, taken: Taken, day: date) -> Signal:
    after = taken.decision.after
    return Signal(
        organisation=organisation,
        unit_id=taken.unit,
        measure_id=taken.measure,
        dimension_id=dimension_id,
        group=taken.group,
        state=after.state,
        tier=after.tier,
        since=day,
        changed_on=day,
        moved=after.moved,
        by_units=after.by_units,
    )


def _go_on(signal: Signal, decision: Decision, day: date) -> Signal:
    after = decision.after
    signal.state, signal.tier, signal.moved, signal.by_units = after.state, after.tier, after.moved, after.by_units
    if after.due is None:
        signal.due = None
    signal.changed_on = day
    return signal


def _update(signals: Sequence[Signal]) -> None:
    if not signals:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE boards_signal s SET state = n.state, tier = n.tier, moved = n.moved, by_units = n.by_units, "
            "due = n.due, changed_on = n.changed_on FROM unnest(%s::int[], %s::text[], %s::int[], %s::int[], "
            "%s::bool[], %s::date[], %s::date[]) AS n(id, state, tier, moved, by_units, due, changed_on) "
            "WHERE s.id = n.id",
            [
                [s.pk for s in signals],
                [str(s.state) for s in signals],
                [s.tier for s in signals],
                [s.moved for s in signals],
                [s.by_units for s in signals],
                [s.due for s in signals],
                [s.changed_on for s in signals],
            ],
        )


def change_of(signal: Signal, decision: Decision, day: date, at: datetime, **said: Any) -> SignalChange:
    """The step that a decision is, with the figures that caused it; not stored yet. `said`: who, and the reason."""
    figures = decision.figures
    return SignalChange(
        signal=signal,
        day=day,
        at=at,
        cause=decision.cause,
        before=decision.before.state,
        after=decision.after.state,
        tier_before=decision.before.tier,
        tier=decision.after.tier,
        run=figures.run if figures else 0,
        quiet=figures.quiet if figures else 0,
        due=signal.due,
        figures=None if figures is None else figures_json(figures),
        **said,
    )


def figures_json(figures: Figures) -> dict[str, Any]:
    """Figures as they are kept: plain numbers."""
    return {**asdict(figures), "reason": int(figures.reason)}


__all__ = [
    "Cause",
    "House",
    "Taken",
    "at_home",
    "change_of",
    "figures_json",
    "mark_missing",
    "mark_tiles",
    "standing_of",
    "take",
    "write",
]
