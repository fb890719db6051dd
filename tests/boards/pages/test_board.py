import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boards.models import BoardMeasure, RedReason, Target, Tile
from boards.snapshots import take_days, take_snapshot
from boards.snapshots.tiles import refresh_tiles
from org.models import Membership


def today_of(house):
    return timezone.now().astimezone(house.organisation.zone).date()


def board_url(house, unit="m1"):
    return f"/boards/{house.units[unit].pk}/"


@pytest.fixture
def red(house):
    """A target that nobody reaches, so that the bundle is missed everywhere."""
    Target.objects.create(measure=house.measures["bundle"], valid=DateRange(None, None), value=99)
    now = timezone.now()
    yesterday = today_of(house) - timedelta(days=1)
    take_snapshot(house.organisation, yesterday, now)
    refresh_tiles(house.organisation, now)
    return house.measures["bundle"]


def test_a_board_shows_its_measures_with_counts_and_sentence(client, house, lead):
    client.force_login(lead)
    page = client.get(board_url(house)).content.decode()
    tile = Tile.objects.get(unit=house.units["m1"], measure=house.measures["bundle"])
    assert f"{tile.value:.1f}" in page
    assert f"{tile.numerator:.0f} of 40" in page
    assert "2 of 2 measures are in" in page


def test_a_board_outside_ones_units_is_not_found(client, house, lead):
    client.force_login(lead)
    assert client.get(board_url(house, "s1")).status_code == 404
    assert client.get(board_url(house, "medicine")).status_code == 200


def test_the_same_board_again_is_not_sent_again_until_something_changes(client, house, lead, red):
    client.force_login(lead)
    first = client.get(board_url(house))
    etag = first.headers["ETag"]
    assert client.get(board_url(house), headers={"If-None-Match": etag}).status_code == 304
    Tile.objects.filter(unit=house.units["m1"]).update(version=5)
    assert client.get(board_url(house), headers={"If-None-Match": etag}).status_code == 200


def test_a_board_takes_at_most_eight_statements_whatever_the_number_of_tiles(client, house, lead):
    client.force_login(lead)
    client.get(board_url(house))
    with CaptureQueriesContext(connection) as few:
        client.get(board_url(house))
    for i in range(5):
        more = house.measure(f"more{i}")
        house.send(more, {"m1": {"": (3, 4)}}, day=today_of(house) - timedelta(days=1))
    take_snapshot(house.organisation, today_of(house) - timedelta(days=1), timezone.now())
    refresh_tiles(house.organisation, timezone.now())
    with CaptureQueriesContext(connection) as many:
        client.get(board_url(house))
    assert len(many) == len(few)
    assert len(many) <= 8, "\n".join(q["sql"][:160] for q in many)


def test_a_past_day_says_what_the_board_said_then(client, house, lead):
    client.force_login(lead)
    day = today_of(house) - timedelta(days=5)
    page = client.get(board_url(house), {"day": day.isoformat()})
    assert page.status_code == 200
    from boards.models import Snapshot

    then = Snapshot.objects.get(day=day, unit=house.units["m1"], measure=house.measures["bundle"])
    assert f"{then.value:.1f}" in page.content.decode()


def test_a_red_without_a_reason_comes_first_and_is_answered_in_two_taps(client, house, lead, red):
    client.force_login(lead)
    page = client.get(board_url(house)).content.decode()
    assert "Reds without a reason" in page
    tile = Tile.objects.get(unit=house.units["m1"], measure=red)
    ask = f"{board_url(house)}reasons/{tile.day.isoformat()}/{red.pk}/"
    assert "Staffing" in client.get(ask).content.decode()
    reason = house.organisation.reason_codes.get()
    answer = client.post(ask, {"reason": reason.pk, "countermeasure": "Float nurse from 4 West"})
    assert answer.status_code == 302
    written = RedReason.objects.get()
    assert (written.reason, written.countermeasure, written.entered_by) == (reason, "Float nurse from 4 West", lead)
    after = client.get(board_url(house)).content.decode()
    assert "Reds without a reason" not in after
    assert "Staffing – Float nurse from 4 West" in after


def test_a_reason_that_is_not_chosen_is_asked_for_again_and_the_words_are_kept(client, house, lead, red):
    client.force_login(lead)
    tile = Tile.objects.get(unit=house.units["m1"], measure=red)
    ask = f"{board_url(house)}reasons/{tile.day.isoformat()}/{red.pk}/"
    answer = client.post(ask, {"countermeasure": "kept words"})
    assert answer.status_code == 422
    assert "kept words" in answer.content.decode()


def test_a_board_above_lists_only_the_units_that_the_reader_may_open(client, house, lead, director):
    client.force_login(lead)
    page = client.get(board_url(house, "medicine")).content.decode()
    assert f'href="{board_url(house, "m1")}"' in page
    assert f'href="{board_url(house, "m2")}"' not in page
    client.force_login(director)
    assert f'href="{board_url(house, "m2")}"' in client.get(board_url(house, "medicine")).content.decode()


def test_only_changed_tiles_get_a_new_version(house):
    before = dict(Tile.objects.values_list("id", "version"))
    house.send(house.measures["bundle"], {"s1": {"": (1.0, 40.0)}}, day=today_of(house) - timedelta(days=1))
    now = timezone.now()
    taken = take_snapshot(house.organisation, today_of(house) - timedelta(days=1), now, [house.units["s1"].pk])
    refresh_tiles(house.organisation, now, taken.units)
    changed = {
        Tile.objects.get(pk=pk).unit.code
        for pk, version in Tile.objects.values_list("id", "version")
        if before[pk] != version
    }
    assert changed == {"s1", "surgery", "clinical", "top"}


def test_tiles_of_some_measures_come_as_a_fragment(client, house, lead):
    client.force_login(lead)
    wanted = house.measures["falls"].pk
    answer = client.get(f"{board_url(house)}tiles/", {"measures": str(wanted)})
    page = answer.content.decode()
    assert page.count("<article") == 1
    assert f'id="m{wanted}"' in page


def test_a_sign_that_only_looks_like_a_number_is_nothing(client, house, lead):
    client.force_login(lead)
    assert client.get(f"{board_url(house)}tiles/?measures=²").status_code == 200


def test_points_can_be_downloaded_as_the_page_shows_them(client, house, lead):
    client.force_login(lead)
    measure = house.measures["bundle"]
    points = client.get(f"{board_url(house)}measures/{measure.pk}/points.csv").content.decode("utf-8-sig")
    assert points.splitlines()[0].startswith("unit,measure,day,value")
    assert len(points.splitlines()) == 41


def test_the_overview_counts_what_is_in_and_what_is_red(client, house, director, red):
    client.force_login(director)
    answer = client.get("/boards/")
    names = re.findall(r"<a[^>]*>([^<]+)</a>", answer.content.decode())
    assert "medicine" in names
    assert "s1" not in names


def test_a_reason_can_be_changed_and_taken_back(client, house, lead, red):
    client.force_login(lead)
    tile = Tile.objects.get(unit=house.units["m1"], measure=red)
    ask = f"{board_url(house)}reasons/{tile.day.isoformat()}/{red.pk}/"
    reason = house.organisation.reason_codes.get()
    client.post(ask, {"reason": reason.pk, "countermeasure": "first"})
    assert "first" in client.get(ask).content.decode()
    client.post(ask, {"reason": reason.pk, "countermeasure": "second"})
    assert RedReason.objects.get().countermeasure == "second"
    client.post(ask, {"take_back": "1"})
    assert not RedReason.objects.exists()
    assert "Reds without a reason" in client.get(board_url(house)).content.decode()


def test_what_changed_since_the_last_visit_is_marked_once(client, house, lead):
    client.force_login(lead)
    assert "tile is-seen changed" not in client.get(board_url(house)).content.decode()
    house.send(house.measures["falls"], {"m1": {"": (9.0, float("nan"))}}, day=today_of(house) - timedelta(days=1))
    now = timezone.now()
    taken = take_snapshot(house.organisation, today_of(house) - timedelta(days=1), now, [house.units["m1"].pk])
    refresh_tiles(house.organisation, now, taken.units)
    page = client.get(board_url(house)).content.decode()
    assert page.count("tile is-seen changed") == 1
    assert "tile is-seen changed" not in client.get(board_url(house)).content.decode()


@pytest.mark.parametrize("https", [True, False])
def test_what_was_seen_is_remembered_beyond_the_reach_of_scripts(client, house, lead, settings, https):
    client.force_login(lead)
    settings.SESSION_COOKIE_SECURE = https
    kept = client.get(board_url(house)).cookies["seen"]
    assert (bool(kept["secure"]), kept["httponly"], kept["samesite"]) == (https, True, "Lax")


def test_a_word_on_the_chart_is_written_and_taken_off_again(client, house, lead):
    client.force_login(lead)
    measure = house.measures["bundle"]
    page = f"{board_url(house)}measures/{measure.pk}/"
    client.post(f"{page}notes/", {"day": today_of(house).isoformat(), "text": "New checklist"})
    assert "New checklist" in client.get(page).content.decode()
    note = measure.annotations.get()
    client.post(f"{page}notes/", {"erase": note.pk})
    assert "New checklist" not in client.get(page).content.decode()
    client.post(f"{page}notes/", {"day": today_of(house).isoformat(), "text": "x" * 121})
    assert not measure.annotations.exists()


def test_a_rare_event_makes_no_signals_of_its_quiet_weeks(client, house, lead):
    rare = house.measure("harm", kind="count", roll_up="sum", direction="lower", decimals=0)
    days = [today_of(house) - timedelta(days=back) for back in range(30, 0, -1)]
    house.send_all([(rare, day, {"m1": {"": (float(day == days[1]), float("nan"))}}) for day in days])
    take_days(house.organisation, days[0], days[-1], timezone.now())
    refresh_tiles(house.organisation, timezone.now())
    assert Tile.objects.get(unit=house.units["m1"], measure=rare).variation == 0
    client.force_login(lead)
    assert "Too rare for a single day to say much." in client.get(board_url(house)).content.decode()


def test_a_measure_that_is_put_on_a_board_changes_the_board_before_any_number_comes(client, house, lead):
    client.force_login(lead)
    etag = client.get(board_url(house)).headers["ETag"]
    house.measure("new_one", wards=[])
    assert client.get(board_url(house), headers={"If-None-Match": etag}).status_code == 200


def test_an_empty_board_leads_whoever_may_to_where_measures_are_chosen(client, house, lead):
    client.force_login(lead)
    BoardMeasure.objects.filter(unit=house.units["m1"]).delete()
    path = f"/set-up/{house.organisation.slug}/boards/{house.units['m1'].pk}/"
    assert path not in client.get(board_url(house)).content.decode()
    Membership.objects.create(user=lead, unit=house.units["m1"], role="data_steward", started_on="2026-01-01")
    assert f'href="{path}"' in client.get(board_url(house)).content.decode()
    assert client.get(path).status_code == 200
