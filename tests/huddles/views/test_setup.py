"""The pages with which a hospital sets up huddles and issues: what they keep, refuse, and that they stay cheap."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huddles.actions.defaults import furnish
from huddles.models import Agenda, Choice, Confidant, ServiceLevel, UnitHabits
from huddles.rules.agendas import Section, StepKind
from huddles.rules.issues import ChoiceKind, Urgency
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import MORNING, make_choice, make_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    made = make_house()
    furnish(organisation=made.organisation, at=MORNING)
    return made


@pytest.fixture
def client(house):
    return signed_in(make_user(Role.ADMINISTRATOR, house.top, name="Ada Min"))


@pytest.fixture
def url(house):
    return lambda name, *args: reverse(f"huddles:{name}", args=[house.organisation.slug, *args])


@pytest.fixture
def agenda(house):
    return Agenda.objects.get(organisation=house.organisation, tier_level=1, unit__isnull=True)


def fields(text: str) -> dict[str, str]:
    """What the form of an agenda would send, without its buttons."""
    found = {}
    form = text[text.index('id="lines"') :]
    for tag in re.findall(r"<input [^>]*>", form[: form.index("</form>")]):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if 'type="checkbox"' in tag:
            if " checked" in tag:
                found[name[1]] = "on"
        else:
            found[name[1]] = (value[1] if value else "").replace("&#x27;", "'").replace("&quot;", '"')
    return found


def titles(agenda, section=Section.STEP) -> list[str]:
    version = agenda.versions.order_by("-number").first()
    return list(version.lines.filter(section=section).order_by("position").values_list("title", flat=True))


def test_every_page_answers_and_marks_one_tab(client, url, house, agenda):
    word = Choice.objects.filter(organisation=house.organisation).first()
    pages = [
        url("setup-agendas"),
        url("setup-agenda", agenda.pk),
        url("setup-agenda-version", agenda.pk, 1),
        url("setup-choices"),
        url("setup-choice-list", "park"),
        url("setup-choice", word.pk),
        url("setup-levels"),
        url("setup-level", 1, "urgent"),
        url("setup-trust"),
    ]
    for page in pages:
        response = client.get(page)
        text = response.content.decode()
        assert response.status_code == 200, page
        assert text.count('aria-current="page"') == 1, page
        assert not re.search(r"\sstyle=|\son[a-z]+=", text), page
    assert client.get(url("setup-choice-list", "nonsense")).status_code == 404
    assert client.get(url("setup-level", 9, "urgent")).status_code == 404


def test_a_coach_of_the_whole_house_sets_up_agendas_but_names_nobody(house, url):
    coach = signed_in(make_user(Role.COACH, house.top))
    assert coach.get(url("setup-agendas")).status_code == 200
    assert coach.get(url("setup-trust")).status_code == 403
    assert reverse("huddles:setup") in coach.get("/me/").content.decode()
    assert coach.get(reverse("huddles:setup")).url == url("setup-agendas")


def test_what_is_typed_stays_until_it_is_published_as_the_next_version(client, url, agenda):
    page = url("setup-agenda", agenda.pk)
    before = titles(agenda)
    typed = fields(client.get(page).content.decode())
    assert [typed["title-0"], typed["based_on"]] == [before[0], "1"]

    # Rename the first, move it down, take the third out, add a step and a seat: nothing is written yet.
    typed["title-0"] = "Good morning"
    typed = fields(client.post(page, {**typed, "do": "down-0"}).content.decode())
    assert [typed["title-0"], typed["title-1"]] == [before[1], "Good morning"]
    typed = fields(client.post(page, {**typed, "do": "out-2"}).content.decode())
    typed = fields(client.post(page, {**typed, "do": "add-step", "new-kind": StepKind.ALERT}).content.decode())
    typed = fields(client.post(page, {**typed, "do": "add-seat"}).content.decode())
    assert agenda.versions.count() == 1
    empty = next(name for name, value in typed.items() if name.startswith("title-") and not value)
    refused = client.post(page, {**typed, "do": "publish"})
    assert refused.status_code == 422
    assert "Every line has a title" in refused.content.decode()
    assert 'value="Good morning"' in refused.content.decode()

    response = client.post(page, {**typed, empty: "Chaplain", "do": "publish"}, follow=True)
    assert "Version 2 is published" in response.content.decode()
    assert titles(agenda) == [before[1], "Good morning", *before[3:], str(StepKind.ALERT.label)]
    assert titles(agenda, Section.SEAT)[-1] == "Chaplain"
    assert list(agenda.versions.get(number=1).lines.filter(section="step").values_list("title", flat=True)) == before
    assert before[2] in client.get(url("setup-agenda-version", agenda.pk, 1)).content.decode()


def test_two_who_edit_at_once_do_not_write_over_each_other(client, url, agenda):
    page = url("setup-agenda", agenda.pk)
    typed = fields(client.get(page).content.decode())
    client.post(page, {**typed, "title-0": "First", "do": "publish"})
    late = client.post(page, {**typed, "title-0": "Second", "do": "publish"})
    assert late.status_code == 422
    assert "version 2 meanwhile" in late.content.decode()
    assert 'value="Second"' in late.content.decode()
    again = client.post(page, {**fields(late.content.decode()), "do": "publish"})
    assert again.status_code == 302
    assert (agenda.versions.count(), titles(agenda)[0]) == (3, "Second")


def test_the_same_lines_publish_nothing(client, url, agenda):
    page = url("setup-agenda", agenda.pk)
    client.post(page, {**fields(client.get(page).content.decode()), "do": "publish"})
    assert agenda.versions.count() == 1


@pytest.mark.parametrize("do", ["up-0", "down-999", "out-", "add-nothing", "add-step", "stay", "up-x", ""])
def test_a_button_that_means_nothing_changes_nothing(client, url, agenda, do):
    page = url("setup-agenda", agenda.pk)
    typed = fields(client.get(page).content.decode())
    response = client.post(page, {**typed, "do": do, "new-kind": "nonsense"})
    assert response.status_code == 200
    assert {k: v for k, v in fields(response.content.decode()).items() if "csrf" not in k} == {
        k: v for k, v in typed.items() if "csrf" not in k
    }


def test_a_unit_gets_an_agenda_of_its_own_and_gives_it_back(client, url, house, agenda):
    client.post(url("setup-agenda-unit", agenda.pk), {"unit": house.ward.pk})
    own = Agenda.objects.get(unit=house.ward)
    assert titles(own) == titles(agenda)
    assert client.post(url("setup-agenda-unit", agenda.pk), {"unit": house.ward.pk}).status_code == 404
    assert client.post(url("setup-agenda-unit", agenda.pk), {"unit": house.line.pk}).status_code == 404
    assert "Only for 5 West" in client.get(url("setup-agendas")).content.decode()
    client.post(url("setup-agenda-remove", own.pk))
    assert not Agenda.objects.filter(unit=house.ward).exists()
    client.post(url("setup-agenda-remove", agenda.pk))
    assert Agenda.objects.filter(pk=agenda.pk).exists()


def test_what_is_missing_is_put_in_place_on_the_page(client, url, house):
    Agenda.objects.all().delete()
    assert "Put it in place" in client.get(url("setup-agendas")).content.decode()
    client.post(url("setup-defaults"))
    assert Agenda.objects.count() == 4
    assert "Put it in place" not in client.get(url("setup-agendas")).content.decode()


def test_words_are_added_renamed_moved_retired_and_brought_back(client, url, house):
    page = url("setup-choice-list", "park")
    client.post(page, {"name": "Waits for spring"})
    words = Choice.objects.filter(organisation=house.organisation, kind=ChoiceKind.PARK)
    word = words.get(name="Waits for spring")
    assert client.post(page, {"name": "waits for SPRING"}).status_code == 422
    client.post(url("setup-choice", word.pk), {"name": "Waits for summer"})
    client.post(url("setup-choice-move", word.pk), {"up": "1"})
    word.refresh_from_db()
    names = list(words.order_by("position").values_list("name", flat=True))
    assert (word.name, word.code, names.index("Waits for summer")) == ("Waits for summer", "waits-for-spring", 2)
    client.post(url("setup-choice-use", word.pk), {"active": "0"})
    assert words.get(pk=word.pk).is_active is False
    client.post(url("setup-choice-use", word.pk), {"active": "1"})
    assert words.get(pk=word.pk).is_active is True


def test_words_of_another_house_are_not_there(client, url):
    other = make_choice(make_house().organisation)
    assert client.get(url("setup-choice", other.pk)).status_code == 404


def test_times_are_typed_as_people_write_them(client, url, house):
    page = url("setup-level", 2, "routine")
    text = client.get(page).content.decode()
    assert 'value="4 h"' in text
    typed = {
        "acknowledge_minutes": "1 h 30 min",
        "answer_minutes": "90",
        "quick_hit_days": "2",
        "big_days": "10",
        "check_in_days": "7",
        "confirm_huddles": "4",
        "working": "on",
        "works_from": "06:30",
        "works_until": "19:00",
    }
    assert client.post(page, {**typed, "answer_minutes": "soon"}).status_code == 422
    assert client.post(page, {**typed, "answer_minutes": "0"}).status_code == 422
    assert client.post(page, typed).status_code == 302
    row = ServiceLevel.objects.get(organisation=house.organisation, tier_level=2, urgency=Urgency.ROUTINE)
    assert (row.acknowledge_minutes, row.answer_minutes, row.works_from.hour) == (90, 90, 6)
    assert row.check_in_days == 7
    assert "1 h 30 min" in client.get(url("setup-levels")).content.decode()


def test_people_of_trust_are_found_named_moved_and_released(client, url, house):
    first, second = house.lead(house.ward), house.lead(house.branch)
    assert "Lead of 5 West" in client.get(url("setup-trust"), {"q": "5 west"}).content.decode()
    for person in (first, second):
        client.post(url("setup-trust-name"), {"person": person.pk})
    named = Confidant.objects.filter(organisation=house.organisation).order_by("position")
    assert [one.user for one in named] == [first, second]
    client.post(url("setup-trust-move", named[1].pk), {"up": "1"})
    assert [one.user for one in named.all()] == [second, first]
    client.post(url("setup-trust-release", named.all()[0].pk))
    assert [one.user for one in named.all()] == [first]
    outsider = make_user(Role.STAFF, make_house().ward)
    assert client.post(url("setup-trust-name"), {"person": outsider.pk}).status_code == 404


def test_a_lead_chooses_when_the_page_before_the_huddle_comes(house):
    lead = signed_in(house.lead(house.ward))
    page = reverse("huddles:habits", args=[house.ward.pk])
    assert 'value="30"' in lead.get(page).content.decode()
    assert lead.post(page, {"digest_minutes": "5000"}).status_code == 422
    assert lead.post(page, {"digest_minutes": "45"}).status_code == 302
    assert UnitHabits.objects.get().digest_minutes == 45


def test_lists_take_as_many_statements_for_many_rows_as_for_few(house, client, url):
    def statements() -> dict[str, int]:
        found = {}
        for name in ("setup-agendas", "setup-choices", "setup-levels", "setup-trust"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(name)).status_code == 200
            found[name] = len(queries)
        return found

    Confidant.objects.create(organisation=house.organisation, user=house.lead(house.ward))
    statements()
    few = statements()
    for unit in (house.ward, house.other_ward, house.support):
        make_choice(house.organisation, ChoiceKind.CATEGORY)
        Confidant.objects.create(organisation=house.organisation, user=make_user(Role.STAFF, house.ward))
        Agenda.objects.create(organisation=house.organisation, tier_level=1, name="x", unit=unit)
    assert statements() == few
    assert max(few.values()) <= 14


def test_a_refusal_hides_from_nobody_that_another_version_came_meanwhile(client, url, agenda):
    page = url("setup-agenda", agenda.pk)
    typed = fields(client.get(page).content.decode())
    client.post(page, {**typed, "title-1": "Published by somebody else", "do": "publish"})
    assert agenda.versions.count() == 2
    refused = client.post(page, {**typed, "title-0": "", "do": "publish"})
    assert fields(refused.content.decode())["based_on"] == "1"
    overtaken = client.post(page, {**typed, "title-0": "Mine", "do": "publish"})
    assert (overtaken.status_code, "version 2 meanwhile" in overtaken.content.decode()) == (422, True)
    assert fields(overtaken.content.decode())["based_on"] == "2"
    assert agenda.versions.count() == 2
