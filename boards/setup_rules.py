"""What a definition, a target and a code must hold, and what a change of them means. Tables and pure functions."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.rules import ROLL_UPS, Direction, Kind, RollUp, TargetLine
from org.rules import NotAllowed

#: So many days back a changed target reaches by itself: the days that a board, its limits and its calendars look at.
TARGET_DAYS: Final = 92
#: So many days back snapshots may be taken again after a definition changed.
RETAKE_DAYS: Final = 400

#: What a number means hangs on these; a measure with readings asks before they change.
MEANING: Final[Mapping[str, object]] = {
    "kind": gettext_lazy("kind of number"),
    "multiplier": gettext_lazy("per"),
    "direction": gettext_lazy("direction"),
    "roll_up": gettext_lazy("roll-up"),
}

#: Kinds whose multiplier has no meaning: the number is the count, the median or the days themselves.
PLAIN_KINDS: Final = frozenset({Kind.COUNT, Kind.MEDIAN, Kind.DAYS_SINCE})


def check_roll_up(kind: Kind, roll_up: RollUp) -> None:
    """Raise NotAllowed, naming what would do, where numbers of `kind` cannot be put together by `roll_up`."""
    allowed = ROLL_UPS[kind]
    if roll_up in allowed:
        return
    choices = [str(choice.label) for choice in RollUp if choice in allowed]
    if kind == Kind.MEDIAN:
        raise NotAllowed(
            _("A median cannot be worked out from the medians of other units. Choose “%(only)s”.")
            % {"only": choices[0]}
        )
    raise NotAllowed(
        _("“%(kind)s” does not add up by “%(roll_up)s”. Choose %(choices)s.")
        % {
            "kind": kind.label,
            "roll_up": roll_up.label,
            "choices": _(" or ").join(f"“{choice}”" for choice in choices),
        }
    )


def meaning_changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The fields of `MEANING` that differ, in their order."""
    return [name for name in MEANING if before[name] != after[name]]


def check_target(kind: Kind, multiplier: float, direction: Direction, line: TargetLine) -> None:
    """Raise NotAllowed in plain words where a target makes no sense for the way in which the measure is better."""
    if direction == Direction.CONTEXT:
        raise NotAllowed(_("This measure is context only, so it has no target. Give it a direction first."))
    if direction == Direction.BAND:
        if line.high is None:
            raise NotAllowed(_("This measure is best inside a band: give its lower and its upper end."))
        if line.high <= line.value:
            raise NotAllowed(_("The upper end of the band must lie above its lower end."))
        if line.warning is not None:
            raise NotAllowed(_("A band has two ends and no “at risk from”. Leave that field empty."))
    elif line.high is not None:
        raise NotAllowed(_("Only a measure that is best inside a band has an upper end. Leave that field empty."))
    if line.warning is not None:
        if direction == Direction.HIGHER and line.warning <= line.value:
            raise NotAllowed(
                _("Higher is better: “at risk from” lies above the target. Between the two a number is met, at risk.")
            )
        if direction == Direction.LOWER and line.warning >= line.value:
            raise NotAllowed(
                _("Lower is better: “at risk from” lies below the target. Between the two a number is met, at risk.")
            )
    for number in (line.value, line.high, line.warning):
        if number is not None:
            _check_reachable(kind, multiplier, number)


def _check_reachable(kind: Kind, multiplier: float, number: float) -> None:
    if kind != Kind.MEAN and number < 0:
        raise NotAllowed(_("This measure is never below 0."))
    if kind == Kind.PROPORTION and number > multiplier:
        raise NotAllowed(_("A share lies between 0 and %(most)s.") % {"most": f"{multiplier:g}"})


def check_text_free(text: str, taken: Collection[str], sentence: str) -> None:
    """Raise NotAllowed with `sentence` where `text` stands among `taken`, whatever its capitals."""
    if text.casefold() in {other.casefold() for other in taken}:
        raise NotAllowed(sentence)


def days_again(first: date, yesterday: date, most: int) -> tuple[date, date] | None:
    """The days, first and last, that are taken again for a change from `first` on; at most `most`, None for none."""
    start = max(first, yesterday - timedelta(days=most - 1))
    return (start, yesterday) if start <= yesterday else None


def moved(ids: list[int], pk: int, *, up: bool) -> list[int]:
    """`ids` with `pk` one place earlier or later; at an end, or where it is not among them, as they were."""
    order = list(ids)
    if pk not in order:
        return order
    here = order.index(pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order
