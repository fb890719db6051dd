"""Who sets and takes away themes of a note, and what the trail says of it."""

import pytest

from org.models import Event
from org.rules import NotAllowed, Role
from rounding.actions.themes import may_tag, tag, untag
from rounding.rules.questions import SetKind
from tests.factories import make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_note, make_round, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


def verbs():
    return list(Event.objects.filter(verb__contains="tagged").order_by("pk").values_list("verb", "actor_id"))


def test_whoever_leads_rounds_at_the_unit_sets_and_takes_away_themes(house, lead):
    noted = make_note(make_round(house.ward, lead))
    for by in (lead, house.lead(house.line)):
        tag(observation=noted, word=f"Of {by.pk}", by=by, at=AT)
    noted.refresh_from_db()
    assert noted.tags == [f"of {lead.pk}", f"of {house.lead(house.line).pk}"]
    assert untag(observation=noted, word=f"of {lead.pk}", by=lead, at=AT).tags == [f"of {house.lead(house.line).pk}"]
    assert (noted.revision, noted.text) == (1, "The pump is broken")


def test_the_trail_has_each_change_once_and_no_words(house, lead):
    noted = make_note(make_round(house.ward, lead))
    for _twice in range(2):
        tag(observation=noted, word="pumps", by=lead, at=AT)
    for _twice in range(2):
        untag(observation=noted, word="pumps", by=lead, at=AT)
    events = Event.objects.filter(verb__contains="tagged").order_by("pk")
    assert [event.verb for event in events] == ["round.tagged", "round.untagged"]
    assert {(event.unit_id, event.subject_id, event.subject_label, str(event.facts)) for event in events} == {
        (house.ward.pk, str(noted.round_id), str(noted.round), "{}")
    }


def test_staff_and_leads_of_other_units_name_no_theme(house, lead):
    noted = make_note(make_round(house.ward, lead))
    for by in (house.people["STAFF"], house.lead(house.other_ward), make_user(Role.STAFF, house.line)):
        for act in (tag, untag):
            with pytest.raises(NotAllowed, match="Whoever leads rounds here"):
                act(observation=noted, word="pumps", by=by, at=AT)
    noted.refresh_from_db()
    assert (noted.tags, verbs()) == ([], [])


def test_what_is_between_two_is_named_by_them_alone(house, lead):
    partner = make_user(name="Partner")
    led = make_round(house.ward, lead, make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False), partner=partner)
    assert [may_tag(by, led) for by in (lead, partner, house.lead(house.line))] == [True, True, False]


def test_a_word_that_is_refused_leaves_the_note_as_it_is(house, lead):
    noted = make_note(make_round(house.ward, lead))
    with pytest.raises(NotAllowed):
        tag(observation=noted, word="<script>", by=lead, at=AT)
    noted.refresh_from_db()
    assert (noted.tags, verbs()) == ([], [])
