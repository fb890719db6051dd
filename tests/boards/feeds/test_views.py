import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.models import Batch, BoardMeasure, Category, FeedMapping, Measure, Source
from org.rules import Role
from tests.boards import factories
from tests.boards.feeds.place import DAY, long_file
from tests.boards.feeds.test_wide import WEEKLY

GOOD = long_file(f"bundle,icu,{DAY},,,3,4")
BAD = long_file(f"bundle,icy,{DAY},,,3,4", f"bundle,icu,{DAY},,,5,4")


@pytest.fixture(autouse=True)
def _sunday(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 15, 0, tzinfo=UTC))


@pytest.fixture
def steward(place, client):
    user = factories.make_user(Role.DATA_STEWARD, place.top)
    client.force_login(user)
    return user


def upload(client, place, content: str, name: str = "morning.csv", how: str = ""):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(reverse("boards:feed-upload"), {"how": how or str(place.source.pk), "file": file}, follow=True)


def test_upload_preview_count(client, place, steward):
    page = upload(client, place, GOOD)
    batch = Batch.objects.get()
    assert page.redirect_chain == [(reverse("boards:feed-file", args=[batch.pk]), 302)]
    assert (batch.state, batch.received_by, place.stored()) == ("previewed", steward, {})
    assert "Count it" in page.content.decode()
    client.post(reverse("boards:feed-count", args=[batch.pk]))
    assert list(place.stored()) == [("bundle", "icu", "2026-11-20")]
    again = upload(client, place, GOOD, "other-name.csv")
    assert "This very file was counted before." in again.content.decode()
    assert Batch.objects.count() == 1


def test_a_bad_file_shows_every_problem_and_can_be_discarded(client, place, steward):
    page = upload(client, place, BAD).content.decode()
    assert "There is no unit with this code." in page
    assert "The numerator is larger than the denominator." in page
    assert "Count it" not in page
    batch = Batch.objects.get()
    table = client.get(reverse("boards:feed-problems", args=[batch.pk])).content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("2,unit,error,unknown_unit,icy,")
    refused = client.post(reverse("boards:feed-count", args=[batch.pk]), follow=True)
    assert "does not wait to be counted" in refused.content.decode()
    client.post(reverse("boards:feed-discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.content) == ("discarded", None)


def test_a_file_too_large_is_refused_by_the_form(client, place, steward, settings):
    settings.FEED_MAX_BYTES = 10
    page = upload(client, place, GOOD)
    assert page.status_code == 422
    assert Batch.objects.count() == 0


def test_a_mapping_is_written_checked_and_used(client, place, steward):
    url = reverse("boards:feed-mapping-add", args=[place.source.pk])
    for wrong, told in (
        ("{", "This is not JSON: line 1"),
        ("[" * 100_000, "nested too deeply"),
        ('{"form": "tall"}', "form: one of"),
        ("[1]", "settings: an object"),
    ):
        page = client.post(url, {"name": "w", "settings": wrong})
        assert page.status_code == 422
        assert told in page.content.decode()
    client.post(url, {"name": "Weekly", "settings": json.dumps(WEEKLY)})
    mapping = FeedMapping.objects.get()
    assert mapping.settings == WEEKLY
    assert client.post(url, {"name": "weekly", "settings": "{}"}).status_code == 422
    content = "WeekEnding,Country,Hospital,All,Within\n20261115,S92,A111H,100,80\n"
    upload(client, place, content, how=f"{place.source.pk}:{mapping.pk}")
    assert Batch.objects.get().state == "previewed"
    assert client.get(reverse("boards:feed-mapping", args=[place.source.pk, mapping.pk])).status_code == 200


def test_sources_are_added_and_changed(client, place, steward):
    url = reverse("boards:feed-source-add")
    client.post(url, {"name": "Quality office", "code": "quality"})
    source = Source.objects.get(code="quality")
    assert client.post(url, {"name": "Another", "code": "quality"}).status_code == 422
    client.post(reverse("boards:feed-source", args=[source.pk]), {"name": "Quality", "partial_allowed": "on"})
    source.refresh_from_db()
    assert (source.name, source.code, source.partial_allowed) == ("Quality", "quality", True)


def test_words_are_mapped_and_accepted(client, place, steward):
    place.send(long_file(f"bundle,icu,{DAY},,,3,4", *(f"bundle,icu,{DAY},language,{w},1,2" for w in ("SPAN", "QUE"))))
    page = client.get(reverse("boards:feed-groups")).content.decode()
    assert "SPAN" in page
    es = Category.objects.get(code="es")
    span, que = (Category.objects.get(code=code) for code in ("SPAN", "QUE"))
    client.post(reverse("boards:feed-group-map", args=[span.pk]), {"into": es.pk})
    client.post(reverse("boards:feed-group-map", args=[que.pk]), {"name": "Quechua"})
    que.refresh_from_db()
    assert (que.name, que.state) == ("Quechua", "known")
    assert "Every word is mapped" in client.get(reverse("boards:feed-groups")).content.decode()
    again = client.post(reverse("boards:feed-group-map", args=[que.pk]), {"name": "x"}, follow=True)
    assert "has been mapped meanwhile" in again.content.decode()


def test_overview_asks_the_same_few_questions_for_one_file_and_for_many(client, place, steward):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse("boards:feeds")).status_code == 200
        return len(caught)

    upload(client, place, BAD)
    place.send(GOOD)
    first = asked()
    for number in range(3):
        upload(client, place, BAD + f"bundle,ed,{DAY},,,{number},9\n")
        place.send(GOOD + f"bundle,ed,{DAY},,,{number},9\n")
        factories.make_source(place.organisation, f"s{number}")
    assert asked() == first


def test_template_has_the_units_own_measures(client, place, steward):
    unit = place.organisation.units.get(code="icu")
    for code in ("bundle", "clabsi"):
        BoardMeasure.objects.create(unit=unit, measure=Measure.objects.get(code=code))
    text = client.get(reverse("boards:feed-template")).content.decode("utf-8-sig")
    assert text.splitlines() == [
        "measure,unit,period_start,period_end,stratifier,stratum,numerator,denominator",
        "bundle,icu,2026-11-21,2026-11-21,,,,",
        "clabsi,icu,2026-10-01,2026-10-31,,,,",
    ]
    assert place.read(text).problems.counts == {"no_numbers": 2}


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.STAFF, 403),
        (Role.UNIT_LEAD, 403),
        (Role.EXECUTIVE, 403),
        (Role.DATA_STEWARD, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_who_may_import(client, place, role, code):
    client.force_login(factories.make_user(role, place.top))
    for name in ("feeds", "feed-upload", "feed-groups", "feed-source-add", "feed-template"):
        assert client.get(reverse(f"boards:{name}")).status_code == code


def test_a_steward_of_one_unit_only_may_not_import(client, place):
    client.force_login(factories.make_user(Role.DATA_STEWARD, place.organisation.units.get(code="icu")))
    assert client.get(reverse("boards:feed-upload")).status_code == 403


def test_files_of_another_house_are_not_there(client, place, steward):
    batch = place.send(GOOD).batch
    other = factories.make_organisation("elsewhere")
    stranger = factories.make_user(Role.DATA_STEWARD, factories.make_unit(other, "top", level=4))
    client.force_login(stranger)
    assert client.get(reverse("boards:feed-file", args=[batch.pk])).status_code == 404
    assert client.get(reverse("boards:feed-source", args=[place.source.pk])).status_code == 404


def test_first_rows_are_for_the_sender(client, place, steward):
    upload(client, place, GOOD)
    url = reverse("boards:feed-file", args=[Batch.objects.get().pk])
    assert "First rows" in client.get(url).content.decode()
    for role in (Role.DATA_STEWARD, Role.ADMINISTRATOR):
        client.force_login(factories.make_user(role, place.top, f"{role}@example.org"))
        assert "First rows" not in client.get(url).content.decode()


@pytest.mark.parametrize("rows", [[], [f"bundle,icu,{DAY},,,,"], [f"bundle,icu,{DAY},,,,", f"falls,icu,{DAY},,,,"]])
def test_a_template_that_nobody_filled_in_is_said_to_hold_no_number(client, place, steward, rows):
    page = upload(client, place, long_file(*rows)).content.decode()
    assert "The file holds no number yet." in page
    assert "Correct the rows below" not in page
    assert "Correct the rows below" in upload(client, place, BAD).content.decode()


def test_a_file_of_years_ago_says_on_which_boards_its_numbers_stand(client, place, steward):
    def counted(day: str) -> str:
        upload(client, place, long_file(f"bundle,icu,{day},{day},,,3,4"))
        batch = Batch.objects.order_by("pk").last()
        return client.post(reverse("boards:feed-count", args=[batch.pk]), follow=True).content.decode()

    assert "Its newest number is of 2021-05-03. Boards of today do not reach back that far" in counted("2021-05-03")
    assert "Its newest number" not in counted("2026-11-20")


# entry by hand


@pytest.fixture
def icu(place):
    unit = place.organisation.units.get(code="icu")
    for code in ("bundle", "falls"):
        BoardMeasure.objects.create(unit=unit, measure=Measure.objects.get(code=code))
    return unit


@pytest.fixture
def nurse(client, icu):
    user = factories.make_user(Role.STAFF, icu)
    client.force_login(user)
    return user


def test_entry_shows_stores_and_shows_again(client, place, icu, nurse):
    url = reverse("boards:entry", args=[icu.pk])
    bundle, falls = (Measure.objects.get(code=code).pk for code in ("bundle", "falls"))
    assert 'value="2026-11-21"' in client.get(url).content.decode()
    sent = {f"first-{bundle}": "9", f"second-{bundle}": "10", f"first-{falls}": "2"}
    page = client.post(f"{url}?day=2026-11-20", sent, follow=True)
    assert page.redirect_chain == [(f"{url}?day=2026-11-20", 302)]
    text = page.content.decode()
    assert f'2 numbers are on the board. <a href="/boards/{icu.pk}/?day=2026-11-20">Open the board</a>' in text
    assert f'name="second-{bundle}" value="10"' in text
    assert place.stored()["falls", "icu", "2026-11-20"][""][0] == 2


def test_entry_keeps_what_was_typed_beside_what_is_wrong(client, place, icu, nurse):
    bundle = Measure.objects.get(code="bundle").pk
    page = client.post(reverse("boards:entry", args=[icu.pk]), {f"first-{bundle}": "nine", f"second-{bundle}": "10"})
    assert page.status_code == 422
    text = page.content.decode()
    assert 'value="nine"' in text
    assert f'aria-describedby="first-{bundle}-why"' in text
    assert "This is not a number." in text
    assert place.stored() == {}


def test_entry_of_other_units_and_roles(client, place, icu):
    client.force_login(factories.make_user(Role.EXECUTIVE, place.top))
    assert client.get(reverse("boards:entry", args=[icu.pk])).status_code == 403
    client.force_login(factories.make_user(Role.STAFF, place.organisation.units.get(code="ed")))
    assert client.get(reverse("boards:entry", args=[icu.pk])).status_code == 404
