"""Clocks that ring, once each; owners who have left."""

import logging
from datetime import timedelta

import pytest

from huddles.actions import issues
from huddles.actions.trust import release_confidant
from huddles.models import Confidant, Issue
from huddles.queries.desk import queue
from huddles.queries.issues_allowed import allowed_acts, may_comment
from huddles.queries.issues_people import readers
from huddles.rules.issues import Act, Outcome, Status
from huddles.tasks import ring_clocks
from org.models import Message
from org.rules import NotAllowed, Role
from tests.factories import make_unit, make_user
from tests.huddles.factories import MORNING, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def told(act: Act) -> list[str]:
    return sorted(Message.objects.filter(context__act=act).values_list("recipient", flat=True))


def emails(*people) -> list[str]:
    return sorted(person.email for person in people)


def test_silence_tells_who_had_it_who_has_it_and_who_stands_in():
    house = make_house()
    issue = make_issue(house)
    issues.ring_due(at=issue.clock_at)
    assert told(Act.CLIMB) == emails(house.lead(house.ward), house.lead(house.line), house.people["STAND_IN"])


def test_a_place_without_anybody_above_reminds_and_keeps_it():
    top = make_unit()
    ward = make_unit(top)
    lead = make_user(Role.UNIT_LEAD, ward)
    house = make_house()
    issue = make_issue(house, unit=ward, by=lead)
    issues.ring_due(at=issue.clock_at)
    issue.refresh_from_db()
    assert (issue.place, issue.owner, issue.events.last().act) == (ward, lead, Act.REMIND)


def test_an_answer_or_a_promise_that_is_late_is_told_once_and_stays_where_it_is():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    director = house.lead(house.line)
    issue = issues.acknowledge(issue=issue, by=director, at=MORNING)
    assert issues.ring_due(at=issue.clock_at) == 1
    assert told(Act.REMIND) == emails(director, house.people["STAND_IN"])
    issue = issues.answer(
        issue=issue,
        outcome=Outcome.DECIDED,
        tell_staff="Yes.",
        due_at=issue.clock_at + HOUR,
        by=director,
        at=issue.clock_at,
    )
    assert issues.ring_due(at=issue.due_at - SECOND) == 0
    assert issues.ring_due(at=issue.due_at) == 1
    assert issues.ring_due(at=issue.due_at + 100 * HOUR) == 0
    issue.refresh_from_db()
    assert (issue.place, issue.status, len(told(Act.REMIND))) == (house.line, Status.ANSWERED, 4)


def test_what_nobody_confirms_is_closed_as_such_and_its_owner_hears_it():
    house = make_house()
    issue = issues.finish(issue=make_issue(house), by=house.lead(house.ward), at=MORNING)
    assert issues.ring_due(at=issue.clock_at) == 1
    issue.refresh_from_db()
    assert (issue.status, issue.verdict, issue.closed_at) == (Status.UNCONFIRMED, "", issue.events.last().at)
    assert told(Act.TIME_OUT) == emails(house.lead(house.ward))


def test_what_is_confidential_never_climbs_and_tells_only_people_of_trust():
    house = make_house()
    first, second = house.lead(house.support), house.lead(house.other_ward)
    for place, user in enumerate((first, second)):
        Confidant.objects.create(organisation=house.organisation, user=user, position=place)
    issue = make_issue(house, by=house.people["STAFF"], confidential=True)
    issues.ring_due(at=issue.clock_at)
    issue.refresh_from_db()
    assert (issue.place, issue.owner, told(Act.REMIND)) == (house.ward, first, emails(first, second))


def test_one_clock_that_cannot_ring_holds_up_no_other(caplog):
    house = make_house()
    broken, well = make_issue(house, title="Words of people"), make_issue(house, unit=house.other_ward)
    Issue.objects.filter(pk=broken.pk).update(climbs=32767)  # more than the column holds
    with caplog.at_level(logging.WARNING):
        assert issues.ring_due(at=max(broken.clock_at, well.clock_at)) == 1
    assert f"the clock of issue {broken.pk}: DataError" in caplog.text
    assert "Words" not in caplog.text
    assert Issue.objects.get(pk=well.pk).place == house.line


def test_the_task_rings_what_is_due_now():
    house = make_house()
    issue = make_issue(house)
    assert ring_clocks() == 1  # MORNING lies behind
    issue.refresh_from_db()
    assert issue.climbs == 1


@pytest.mark.parametrize("open_as", ["raised", "done", "parked"])
def test_what_belongs_to_somebody_who_has_left_is_passed_on_and_its_clock_runs_on(open_as):
    house = make_house()
    staff = house.people["STAFF"]
    issue = issues.assign(issue=make_issue(house), owner=staff, by=house.lead(house.ward), at=MORNING)
    if open_as == "done":
        issue = issues.finish(issue=issue, by=staff, at=MORNING)
    clock, status = issue.clock_at, issue.status
    staff.is_active = False
    staff.save()
    assert issues.pass_on(at=MORNING + HOUR) == 1
    assert issues.pass_on(at=MORNING + HOUR) == 0
    issue.refresh_from_db()
    assert (issue.owner, issue.clock_at, issue.status) == (house.lead(house.ward), clock, status)
    assert told(Act.INHERIT) == emails(house.lead(house.ward))


def test_a_person_of_trust_who_is_released_hands_over_and_the_last_one_stays():
    house = make_house()
    first, second = house.lead(house.support), house.lead(house.other_ward)
    named = [
        Confidant.objects.create(organisation=house.organisation, user=user, position=place)
        for place, user in enumerate((first, second))
    ]
    issue = make_issue(house, by=house.people["STAFF"], confidential=True)
    by = house.lead(house.top)
    release_confidant(confidant=named[0], by=by, at=MORNING)
    issue.refresh_from_db()
    assert (issue.owner, issue.events.last().act) == (second, Act.INHERIT)
    assert not Issue.objects.visible_to(first).exists()
    with pytest.raises(NotAllowed, match=r"^Confidential issues are open\. Name somebody else first\.$"):
        release_confidant(confidant=named[1], by=by, at=MORNING)


def test_clocks_that_are_due_are_found_in_one_statement(django_assert_num_queries):
    house = make_house()
    for _ in range(3):
        make_issue(house)
    with django_assert_num_queries(1):
        assert issues.ring_due(at=MORNING) == 0


def test_what_is_open_at_a_unit_that_closes_climbs_on_and_is_not_lost():
    house = make_house()
    waiting = make_issue(house)
    house.ward.closed_on = MORNING.date()
    house.ward.save()
    issues.ring_due(at=waiting.clock_at)
    waiting.refresh_from_db()
    assert (waiting.place, waiting.origin, waiting.owner) == (house.line, house.ward, house.lead(house.line))
    done = issues.finish(issue=waiting, by=house.lead(house.line), at=waiting.arrived_at)
    assert told(Act.FINISH) == emails(house.lead(house.ward))
    closed = issues.confirm(issue=done, verdict="solved", by=house.lead(house.line), at=done.done_at + HOUR)
    assert closed.status == Status.CONFIRMED


def test_whoever_is_named_no_more_reads_no_closed_confidential_issue_that_was_theirs():
    house = make_house()
    first, second = house.lead(house.support), house.lead(house.other_ward)
    named = [
        Confidant.objects.create(organisation=house.organisation, user=user, position=place)
        for place, user in enumerate((first, second))
    ]
    teller = house.people["STAFF"]
    issue = make_issue(house, by=teller, confidential=True)
    issues.finish(issue=issue, by=first, at=MORNING)
    issues.confirm(issue=issue, verdict="solved", by=teller, at=MORNING)
    release_confidant(confidant=named[0], by=house.lead(house.top), at=MORNING)
    issue.refresh_from_db()
    assert (issue.status, issue.owner) == (Status.CONFIRMED, first)  # who had it stays told, to those who may read it
    reads = [person for person in (first, second, teller) if Issue.objects.visible_to(person).exists()]
    assert reads == [second, teller]
    assert set(readers(issue)) == {second, teller}
    assert not may_comment(issue, first)
    assert allowed_acts(issue, first) == frozenset()
    opened = issues.reopen(issue=issue, note="Again", by=teller, at=MORNING)
    assert opened.owner == second
    assert queue(house.ward, first, MORNING) == []
    assert [one.pk for one in queue(house.ward, second, MORNING)] == [issue.pk]
