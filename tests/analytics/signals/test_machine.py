"""The state machine: every state with every event, the automatic moves one by one, and a whole year day by day."""

import numpy as np
import pytest

from analytics.outcomes import SettingError
from analytics.signals import (
    Cause,
    Decision,
    Event,
    Figures,
    Harm,
    Look,
    Policy,
    Standing,
    State,
    act,
    decide,
    escalations,
    gap_looks,
    key,
    look_of,
    sentence,
)
from analytics.signals.machine import OPEN, TRANSITIONS
from analytics.signals.simulation import SCENARIOS, pairs, strata

POLICY = Policy()
FIGURES = Figures(
    day=50,
    window=28,
    confidence=0.95,
    events=140,
    people=224,
    rest_events=560,
    rest_people=672,
    gap=-0.2083,
    lower=-0.28,
    upper=-0.14,
    relative=0.25,
    relative_other=1.25,
    run=7,
    quiet=0,
    sequence_gap=-0.2,
    statistic=90.0,
    boundary=60.0,
)


def look(day=50, *, watch=False, held=False, at_once=False, escalate=None, run=0, quiet=0, units=1):
    calls = held or at_once if escalate is None else escalate
    return Look(day, watch, held, at_once, calls, run, quiet, FIGURES, units)


def standing(state, tier=1, moved=0, **other):
    return Standing(state, tier, moved, **other)


@pytest.mark.parametrize(
    ("before", "seen", "state", "tier", "cause"),
    [
        (Standing(), look(), State.NONE, 1, Cause.UNCHANGED),
        (Standing(), look(watch=True), State.WATCH, 1, Cause.WATCH),
        (Standing(), look(watch=True, held=True), State.ESCALATED, 2, Cause.HELD),
        (Standing(), look(watch=True, at_once=True), State.ESCALATED, 2, Cause.AT_ONCE),
        (Standing(), look(watch=True, held=True, escalate=False), State.WATCH, 1, Cause.WATCH),
        (standing(State.WATCH), look(watch=True), State.WATCH, 1, Cause.UNCHANGED),
        (standing(State.WATCH), look(quiet=13), State.WATCH, 1, Cause.UNCHANGED),
        (standing(State.WATCH), look(quiet=14), State.NONE, 1, Cause.QUIET),
        (standing(State.WATCH), look(watch=True, held=True), State.ESCALATED, 2, Cause.HELD),
        (standing(State.CLOSED, moved=44), look(watch=True, held=True), State.CLOSED, 1, Cause.UNCHANGED),
        (standing(State.CLOSED, moved=43), look(watch=True, held=True), State.ESCALATED, 2, Cause.HELD),
        (standing(State.CLOSED, moved=43), look(watch=True), State.WATCH, 1, Cause.WATCH),
        (standing(State.ESCALATED, 2), look(quiet=13), State.ESCALATED, 2, Cause.UNCHANGED),
        (standing(State.ESCALATED, 2), look(quiet=14), State.MONITORING, 2, Cause.QUIET),
        (standing(State.ESCALATED, 2, moved=40), look(quiet=14), State.ESCALATED, 2, Cause.UNCHANGED),
        (standing(State.ACKNOWLEDGED, 3), look(quiet=20), State.ACKNOWLEDGED, 2, Cause.QUIET),
        (standing(State.COUNTERMEASURE, 2), look(quiet=20), State.MONITORING, 2, Cause.QUIET),
        (standing(State.MONITORING, 2), look(quiet=400), State.MONITORING, 2, Cause.UNCHANGED),
        (standing(State.MONITORING, 2), look(held=True), State.ESCALATED, 2, Cause.HELD),
        (standing(State.ESCALATED, 2), look(held=True), State.ESCALATED, 2, Cause.UNCHANGED),
        (standing(State.COUNTERMEASURE, 2, due=50), look(held=True), State.COUNTERMEASURE, 2, Cause.UNCHANGED),
        (standing(State.COUNTERMEASURE, 2, due=49), look(held=True), State.ESCALATED, 3, Cause.OVERDUE),
        (standing(State.COUNTERMEASURE, 2, due=49), look(watch=True), State.COUNTERMEASURE, 2, Cause.UNCHANGED),
        (standing(State.COUNTERMEASURE, 4, due=49), look(held=True), State.COUNTERMEASURE, 4, Cause.UNCHANGED),
        (standing(State.ACKNOWLEDGED, 2), look(held=True, units=2), State.ACKNOWLEDGED, 2, Cause.UNCHANGED),
        (standing(State.ACKNOWLEDGED, 2), look(held=True, units=3), State.ESCALATED, 3, Cause.UNITS),
        (standing(State.ESCALATED, 3, by_units=True), look(held=True, units=9), State.ESCALATED, 3, Cause.UNCHANGED),
    ],
)
def test_a_day_moves_a_gap(before, seen, state, tier, cause):
    decision = decide(before, seen, POLICY)
    assert (decision.after.state, decision.after.tier, decision.cause) == (state, tier, cause)
    assert decision.figures is FIGURES
    assert decision.before == before
    assert decision.changed == ((before.state, before.tier) != (state, tier))


def test_a_step_up_asks_for_a_new_answer_and_a_new_day():
    after = decide(standing(State.COUNTERMEASURE, 2, due=49), look(held=True), POLICY).after
    assert after == Standing(State.ESCALATED, 3, 50, None)


@pytest.mark.parametrize("state", State)
def test_no_day_ever_closes(state):
    for quiet in (0, 14, 1000):
        for watch in (False, True):
            for due in (None, 10):
                before = standing(state, 2 if state in OPEN else 1, due=due)
                after = decide(before, look(watch=watch, quiet=quiet, units=5), POLICY).after
                assert after.state is not State.CLOSED or state is State.CLOSED
                assert (after.state in OPEN) >= (state in OPEN)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", State)
def test_every_state_meets_every_event(state, event):
    before = standing(state, 2 if state in OPEN else 1, moved=5)
    due = 40 if event is Event.START else None
    if event is Event.HARM:
        after = act(before, event, day=20, policy=POLICY).after
        assert after.state is State.ESCALATED
        assert after.tier == (3 if state in OPEN else 2)
    elif event in TRANSITIONS[state]:
        decision = act(before, event, day=20, policy=POLICY, due=due)
        assert decision.after.state is TRANSITIONS[state][event]
        assert decision.after.due == due
        assert decision.after.tier == before.tier
        assert decision.cause is (Cause.DISMISSED if event is Event.DISMISS else Cause.PERSON)
        assert decision.figures is None
    else:
        with pytest.raises(SettingError, match="cannot be moved"):
            act(before, event, day=20, policy=POLICY, due=due)


def test_every_state_is_in_the_table():
    assert set(TRANSITIONS) == set(State)


def test_harm_stops_at_the_top():
    top = standing(State.ESCALATED, POLICY.top_tier)
    assert act(top, Event.HARM, day=9, policy=POLICY).after.tier == POLICY.top_tier


@pytest.mark.parametrize(
    ("event", "due"),
    [(Event.START, None), (Event.START, 20), (Event.START, 19), (Event.ACKNOWLEDGE, 30)]
    + [(Event.START, due) for due in (float("nan"), 30.5, "30")],
)
def test_a_countermeasure_has_a_day_to_come_and_nothing_else_has(event, due):
    with pytest.raises(SettingError):
        act(standing(State.ESCALATED, 2), event, day=20, policy=POLICY, due=due)


@pytest.mark.parametrize("policy", [Policy(), Policy(confirm=None), Policy(trigger="sequence")])
@pytest.mark.parametrize("number", [0, 6, -1])
def test_counting_many_series_agrees_with_deciding_day_by_day(policy, number):
    scenario = SCENARIOS[number]
    counts = strata(np.random.default_rng(11), scenario, 3, 365)
    columns = [
        np.where(counts.reported, each, np.nan)
        for each in (counts.events, counts.people, counts.rest_events, counts.rest_people)
    ]
    looks = gap_looks(*columns, scenario.harm, policy=policy)
    calls = escalations(looks)
    for series in range(len(calls)):
        now, count = Standing(), 0
        for day in range(365):
            decision = decide(now, look_of(looks, series, day), policy)
            count += decision.changed and decision.after.state is State.ESCALATED
            now = decision.after
            if now.state is State.MONITORING:
                now = act(now, Event.CLOSE, day=day, policy=policy).after
        assert calls[series] == count
    assert policy.confirm is not None or calls.sum() > 0


def test_a_real_gap_walks_the_whole_way():
    counts = pairs(np.random.default_rng(2), 1, 200, gap=0.25, begin=60)
    columns = [each.copy() for each in (counts.events, counts.people, counts.rest_events, counts.rest_people)]
    columns[0][:, 130:] = 7  # mended
    looks = gap_looks(*columns, Harm.LOW)
    now, story = Standing(), []
    for day in range(200):
        decision = decide(now, look_of(looks, 0, day), POLICY)
        now = decision.after
        if decision.changed:
            story.append(key(decision))
            assert decision.figures.day == day
        if now.state is State.ESCALATED:
            now = act(now, Event.ACKNOWLEDGE, day=day, policy=POLICY).after
            now = act(now, Event.START, day=day, policy=POLICY, due=day + 21).after
    assert story[0] == "watch"
    assert story[1] in {"at_once", "held"}
    assert "overdue" in story
    assert story[-1] == "quiet_monitoring"
    assert act(now, Event.CLOSE, day=200, policy=POLICY).after.state is State.CLOSED


def test_figures_are_plain_numbers_or_none():
    looks = gap_looks(np.full(40, 5), 8, np.full(40, 20), 24, Harm.LOW)
    early, late = look_of(looks, (), 5).figures, look_of(looks, (), 39).figures
    assert early.gap is None
    assert early.lower is None
    assert early.relative is None
    assert late.gap == pytest.approx(-5 / 24)
    assert (late.events, late.people, late.rest_events, late.rest_people) == (140, 224, 560, 672)
    assert late.statistic > late.boundary
    assert not hasattr(late.gap, "dtype")


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_its_sentence(cause):
    figures = None if cause in {Cause.PERSON, Cause.HARM} else FIGURES
    decision = Decision(Standing(), standing(State.MONITORING, 2), cause, figures)
    said = sentence(decision, group="Spanish speakers")
    assert said.endswith(".")
    assert "None" not in said
    assert "nan" not in said
    assert "{" not in said
    if figures:
        assert "Spanish speakers: 62.5 % of 224 against 83.3 % of 672 for everyone else, 20.8 points below" in said


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.COUNTERMEASURE, State.MONITORING, State.CLOSED])
def test_what_a_person_did_has_a_sentence(state):
    decision = Decision(standing(State.ESCALATED, 2), standing(state, 2), Cause.PERSON, None)
    assert key(decision) == f"person_{state}"
    assert sentence(decision, group="x").endswith(".")


def test_a_quiet_step_says_that_it_stays_open():
    down = Decision(standing(State.ACKNOWLEDGED, 3), standing(State.ACKNOWLEDGED, 2), Cause.QUIET, FIGURES)
    assert "one tier down. It stays open until a person closes it." in sentence(down, group="x")
    gone = Decision(standing(State.WATCH), Standing(), Cause.QUIET, FIGURES)
    assert "no longer watched" in sentence(gone, group="x")


def test_a_gap_gone_quiet_is_monitored_where_it_was_sent_first():
    down = decide(standing(State.ESCALATED, POLICY.first_tier), look(quiet=14), POLICY)
    assert (down.after.state, down.after.tier) == (State.MONITORING, POLICY.first_tier)
    said = sentence(down, group="x")
    assert "monitored on the tier that was asked first. It stays open until a person closes it." in said


def test_a_window_that_is_not_full_is_not_told_as_too_few():
    policy = Policy(trigger="sequence")
    looks = gap_looks(np.full(40, 5), 8, np.full(40, 20), 24, Harm.LOW, policy=policy)
    said = sentence(decide(Standing(), look_of(looks, (), 6), policy), group="Group A")
    assert said.startswith("Ask for help: added up since counting began")
    assert said.endswith("Group A: counted for less than 28 days (56 against 168 cases so far).")


def test_too_few_are_told_as_such():
    looks = gap_looks(np.zeros(40), 1, np.full(40, 20), 20, Harm.LOW)
    decision = decide(Standing(), look_of(looks, (), 39), POLICY)
    assert sentence(decision, group="Group A") == "Group A: too few to judge (28 against 560 cases in 28 days)."


def test_a_finished_countermeasure_keeps_its_due_day_and_is_judged_by_it():
    started = act(standing(State.ACKNOWLEDGED, 2), Event.START, day=10, policy=POLICY, due=40).after
    finished = act(started, Event.FINISH, day=20, policy=POLICY).after
    assert finished == standing(State.MONITORING, 2, 20, due=40)
    # The figures of yesterday do not ask again on the morning after; a week later they do, on the same tier.
    assert decide(finished, look(21, held=True), POLICY).after == finished
    again = decide(finished, look(27, held=True), POLICY).after
    assert again == standing(State.ESCALATED, 2, 27, due=40)
    # Still so after the day on which it was due: one tier up, once.
    assert decide(again, look(40, held=True), POLICY).after == again
    up = decide(again, look(41, held=True), POLICY)
    assert (up.after, up.cause) == (standing(State.ESCALATED, 3, 41), Cause.OVERDUE)
    assert decide(up.after, look(42, held=True), POLICY).after == up.after
