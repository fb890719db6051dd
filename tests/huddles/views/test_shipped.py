"""Texts with which a hospital starts, in the language of whoever reads; what the hospital wrote stays as it is."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from boards.models import BoardMeasure, Letter, ReasonCode, Tile
from boards.rules import STATUS_CODES, MeasureRole, Status
from huddles.actions import agendas
from huddles.actions.defaults import furnish
from huddles.models import AgendaLine, AgendaVersion, Choice
from huddles.rules.agendas import Section
from huddles.rules.issues import ChoiceKind
from org.models import Tier
from org.rules import Role
from org.shipped import shipped, sources
from tests.boards.factories import make_measure
from tests.factories import make_user, signed_in
from tests.huddles.factories import MORNING, make_house, make_issue
from tests.huddles.huddle_stage import begin_huddle

pytestmark = pytest.mark.django_db
SPANISH = {"Accept-Language": "es"}


@pytest.fixture
def house():
    made = make_house()
    names = {1: "Unit", 2: "Service line", 3: "Branch", 4: "Executive team"}
    for tier in Tier.objects.filter(organisation=made.organisation):
        Tier.objects.filter(pk=tier.pk).update(name=names[tier.level])
    furnish(organisation=made.organisation, at=MORNING)
    return made


def page(user, address, **headers):
    return signed_in(user).get(address, headers=headers).content.decode()


def test_no_two_texts_say_the_same_so_that_each_is_known_by_its_words_in_every_language():
    english = set(sources().values())
    assert len(english) > 150
    for code, _name in settings.LANGUAGES:
        with override(code):
            assert len({gettext(text) for text in english}) == len(english)


def test_a_huddle_speaks_the_language_of_its_reader_on_every_page(house):
    lead = house.lead(house.ward)
    huddle = begin_huddle(house.ward)
    own = AgendaLine.objects.filter(version=huddle.version, section=Section.READINESS).first()
    AgendaLine.objects.filter(pk=own.pk).update(title="Safety of 5 West", prompt="Room 12 first")
    addresses = (
        reverse("huddles:huddle", args=[huddle.pk]),
        reverse("huddles:sheet", args=[house.ward.pk]),
    )
    for address in addresses:
        spanish, english = page(lead, address, **SPANISH), page(lead, address)
        for text in ("Methods", "Near miss", "Charge nurse"):
            with override("es"):
                translated = gettext(text)
            assert translated != text
            assert translated in spanish, (address, text)
            assert text in english, (address, text)
            assert text not in spanish, (address, text)
        assert "Safety of 5 West" in spanish
    spanish = page(lead, addresses[0], **SPANISH)
    assert "Room 12 first" in spanish
    assert "Lo que falta, no funciona o necesita mantenimiento" in spanish
    wall = page(lead, reverse("huddles:wall-huddle-view", args=[house.ward.pk]), **SPANISH)
    with override("es"):
        assert gettext("Who is here, who is new?") in wall


def test_words_to_choose_from_and_tiers_are_read_in_the_language_of_the_reader(house):
    staff = house.people["STAFF"]
    category = Choice.objects.get(organisation=house.organisation, kind=ChoiceKind.CATEGORY, code="equipment")
    own = Choice.objects.get(organisation=house.organisation, kind=ChoiceKind.CATEGORY, code="flow")
    Choice.objects.filter(pk=own.pk).update(name="Beds of the tower")
    form = page(staff, "/issues/new/", **SPANISH)
    assert f'<option value="{category.pk}">Equipos</option>' in form
    assert f'<option value="{own.pk}">Beds of the tower</option>' in form
    issue = make_issue(house, category=category)
    shown = page(staff, f"/issues/{issue.pk}/", **SPANISH)
    assert "Equipos" in shown
    board = page(house.lead(house.line), f"/boards/{house.line.pk}/", **SPANISH)
    assert "Línea de servicio" in board
    desk = page(house.lead(house.top), f"/desk/{house.top.pk}/", **SPANISH)
    assert "Service line" not in desk


def test_a_board_says_letters_units_and_reasons_in_the_language_of_its_reader(house):
    measure = make_measure(house.organisation, "overtime", unit_text="% of hours")
    Letter.objects.filter(pk=measure.letter_id).update(name="People")
    BoardMeasure.objects.create(unit=house.ward, measure=measure, role=MeasureRole.DRIVER)
    yesterday = timezone.now().astimezone(house.organisation.zone).date() - timedelta(days=1)
    day = {"day": yesterday, "period_start": yesterday, "changed_at": MORNING, "value": 3.0}
    Tile.objects.create(unit=house.ward, measure=measure, status=STATUS_CODES[Status.MISSED], **day)
    ReasonCode.objects.create(organisation=house.organisation, code="own", name="Fog on the bridge")
    ReasonCode.objects.create(organisation=house.organisation, code="demand", name="Demand surge")
    lead = house.lead(house.ward)
    board = page(lead, f"/boards/{house.ward.pk}/", **SPANISH)
    assert "<b>Personas</b>" in board
    with override("es"):
        assert gettext("% of hours") in board
        surge = gettext("Demand surge")
    ask = page(lead, f"/boards/{house.ward.pk}/reasons/{yesterday}/{measure.pk}/", **SPANISH)
    assert surge in ask
    assert "Fog on the bridge" in ask


def test_what_a_spanish_house_was_given_is_english_for_a_reader_of_english(house):
    Choice.objects.filter(organisation=house.organisation).delete()
    house.organisation.language = "es"
    house.organisation.save()
    furnish(organisation=house.organisation, at=MORNING)
    stored = dict(Choice.objects.extra(select={"raw": "name"}).values_list("code", "raw"))
    assert stored["equipment"] == "Equipos"
    assert ">Equipment</option>" in page(house.people["STAFF"], "/issues/new/")


def test_saving_an_agenda_in_another_language_without_a_change_publishes_nothing(house):
    coach = make_user(Role.COACH, house.top)
    newest = AgendaVersion.objects.filter(agenda__tier_level=1).get()
    with override("es"):
        lines = agendas.lines_of(newest)
        assert agendas.publish(agenda=newest.agenda, lines=lines, based_on=1, by=coach, at=MORNING) == newest
    assert shipped("What the hospital says itself") == "What the hospital says itself"
    assert re.search("Methods", str(agendas.lines_of(newest)))
