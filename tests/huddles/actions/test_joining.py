"""The loop closes where it began; what is the same is joined, answered once, and confirmed by every origin."""

from datetime import timedelta

import pytest

from huddles.actions import issues
from huddles.models import Confidant, Issue
from huddles.rules.issues import Act, Outcome, Status, Verdict
from org.models import Message
from org.rules import NotAllowed
from tests.huddles.factories import MORNING, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def told(act: Act) -> list[str]:
    return sorted(Message.objects.filter(context__act=act).values_list("recipient", flat=True))


def emails(*people) -> list[str]:
    return sorted({person.email for person in people})


def again(issue: Issue) -> Issue:
    issue.refresh_from_db()
    return issue


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def pair(house):
    """Two of the same at the director's: the second is part of the first."""
    first = send_up(house, make_issue(house), at=MORNING)
    second = send_up(house, make_issue(house, unit=house.other_ward, by=house.people["STAFF"]), at=MORNING)
    issues.merge(issue=second, into=first, by=house.lead(house.line), at=MORNING)
    return again(first), again(second)


# Closing


def test_it_is_read_out_once_and_confirmed_with_a_word(house):
    lead = house.lead(house.ward)
    issue = make_issue(house)
    with pytest.raises(NotAllowed, match="Waiting to be taken"):
        issues.read_out(issue=issue, by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match="Waiting to be taken"):
        issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=lead, at=MORNING)
    issues.finish(issue=issue, by=lead, at=MORNING)
    for _ in range(2):
        issues.read_out(issue=issue, by=lead, at=MORNING)
    assert issue.events.filter(act=Act.READ_OUT).count() == 1
    with pytest.raises(NotAllowed, match=r"^Say whether it is solved\.$"):
        issues.confirm(issue=issue, verdict="", by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Say what is not solved\.$"):
        issues.confirm(issue=issue, verdict=Verdict.NOT_SOLVED, by=lead, at=MORNING)
    done = issues.confirm(issue=issue, verdict=Verdict.PARTLY, by=lead, at=MORNING + HOUR)
    assert (done.status, done.verdict, done.closed_at) == (Status.CONFIRMED, Verdict.PARTLY, MORNING + HOUR)


def test_not_solved_gives_it_back_to_whoever_did_it_and_counts(house):
    issue = send_up(house, make_issue(house), at=MORNING)
    doer = house.people["STAND_IN"]
    issue = issues.answer(
        issue=issue,
        outcome=Outcome.DECIDED,
        tell_staff="Yes.",
        due_at=None,
        owner=doer,
        by=house.lead(house.line),
        at=MORNING,
    )
    issue = issues.finish(issue=issue, by=doer, at=MORNING)
    issue = issues.confirm(
        issue=issue, verdict=Verdict.NOT_SOLVED, note="Two are missing", by=house.lead(house.ward), at=MORNING
    )
    assert (issue.status, issue.owner, issue.reopened, issue.verdict) == (Status.RAISED, doer, 1, "")
    assert issue.events.last().note == "Two are missing"
    assert told(Act.REOPEN) == emails(doer)


def test_what_was_closed_is_reopened_and_the_one_who_left_does_not_have_it(house):
    issue = issues.settle(issue=make_issue(house), by=house.lead(house.ward), at=MORNING)
    house.lead(house.ward).memberships.update(ended_on=MORNING.date())
    owner = issue.owner
    owner.is_active = False
    owner.save()
    issue = issues.reopen(issue=issue, note="It is back", by=house.people["STAFF"], at=MORNING + HOUR)
    assert (issue.status, issue.owner, issue.closed_at) == (Status.RAISED, house.lead(house.line), None)


# Joining


def test_a_part_goes_wherever_its_whole_goes(house, pair):
    first, second = pair
    assert (second.status, second.merged_into, second.clock_at) == (Status.MERGED, first, None)
    assert told(Act.MERGE) == emails(house.people["STAFF"])
    send_up(house, first, at=MORNING)
    assert (again(second).place, second.owner) == (house.branch, house.lead(house.branch))


def test_one_answer_is_told_to_every_origin_and_everyone_who_raised_it(house, pair):
    first, _second = pair
    issues.finish(issue=first, by=house.lead(house.line), at=MORNING)
    assert told(Act.FINISH) == emails(house.lead(house.ward), house.lead(house.other_ward), house.people["STAFF"])


def test_what_had_joined_comes_along_and_is_asked_anew(house, pair):
    first, second = pair
    third = make_issue(house)
    issues.merge(issue=first, into=third, by=house.lead(house.ward), at=MORNING)
    for part in (first, second):
        again(part)
        assert (part.merged_into, part.place, part.owner, part.verdict) == (third, third.place, third.owner, "")


@pytest.mark.parametrize("order", ["part first", "whole first"])
def test_it_closes_when_every_origin_has_said_so(house, pair, order):
    first, second = pair
    issues.finish(issue=first, by=house.lead(house.line), at=MORNING)
    words = [(second, house.lead(house.other_ward)), (first, house.lead(house.ward))]
    for number, (issue, by) in enumerate(words if order == "part first" else reversed(words)):
        issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=by, at=MORNING)
        assert again(first).status == (Status.CONFIRMED if number else Status.DONE)
    assert again(second).status == Status.MERGED


def test_one_origin_that_is_silent_is_closed_as_such_and_may_still_speak(house, pair):
    first, second = pair
    first = issues.finish(issue=first, by=house.lead(house.line), at=MORNING)
    issues.confirm(issue=first, verdict=Verdict.SOLVED, by=house.lead(house.ward), at=MORNING)
    issues.ring_due(at=again(first).clock_at)
    assert again(first).status == Status.UNCONFIRMED
    issues.confirm(issue=second, verdict=Verdict.SOLVED, by=house.lead(house.other_ward), at=MORNING + 90 * HOUR)
    assert again(first).status == Status.CONFIRMED


def test_separating_gives_it_back_its_own_clock_at_the_place_of_the_other(house, pair):
    first, second = pair
    issues.unmerge(issue=second, by=house.lead(house.line), at=MORNING)
    again(second)
    assert (second.status, second.merged_into, second.place) == (Status.RAISED, None, house.line)
    assert (second.owner, second.clock_at is not None) == (house.lead(house.line), True)
    with pytest.raises(NotAllowed, match="Waiting to be taken"):
        issues.unmerge(issue=second, by=house.lead(house.line), at=MORNING)
    assert again(first).status == Status.RAISED


def test_separating_the_only_one_that_was_silent_closes_the_other(house, pair):
    first, second = pair
    issues.finish(issue=first, by=house.lead(house.line), at=MORNING)
    issues.confirm(issue=first, verdict=Verdict.SOLVED, by=house.lead(house.ward), at=MORNING)
    issues.unmerge(issue=second, by=house.lead(house.line), at=MORNING + HOUR)
    assert again(first).status == Status.CONFIRMED


def test_separating_the_one_that_said_no_asks_the_other_origin_again(house, pair):
    first, second = pair
    issues.finish(issue=first, by=house.lead(house.line), at=MORNING)
    issues.confirm(issue=first, verdict=Verdict.SOLVED, by=house.lead(house.ward), at=MORNING)
    issues.reopen(issue=second, note="Ours is dark", by=house.lead(house.other_ward), at=MORNING)
    assert (again(first).status, first.verdict) == (Status.RAISED, Verdict.SOLVED)
    issues.unmerge(issue=second, by=house.lead(house.line), at=MORNING)
    assert (again(first).status, first.verdict) == (Status.RAISED, "")


def test_what_cannot_be_joined_is_said(house, pair):
    first, second = pair
    lead = house.lead(house.ward)
    done = issues.finish(issue=make_issue(house), by=lead, at=MORNING)
    Confidant.objects.create(organisation=house.organisation, user=lead)
    secret, free = make_issue(house, confidential=True), make_issue(house)
    other = make_issue(make_house())
    for issue, into, sentence in (
        (free, free, r"^An issue cannot be part of itself\.$"),
        (free, other, r"^Choose an issue of this organization\.$"),
        (free, secret, r"^A confidential issue stays by itself\.$"),
        (secret, free, r"^A confidential issue stays by itself\.$"),
        (free, done, rf"^#{done.number} is not being worked on; choose one that is\.$"),
        (free, second, rf"^#{second.number} is not being worked on; choose one that is\.$"),
        (second, free, "Part of another issue"),
        (first, second, rf"^#{second.number} is not being worked on; choose one that is\.$"),
        (done, free, "Done, waiting to be confirmed"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            issues.merge(issue=issue, into=into, by=lead, at=MORNING)
