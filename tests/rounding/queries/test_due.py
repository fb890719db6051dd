"""Due lists of a leader, on the page and on a device."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from org.rules import NotAllowed, Role
from rounding.actions import rounds
from rounding.actions.cadences import set_cadence
from rounding.actions.sync import State, store_entries
from rounding.models import Colleague, Round, RoundCadence, Shift
from rounding.queries.due import cadences_of, due_for_device, due_page, shift_text
from rounding.queries.package import package_of
from rounding.rules.questions import SetKind
from tests.factories import make_unit, make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_round, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def colleague(unit, name, days_ago=400, **said):
    return Colleague.objects.create(
        organisation=unit.organisation,
        unit=unit,
        external_id=uuid4().hex,
        name=name,
        added_on=(AT - timedelta(days=days_ago)).date(),
        **said,
    )


def works(who, hours, length=8):
    start = AT + timedelta(hours=hours)
    return Shift.objects.create(colleague=who, starts_at=start, ends_at=start + timedelta(hours=length))


def talk(unit, leader, who, days_ago, kind=SetKind.STAFF):
    at = AT - timedelta(days=days_ago)
    made = make_round(unit, leader, make_set(unit, kind=kind), going_on=True, colleague=who, began_at=at, at=at)
    return rounds.end(of_round=made, by=leader, ended_at=at + timedelta(minutes=10), at=at + timedelta(minutes=10))


def names(user, **more):
    return [row.due.worker.name for row in due_page(user, AT, **more).rows]


def test_whom_one_meets_soonest_comes_first_in_words(house):
    lead = house.lead(house.ward)
    here, later, unknown = (colleague(house.ward, name) for name in ("Here", "Later", "Unknown"))
    works(later, 48)
    works(here, 4)
    page = due_page(lead, AT)
    assert [(row.due.worker.name, row.shift, row.when, row.on_shift_today) for row in page.rows] == [
        ("Here", "on shift today 14:30–22:30", "not talked with yet", True),
        ("Later", "next shift Thursday", "not talked with yet", False),
        (unknown.name, "no shift known", "not talked with yet", False),
    ]
    assert (page.on_shift, page.people) == (1, 3)


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (-1, "on shift now, until 17:30"),
        (24, "next shift tomorrow 10:30–18:30"),
        (24 * 10, "next shift 4 Dec"),
        (24 * 31, "no shift known"),
    ],
)
def test_the_next_shift_is_told_in_words(house, hours, says):
    works(colleague(house.ward, "Ana"), hours)
    assert due_page(house.lead(house.ward), AT).rows[0].shift == says


def test_a_talk_of_any_leader_counts_and_says_when(house):
    lead, director = house.lead(house.ward), house.lead(house.line)
    lately, long_ago, open_one = (colleague(house.ward, name) for name in ("Lately", "Long ago", "Open"))
    talk(house.ward, director, lately, 5)
    talk(house.ward, lead, long_ago, 40)
    make_round(house.ward, lead, colleague=open_one, going_on=True)
    talk(house.ward, lead, open_one, 60, kind=SetKind.GEMBA)
    rows = due_page(lead, AT).rows
    assert [(row.due.worker.name, row.when) for row in rows] == [
        ("Open", "not talked with yet"),
        ("Long ago", "last on 15 Oct"),
    ]


def test_who_is_at_another_unit_has_left_or_is_oneself_is_not_due(house):
    lead = house.lead(house.ward)
    colleague(house.other_ward, "Elsewhere")
    colleague(house.ward, "Left", ended_at=AT)
    colleague(house.ward, "Myself", person=lead)
    assert names(lead) == []
    # Who comes first is spread by number.
    assert sorted(names(house.lead(house.line))) == ["Elsewhere", "Myself"]
    assert names(house.lead(house.line), only=house.other_ward.pk) == ["Elsewhere"]
    # Whoever leads further up is not shown the colleagues of every ward, but those of one that they choose.
    assert names(house.lead(house.top)) == []
    assert due_page(house.lead(house.top), AT).elsewhere
    assert due_for_device(house.lead(house.top), AT) == []
    assert names(house.lead(house.top), only=house.other_ward.pk) == ["Elsewhere"]
    assert names(house.people["STAFF"]) == []


def test_somebody_new_is_due_after_a_month(house):
    new = colleague(house.ward, "New", 1, started_on=(AT - timedelta(days=28)).date())
    rows = due_page(house.lead(house.ward), AT).rows
    assert [(row.due.kind, row.when, row.due.overdue) for row in rows] == [
        (SetKind.NEW_STARTER, "30 days after the first day", False)
    ]
    talk(house.ward, house.lead(house.ward), new, 2, kind=SetKind.NEW_STARTER)
    assert names(house.lead(house.ward)) == []


def test_a_cadence_is_of_the_unit_for_talks_and_of_the_leader_for_walks(house):
    lead, director = house.lead(house.ward), house.lead(house.line)
    who = colleague(house.ward, "Ana")
    talk(house.ward, lead, who, 20)
    assert names(lead) == []
    assert set_cadence(unit=house.ward, kind=SetKind.STAFF, days=14, by=director, at=AT) is True
    assert set_cadence(unit=house.ward, kind=SetKind.STAFF, days=14, by=director, at=AT) is False
    assert names(lead) == ["Ana"]
    set_cadence(unit=house.ward, kind=SetKind.GEMBA, days=0, by=director, at=AT)
    assert [walk.walk.place.name for walk in due_page(director, AT).walks] == ["4 East"]
    assert [walk.walk.place.name for walk in due_page(lead, AT).walks] == ["5 West"]
    assert [(row.unit.code, row.people, row.talks, row.walks) for row in cadences_of(director)] == [
        ("LINE", 0, 30, 30),
        ("WARD", 1, 14, 0),
        ("OTHER", 0, 30, 30),
    ]
    assert RoundCadence.objects.count() == 2


@pytest.mark.parametrize(("kind", "days"), [(SetKind.STAFF, -1), (SetKind.STAFF, 367), (SetKind.PATIENT, 7)])
def test_a_cadence_that_makes_no_sense_is_refused(house, kind, days):
    with pytest.raises(NotAllowed):
        set_cadence(unit=house.ward, kind=kind, days=days, by=house.lead(house.ward), at=AT)


def test_a_walk_is_due_a_month_after_ones_own_last(house):
    director = house.lead(house.line)
    talk(house.ward, director, None, 3, kind=SetKind.GEMBA)
    talk(house.other_ward, house.lead(house.other_ward), None, 3, kind=SetKind.GEMBA)
    assert [(row.walk.place.name, row.when) for row in due_page(director, AT).walks] == [
        ("4 East", "no gemba walk of yours there yet")
    ]


def test_a_device_gets_the_list_and_says_with_whom_a_round_was(house):
    lead = house.lead(house.ward)
    who, other = colleague(house.ward, "Ana"), colleague(house.other_ward, "Elsewhere")
    works(who, 4)
    assert package_of(lead, AT)["due"] == [
        {
            "colleague": who.pk,
            "name": "Ana",
            "unit": house.ward.pk,
            "kind": "staff",
            "due_on": due_page(lead, AT).rows[0].due.due_on.isoformat(),
            "shift": "on shift today 14:30–22:30",
        }
    ]
    version = make_set(house.ward)
    said = {"kind": "begin", "at": AT.isoformat(), "unit": house.ward.pk, "version": version.pk}
    entries = [
        {**said, "id": str(uuid4()), "round": str(uuid4()), "colleague": pk} for pk in (who.pk, other.pk, "", "x")
    ]
    found = store_entries(entries=entries, by=lead, at=AT)
    assert [one.state for one in found] == [State.STORED, State.STORED, State.STORED, State.REFUSED]
    made = Round.objects.order_by("pk").values_list("colleague", flat=True)
    assert list(made) == [who.pk, None, None]


def statements(action):
    with CaptureQueriesContext(
        connection,
    ) as found:
        action()
    return len(found)


def test_the_list_takes_as_many_statements_for_many_as_for_few(house):
    director = house.lead(house.line)
    one = colleague(house.ward, "One")
    works(one, 1)
    talk(house.ward, director, one, 40)
    few = [statements(lambda: due_page(director, AT)), statements(lambda: due_for_device(director, AT))]
    for n in range(8):
        unit = make_unit(house.line)
        who = colleague(unit, f"More {n}")
        works(who, n)
        talk(unit, director, who, 40 + n)
    many = [statements(lambda: due_page(director, AT)), statements(lambda: due_for_device(director, AT))]
    assert many == few
    assert len(due_page(director, AT).rows) == 9


def test_a_shift_at_midnight_is_told_by_the_day_of_its_unit(house):
    lead = house.lead(house.ward)
    who = colleague(house.ward, "Night")
    works(who, 13)  # 23:30 in New York
    row = due_page(lead, AT).rows[0]
    assert shift_text(row.due, AT) == "on shift today 23:30–07:30"
    assert shift_text(row.due, AT - timedelta(days=1)) == "next shift tomorrow 23:30–07:30"


def test_a_round_with_somebody_is_read_by_nobody_else_through_the_colleague(house):
    staff = make_user(Role.STAFF, house.ward)
    who = colleague(house.ward, "Ana")
    assert list(Colleague.objects.visible_to(staff)) == []
    works(who, 1)
    assert list(Shift.objects.visible_to(staff)) == []
    assert Shift.objects.visible_to(house.lead(house.ward)).count() == 1
