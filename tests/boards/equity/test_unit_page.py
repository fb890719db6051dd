"""Cards of groups that a process remembers say what is true now."""

import pytest

from boards.models import BoardMeasure, ReferenceChoice
from org.rules import Role
from tests.boards.equity.told import Told, last_month
from tests.factories import make_user, signed_in

GROUPS = {"English": (80.0, 100.0), "Spanish": (40.0, 100.0), "Vietnamese": (30.0, 60.0)}


def url(unit) -> str:
    return f"/boards/{unit.pk}/equity/"


@pytest.fixture
def reader(told: Told):
    """A ward with a measure of which the top alone could be told."""
    ward = told.wards[0]
    told.measure.stratifiable = True
    told.measure.save()
    BoardMeasure.objects.create(unit=ward, measure=told.measure, role="driver")
    told.block(told.top, last_month(), groups=GROUPS)
    client = signed_in(make_user(Role.MANAGER, ward))
    assert 'class="eq-card' in client.get(url(ward)).text
    return client, ward


def test_a_unit_that_was_renamed_stands_under_its_new_name(reader, told: Told):
    client, ward = reader
    assert "These are the groups of New Harbor." not in client.get(url(ward)).text
    told.top.name = "New Harbor"
    told.top.save()
    assert "These are the groups of New Harbor." in client.get(url(ward)).text


def test_another_comparator_is_shown_at_once(reader, told: Told):
    client, ward = reader
    before = client.get(url(ward)).text
    ReferenceChoice.objects.create(
        measure=told.measure, dimension=told.language, rule="fixed", group="English", since=last_month(),
        chosen_at=told.made[0].published_at,
    )  # fmt: skip
    after = client.get(url(ward)).text
    assert before.count("English") < after.count("English")
