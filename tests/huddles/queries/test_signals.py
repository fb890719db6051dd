"""Where an issue stands is where its signal goes: every status met by every state."""

from datetime import date, timedelta

import pytest

from analytics.signals import Cause, Event, Policy, Standing, State, act
from analytics.signals.machine import OPEN
from boards.models import Measure, SignalChange
from boards.rules import About, Cadence
from huddles.queries import signal_words as words
from huddles.queries.signals import EVENTS, events_to
from huddles.rules.issues import Status

DUE = date(2026, 12, 24)
#: Status of the issue → where the signal is then; None: where it was.
LEADS = {
    Status.RAISED: State.ESCALATED,
    Status.ACKNOWLEDGED: State.ACKNOWLEDGED,
    Status.ANSWERED: State.COUNTERMEASURE,
    Status.DONE: State.MONITORING,
    Status.UNCONFIRMED: State.MONITORING,
    Status.CONFIRMED: State.CLOSED,
    Status.PARKED: None,
    Status.MERGED: None,
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("state", sorted({*OPEN, State.CLOSED}))
def test_the_signal_goes_where_its_issue_stands(state, status):
    now = Standing(State(state), 2, 5)
    for event in events_to(State(state), None, status, DUE):
        due = 40 if event is Event.START else None
        now = act(now, event, day=20, policy=Policy(), due=due).after
    stays = state == State.CLOSED and status in {Status.DONE, Status.UNCONFIRMED}
    assert now.state == (state if LEADS[status] is None or stays else LEADS[status])


def test_every_status_is_in_the_table():
    assert set(EVENTS) == set(Status) == set(LEADS)


def test_another_day_for_the_countermeasure_is_kept_and_the_same_day_changes_nothing():
    assert events_to(State.COUNTERMEASURE, DUE, Status.ANSWERED, DUE) == ()
    assert events_to(State.COUNTERMEASURE, DUE, Status.ANSWERED, DUE + timedelta(days=1)) == (Event.START,)
    assert events_to(State.ESCALATED, None, Status.ANSWERED, None) == ()


#: Nothing is unchanged by a step, and people move a signal neither back to nothing nor to be watched.
STEPS = [
    (cause, after)
    for cause in Cause
    for after in State
    if cause is not Cause.UNCHANGED and not (cause is Cause.PERSON and after in {State.NONE, State.WATCH})
]


@pytest.mark.parametrize(("cause", "after"), STEPS)
@pytest.mark.parametrize("cadence", Cadence)
@pytest.mark.parametrize("about", About)
def test_every_step_has_words_without_a_figure_of_the_group(cause, after, cadence, about):
    change = SignalChange(
        cause=cause,
        after=after,
        run=7,
        quiet=14,
        figures={"window": 28, "people": 190.0, "events": 101.0, "gap": -0.23},
    )
    said = words.cause(change, Measure(cadence=cadence, about=about))
    assert said.endswith(".")
    assert not any(mark in said for mark in ("%(", "190", "101", "0.23", "23"))
