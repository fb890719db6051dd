"""What was promised and what waits over all units that somebody reads."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huddles.models import Issue
from org.rules import Role
from rounding.actions import follow_ups
from rounding.queries.waiting import waiting
from rounding.rules.questions import SetKind
from rounding.rules.rounds import PromiseState
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.factories import make_note, make_promise, make_round, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def now():
    return timezone.now()


def promise(house, now, unit, text, days=3, **more):
    said = now - timedelta(days=20)
    due = (now + timedelta(days=days)).date()
    return make_promise(unit, house.lead(unit), text, said_at=said, at=said, due_on=due, **more)


def told(page):
    return [(one.unit.name, [x.text for x in one.open], [x.text for x in one.ended]) for one in page.units]


def test_promises_of_everybody_stand_by_unit_the_late_ones_first_and_those_kept_lately_apart(house, now):
    promise(house, now, house.ward, "Two pumps")
    promise(house, now, house.ward, "A lock", days=-2)
    kept = promise(house, now, house.other_ward, "A chair")
    follow_ups.answer_promise(
        promise=kept, state=PromiseState.KEPT, answer="", revision=kept.revision, by=kept.by, at=now
    )
    page = waiting(make_user(Role.EXECUTIVE, house.top), None, now)
    assert told(page) == [("5 West", ["A lock", "Two pumps"], []), ("4 East", [], ["A chair"])]
    assert (page.open, page.late, page.ended, page.issues, page.cut) == (2, 1, 1, 0, False)
    assert [one.unit for one in waiting(house.lead(house.ward), None, now).units] == [house.ward]


def test_issues_of_rounds_stand_there_until_they_are_answered(house, now):
    lead = house.lead(house.ward)
    noted = make_note(make_round(house.ward, lead, began_at=now, at=now), said_at=now, at=now)
    issue = follow_ups.raise_from(observation=noted, title="The pump leaks", client_id=uuid4(), by=lead, at=now)
    boss = make_user(Role.EXECUTIVE, house.top)
    (one,) = waiting(boss, None, now).units
    assert [(line.number, line.title) for line in one.issues] == [(issue.number, "The pump leaks")]
    page = signed_in(boss).get(reverse("rounding:promises")).content.decode()
    assert "The pump leaks" in page
    for change in ({"answered_at": now}, {"answered_at": None, "confidential": True}):
        Issue.objects.filter(pk=issue.pk).update(**change)
        assert waiting(boss, None, now).units == []


def test_what_stays_between_two_is_not_there_and_a_unit_narrows_it(house, now):
    talk = make_round(house.ward, house.lead(house.ward), make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False))
    promise(house, now, house.ward, "A quiet word", of_round=talk)
    promise(house, now, house.other_ward, "A chair")
    boss = make_user(Role.EXECUTIVE, house.top)
    assert told(waiting(boss, None, now)) == [("4 East", ["A chair"], [])]
    client = signed_in(boss)
    address = reverse("rounding:promises")
    assert "A chair" in client.get(address).content.decode()
    narrowed = client.get(address, {"unit": house.ward.pk}).content.decode()
    assert "A chair" not in narrowed
    assert "Nothing waits, and nothing was promised lately." in narrowed
    assert client.get(address, {"unit": "x"}).status_code == 404
    assert f'href="{address}"' in client.get(reverse("rounding:mine")).content.decode()


def test_many_promises_take_as_many_statements_as_few(house, now):
    boss = make_user(Role.EXECUTIVE, house.top)

    def statements():
        with CaptureQueriesContext(connection) as found:
            waiting(boss, None, now)
        return len(found)

    promise(house, now, house.ward, "One")
    one = statements()
    for n in range(5):
        promise(house, now, house.other_ward, f"More {n}")
    assert statements() == one == 2


def test_units_at_which_nothing_waits_stand_below_all_at_which_something_does(house, now):
    kept = promise(house, now, house.ward, "A chair")
    follow_ups.answer_promise(
        promise=kept, state=PromiseState.KEPT, answer="", revision=kept.revision, by=kept.by, at=now
    )
    promise(house, now, house.other_ward, "Two pumps")
    page = waiting(make_user(Role.EXECUTIVE, house.top), None, now)
    assert [one.unit for one in page.waits] == [house.other_ward]
    assert [one.unit for one in page.calm] == [house.ward]
    shown = signed_in(make_user(Role.EXECUTIVE, house.top)).get(reverse("rounding:promises")).content.decode()
    assert shown.index("Two pumps") < shown.index("Nothing waits here") < shown.index("A chair")
    quiet = signed_in(house.lead(house.ward)).get(reverse("rounding:promises")).content.decode()
    assert "Nothing waits." in quiet
    assert "A chair" in quiet
