"""The first page of whoever follows gaps: what waits, what widened, what was heard."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.models import Dimension, Published
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.signals import make_stage
from tests.improvement.factories import BASELINE, BEFORE, MONTH_5, TODAY, make_goal, make_house, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(time_machine):
    time_machine.move_to(date(2026, 12, 2), tick=False)
    house = make_house()
    make_goal(house)
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, date(2026, 11, 1), date(2026, 11, 1))
    return house, signed_in(make_user(Role.EQUITY_OFFICER, house.top))


def page_of(client):
    return client.get(reverse("improvement:equity-home"))


def test_it_shows_what_widened_and_who_was_heard(officer):
    _house, client = officer
    answer = page_of(client)
    page = answer.context_data["page"]
    assert [row.title for row in page.widened] == [page.widened[0].title]
    assert page.running == 1
    text = answer.content.decode()
    assert "raised but widened" in text
    assert "Nobody asks about pain in our language." in text
    assert "No gap between groups asks for help now." in text
    assert 'class="count"' not in text
    assert [(field.name, len(field.rows)) for field in page.corners] == [
        ("Fell, narrowed", 0),
        ("Raised and narrowed", 0),
        ("Fell and widened", 0),
        ("Raised but widened", 1),
    ]
    assert page.untold == []


def test_only_what_is_sent_of_patients_stands_and_the_rest_is_counted(officer):
    house, client = officer
    Dimension.objects.create(organisation=house.organisation, code="payer", name="Payer")
    Dimension.objects.create(organisation=house.organisation, code="staff_sex", name="Sex of staff")
    answer = page_of(client)
    page = answer.context_data["page"]
    assert ([name for name, _box in page.known], page.unsent) == ([], 2)
    unsent = '<a class="quiet" href="/boards/equity/completeness/#unsent">2 more are not sent yet</a>'
    assert unsent in answer.content.decode()
    Published.objects.update(unit=house.top)
    page = page_of(client).context_data["page"]
    assert ([name for name, _box in page.known], page.unsent) == ([house.language.name], 1)


def test_what_waits_stands_with_its_state(time_machine):
    time_machine.move_to(TODAY, tick=False)
    house, _signal = make_stage()
    answer = page_of(signed_in(house.people["EQUITY"]))
    page = answer.context_data["page"]
    assert (page.waiting, [row.group for row in page.signals]) == (1, ["Spanish"])
    text = answer.content.decode()
    assert "No goal runs." in text
    assert '<span class="count">1</span>' in text


def test_only_whoever_follows_the_whole_house_opens_it(officer):
    house, _client = officer
    assert page_of(signed_in(make_user(Role.EQUITY_OFFICER, house.ward))).status_code == 403
    assert page_of(signed_in(make_user(Role.COACH, house.top))).status_code == 403


def test_statements_do_not_grow_with_goals(officer):
    house, client = officer
    page_of(client)
    with CaptureQueriesContext(connection) as one:
        page_of(client)
    for _number in range(3):
        make_goal(house)
    with CaptureQueriesContext(connection) as many:
        page_of(client)
    assert len(many) == len(one)
    assert Published.objects.exists()
