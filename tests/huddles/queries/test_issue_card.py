"""One issue: where it is and was, who has said what, and what its reader may do with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues as actions
from huddles.models import Confidant, Issue
from huddles.queries import issues_people
from huddles.queries.issues_allowed import allowed_acts, may_comment
from huddles.queries.issues_card import found_issue, issue_card
from huddles.rules.issues import Act, Outcome, Status
from org.models import User
from org.rules import Role
from tests.factories import make_unit, make_user
from tests.huddles.factories import MORNING, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def card(issue, user, now=MORNING):
    found = found_issue(user, issue.pk)
    return issue_card(found, user, now, found.organisation.zone)


def acts(issue, user):
    return allowed_acts(found_issue(user, issue.pk), User.objects.get(pk=user.pk))


def test_the_origin_always_sees_where_its_issue_is_and_how_long_it_was_where():
    """Domain 3.5, checks 1 and 2: every hand-over is stamped, with owner and time in the tier."""
    house = make_house()
    issue = make_issue(house)
    send_up(house, issue, at=MORNING + HOUR)
    send_up(house, issue, at=MORNING + 3 * HOUR)
    shown = card(issue, house.people["STAFF"], MORNING + 6 * HOUR)
    assert (shown.place, shown.owner) == ("Clinical branch", "Lead of Clinical branch")
    assert [(stay.unit, stay.lasted, stay.now) for stay in shown.tiers] == [
        ("5 West", "1 h", False),
        ("Medicine", "2 h", False),
        ("Clinical branch", "3 h", True),
    ]
    assert [one.act for one in shown.history] == [Act.ESCALATE, Act.ESCALATE, Act.RAISE]
    assert shown.request.line == "Ten pumps by noon"


def test_stations_follow_the_loop():
    house = make_house()
    issue, lead = make_issue(house), house.lead(house.ward)

    def states():
        return [station.state for station in card(issue, lead, MORNING + 9 * HOUR).stations]

    assert states() == ["past", "here", "ahead", "ahead", "ahead", "ahead"]
    actions.acknowledge(issue=issue, by=lead, at=MORNING + HOUR)
    assert states() == ["past", "past", "here", "ahead", "ahead", "ahead"]
    answer = {"outcome": Outcome.DECIDED, "tell_staff": "Pumps come.", "due_at": MORNING + 20 * HOUR}
    actions.answer(issue=issue, **answer, by=lead, at=MORNING + 2 * HOUR)
    assert states() == ["past", "past", "past", "here", "ahead", "ahead"]
    actions.read_out(issue=issue, by=lead, at=MORNING + 3 * HOUR)
    assert states() == ["past", "past", "past", "here", "past", "ahead"]
    actions.finish(issue=issue, by=lead, at=MORNING + 4 * HOUR)
    assert states() == ["past", "past", "past", "past", "here", "ahead"]
    actions.confirm(issue=issue, verdict="solved", by=lead, at=MORNING + 5 * HOUR)
    assert states() == ["past"] * 6
    actions.reopen(issue=issue, note="Again", by=lead, at=MORNING + 6 * HOUR)
    assert states()[:2] == ["past", "here"]


def test_two_origins_stand_with_their_word():
    """Domain 3.5, check 5: one answer, two origins, both confirm."""
    house = make_house()
    first, second = make_issue(house), make_issue(house, unit=house.other_ward)
    lead, other = house.lead(house.ward), house.lead(house.other_ward)
    actions.merge(issue=second, into=first, by=house.lead(house.line), at=MORNING)
    actions.finish(issue=first, by=lead, at=MORNING, note="Moved from the operating rooms.")
    actions.confirm(issue=second, verdict="solved", by=other, at=MORNING + HOUR)
    shown = card(first, lead, MORNING + HOUR)
    assert [(one.unit, one.word) for one in shown.origins] == [("5 West", ""), ("4 East", "Solved")]
    assert shown.status == Status.DONE
    part = card(second, other, MORNING + HOUR)
    assert part.answer.tell_staff == "Moved from the operating rooms."
    assert part.whole_number == first.number


def test_who_works_at_the_place_who_speaks_for_the_origin_who_reads():
    house = make_house()
    issue = make_issue(house)
    staff, lead, line = house.people["STAFF"], house.lead(house.ward), house.lead(house.line)
    assert acts(issue, staff) == frozenset()
    assert {Act.ACKNOWLEDGE, Act.ANSWER, Act.ESCALATE, Act.MERGE} < acts(issue, lead)
    assert Act.CONFIRM not in acts(issue, lead)
    send_up(house, issue, at=MORNING)
    assert acts(issue, lead) == frozenset()
    assert Act.ANSWER in acts(issue, line)
    actions.finish(issue=Issue.objects.get(), by=line, at=MORNING)
    assert {Act.CONFIRM, Act.REOPEN, Act.READ_OUT} <= acts(issue, staff)
    assert Act.ANSWER not in acts(issue, line)


def test_a_joined_issue_is_confirmed_by_its_origin_once_the_whole_is_done():
    house = make_house()
    first, second = make_issue(house), make_issue(house, unit=house.other_ward)
    other = house.lead(house.other_ward)
    actions.merge(issue=second, into=first, by=house.lead(house.line), at=MORNING)
    assert not acts(second, other) & {Act.CONFIRM, Act.READ_OUT}
    actions.finish(issue=first, by=house.lead(house.ward), at=MORNING)
    assert {Act.CONFIRM, Act.READ_OUT} <= acts(second, other)
    actions.confirm(issue=second, verdict="solved", by=other, at=MORNING)
    assert not acts(second, other) & {Act.CONFIRM, Act.READ_OUT}
    assert Act.CONFIRM not in acts(first, other)


def test_what_is_confidential_is_worked_with_by_named_people_and_goes_nowhere():
    house = make_house()
    trusted, second = make_user(Role.EQUITY_OFFICER, house.top), make_user(Role.COACH, house.top)
    for person in (trusted, second):
        Confidant.objects.create(organisation=house.organisation, user=person)
    lead = house.lead(house.ward)
    issue = make_issue(house, by=lead, confidential=True)
    assert issue.owner == trusted
    for person in (trusted, second):
        assert {Act.ACKNOWLEDGE, Act.ANSWER, Act.FINISH} <= acts(issue, person)
        out = {Act.ESCALATE, Act.DELEGATE, Act.TRANSFER, Act.COPY, Act.MERGE}
        assert not acts(issue, person) & out
    assert acts(issue, lead) == {Act.EDIT}  # who told it does not work with it: their own words, until it is taken
    actions.finish(issue=issue, by=trusted, at=MORNING)
    assert acts(issue, lead) == {Act.CONFIRM, Act.REOPEN}
    assert found_issue(house.lead(house.top), issue.pk) is None
    assert set(issues_people.readers(issue)) == {trusted, second, lead}
    assert set(issues_people.possible_owners(issue)) == {trusted, second}


def test_readers_are_those_who_see_it():
    house = make_house()
    second_line = make_unit(organisation=house.organisation, level=2, code="OPS", name="Operations")
    house.ward.second_parent = second_line
    house.ward.save()
    make_user(Role.MANAGER, second_line)
    make_user(Role.STAFF, make_unit(house.ward, level=1))
    make_user(Role.MANAGER, make_unit())
    first, second = make_issue(house), make_issue(house, unit=house.other_ward)
    actions.copy_to(issue=first, unit=house.support, by=house.lead(house.line), at=MORNING)
    for issue in (first, second):
        sees = {person for person in User.objects.all() if found_issue(person, issue.pk)}
        assert set(issues_people.readers(issue)) == sees
    actions.merge(issue=second, into=first, by=house.lead(house.line), at=MORNING)
    sees = {person for person in User.objects.all() if found_issue(person, first.pk)}
    assert set(issues_people.readers(first)) == sees
    assert house.lead(house.other_ward) in sees


def test_who_may_write_beside_it():
    house = make_house()
    issue = make_issue(house)
    steward = make_user(Role.DATA_STEWARD, house.ward)
    assert may_comment(issue, house.people["STAFF"])
    assert not may_comment(issue, steward)


def test_a_page_takes_the_same_statements_however_much_happened():
    house = make_house()
    lead = house.lead(house.line)
    counted = []
    issue = make_issue(house)
    for _round in range(2):
        with CaptureQueriesContext(connection) as statements:
            card(issue, lead, MORNING + HOUR)
        counted.append(len(statements))
        for _number in range(3):
            joined = make_issue(house, unit=house.other_ward)
            actions.merge(issue=joined, into=Issue.objects.get(pk=issue.pk), by=lead, at=MORNING)
    assert counted[0] == counted[1]
    assert counted[0] <= 6
