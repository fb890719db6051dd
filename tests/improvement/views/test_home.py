"""The first page of whoever follows gaps: what waits, what widened, what was heard."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.models import Published
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


def test_what_waits_stands_with_its_state(time_machine):
    time_machine.move_to(TODAY, tick=False)
    house, _signal = make_stage()
    answer = page_of(signed_in(house.people["EQUITY"]))
    page = answer.context_data["page"]
    assert (page.waiting, [row.group for row in page.signals]) == (1, ["Spanish"])
    assert "No goal runs." in answer.content.decode()


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
