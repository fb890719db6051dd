"""One issue: where it is and was, who has said what, and what its reader may do with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues as actions
from huddles.models import Confidant, Issue
from huddles.queries import issues_people
from huddles.queries.beside import beside
from huddles.queries.issues_allowed import allowed_acts, may_comment
from huddles.queries.issues_card import found_issue, issue_card
from huddles.queries.spoken import spoken
from huddles.queries.walls import wall_answers
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


def test_what_was_done_is_what_the_origin_is_asked_about_and_the_answer_stays_in_the_history():
    house = make_house()
    issue, lead = send_up(house, make_issue(house), at=MORNING), house.lead(house.line)
    said = {"outcome": Outcome.DECIDED, "tell_staff": "The CIO calls the vendor at noon.", "due_at": MORNING + 9 * HOUR}
    actions.answer(issue=issue, **said, by=lead, at=MORNING)
    actions.finish(issue=issue, by=house.people["STAND_IN"], at=MORNING + HOUR, note="Images in two minutes.")
    shown = card(issue, lead, MORNING + 2 * HOUR)
    told = ("Done", "Images in two minutes.", "Stand-in of Medicine", "The CIO calls the vendor at noon.")
    assert (shown.answer.outcome, shown.answer.tell_staff, shown.answer.by, shown.answer.before) == told
    now = (MORNING + 2 * HOUR).astimezone(house.organisation.zone)
    readable = Issue.objects.visible_to(house.lead(house.ward))
    [line] = beside(house.ward, readable, now).came_back
    assert line.says == "Done, says Medicine: “Images in two minutes.” Is it solved here?"
    [item] = spoken(readable, house.ward, None, now).answers
    assert (item.told, item.declined) == ("Images in two minutes.", False)
    [wall] = wall_answers(house.ward, now)
    assert wall.words == "Images in two minutes."
    quiet = actions.finish(issue=make_issue(house), by=lead, at=MORNING)
    assert quiet.tell_staff == "It is done."


def test_an_honest_no_is_not_called_done():
    house = make_house()
    issue, lead = send_up(house, make_issue(house), at=MORNING), house.lead(house.line)
    actions.decline(issue=issue, tell_staff="No money this year.", by=lead, at=MORNING)
    shown = card(issue, lead)
    assert shown.status_text == "Declined, waiting to be accepted"
    stations = [(station.name, station.state) for station in shown.stations]
    assert stations[2:] == [("Declined", "past"), ("Read out", "here"), ("Accepted", "ahead")]
    now = MORNING.astimezone(house.organisation.zone)
    readable = Issue.objects.visible_to(house.lead(house.ward))
    [line] = beside(house.ward, readable, now).came_back
    assert line.says == "Not possible, says Medicine: “No money this year.” Is this answer accepted?"
    [item] = spoken(readable, house.ward, None, now).answers
    assert item.says.endswith("Is this answer accepted?")
    assert item.declined
    actions.confirm(issue=issue, verdict="solved", by=house.lead(house.ward), at=MORNING)
    shown = card(issue, lead)
    assert shown.status_text == "Declined, accepted where it began"
    assert shown.history[0].what == "Confirmed: Accepted"


def test_what_joined_is_told_in_the_history_of_the_other_one_and_its_own_loop_begins_with_itself():
    house = make_house()
    whole, part = make_issue(house), make_issue(house, unit=house.other_ward, at=MORNING + 2 * HOUR)
    lead, director = house.lead(house.ward), house.lead(house.line)
    actions.acknowledge(issue=whole, by=lead, at=MORNING + HOUR)
    send_up(house, whole, at=MORNING + HOUR)
    actions.acknowledge(issue=whole, by=director, at=MORNING + HOUR)
    actions.merge(issue=part, into=whole, by=lead, at=MORNING + 3 * HOUR)
    told = card(whole, director, MORNING + 4 * HOUR)
    assert (told.history[0].what, told.history[0].other_text) == ("Another one joined:", f"#{part.number}")
    own = card(part, director, MORNING + 4 * HOUR)
    assert own.request is None
    assert all(station.when >= own.stations[0].when for station in own.stations if station.when)
    actions.unmerge(issue=part, by=lead, at=MORNING + 5 * HOUR)
    assert card(whole, director, MORNING + 6 * HOUR).history[0].what == "Stands by itself again:"
