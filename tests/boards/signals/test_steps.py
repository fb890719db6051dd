"""Looks by cadence, and what is remembered of dismissed gaps."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.signals import Event, Look, Policy, Standing, State, decide
from boards.actions import signals as actions
from boards.models import Signal
from boards.rules import Cadence
from boards.signals import steps
from boards.signals.decisions import REMEMBERED, at_home
from tests.boards.signals.stage import build, days, moment, run, send, wide


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.sampled_from(Cadence))
def test_a_period_has_one_number_and_ends_with_its_day(day, cadence):
    number = steps.number_of(cadence, day)
    last = steps.day_of(cadence, number)
    assert steps.is_step(cadence, last)
    assert day <= last
    assert steps.number_of(cadence, last) == number
    assert steps.number_of(cadence, last + timedelta(days=1)) == number + 1


def test_a_policy_in_looks_asks_for_the_same_stretch_of_time_and_one_look_more():
    found = {
        cadence: (p.window, p.days, p.step_down, p.restart)
        for cadence in Cadence
        for p in [steps.policy_for(Policy(), cadence)]
    }
    assert found == {
        Cadence.DAILY: (28, 7, 14, 91),
        Cadence.WEEKLY: (4, 2, 3, 13),
        Cadence.MONTHLY: (2, 2, 2, 6),
        Cadence.QUARTERLY: (2, 2, 2, 6),
    }


@pytest.mark.django_db
def test_a_dismissed_gap_comes_back_when_it_is_worse_and_not_before():
    house, measure = build()
    for i, day in enumerate(days(90)):
        bad = i >= 60
        counts = [(20, 24), (2 if bad else 4, 8)]
        send(house, measure, day, {"m1": counts if i >= 30 else wide(i)}, at=moment(day))
    run(house, days(30))
    signal = Signal.objects.get(unit=house.units["m1"])
    actions.do(
        signal=signal,
        event=Event.DISMISS,
        day=days(30)[-1],
        at=moment(days(30)[-1]),
        by=None,
        reason="The clinic moved",
    )
    run(house, days(30, days(31)[30]))
    assert [s.state for s in Signal.objects.filter(unit=house.units["m1"])] == [State.CLOSED]
    run(house, days(25, days(61)[60]))
    first, second = Signal.objects.filter(unit=house.units["m1"]).order_by("pk")
    assert (first.state, second.state) == (State.CLOSED, State.ESCALATED)
    assert second.since < first.changed_on + REMEMBERED
    assert second.changes.get().before == State.CLOSED


@pytest.mark.parametrize("level", [1, 3])
def test_what_is_only_watched_stands_on_the_tier_of_its_unit(level):
    policy = replace(Policy(), first_tier=level, top_tier=4)
    seen = Look(5, watch=True, held=False, at_once=False, escalate=False, run=1, quiet=0, figures=None)
    decision = at_home(decide(Standing(tier=level), seen, policy), policy)
    assert (decision.after.state, decision.after.tier, decision.changed) == (State.WATCH, level, True)
