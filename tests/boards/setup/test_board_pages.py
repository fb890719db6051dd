"""The pages for boards and for groups of patients: every step as a browser without scripts takes it."""

import re

from django.urls import reverse

from boards.models import BoardMeasure, Dimension, Measure
from boards.rules import MeasureRole
from tests.boards.setup.stage import SLUG, fields_of


def test_a_board_is_set_up_and_what_was_taken_off_is_put_back(house, client):
    unit = house.units["m1"]
    url = reverse("boards:setup-board", args=[SLUG, unit.pk])
    bundle = BoardMeasure.objects.get(unit=unit, measure__code="bundle")
    client.post(reverse("boards:setup-placement", args=[SLUG, unit.pk, bundle.pk]), {"role": "watch", "reports": "on"})
    assert BoardMeasure.objects.get(pk=bundle.pk).role == MeasureRole.WATCH
    bad = client.post(reverse("boards:setup-placement", args=[SLUG, unit.pk, bundle.pk]), {"role": "boss"})
    assert bad.status_code == 422
    client.post(reverse("boards:setup-placement-move", args=[SLUG, unit.pk, bundle.pk]), {"up": "0"})
    assert [row.name for row in client.get(url).context["rows"]] == ["falls", "bundle"]
    page = client.post(reverse("boards:setup-placement-remove", args=[SLUG, unit.pk, bundle.pk]), follow=True)
    text = page.content.decode()
    assert "bundle is off the board" in text
    undo = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', text))
    client.post(
        reverse("boards:setup-board-add", args=[SLUG, unit.pk]), {k: undo[k] for k in ("measures", "role", "reports")}
    )
    back = BoardMeasure.objects.get(unit=unit, measure__code="bundle")
    assert (back.role, back.reports) == ("watch", True)
    other = reverse("boards:setup-placement-remove", args=[SLUG, house.units["m2"].pk, back.pk])
    assert client.post(other).status_code == 404


def test_several_measures_are_added_at_once_or_copied(house, client):
    unit = house.units["m1"]
    BoardMeasure.objects.filter(unit=unit).delete()
    add = reverse("boards:setup-board-add", args=[SLUG, unit.pk])
    none = client.post(add, {"role": "driver"})
    assert none.status_code == 422
    assert "Tick at least one" in none.content.decode()
    ids = [m.pk for m in house.measures.values()]
    placed = client.post(add, {"measures": ids, "role": "driver", "reports": "on"}, follow=True).content.decode()
    there = f'<a href="/boards/{unit.pk}/">Open the board</a>'
    assert f'role="status">2 measures are on the board. {there}</p>' in placed
    assert BoardMeasure.objects.filter(unit=unit, reports=True).count() == 2
    assert "stands on this board already" in client.get(add).content.decode()
    BoardMeasure.objects.filter(unit=unit).delete()
    copy = reverse("boards:setup-board-copy", args=[SLUG, unit.pk])
    assert client.post(copy, {"source": unit.pk}).status_code == 422
    client.post(copy, {"source": house.units["m2"].pk})
    assert BoardMeasure.objects.filter(unit=unit).count() == 2


def test_a_board_that_somebody_reads_follows_at_once(house, client):
    """The page of the board is not answered from what a browser holds once its set-up changed."""
    unit = house.units["m1"]
    url = reverse("boards:board", args=[unit.pk])
    first = client.get(url)
    placement = BoardMeasure.objects.get(unit=unit, measure__code="falls")
    client.post(reverse("boards:setup-placement-remove", args=[SLUG, unit.pk, placement.pk]))
    second = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    settled = client.get(url).headers["ETag"]  # without the marks of what changed since the visit before
    assert client.get(url, headers={"If-None-Match": settled}).status_code == 304
    bundle = house.measures["bundle"]
    edit = reverse("boards:setup-measure", args=[SLUG, bundle.pk])
    client.post(edit, fields_of(client.get(edit)) | {"name": "Sepsis bundle done"})
    renamed = client.get(url, headers={"If-None-Match": settled})
    assert "Sepsis bundle done" in renamed.content.decode()


def test_groups_are_set_up_without_scripts(house, language, client):
    listing = reverse("boards:setup-groups", args=[SLUG])
    client.post(listing, {"name": "Housing", "code": "housing", "is_partition": "on"})
    assert client.post(listing, {"name": "Housing", "code": "home"}).status_code == 422
    housing = Dimension.objects.get(code="housing")
    add = reverse("boards:setup-category-add", args=[SLUG, housing.pk])
    typed = {"name": "No home", "code": "none", "state": "known", "spellings": "HOMELESS\nno fixed abode"}
    client.post(add, typed)
    bad = client.post(add, typed | {"code": "a|b", "name": "Other"})
    assert bad.status_code == 422
    made = housing.categories.get()
    assert made.aliases.count() == 2
    edit = reverse("boards:setup-category", args=[SLUG, made.pk])
    client.post(edit, {"name": "Without a home", "state": "known", "spellings": "homeless"})
    made.refresh_from_db()
    assert (made.name, made.code, made.aliases.get().text) == ("Without a home", "none", "homeless")
    client.post(reverse("boards:setup-dimension", args=[SLUG, housing.pk]), {"name": "Home", "is_ordered": "on"})
    housing.refresh_from_db()
    assert (housing.name, housing.is_ordered, housing.is_partition) == ("Home", True, False)
    client.post(reverse("boards:setup-category-remove", args=[SLUG, made.pk]))
    assert housing.categories.count() == 0


def test_groupings_are_set_up_without_scripts(language, client):
    first = language.groupings.get()
    page = reverse("boards:setup-grouping", args=[SLUG, language.pk, first.pk])
    english = language.categories.get(code="en")
    client.post(page, {f"group-{english.pk}": "English", "group-x": "no"})
    assert [row.group for row in client.get(page).context["rows"]] == ["English", ""]
    client.post(
        reverse("boards:setup-grouping-add", args=[SLUG, language.pk]), {"name": "Two", "code": "two", "like": first.pk}
    )
    second = language.groupings.get(code="two")
    assert second.members.get().group == "English"
    use = reverse("boards:setup-grouping-use", args=[SLUG, language.pk])
    client.post(use, {"grouping": second.pk})
    assert language.groupings.get(is_default=True) == second
    remove = reverse("boards:setup-grouping-remove", args=[SLUG, language.pk, second.pk])
    assert "Boards use this grouping" in client.post(remove, follow=True).content.decode()
    client.post(use, {"grouping": ""})
    client.post(remove)
    assert language.groupings.count() == 1


def test_groups_of_the_catalogue_are_added_and_nothing_else_changes(house, client):
    page = reverse("boards:setup-groups-load", args=[SLUG])
    client.post(page, {"grouping": "omb_1997"})
    assert Dimension.objects.filter(organisation=house.organisation, code="race_ethnicity").exists()
    assert Measure.objects.count() == 2
    assert "no grouping called" in client.post(page, {"grouping": "1970"}, follow=True).content.decode()
