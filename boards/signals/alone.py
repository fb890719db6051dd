"""Whether a unit has a gap of its own beside units below it whose same gap people have dismissed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.signals import Cause, Day, Harm, State, Window, step
from boards.models import Signal, SignalChange, SignalWindow
from boards.packed import unpacked
from boards.rules import Cadence, Direction
from boards.signals import steps
from boards.signals.decisions import REMEMBERED
from boards.signals.night import policy_of

_SUMS: Final = ("events", "people", "since_events", "since_people")


def dismissed_below(signal: Signal, day: date) -> SignalChange | None:
    """The newest dismissal of the same gap at a unit below that still holds on `day`, where without the patients of
    such units the gap of `signal` is no more than chance; None where it may ask for itself. At most four statements.
    """
    resting = _resting(signal, day)
    if not resting or _of_its_own(signal, [one.unit_id for one in resting]):
        return None
    return SignalChange.objects.filter(signal__in=resting, cause=Cause.DISMISSED).order_by("-pk").first()


def _resting(signal: Signal, day: date) -> list[Signal]:
    """Units below whose newest signal of the gap was dismissed not long ago; of units within each other the upper."""
    same = Signal.objects.filter(
        measure=signal.measure_id,
        dimension=signal.dimension_id,
        group=signal.group,
        unit__path__startswith=signal.unit.path,
    ).exclude(unit=signal.unit_id)
    newest = {one.unit_id: one for one in same.select_related("unit").order_by("pk")}
    found: list[Signal] = []
    for one in sorted(newest.values(), key=lambda one: len(one.unit.path)):
        rests = one.state == State.CLOSED and one.dismissed_gap is not None and day - one.changed_on < REMEMBERED
        if rests and not any(one.unit.path.startswith(other.unit.path) for other in found):
            found.append(one)
    return found


def _of_its_own(signal: Signal, without: Sequence[int]) -> bool:
    """Whether the gap is more than chance among the patients of the unit who are not of units `without`; False where
    they are too few to tell.
    """
    kept = SignalWindow.objects.filter(measure=signal.measure_id, dimension=signal.dimension_id).first()
    if kept is None or signal.group not in kept.groups:
        return False
    units: NDArray[np.int32] = np.frombuffer(kept.unit_ids, np.int32)
    at = np.flatnonzero(units == signal.unit_id)
    if not len(at):
        return False
    gone = np.isin(units, list(without))
    shape = (len(units), len(kept.groups))
    left: list[NDArray[Any]] = []
    for name in _SUMS:
        counted = unpacked(getattr(kept, name), len(units) * shape[1]).reshape(shape)
        left.append(np.maximum(counted[at] - counted[gone].sum(axis=0), 0.0))
    events, people, since_events, since_people = left
    cadence = Cadence(signal.measure.cadence)
    policy = steps.policy_for(policy_of(signal.organisation).policy(), cadence)
    days = np.zeros((1, shape[1]), np.int32)
    window = Window(
        np.minimum(events, people),
        people,
        np.minimum(since_events, since_people),
        since_people,
        days,
        days.copy(),
        np.frombuffer(kept.began, np.int64)[at],
    )
    nothing = np.zeros((1, shape[1]))
    side = Harm.LOW if signal.measure.direction == Direction.HIGHER else Harm.HIGH
    night = step(
        window,
        Day.of(nothing, nothing),
        None,
        number=steps.number_of(cadence, kept.counted),
        restart=False,
        way=[float(side)],
        policy=policy,
    )
    return bool(night.watch[0, kept.groups.index(signal.group)])


__all__ = ["dismissed_below"]
