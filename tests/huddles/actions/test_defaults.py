"""What a hospital starts with is put in place once, and what it has changed stays."""

import pytest

from huddles.actions.defaults import furnish
from huddles.models import Agenda, AgendaLine, Choice, ServiceLevel
from huddles.rules.agendas import DEFAULT_AGENDAS, Section, default_agenda
from huddles.rules.clocks import default_level
from huddles.rules.issues import DEFAULT_CHOICES, ChoiceKind, Urgency
from org.models import Tier
from tests.factories import make_organisation
from tests.huddles.factories import MORNING

pytestmark = pytest.mark.django_db

WORDS = sum(len(words) for words in DEFAULT_CHOICES.values())


def test_every_tier_gets_its_agenda_every_list_its_words_every_urgency_its_times():
    organisation = make_organisation()
    assert furnish(organisation=organisation, at=MORNING) == 4 + WORDS + 12
    for agenda in Agenda.objects.filter(organisation=organisation):
        version = agenda.versions.get()
        wanted = [(line.section, str(line.title), line.seconds) for line in default_agenda(agenda.tier_level, 4)]
        found = [(line.section, line.title, line.seconds) for line in version.lines.order_by("pk")]
        assert (version.number, found) == (1, wanted)
    levels = {(row.tier_level, row.urgency): row.level for row in ServiceLevel.objects.all()}
    assert levels == {(tier, urgency): default_level(tier, urgency) for tier in range(1, 5) for urgency in Urgency}


def test_again_changes_nothing():
    organisation = make_organisation()
    furnish(organisation=organisation, at=MORNING)
    choice = Choice.objects.get(organisation=organisation, kind=ChoiceKind.CATEGORY, code="it")
    choice.name, choice.is_active = "Screens", False
    choice.save()
    ServiceLevel.objects.filter(tier_level=1).update(answer_minutes=7)
    before = (Agenda.objects.count(), AgendaLine.objects.count(), Choice.objects.count(), ServiceLevel.objects.count())
    assert furnish(organisation=organisation, at=MORNING) == 0
    after = (Agenda.objects.count(), AgendaLine.objects.count(), Choice.objects.count(), ServiceLevel.objects.count())
    assert before == after
    choice.refresh_from_db()
    assert (choice.name, choice.is_active) == ("Screens", False)


def test_a_tier_that_comes_later_gets_what_is_missing_and_nothing_else():
    organisation = make_organisation()
    furnish(organisation=organisation, at=MORNING)
    Tier.objects.create(organisation=organisation, level=5, name="Region")
    assert furnish(organisation=organisation, at=MORNING) == 1 + 3
    lines = AgendaLine.objects.filter(version__agenda__tier_level=5, section=Section.STEP)
    assert lines.count() == sum(line.section == Section.STEP for line in DEFAULT_AGENDAS[4])


def test_a_word_that_the_hospital_has_already_is_not_put_twice():
    organisation = make_organisation()
    Choice.objects.create(organisation=organisation, kind=ChoiceKind.CATEGORY, code="ours", name="equipment")
    assert furnish(organisation=organisation, at=MORNING) == 4 + WORDS - 1 + 12


@pytest.mark.parametrize("level", range(1, 7))
def test_agendas_fit_their_quarter_of_an_hour(level):
    steps = [line for line in default_agenda(level, 6) if line.section == Section.STEP]
    assert 8 * 60 <= sum(line.seconds for line in steps) <= 15 * 60
