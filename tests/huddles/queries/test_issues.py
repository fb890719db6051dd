"""The list: what is seen, narrowed and sought; constant in rows, and quick however many there are."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues as actions
from huddles.models import Confidant, Issue
from huddles.queries import issues as queries
from huddles.queries import words
from huddles.queries.issues import Asked, Group, Order, Scope
from huddles.rules.issues import Urgency
from org.models import User
from org.rules import Role
from tests.factories import make_unit, make_user
from tests.huddles.factories import MORNING, make_house, make_issue, send_up
from tests.huddles.queries.many import many_issues

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


EVERY = Asked(group=Group.EVERY, order=Order.OLDEST)


def titles(user, asked=EVERY, *, house, now=MORNING + HOUR):
    fresh = User.objects.get(pk=user.pk)
    found = list(queries.sought(fresh, house.organisation.pk, asked, now))
    return [row.title for row in queries.issue_rows(found, now, house.organisation.zone)]


def test_a_ward_sees_its_own_and_the_line_above_sees_all_below():
    house = make_house()
    make_issue(house, title="Ours")
    make_issue(house, unit=house.other_ward, title="Theirs", at=MORNING + timedelta(minutes=1))
    assert titles(house.people["STAFF"], house=house) == ["Ours"]
    assert titles(house.lead(house.other_ward), house=house) == ["Theirs"]
    assert titles(house.lead(house.line), house=house) == ["Ours", "Theirs"]
    assert titles(make_user(Role.MANAGER, make_unit()), house=house) == []


def test_what_was_copied_or_joined_is_seen_by_the_unit_that_it_concerns():
    house = make_house()
    first, second = make_issue(house, title="First"), make_issue(house, unit=house.other_ward, title="Second")
    lead = house.lead(house.line)
    actions.copy_to(issue=first, unit=house.support, by=lead, at=MORNING)
    assert titles(house.lead(house.support), house=house) == ["First"]
    actions.merge(issue=second, into=first, by=lead, at=MORNING)
    assert titles(house.lead(house.other_ward), house=house) == ["First", "Second"]


def test_groups_tell_where_issues_stand():
    house = make_house()
    lead = house.lead(house.ward)
    made = {name: make_issue(house, title=name) for name in ("Raised", "Taken", "Done", "Closed")}
    actions.acknowledge(issue=made["Taken"], by=lead, at=MORNING)
    actions.finish(issue=made["Done"], by=lead, at=MORNING)
    actions.settle(issue=made["Closed"], by=lead, at=MORNING)
    found = {group: titles(lead, Asked(group=group, order=Order.OLDEST), house=house) for group in Group}
    assert found == {
        Group.OPEN: ["Raised", "Taken", "Done"],
        Group.WAITING: ["Raised"],
        Group.WORKING: ["Taken"],
        Group.CONFIRM: ["Done"],
        Group.LATE_PROMISES: [],
        Group.PARKED: [],
        Group.CLOSED: ["Closed"],
        Group.EVERY: ["Raised", "Taken", "Done", "Closed"],
    }


def test_mine_one_unit_urgent_and_late():
    house = make_house()
    staff, lead = house.people["STAFF"], house.lead(house.line)
    make_issue(house, by=staff, title="Told by me")
    make_issue(house, title="Urgent", urgency=Urgency.URGENT, at=MORNING + HOUR / 2)
    make_issue(house, unit=house.other_ward, title="Other")
    assert titles(staff, Asked(scope=Scope.MINE), house=house) == ["Told by me"]
    unit = Asked(scope=Scope.UNIT, unit=house.other_ward)
    assert titles(lead, unit, house=house) == ["Other"]
    assert titles(lead, Asked(urgent=True), house=house) == ["Urgent"]
    assert titles(lead, Asked(late=True), house=house) == ["Urgent"]


def test_what_runs_out_first_stands_first():
    house = make_house()
    make_issue(house, title="Routine")
    make_issue(house, title="Urgent", urgency=Urgency.URGENT, at=MORNING + HOUR / 2)
    lead = house.lead(house.ward)
    orders = {order: titles(lead, Asked(order=order), house=house) for order in Order}
    assert orders == {
        Order.CLOCK: ["Urgent", "Routine"],
        Order.OLDEST: ["Routine", "Urgent"],
        Order.NEWEST: ["Urgent", "Routine"],
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pumps", ["IV pumps are missing"]),
        ("pum", ["IV pumps are missing"]),
        ("umps", ["IV pumps are missing"]),
        ("missing PUMPS", ["IV pumps are missing"]),
        ("basement", ["IV pumps are missing"]),
        ("#2", ["Door 3-12 is stuck"]),
        ("3-12", ["Door 3-12 is stuck"]),
        ("50%", []),
        ("& | ! ( ':*", []),
        ("nothing like it", []),
    ],
)
def test_words_parts_of_words_and_numbers_are_found(text, found):
    house = make_house()
    make_issue(house, detail="Two are in the basement")
    make_issue(house, title="Door 3-12 is stuck")
    assert titles(house.lead(house.ward), Asked(text=text), house=house) == found


def test_a_confidential_issue_stands_in_no_list_but_of_its_people():
    house = make_house()
    trusted = make_user(Role.MANAGER, house.top, name="Trusted")
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    make_issue(house, by=house.people["STAFF"], title="Harassment", confidential=True)
    for name in ("WARD", "LINE", "BRANCH", "TOP", "STAND_IN"):
        for asked in (Asked(), Asked(group=Group.EVERY, text="Harassment"), Asked(text="#1", group=Group.EVERY)):
            assert titles(house.people[name], asked, house=house) == []
    assert titles(trusted, house=house) == ["Harassment"]
    assert titles(house.people["STAFF"], house=house) == ["Harassment"]


def test_a_page_takes_the_same_statements_for_one_and_for_three():
    house = make_house()
    lead = house.lead(house.line)
    counted = []
    for more in (1, 2):
        for _number in range(more):
            make_issue(house)
        with CaptureQueriesContext(connection) as statements:
            titles(lead, house=house)
        counted.append(len(statements))
    assert counted[0] == counted[1] == 3  # the person, the rows, what joined them


@pytest.mark.slow
def test_one_page_of_a_hundred_thousand_reads_along_an_index():
    house = make_house()
    wards = [house.ward, house.other_ward, *(make_unit(house.line) for _ in range(30))]
    many_issues(house.top, wards, house.people["STAFF"], MORNING, most=100_000, open_every=5)
    for user in (house.lead(house.top), house.lead(house.ward)):
        for asked, index in (
            (Asked(), "issue_open_by_clock"),
            (Asked(group=Group.EVERY, order=Order.NEWEST), "issue_by_time"),
        ):
            found = queries.sought(user, house.organisation.pk, asked, MORNING)[:51]
            plan = found.explain()
            assert f"using {index}" in plan.replace("Backward ", "")
            assert "Seq Scan on huddles_issue " not in plan
            assert len(found) == 51


def test_words_of_a_row_say_what_runs_out():
    house = make_house()
    issue = make_issue(house)
    send_up(house, issue, at=MORNING + HOUR)
    now = MORNING + 2 * HOUR
    found = list(queries.sought(house.lead(house.line), house.organisation.pk, Asked(), now))
    row = queries.issue_rows(found, now, house.organisation.zone)[0]
    assert (row.place, row.origin, row.owner) == ("Medicine", "5 West", "Lead of Medicine")
    assert (row.status_text, row.due, row.late, row.age) == ("Waiting to be taken", "take by 12:05", False, "2 h")
    later = queries.issue_rows(found, now + 5 * HOUR, house.organisation.zone)[0]
    assert (later.due, later.late) == ("2 h late – due 12:05", True)
    assert Issue.objects.get().clock_at > now


@pytest.mark.parametrize("text", ["{}", "#{}", " #{} "])
def test_by_its_number_an_issue_is_found_wherever_it_stands(text):
    house = make_house()
    issue, lead = make_issue(house, title="Closed"), house.lead(house.ward)
    make_issue(house, title="Open")
    actions.settle(issue=issue, by=lead, at=MORNING)
    for group in (Group.OPEN, Group.WAITING, Group.CLOSED):
        assert titles(lead, Asked(group=group, text=text.format(issue.number)), house=house) == ["Closed"]


def test_midnight_is_the_end_of_the_day_before_wherever_something_has_time_until_then():
    now = MORNING.astimezone(ZoneInfo("America/New_York"))
    midnight = now.replace(hour=0, minute=0)
    told = [words.until(midnight + days * DAY, now) for days in (1, 2, 6)]
    assert told == ["by tonight", "by the end of 25 Nov", "by the end of 29 Nov"]
    assert words.until(midnight + DAY + HOUR, now) == "by tomorrow 01:00"
