"""Whose agenda a unit has."""

import pytest

from huddles.actions.defaults import furnish
from huddles.models import Agenda
from huddles.queries.agendas import agenda_of, agenda_version_for
from huddles.rules.agendas import Section, StepKind
from org.models import Unit
from tests.factories import make_unit
from tests.huddles.factories import MORNING, make_house

pytestmark = pytest.mark.django_db


def version(unit, tier, number=1, **fields):
    agenda, _made = Agenda.objects.get_or_create(
        organisation=unit.organisation, tier_level=tier, unit=unit, defaults={"name": "Own"}
    )
    return agenda.versions.create(number=number, published_at=MORNING, **fields)


def asked(unit):
    return agenda_version_for(Unit.objects.select_related("tier").get(pk=unit.pk))


def test_its_own_goes_before_the_nearest_above_and_that_before_the_tiers(django_assert_num_queries):
    house = make_house()
    below = make_unit(house.ward, level=1)
    assert asked(below) is None
    furnish(organisation=house.organisation, at=MORNING)
    tier = asked(below)
    assert tier.agenda.unit is None
    version(house.line, 2)
    assert asked(below) == tier  # an agenda of another tier
    ward = version(house.ward, 1)
    assert (asked(below), asked(house.ward), asked(house.other_ward)) == (ward, ward, tier)
    newer = version(house.ward, 1, 2)
    assert asked(below) == newer
    own = version(below, 1)
    assert (asked(below), asked(house.ward)) == (own, newer)
    with django_assert_num_queries(2):
        asked(below)


def test_lines_stand_by_section_in_their_order():
    house = make_house()
    furnish(organisation=house.organisation, at=MORNING)
    agenda = agenda_of(asked(house.ward))
    assert [step.kind for step in agenda.steps][:3] == [StepKind.WELCOME, StepKind.THANKS, StepKind.ANSWERS]
    assert [line.position for line in agenda.lines(Section.FIDELITY)] == list(range(1, 10))
    assert (agenda.has(StepKind.NEW), agenda.has(StepKind.QUEUE)) == (True, False)
