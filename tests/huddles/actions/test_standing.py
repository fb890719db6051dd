"""A clock that stood still goes on where it stood; an answer is due when those who asked for it need it."""

from datetime import timedelta

import pytest

from huddles.actions import issues
from huddles.queries.terms import terms_of
from huddles.rules.clocks import LEAST
from huddles.rules.issues import ChoiceKind, Status
from tests.huddles.factories import MORNING, make_choice, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def house():
    return make_house()


def stop(house, issue, how, at):
    """Park an issue, or let it be part of another one."""
    lead = house.lead(house.ward)
    if how == "park":
        reason = make_choice(house.organisation, ChoiceKind.PARK)
        issues.park(issue=issue, reason=reason, look_again_on=(at + 7 * DAY).date(), by=lead, at=at)
    else:
        issues.merge(issue=issue, into=make_issue(house), by=lead, at=at)


def go_on(house, issue, how, at):
    act = issues.resume if how == "park" else issues.unmerge
    return act(issue=issue, by=house.lead(house.ward), at=at)


@pytest.mark.parametrize("how", ["park", "join"])
@pytest.mark.parametrize("later", [timedelta(minutes=1), HOUR, DAY])
def test_what_waits_to_be_taken_has_the_time_left_that_it_had(house, how, later):
    issue = make_issue(house)
    given = issue.clock_at - MORNING
    stop(house, issue, how, MORNING + HOUR)
    found = go_on(house, issue, how, MORNING + HOUR + later)
    assert (found.status, found.clock_at) == (Status.RAISED, MORNING + given + later)


@pytest.mark.parametrize("how", ["park", "join"])
def test_what_was_taken_is_answered_in_the_time_left_once_it_is_taken_again(house, how):
    issue, lead = make_issue(house), house.lead(house.ward)
    taken = issues.acknowledge(issue=issue, by=lead, at=MORNING)
    given = taken.clock_at - MORNING
    stop(house, issue, how, MORNING + HOUR)
    assert go_on(house, issue, how, MORNING + 2 * HOUR).status == Status.RAISED
    again = issues.acknowledge(issue=issue, by=lead, at=MORNING + 3 * HOUR)
    assert again.clock_at == MORNING + 3 * HOUR + given - HOUR


def test_what_had_run_out_has_a_quarter_of_an_hour_and_stopping_twice_wins_nothing(house):
    issue = make_issue(house)
    late = issue.clock_at + HOUR
    stop(house, issue, "park", late)
    found = go_on(house, issue, "park", late + HOUR)
    assert found.clock_at == late + HOUR + timedelta(minutes=LEAST)
    issue = make_issue(house)
    ends = issue.clock_at
    for hours in (1, 2, 3):
        for how in ("park", "join"):
            stop(house, issue, how, MORNING + hours * HOUR)
            issue = go_on(house, issue, how, MORNING + hours * HOUR)
    assert issue.clock_at == ends


def test_at_another_place_the_clock_begins_anew(house):
    issue = make_issue(house)
    stop(house, issue, "park", MORNING + HOUR)
    go_on(house, issue, "park", MORNING + HOUR)
    up = send_up(house, issue, at=MORNING + HOUR)
    stop_at = MORNING + HOUR
    assert up.clock_at == terms_of(house.line, up.urgency, stop_at).acknowledge_by(stop_at)


def test_an_answer_is_due_when_it_is_needed_and_no_later_than_the_tier_says(house):
    lead = house.lead(house.line)
    soon = send_up(house, make_issue(house), at=MORNING)  # needed in five hours; the tier has eleven
    assert issues.acknowledge(issue=soon, by=lead, at=MORNING + HOUR).clock_at == soon.needed_by
    late = send_up(house, make_issue(house), at=MORNING)
    late.needed_by = MORNING + 9 * DAY
    late.save()
    usual = terms_of(house.line, late.urgency, MORNING).answer_by(MORNING)
    assert issues.acknowledge(issue=late, by=lead, at=MORNING).clock_at == usual
    passed = send_up(house, make_issue(house), at=MORNING)
    at = passed.needed_by + HOUR
    found = issues.assign(issue=passed, owner=lead, by=lead, at=at)
    assert found.clock_at == terms_of(house.line, passed.urgency, at).answer_by(at)  # it is late already, and shows it
    home = send_up(house, make_issue(house), at=MORNING)
    issues.delegate(issue=home, to=house.ward, note="Yours", by=lead, at=MORNING)
    usual = terms_of(house.ward, home.urgency, MORNING).answer_by(MORNING)
    assert issues.acknowledge(issue=home, by=house.lead(house.ward), at=MORNING).clock_at == usual
