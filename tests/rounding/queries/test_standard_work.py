"""One's own standard work, and the shares that a coach sees."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.models import Huddle
from org.rules import Role
from rounding.actions import follow_ups, rounds
from rounding.actions.standard_work import Terms, add_task, furnish, say_done, say_why_not
from rounding.models import TaskMark
from rounding.queries.standard_work import houses_without_tasks, shares_for, work_of
from rounding.rules.questions import SetKind
from rounding.rules.standard_work import Cadence, Counted
from tests.factories import make_calendar, make_unit, make_user
from tests.huddles.huddle_stage import begin_huddle
from tests.rounding.factories import AT, make_round, make_set
from tests.rounding.stage_k_cards import make_card, make_checks

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
LONG_AGO = AT - timedelta(days=100)


@pytest.fixture
def ward():
    return make_unit(make_unit(), name="5 West")


@pytest.fixture
def lead(ward):
    return make_user(Role.UNIT_LEAD, ward)


def task(ward, text="Round with staff", cadence=Cadence.DAILY, role=Role.UNIT_LEAD, at=LONG_AGO, **terms):
    keeper = make_user(Role.ADMINISTRATOR, ward)
    return add_task(organisation=ward.organisation, role=role, terms=Terms(text, cadence, **terms), by=keeper, at=at)


def told(user, at=AT):
    return [
        (row.text, row.standing.done, row.standing.asked, row.carried, row.hint)
        for part in work_of(user, at).parts
        for row in part.rows
    ]


def test_a_leader_sees_the_lists_of_their_own_roles(ward, lead):
    furnish(organisation=ward.organisation, at=AT)
    page = work_of(lead, AT)
    assert [(part.cadence, len(part.rows), part.left) for part in page.parts] == [
        ("daily", 4, 4),
        ("weekly", 1, 1),
        ("monthly", 0, 0),
        ("yearly", 0, 0),
    ]
    assert page.roles == ["Unit lead"]
    assert [len(weeks) for _text, weeks in page.grid] == [8] * 5
    assert told(make_user(Role.STAFF, ward)) == []


def test_what_the_house_knows_counts_by_itself(ward, lead):
    other = make_unit(ward.parent)
    task(ward, "Huddle", counts=Counted.HUDDLE)
    task(ward, "Rounds", times=2, counts=Counted.ROUND, set_kind=SetKind.STAFF)
    task(ward, "Any round", Cadence.WEEKLY, times=3, counts=Counted.ROUND)
    task(ward, "Thanks", Cadence.WEEKLY, times=3, counts=Counted.THANKS)
    for unit in (ward, other):
        huddle = begin_huddle(unit)
        Huddle.objects.filter(pk=huddle.pk).update(day=TODAY)
    for kind, ended in ((SetKind.STAFF, True), (SetKind.STAFF, False), (SetKind.GEMBA, True)):
        made = make_round(ward, lead, make_set(ward, kind=kind), going_on=True)
        if ended:
            rounds.end(of_round=made, by=lead, ended_at=AT, at=AT)
    follow_ups.thank(uid=made.uid, unit=ward, name="Rosa", text="", by=lead, said_at=AT, at=AT)
    assert [(text, done, asked, hint) for text, done, asked, _carried, hint in told(lead)] == [
        ("Huddle", 1, 2, "1 counted by itself"),
        ("Rounds", 1, 4, "1 counted by itself"),
        ("Any round", 2, 6, "2 counted by themselves"),
        ("Thanks", 1, 6, "1 counted by itself"),
    ]
    partner = make_user(Role.UNIT_LEAD, other)
    assert [done for _text, done, *_rest in told(partner)] == [1, 0, 0, 0]


def test_what_was_left_yesterday_stands_there_as_carried_over(ward, lead):
    daily = task(ward, times=2)
    weekly = task(ward, "K-cards", Cadence.WEEKLY, times=3)
    yesterday = TODAY - timedelta(days=1)
    say_done(task=daily, starts_on=yesterday, done=1, by=lead, today=TODAY, at=AT)
    say_why_not(task=weekly, starts_on=date(2026, 11, 16), reason="Survey week", by=lead, today=TODAY, at=AT)
    assert told(lead) == [
        ("Round with staff", 0, 3, "1 carried over from the last day", ""),
        ("K-cards", 0, 3, "", ""),
    ]


def test_what_was_left_last_year_stands_there_as_carried_over_and_counts_since_january(ward, lead):
    said = {"times": 2, "counts": Counted.THANKS, "at": AT - timedelta(days=700)}
    report = task(ward, "Reports", Cadence.YEARLY, times=2, at=AT - timedelta(days=700))
    task(ward, "Thanks", Cadence.YEARLY, **said)
    for days in (500, 200):
        long_ago = AT - timedelta(days=days)
        uid = make_round(ward, lead, make_set(ward)).uid
        follow_ups.thank(uid=uid, unit=ward, name="Rosa", text="", by=lead, said_at=long_ago, at=long_ago)
    lead.memberships.update(started_on=date(2024, 12, 1))
    TaskMark.objects.create(task=report, person=lead, starts_on=date(2025, 1, 1), done=1, at=AT)
    assert told(lead) == [
        ("Reports", 0, 3, "1 carried over from last year", ""),
        ("Thanks", 1, 3, "1 carried over from last year", "1 counted by itself"),
    ]


def test_a_check_of_a_k_card_counts_for_whoever_checked_and_is_no_round(ward, lead):
    task(ward, "K-cards", Cadence.WEEKLY, times=3, counts=Counted.ROUND, set_kind=SetKind.K_CARD)
    task(ward, "Any round", Cadence.WEEKLY, counts=Counted.ROUND)
    colleague = make_user(Role.UNIT_LEAD, ward)
    card = make_card(ward, lead)
    make_checks(card, lead, "gr")
    make_checks(card, colleague, "g")
    assert [(text, done) for text, done, *_rest in told(lead)] == [("K-cards", 2), ("Any round", 0)]


def test_where_no_card_hangs_none_is_asked_for(ward, lead):
    task(ward, "K-cards", Cadence.WEEKLY, times=3, counts=Counted.ROUND, set_kind=SetKind.K_CARD)
    other = make_unit(ward.parent)
    make_card(other, make_user(Role.UNIT_LEAD, other))
    assert (told(lead), work_of(lead, AT).roles) == ([], ["Unit lead"])
    make_card(ward, lead)
    assert [text for text, *_rest in told(lead)] == ["K-cards"]


def test_a_house_gets_a_list_for_each_role_that_has_none_and_keeps_its_own(ward, lead):
    own = task(ward)
    coach = make_user(Role.COACH, ward)
    assert houses_without_tasks(lead) == []
    assert houses_without_tasks(coach) == [ward.organisation]
    furnish(organisation=ward.organisation, at=AT)
    assert [(part.cadence, len(part.rows)) for part in work_of(coach, AT).parts] == [
        ("daily", 2),
        ("weekly", 5),
        ("monthly", 3),
        ("yearly", 2),
    ]
    assert [text for text, *_rest in told(lead)] == [own.text]
    assert houses_without_tasks(coach) == []
    assert furnish(organisation=ward.organisation, at=AT) == 0


def test_on_a_day_on_which_the_unit_does_not_work_nothing_is_asked(ward, lead):
    make_calendar(ward.organisation, weekdays=0b0011111, is_default=True)
    daily = task(ward)
    saturday = AT + timedelta(days=4)
    part = work_of(lead, saturday).parts[0]
    assert (part.rests, part.rows) == (True, [])
    monday = saturday + timedelta(days=2)
    friday = TODAY + timedelta(days=3)
    assert told(lead, monday)[0][3] == "1 carried over from the last day"
    TaskMark.objects.create(task=daily, person=lead, starts_on=friday, done=1, at=AT)
    assert told(lead, monday)[0][3] == ""


def test_the_day_is_that_of_the_house(ward, lead):
    task(ward)
    assert work_of(lead, AT.replace(hour=4)).today == TODAY - timedelta(days=1)


def test_the_page_takes_as_many_statements_for_many_tasks_as_for_one(ward, lead):
    task(ward)

    def count():
        with CaptureQueriesContext(connection) as found:
            work_of(lead, AT)
        return len(found)

    one = count()
    for n in range(6):
        made = task(ward, f"More {n}")
        say_done(task=made, starts_on=TODAY, done=1, by=lead, today=TODAY, at=AT)
    assert count() == one


def marked(people, made, done_of):
    monday = date(2026, 11, 16)
    for place, person in enumerate(people):
        for week in range(4):
            if place < done_of:
                starts_on = monday - timedelta(days=7 * week)
                TaskMark.objects.create(task=made, person=person, starts_on=starts_on, done=1, at=AT)


@pytest.mark.parametrize(("people", "tenths"), [(4, None), (5, 6)])
def test_a_coach_sees_shares_from_five_people_up(ward, people, tenths):
    coach = make_user(Role.COACH, ward)
    made = task(ward, cadence=Cadence.WEEKLY)
    marked([make_user(Role.UNIT_LEAD, make_unit(ward)) for _n in range(people)], made, 3)
    [found] = shares_for(coach, AT)
    assert (found.unit, [(one.role, one.people, one.tenths) for one in found.shares]) == (
        "5 West",
        [("Unit lead", people, tenths)],
    )


def test_of_two_units_over_each_other_a_coach_sees_the_upper_one(ward):
    coach = make_user(Role.COACH, ward)
    assert [found.unit for found in shares_for(coach, AT)] == ["5 West"]
    upper = ward.parent
    coach.memberships.create(unit=upper, role=Role.COACH, started_on=TODAY)
    assert [found.unit for found in shares_for(coach, AT)] == [upper.name]
    assert shares_for(make_user(Role.EXECUTIVE, upper), AT) == []
