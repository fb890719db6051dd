"""Tier health as a page and a file."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huddles.rules.health import Hint
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house, make_issue
from tests.huddles.hospital import make_past

pytestmark = pytest.mark.django_db


def test_hints_are_for_coaches_and_name_no_person():
    house = make_house()
    for _number in range(12):
        make_issue(house, at=timezone.now() - timedelta(hours=1))
    address = reverse("huddles:tier-health", args=[house.top.pk])
    manager = signed_in(make_user(Role.MANAGER, house.top)).get(address).content.decode()
    coach = signed_in(make_user(Role.COACH, house.top)).get(address).content.decode()
    assert str(Hint.NOTHING_UP.label) in coach
    assert str(Hint.NOTHING_UP.label) not in manager
    for person in house.people.values():
        assert person.name not in coach + manager
    assert "/tier-health.csv" in manager
    assert "/tier-health.csv" not in coach


def test_the_file_has_the_numbers_of_the_page_in_the_order_of_the_tree():
    past = make_past(1, timezone.now())
    client = signed_in(past.house.lead(past.house.top))
    answer = client.get(reverse("huddles:tier-health-file", args=[past.house.top.pk]), {"days": 7})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["unit"] for row in rows] == ["", "", "IT", "OTHER", "WARD", "", "LINE", "", "BRANCH", "", "TOP"]
    wards = [row for row in rows if row["tier"] == "1"]
    assert int(wards[0]["held"]) == sum(int(row["held"]) for row in wards[1:]) > 0


@pytest.mark.parametrize("days", ["7", "28", "91", "x", "²"])
def test_every_period_is_a_page_with_the_same_statements(days):
    past = make_past(2, timezone.now(), raised=10)
    client = signed_in(past.house.lead(past.house.top))
    address = reverse("huddles:tier-health", args=[past.house.top.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address, {"days": days})
    assert page.context["days"] == (int(days) if days.isdecimal() else 28)
    assert len(asked) <= 11  # words of the menu for gaps and three statements of rounds among them


def test_a_house_without_a_past_says_so():
    house = make_house()
    text = signed_in(house.lead(house.top)).get(reverse("huddles:tier-health", args=[house.top.pk])).content.decode()
    assert "No huddle and no issue in this time" in text
