"""Where a gap stands, and what moves it: none, watch, escalated, acknowledged, countermeasure, monitoring, closed.

Two doors: `decide` is asked once a day and knows only the figures; `act` is what a person does. Neither knows a clock:
days are numbers that the caller counts. Nothing closes by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from analytics.inputs import whole_setting
from analytics.outcomes import SettingError
from analytics.signals.figures import Figures, Look
from analytics.signals.policy import Policy, Trigger


class State(StrEnum):
    """Where a gap of one measure, unit, dimension and group stands."""

    NONE = "none"
    WATCH = "watch"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    COUNTERMEASURE = "countermeasure"
    MONITORING = "monitoring"
    CLOSED = "closed"


class Event(StrEnum):
    """What a person does."""

    ACKNOWLEDGE = "acknowledge"
    START = "start"  # a countermeasure, with the day on which it is due
    FINISH = "finish"
    CLOSE = "close"
    REOPEN = "reopen"  # asked anew: it is not solved, or was handed to another tier
    DISMISS = "dismiss"  # closed by a person with a reason that is kept
    HARM = "harm"  # serious harm happened: up at once, whatever the figures say


class Cause(StrEnum):
    """Why a decision was taken."""

    UNCHANGED = "unchanged"
    WATCH = "watch"  # rule D
    HELD = "held"  # rule E
    AT_ONCE = "at_once"  # rule F
    SEQUENCE = "sequence"  # rule J
    OVERDUE = "overdue"  # still E after the countermeasure's due day
    UNITS = "units"  # the same gap in several units
    LIMIT = "limit"  # beyond its limit in blocks of published figures, one after the other
    SILENCE = "silence"  # nobody has taken it in time
    HANDED = "handed"  # people handed it to another tier
    QUIET = "quiet"  # no signal for as long as the policy asks
    PERSON = "person"
    DISMISSED = "dismissed"
    HARM = "harm"


@dataclass(frozen=True, slots=True)
class Standing:
    """`tier`: 1 is the unit's own board. `moved`: day of the last move by a rule, of closing, or on which a
    countermeasure was finished.

    `due`: day on which the countermeasure is due, also after it was finished. `by_units`: the step for several units
    was made since escalation.
    """

    state: State = State.NONE
    tier: int = 1
    moved: int = -1
    due: int | None = None
    by_units: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the gap stands now, whence it came, why, and the figures of that day (None for what a person did)."""

    before: Standing
    after: Standing
    cause: Cause
    figures: Figures | None

    @property
    def changed(self) -> bool:
        """Whether the state or the tier is another one."""
        return (self.before.state, self.before.tier) != (self.after.state, self.after.tier)


#: States in which somebody above the unit has been asked, so that they end only by a person's word.
OPEN: Final = frozenset({State.ESCALATED, State.ACKNOWLEDGED, State.COUNTERMEASURE, State.MONITORING})

_ENDS: Final = {Event.CLOSE: State.CLOSED, Event.DISMISS: State.CLOSED}

#: What a person may do in which state, and where it leads. HARM is allowed everywhere.
TRANSITIONS: Final[Mapping[State, Mapping[Event, State]]] = {
    State.NONE: {},
    State.WATCH: {**_ENDS},
    State.ESCALATED: {
        Event.ACKNOWLEDGE: State.ACKNOWLEDGED,
        Event.START: State.COUNTERMEASURE,
        Event.FINISH: State.MONITORING,
        **_ENDS,
    },
    State.ACKNOWLEDGED: {
        Event.START: State.COUNTERMEASURE,
        Event.FINISH: State.MONITORING,
        Event.REOPEN: State.ESCALATED,
        **_ENDS,
    },
    State.COUNTERMEASURE: {
        Event.START: State.COUNTERMEASURE,
        Event.FINISH: State.MONITORING,
        Event.REOPEN: State.ESCALATED,
        **_ENDS,
    },
    State.MONITORING: {Event.START: State.COUNTERMEASURE, Event.REOPEN: State.ESCALATED, **_ENDS},
    State.CLOSED: {Event.REOPEN: State.ESCALATED},
}


def decide(standing: Standing, look: Look, policy: Policy) -> Decision:
    """What the rules make of one day. Pure: the same standing, look and policy give the same decision.

    none, watch and closed: to escalated by E, F or J; to watch by D; watch goes back to none after quiet days.
    Open states: one tier up when E still holds after the countermeasure's due day, or when as many units as the policy
    says have the same gap (once); one tier down after quiet days, on the first tier to monitoring. From monitoring the
    signal escalates anew, on its tier. After monitoring or closing began, as many days as rule E asks for pass before
    the same figures may escalate.
    """
    if standing.state in OPEN:
        after, cause = _while_open(standing, look, policy)
    else:
        after, cause = _while_calm(standing, look, policy)
    return Decision(standing, after, cause, look.figures)


def act(standing: Standing, event: Event, *, day: int, policy: Policy, due: int | None = None) -> Decision:
    """What a person did on `day`. `due`: the day on which a countermeasure is due, with START and only there.

    Raises SettingError where the state does not allow it, for START without a due day after `day`, or a due
    day elsewhere.
    """
    whole_setting(day, "a day")
    if (event is Event.START) != (due is not None):
        raise SettingError("a countermeasure is started with the day on which it is due, and only then")
    if due is not None and whole_setting(due, "a due day") <= day:
        raise SettingError(f"the due day {due} is not after the day {day}")
    if event is Event.HARM:
        tier = min(standing.tier + 1, policy.top_tier) if standing.state in OPEN else policy.first_tier
        return Decision(standing, Standing(State.ESCALATED, tier, day), Cause.HARM, None)
    target = TRANSITIONS[standing.state].get(event)
    if target is None:
        raise SettingError(f"a gap that is {standing.state} cannot be moved by {event}")
    if target is State.CLOSED:
        cause = Cause.DISMISSED if event is Event.DISMISS else Cause.PERSON
        return Decision(standing, Standing(State.CLOSED, standing.tier, day), cause, None)
    if event is Event.REOPEN:
        return Decision(standing, replace(standing, state=target, moved=day, due=None), Cause.PERSON, None)
    if event is Event.FINISH:  # what was agreed stays: the figures have until the due day, and are not asked at once
        return Decision(standing, replace(standing, state=target, moved=day), Cause.PERSON, None)
    after = replace(standing, state=target, due=due if event is Event.START else standing.due)
    return Decision(standing, after, Cause.PERSON, None)


def _signal(look: Look, policy: Policy) -> Cause:
    if policy.trigger is Trigger.SEQUENCE:
        return Cause.SEQUENCE
    return Cause.HELD if look.held else Cause.AT_ONCE


def _while_calm(standing: Standing, look: Look, policy: Policy) -> tuple[Standing, Cause]:
    resting = standing.state is State.CLOSED and look.day - standing.moved < policy.days
    if look.escalate and not resting:
        return Standing(State.ESCALATED, policy.first_tier, look.day), _signal(look, policy)
    if standing.state is not State.WATCH and look.watch and not resting:
        return Standing(State.WATCH, 1, look.day), Cause.WATCH
    if standing.state is State.WATCH and look.quiet >= policy.step_down and not look.watch:
        return Standing(State.NONE, 1, look.day), Cause.QUIET
    return standing, Cause.UNCHANGED


def _while_open(standing: Standing, look: Look, policy: Policy) -> tuple[Standing, Cause]:
    up = replace(standing, state=State.ESCALATED, tier=standing.tier + 1, moved=look.day, due=None)
    below_top = standing.tier < policy.top_tier
    if below_top and standing.due is not None and look.day > standing.due and (look.held or look.escalate):
        return up, Cause.OVERDUE
    if standing.state is State.MONITORING and look.escalate and look.day - standing.moved >= policy.days:
        tier = max(standing.tier, policy.first_tier)
        return Standing(State.ESCALATED, tier, look.day, due=standing.due), _signal(look, policy)
    if below_top and look.units >= policy.units and look.escalate and not standing.by_units:
        return replace(up, by_units=True), Cause.UNITS
    if min(look.quiet, look.day - standing.moved) >= policy.step_down:
        if standing.tier > policy.first_tier:
            return replace(standing, tier=standing.tier - 1, moved=look.day), Cause.QUIET
        if standing.state is not State.MONITORING:
            return replace(standing, state=State.MONITORING, moved=look.day, due=None), Cause.QUIET
    return standing, Cause.UNCHANGED
