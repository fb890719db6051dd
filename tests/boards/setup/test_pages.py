"""The pages of board set-up: who may, what they say, that they work without scripts, that they stay cheap."""

import re
from datetime import date

import pytest
from django.urls import reverse

from boards.models import BoardMeasure, Category, Letter, Measure, ReasonCode, Target, Tile
from org.rules import Role
from tests.boards.setup.conftest import person
from tests.boards.setup.stage import SLUG, fields_of
from tests.factories import make_membership, make_unit, make_user, signed_in


def pages(house, dimension) -> dict[str, str]:
    """Every page that is read, by name."""
    measure, unit = house.measures["bundle"], house.units["m1"]
    args = {
        "setup-letters": [],
        "setup-letter": [house.letter.pk],
        "setup-reasons": [],
        "setup-reason": [ReasonCode.objects.get().pk],
        "setup-measures": [],
        "setup-measure-add": [],
        "setup-catalogue": [],
        "setup-measure": [measure.pk],
        "setup-targets": [measure.pk],
        "setup-boards": [],
        "setup-board": [unit.pk],
        "setup-board-add": [unit.pk],
        "setup-groups": [],
        "setup-category": [dimension.categories.first().pk],
        "setup-dimension": [dimension.pk],
        "setup-category-add": [dimension.pk],
        "setup-grouping-add": [dimension.pk],
        "setup-grouping": [dimension.pk, dimension.groupings.get().pk],
    }
    return {name: reverse(f"boards:{name}", args=[SLUG, *a]) for name, a in args.items()}


def test_every_page_answers_stewards_and_administrators(house, language, steward):
    admin = signed_in(person(house, Role.ADMINISTRATOR, "top"))
    for client in (signed_in(steward), admin):
        for name, url in pages(house, language).items():
            response = client.get(url)
            assert response.status_code == 200, name
            text = response.content.decode()
            assert "<h1>" in text, name
            assert text.count('aria-current="page"') == 1, name
            assert not re.search(r"\sstyle=|\son[a-z]+=", text), name


@pytest.mark.parametrize(
    "role", [Role.STAFF, Role.UNIT_LEAD, Role.MANAGER, Role.EXECUTIVE, Role.EQUITY_OFFICER, Role.COACH]
)
def test_other_roles_are_refused(house, language, role):
    client = signed_in(person(house, role, "top"))
    for name, url in pages(house, language).items():
        assert client.get(url).status_code == 403, name


def test_a_steward_of_some_units_sets_up_their_boards_and_nothing_else(house, language, ward_steward):
    client = signed_in(ward_steward)
    for name, url in pages(house, language).items():
        expected = 200 if name in {"setup-boards", "setup-board", "setup-board-add"} else 403
        assert client.get(url).status_code == expected, name
    shown = client.get(reverse("boards:setup-boards", args=[SLUG])).content.decode()
    assert "m1" in shown
    assert "s1" not in shown
    assert reverse("boards:setup-letters", args=[SLUG]) not in shown
    assert client.get(reverse("boards:setup-board", args=[SLUG, house.units["s1"].pk])).status_code == 404
    assert client.get(reverse("boards:setup-board", args=[SLUG, house.units["top"].pk])).status_code == 403


def test_things_of_another_organisation_are_not_found(house, language):
    stranger = signed_in(make_user(Role.DATA_STEWARD, make_unit()))
    for name, url in pages(house, language).items():
        assert stranger.get(url).status_code == 404, name


def test_addresses_keep_two_organisations_apart(house, steward):
    top = make_unit()
    make_membership(steward, top, Role.DATA_STEWARD)
    client = signed_in(steward)
    other = top.organisation.slug
    client.post(reverse("boards:setup-letters", args=[other]), {"code": "X", "name": "Extra"})
    assert Letter.objects.get(code="X").organisation_id == top.organisation_id
    assert client.get(reverse("boards:setup-letter", args=[other, house.letter.pk])).status_code == 404
    assert client.get(reverse("boards:setup-board", args=[other, house.units["m1"].pk])).status_code == 404
    assert client.get(reverse("boards:setup-board", args=[other, top.pk])).status_code == 200


def test_the_way_in_leads_to_the_boards_that_somebody_sets_up(house, ward_steward):
    start = reverse("boards:setup")
    assert signed_in(ward_steward).get(start).url == reverse("boards:setup-boards", args=[SLUG])
    assert signed_in(person(house, Role.STAFF, "m1")).get(start).status_code == 403


@pytest.mark.parametrize(
    ("name", "model"),
    [("setup-letters", "letter"), ("setup-reasons", "reason"), ("setup-measures", "measure"), ("setup-boards", "unit"),
     ("setup-groups", "dimension"), ("setup-targets", "target"), ("setup-board", "placement"),
     ("setup-dimension", "category"), ("setup-grouping", "category"), ("setup-board-add", "measure")],
)  # fmt: skip
def test_lists_cost_the_same_with_one_row_and_with_many(
    house, language, client, django_assert_num_queries, name, model
):
    url = pages(house, language)[name]
    client.get(url)  # the session's first visit writes
    with django_assert_num_queries(100, exact=False) as few:
        client.get(url)
    for n in range(3):
        if model == "letter":
            Letter.objects.create(organisation=house.organisation, code=f"L{n}", name=f"L{n}")
        elif model == "reason":
            ReasonCode.objects.create(organisation=house.organisation, code=f"r{n}", name=f"r{n}")
        elif model == "measure":
            house.measure(f"more{n}") if name == "setup-measures" else BoardMeasure.objects.filter(
                measure=house.measure(f"more{n}")
            ).delete()
        elif model == "unit":
            make_unit(house.units["medicine"], level=1)
        elif model == "dimension":
            house.dimension(f"d{n}", "a", "b")
        elif model == "target":
            Target.objects.create(
                measure=house.measures["bundle"],
                unit=house.units[("m1", "m2", "s1")[n]],
                valid=(date(2026, 1, 1), None),
                value=80,
            )
        elif model == "placement":
            house.measure(f"more{n}")
        else:
            Category.objects.create(dimension=language, code=f"c{n}", name=f"c{n}")
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_letters_are_set_up_without_scripts(house, client):
    url = reverse("boards:setup-letters", args=[SLUG])
    assert client.post(url, {"code": "S", "name": "Safety"}, follow=True).status_code == 200
    again = client.post(url, {"code": "s", "name": "Mine"})
    assert again.status_code == 422
    assert "The letter S stands already" in again.content.decode()
    assert 'value="Mine"' in again.content.decode()
    safety = Letter.objects.get(code="S")
    client.post(reverse("boards:setup-letter-move", args=[SLUG, safety.pk]), {"up": "1"})
    assert list(house.organisation.letters.values_list("code", flat=True)) == ["S", "Q"]
    client.post(reverse("boards:setup-letter", args=[SLUG, safety.pk]), {"code": "S", "name": "No harm"})
    assert Letter.objects.get(code="S").name == "No harm"
    kept = client.post(reverse("boards:setup-letter-remove", args=[SLUG, house.letter.pk]), follow=True)
    assert "Measures stand under this letter" in kept.content.decode()
    client.post(reverse("boards:setup-letter-remove", args=[SLUG, safety.pk]))
    assert not Letter.objects.filter(code="S").exists()


def test_reasons_are_set_up_without_scripts(house, client):
    url = reverse("boards:setup-reasons", args=[SLUG])
    client.post(url, {"name": "Transport delay"})
    assert client.post(url, {"name": "transport DELAY"}).status_code == 422
    made = ReasonCode.objects.get(code="transport-delay")
    client.post(reverse("boards:setup-reason-move", args=[SLUG, made.pk]), {"up": "1"})
    client.post(reverse("boards:setup-reason", args=[SLUG, made.pk]), {"name": "Waiting for transport"})
    client.post(reverse("boards:setup-reason-use", args=[SLUG, made.pk]), {"active": "0"})
    page = client.get(url)
    assert [row.name for row in page.context["retired"]] == ["Waiting for transport"]
    client.post(reverse("boards:setup-reason-use", args=[SLUG, made.pk]), {"active": "1"})
    assert [row.name for row in client.get(url).context["rows"]] == ["Waiting for transport", "Staffing"]


def test_measures_are_found_by_letter_kind_use_and_words(house, client):
    url = reverse("boards:setup-measures", args=[SLUG])
    Measure.objects.filter(code="falls").update(name="Falls with harm")

    def names(**asked):
        return [row.code for row in client.get(url, asked).context["rows"]]

    assert names() == ["falls", "bundle"] or names() == ["bundle", "falls"]
    assert names(kind="count") == ["falls"]
    assert names(text="HARM") == ["falls"]
    assert names(letter="X") == []
    assert names(active="no") == []
    Measure.objects.filter(code="falls").update(is_active=False)
    assert names() == ["bundle"]
    assert names(active="no") == ["falls"]
    assert len(names(active="all")) == 2
    assert "No measure fits" in client.get(url, {"text": "zzz"}).content.decode()


def test_a_measure_is_defined_and_a_wrong_one_comes_back_with_what_was_typed(house, client):
    url = reverse("boards:setup-measure-add", args=[SLUG])
    typed = fields_of(client.get(url)) | {
        "name": "Median wait",
        "code": "median_wait",
        "letter": str(house.letter.pk),
        "kind": "median",
        "roll_up": "sum",
        "direction": "lower",
        "unit_text": "min",
    }
    wrong = client.post(url, typed)
    assert wrong.status_code == 422
    assert "A median cannot be worked out" in wrong.content.decode()
    assert 'value="Median wait"' in wrong.content.decode()
    right = client.post(url, typed | {"roll_up": "none", "multiplier": "100"})
    made = Measure.objects.get(code="median_wait")
    assert right.url == reverse("boards:setup-measure", args=[SLUG, made.pk])
    assert (made.multiplier, made.roll_up) == (1.0, "none")


def test_another_meaning_asks_first_and_keeps_everything_that_was_typed(house, client):
    bundle = house.measures["bundle"]
    url = reverse("boards:setup-measure", args=[SLUG, bundle.pk])
    typed = fields_of(client.get(url)) | {"name": "Bundle per thousand", "multiplier": "1000"}
    asked = client.post(url, typed)
    assert asked.status_code == 200
    text = asked.content.decode()
    assert "The number will mean something else" in text
    assert Measure.objects.get(pk=bundle.pk).multiplier == 100
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', text))
    hidden.pop("csrfmiddlewaretoken", None)
    assert hidden["name"] == "Bundle per thousand"
    back = client.post(url, hidden | {"back": "1"})
    assert back.status_code == 200
    assert 'value="Bundle per thousand"' in back.content.decode()
    bad = client.post(url, hidden | {"confirmed": "1", "again_from": "yesterday"})
    assert bad.status_code == 422
    client.post(url, hidden | {"confirmed": "1", "again_from": ""})
    changed = Measure.objects.get(pk=bundle.pk)
    assert (changed.multiplier, changed.name, changed.stratifiable) == (1000, "Bundle per thousand", True)


def test_the_identifier_of_a_measure_with_readings_cannot_be_sent(house, client):
    url = reverse("boards:setup-measure", args=[SLUG, house.measures["bundle"].pk])
    client.post(url, fields_of(client.get(url)) | {"code": "other", "name": "Renamed"})
    kept = Measure.objects.get(pk=house.measures["bundle"].pk)
    assert (kept.code, kept.name) == ("bundle", "Renamed")


def test_a_measure_is_retired_brought_back_and_taken_again(house, client):
    falls = house.measures["falls"]
    client.post(reverse("boards:setup-measure-use", args=[SLUG, falls.pk]), {"active": "0"})
    assert not Measure.objects.get(pk=falls.pk).is_active
    client.post(reverse("boards:setup-measure-use", args=[SLUG, falls.pk]), {"active": "1"})
    assert Tile.objects.filter(measure=falls).exists()
    url = reverse("boards:setup-measure-again", args=[SLUG, falls.pk])
    assert "year-month-day" in client.post(url, {"again_from": ""}, follow=True).content.decode()
    assert "up to yesterday" in client.post(url, {"again_from": "2099-01-01"}, follow=True).content.decode()


def test_measures_are_taken_from_the_catalogue(house, client):
    url = reverse("boards:setup-catalogue", args=[SLUG])
    assert client.post(url, {}).status_code == 422
    before = len(client.get(url).context["rows"])
    client.post(url, {"codes": ["falls_rate"]})
    rows = client.get(url).context["rows"]
    assert len(rows) == before - 1
    assert "falls_rate" not in [row.code for row in rows]


def test_a_target_is_set_ended_and_removed(house, client):
    bundle = house.measures["bundle"]
    url = reverse("boards:setup-targets", args=[SLUG, bundle.pk])
    assert "No target yet" in client.get(url).content.decode()
    wrong = client.post(url, {"first": "2026-01-01", "value": "90", "warning": "80", "unit": ""})
    assert wrong.status_code == 422
    assert "above the target" in wrong.content.decode()
    assert 'value="80"' in wrong.content.decode()
    client.post(url, {"first": "2026-01-01", "value": "90", "warning": "92", "unit": ""})
    client.post(url, {"first": "2026-03-01", "value": "85", "unit": str(house.units["m1"].pk)})
    rows = client.get(url).context["rows"]
    assert [(row.unit, row.text, row.warning, row.runs) for row in rows] == [
        ("", "≥ 90 %", "92.0", True),
        ("m1", "≥ 85 %", "", True),
    ]
    target = Target.objects.get(unit__isnull=True)
    end = reverse("boards:setup-target-end", args=[SLUG, bundle.pk, target.pk])
    assert "last day lies before" in client.post(end, {"last": "2025-01-01"}, follow=True).content.decode()
    client.post(end, {"last": "2026-06-30"})
    target.refresh_from_db()
    assert target.valid.upper == date(2026, 7, 1)
    client.post(reverse("boards:setup-target-remove", args=[SLUG, bundle.pk, target.pk]))
    assert Target.objects.count() == 1
    other = reverse("boards:setup-target-remove", args=[SLUG, house.measures["falls"].pk, Target.objects.get().pk])
    assert client.post(other).status_code == 404


def test_a_context_measure_says_why_it_has_no_target_and_a_band_asks_for_two_ends(house, client):
    context = house.measure("census", kind="count", roll_up="sum", direction="context")
    page = client.get(reverse("boards:setup-targets", args=[SLUG, context.pk]))
    assert "Context only" in page.content.decode()
    band = house.measure("hours", kind="mean", roll_up="weighted_mean", direction="band")
    url = reverse("boards:setup-targets", args=[SLUG, band.pk])
    assert client.post(url, {"first": "2026-01-01", "value": "60"}).status_code == 422
    assert client.post(url, {"first": "2026-01-01", "value": "60", "high": "80"}).status_code == 302
    assert client.get(url).context["rows"][0].text == "60–80 %"


def test_what_only_posts_does_not_answer_get(house, language, client):
    args = {
        "setup-letter-move": [house.letter.pk],
        "setup-letter-remove": [house.letter.pk],
        "setup-measure-use": [house.measures["bundle"].pk],
        "setup-board-copy": [house.units["m1"].pk],
        "setup-groups-load": [],
    }
    for name, given in args.items():
        assert client.get(reverse(f"boards:{name}", args=[SLUG, *given])).status_code == 405, name


def test_empty_lists_say_what_to_do_next(db):
    top = make_unit()
    client = signed_in(make_user(Role.DATA_STEWARD, top))
    for name, words in {
        "setup-letters": "No letter yet",
        "setup-reasons": "No reason yet",
        "setup-measures": "No measure yet",
        "setup-groups": "No dimension yet",
    }.items():
        assert words in client.get(reverse(f"boards:{name}", args=[top.organisation.slug])).content.decode(), name
