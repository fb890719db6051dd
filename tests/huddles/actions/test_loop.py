"""The loop of one issue from the ward to the executives and back (domain 3.5, checks 1 to 5)."""

from datetime import timedelta

import pytest

from huddles.actions import issues
from huddles.models import Issue
from huddles.rules.issues import Act, Outcome, Status, Verdict
from org.models import Message
from org.rules import NotAllowed
from tests.huddles.factories import MORNING, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_an_issue_goes_up_four_tiers_and_is_confirmed_where_it_began_within_a_day():
    house = make_house()
    issue = make_issue(house)
    assert (issue.place, issue.owner, issue.status) == (house.ward, house.lead(house.ward), Status.RAISED)
    at = MORNING
    for unit in (house.line, house.branch, house.top):
        at += HOUR
        issue = send_up(house, issue, at=at)
        assert (issue.place, issue.owner, issue.status) == (unit, house.lead(unit), Status.RAISED)
    top = house.lead(house.top)
    issue = issues.answer(
        issue=issue,
        outcome=Outcome.RESOURCED,
        tell_staff="Twelve pumps come at 15:00.",
        due_at=at + 5 * HOUR,
        by=top,
        at=at + HOUR / 4,
    )
    assert issue.status == Status.ANSWERED
    issue = issues.finish(issue=issue, by=top, at=at + 6 * HOUR)
    assert (issue.status, issue.closed_at) == (Status.DONE, None)
    issue = issues.read_out(issue=issue, by=house.lead(house.ward), at=at + 20 * HOUR)
    issue = issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=house.lead(house.ward), at=at + 20 * HOUR)
    assert issue.status == Status.CONFIRMED
    acts = [Act.RAISE, Act.ESCALATE, Act.ESCALATE, Act.ESCALATE, Act.ANSWER, Act.FINISH, Act.READ_OUT, Act.CONFIRM]
    assert list(issue.events.values_list("act", flat=True)) == acts
    assert issue.closed_at - issue.raised_at < timedelta(hours=24)
    with pytest.raises(NotAllowed):
        issues.finish(issue=issue, by=top, at=at + 21 * HOUR)


def test_silence_climbs_a_tier_at_a_time_tells_the_stand_in_and_stops_at_the_top():
    house = make_house()
    issue = make_issue(house)
    stand_in = house.people["STAND_IN"]
    for unit in (house.line, house.branch, house.top):
        at = Issue.objects.get(pk=issue.pk).clock_at
        assert issues.ring_due(at=at - timedelta(seconds=1)) == 0
        assert issues.ring_due(at=at) == 1
        assert issues.ring_due(at=at) == 0
        issue.refresh_from_db()
        assert (issue.place, issue.owner) == (unit, house.lead(unit))
    told = Message.objects.filter(recipient=stand_in.email, context__act=Act.CLIMB)
    assert told.count() == 2  # it came, and it went on
    at = issue.clock_at
    assert issues.ring_due(at=at) == 1
    assert issues.ring_due(at=at + 100 * HOUR) == 0
    issue.refresh_from_db()
    assert (issue.place, issue.climbs) == (house.top, 3)
    assert list(issue.events.values_list("act", flat=True))[1:] == [Act.CLIMB] * 3 + [Act.REMIND]


def test_two_duplicates_get_one_answer_and_both_origins_confirm():
    house = make_house()
    first, second = make_issue(house), make_issue(house, unit=house.other_ward)
    first = send_up(house, first, at=MORNING + HOUR)
    second = send_up(house, second, at=MORNING + HOUR)
    director = house.lead(house.line)
    issues.merge(issue=second, into=first, by=director, at=MORNING + HOUR)
    first.refresh_from_db()
    issues.finish(issue=first, by=director, at=MORNING + 2 * HOUR, note="Pumps moved from the operating rooms.")
    second.refresh_from_db()
    issues.confirm(issue=second, verdict=Verdict.SOLVED, by=house.lead(house.other_ward), at=MORNING + 3 * HOUR)
    first.refresh_from_db()
    assert first.status == Status.DONE
    first = issues.confirm(issue=first, verdict=Verdict.PARTLY, by=house.lead(house.ward), at=MORNING + 4 * HOUR)
    assert first.status == Status.CONFIRMED


def test_one_origin_that_says_no_reopens_and_the_word_of_the_other_stays():
    house = make_house()
    first, second = make_issue(house), make_issue(house, unit=house.other_ward)
    issues.merge(issue=second, into=first, by=house.lead(house.ward), at=MORNING)
    first.refresh_from_db()
    issues.finish(issue=first, by=house.lead(house.ward), at=MORNING + HOUR)
    first.refresh_from_db()
    issues.confirm(issue=first, verdict=Verdict.SOLVED, by=house.lead(house.ward), at=MORNING + HOUR)
    second.refresh_from_db()
    issues.confirm(
        issue=second,
        verdict=Verdict.NOT_SOLVED,
        note="Ours is still dark.",
        by=house.lead(house.other_ward),
        at=MORNING + 2 * HOUR,
    )
    first.refresh_from_db()
    assert (first.status, first.reopened, first.verdict) == (Status.RAISED, 1, Verdict.SOLVED)
    issues.finish(issue=first, by=house.lead(house.ward), at=MORNING + 3 * HOUR)
    first.refresh_from_db()
    second.refresh_from_db()
    issues.confirm(issue=second, verdict=Verdict.SOLVED, by=house.lead(house.other_ward), at=MORNING + 4 * HOUR)
    first.refresh_from_db()
    assert first.status == Status.CONFIRMED


def test_nothing_closes_without_a_word_but_by_time_and_that_is_told_apart():
    house = make_house()
    issue = issues.finish(issue=make_issue(house), by=house.lead(house.ward), at=MORNING)
    assert issues.ring_due(at=issue.clock_at) == 1
    issue.refresh_from_db()
    assert issue.status == Status.UNCONFIRMED
    late = issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=house.lead(house.ward), at=issue.closed_at + HOUR)
    assert late.status == Status.CONFIRMED
