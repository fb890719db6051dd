"""The page of themes, its file, and themes named on the page of a round."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from org.rules import Role
from rounding.models import Observation
from tests.factories import make_unit, make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.factories import make_note, make_round, make_set

pytestmark = pytest.mark.django_db
THEMES, FILE = "/rounds/themes/", "/rounds/themes.csv"


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def led(house, lead):
    now = timezone.now() - timedelta(hours=1)
    return make_round(house.ward, lead, make_set(house.ward), began_at=now, at=now)


def note(led, text, *tags):
    noted = make_note(led, text, said_at=led.began_at, at=led.began_at)
    Observation.objects.filter(pk=noted.pk).update(tags=list(tags))
    return noted


def text_of(client, address, **asked):
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_themes_with_words_that_lead_to_the_round(house, led):
    noted = note(led, "No gloves in size S", "supplies")
    page = text_of(signed_in(house.lead(house.top)), THEMES)
    assert "<b>1 note</b> on 1 round at 1 unit" in page
    assert page.count(f'<a href="/rounds/{led.pk}/#note-{noted.pk}">No gloves in size S</a>') == 2
    assert "at 1 unit; none in the 90 days before" in page
    assert f"?unit={house.top.pk}&amp;days=90&amp;tag=supplies" in page


def test_nobody_is_named_on_the_page(house, led, lead):
    note(led, "No gloves", "supplies")
    assert lead.name not in text_of(signed_in(house.lead(house.top)), THEMES)


def test_filters_narrow_the_page_and_stay_chosen(house, led):
    note(led, "No gloves", "supplies")
    note(led, "Beds wait", "flow")
    client = signed_in(house.lead(house.top))
    page = text_of(client, THEMES, unit=house.line.pk, days=365, kind="staff", tag="flow", q="bed")
    assert ("Beds wait" in page, "No gloves" in page) == (True, False)
    for value in (house.line.pk, 365, "staff", "flow"):
        assert f'<option value="{value}" selected>' in page
    assert 'value="bed"' in page
    assert "Nothing found." in text_of(client, THEMES, q="nowhere")
    assert "No round in this time" in text_of(client, THEMES, kind="k_card")


def test_what_is_typed_is_shown_as_words_only(house, led):
    note(led, "<script>x</script>")
    page = text_of(signed_in(house.lead(house.top)), THEMES, tag='"><script>', q="<script>", kind="'", days="x")
    assert "<script>x" not in page
    assert '"><script>' not in page


@pytest.mark.parametrize("asked", ["999999999", "²", "-1", "x", ""])
def test_a_unit_that_is_none_is_not_found_or_the_topmost(house, asked):
    code = signed_in(house.lead(house.top)).get(THEMES, {"unit": asked}).status_code
    assert code == (404 if asked == "999999999" else 200)


def test_a_unit_of_others_is_refused_on_page_and_file(house, lead):
    client = signed_in(lead)
    for address in (THEMES, FILE):
        assert client.get(address, {"unit": make_unit().pk}).status_code == 404
        assert client.get(address, {"unit": house.other_ward.pk}).status_code == 404
        assert client.get(address, {"unit": house.line.pk}).status_code == 403  # it sees the board above, not rounds


def test_pages_of_notes_keep_what_was_asked(house, led):
    Observation.objects.bulk_create(
        Observation(uid=f"00000000-0000-4000-8000-{n:012d}", round=led, position=n, text=f"Seen {n}", at=led.began_at)
        for n in range(1, 53)
    )
    client = signed_in(house.lead(house.top))
    assert "page=2" in text_of(client, THEMES, q="seen")
    second = text_of(client, THEMES, q="seen", page=2)
    assert (">Seen 2<" in second, ">Seen 3<" in second) == (True, False)


def test_where_nothing_is_sought_ten_notes_stand_with_a_way_to_all_of_them(house, led):
    for number in range(1, 11):
        note(led, f"Seen {number}")
    client = signed_in(house.lead(house.top))
    assert ("All 10 notes" in text_of(client, THEMES), "all=1" in text_of(client, THEMES)) == (False, False)
    note(led, "Seen 11")
    short, full = text_of(client, THEMES, days=30), text_of(client, THEMES, days=30, all=1)
    assert f'<a href="?unit={house.top.pk}&amp;days=30&amp;all=1#notes">All 11 notes with words</a>' in short
    assert (short.count(">Seen "), full.count(">Seen "), "all=1" in full) == (10, 11, False)
    assert text_of(client, THEMES, q="seen").count(">Seen ") == 11


def test_the_file_has_counts_without_words_safe_for_a_spreadsheet(house, led):
    note(led, "=secret words", "supplies")
    note(led, "more", "flow")
    house.ward.name = "=1+1"
    house.ward.save()
    client = signed_in(house.lead(house.ward))
    answer = client.get(FILE, {"tag": "supplies"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] + row[4:7] for row in rows[1:]] == [["supplies", "'=1+1", "1", "1", "1"]]
    assert "secret" not in answer.content.decode()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert FILE in text_of(client, THEMES)


def test_whoever_may_not_take_files_away_is_offered_none(house, led):
    client = signed_in(house.people["STAFF"])
    assert FILE not in text_of(client, THEMES)
    assert client.get(FILE).status_code == 403


def test_a_lead_names_and_takes_away_a_theme_on_the_page_of_the_round(led, lead):
    noted = note(led, "No gloves")
    client, page = signed_in(lead), reverse("rounding:round", args=[led.pk])
    address = reverse("rounding:note-themes", args=[led.pk, noted.pk])
    assert f'action="{address}"' in text_of(client, page)
    answer = client.post(address, {"tag": "Gloves"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/rounds/{led.pk}/#note-{noted.pk}")
    assert 'name="remove" value="gloves"' in text_of(client, page)
    client.post(address, {"remove": "gloves"})
    noted.refresh_from_db()
    assert noted.tags == []


def test_a_word_that_is_none_is_refused_beside_what_was_typed(led, lead):
    noted = note(led, "No gloves")
    answer = signed_in(lead).post(reverse("rounding:note-themes", args=[led.pk, noted.pk]), {"tag": "a<b"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Name the theme in plain words" in page
    assert 'value="a&lt;b"' in page


def test_staff_read_themes_and_name_none(house, led):
    noted = note(led, "No gloves", "supplies")
    client = signed_in(house.people["STAFF"])
    for address in (f"/rounds/{led.pk}/", f"/rounds/units/{led.unit_id}/"):
        page = text_of(client, address)
        assert "<span>supplies</span>" in page
        assert 'name="remove"' not in page
        assert 'name="tag"' not in page
    assert client.post(reverse("rounding:note-themes", args=[led.pk, noted.pk]), {"tag": "x"}).status_code == 403
    stranger = signed_in(make_user(Role.UNIT_LEAD, house.other_ward))
    assert stranger.post(reverse("rounding:note-themes", args=[led.pk, noted.pk]), {"tag": "x"}).status_code == 404


def test_a_note_of_another_round_is_not_found(house, led, lead):
    other = note(make_round(house.ward, lead), "Else")
    assert signed_in(lead).post(f"/rounds/{led.pk}/notes/{other.pk}/themes/", {"tag": "x"}).status_code == 404


def test_the_way_to_themes_begins_at_ones_own_page_for_whoever_reads_rounds(house):
    assert THEMES in text_of(signed_in(house.people["STAFF"]), "/rounds/")
    administrator = signed_in(make_user(Role.ADMINISTRATOR, house.top))
    assert THEMES not in text_of(administrator, "/rounds/")
    assert administrator.get(THEMES).status_code == 403
