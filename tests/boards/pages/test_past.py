"""Boards of the past: they stay on their day, and a silent board leads to its last numbers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.models import Annotation, BoardMeasure, Dimension, Tile
from boards.snapshots import take_snapshot
from boards.snapshots.tiles import refresh_tiles
from org.actions.units import close_unit, move_unit, set_second_line
from org.models import Membership, User
from org.rules import Role
from tests.boards.factories import make_published
from tests.boards.snapshots.house import House, build_house

NEW_YORK = ZoneInfo("America/New_York")
SUNDAY = date(2026, 11, 1)
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=NEW_YORK)


@pytest.fixture
def house(db, time_machine) -> House:
    """Two measures of two wards: a weekly one of which only the first week came, a daily one that came yesterday."""
    house = build_house()
    weekly = house.measure("weekly", cadence="weekly", wards=["m1", "m2"])
    house.send(weekly, {"m1": {"": (3, 4)}, "m2": {"": (1, 4)}}, SUNDAY, period=7)
    time_machine.move_to(NOON, tick=False)
    for day in (SUNDAY, SUNDAY + timedelta(days=7), SUNDAY + timedelta(days=14)):
        take_snapshot(house.organisation, day, NOON)
    refresh_tiles(house.organisation, NOON, tell=False)
    return house


@pytest.fixture
def reader(house, client):
    user = User.objects.create_user("reader@example.org", "long enough for a test")
    Membership.objects.create(user=user, unit=house.units["top"], role=Role.EXECUTIVE, started_on=SUNDAY)
    client.force_login(user)
    return client


def board(client, unit, day: date | None = None):
    response = client.get(reverse("boards:board", args=[unit.pk]), {"day": day.isoformat()} if day else {})
    return response.context_data["page"], response.content.decode()


def test_a_silent_board_leads_to_its_last_numbers(house, reader):
    page, html = board(reader, house.units["m1"])
    assert (page.numbers_url, page.numbers_text) == ("?day=2026-11-01", "1 Nov")
    assert 'Last numbers <a href="?day=2026-11-01">1 Nov</a>' in html
    assert "stale since 1 Nov" in html
    there, html = board(reader, house.units["m1"], SUNDAY)
    assert there.numbers_url == ""
    assert "Last numbers" not in html
    assert there.watched + there.drivers + there.reds != []


def test_a_board_that_never_had_numbers_leads_nowhere(house, reader):
    assert board(reader, house.units["s1"])[0].numbers_url == ""


def test_one_number_that_is_there_is_enough(house, reader):
    daily = house.measure("daily", wards=["m1"])
    yesterday = NOON.date() - timedelta(days=1)
    house.send(daily, {"m1": {"": (3, 4)}}, yesterday)
    take_snapshot(house.organisation, yesterday, NOON)
    refresh_tiles(house.organisation, NOON, tell=False)
    assert board(reader, house.units["m1"])[0].numbers_url == ""


def test_all_links_of_a_past_board_stay_on_its_day(house, reader):
    page, html = board(reader, house.units["medicine"], SUNDAY)
    assert all(crumb.url.endswith("/?day=2026-11-01") for crumb in page.crumbs)
    assert len(page.crumbs) == 2
    children = {child.name: child for child in page.children}
    assert children["m1"].url == f"/boards/{house.units['m1'].pk}/?day=2026-11-01"
    assert all(tile.url.endswith("/?day=2026-11-01") for tile in (*page.reds, *page.drivers, *page.watched))
    for link in (*(child.url for child in page.children), page.drivers[0].url):
        assert reader.get(link).status_code == 200
        assert f'href="{link}"' in html
    latest, _html = board(reader, house.units["medicine"])
    assert not any("day=" in url for url in (*(c.url for c in latest.children), latest.drivers[0].url))


def test_units_below_say_what_they_said_then(house, reader):
    target = house.measures["weekly"].targets
    target.create(value=50, valid=("2020-01-01", None))
    take_snapshot(house.organisation, SUNDAY, NOON)

    def said(day: date) -> dict[str, tuple[int, int, int]]:
        page, _html = board(reader, house.units["medicine"], day)
        return {c.name: (c.met, c.missed, c.no_data) for c in page.children if c.name != "pharmacy"}

    assert said(SUNDAY) == {"m1": (1, 0, 0), "m2": (0, 1, 0)}
    assert said(SUNDAY + timedelta(days=3)) == said(SUNDAY)
    assert said(SUNDAY + timedelta(days=8)) == {"m1": (0, 0, 1), "m2": (0, 0, 1)}


def test_the_measure_page_of_a_past_day_stays_on_it_too(house, reader):
    house.dimension("race", "a", "b")
    measure = house.measures["weekly"]
    groups = {"": (30, 60), "race:a": (15, 30), "race:b": (15, 30)}
    house.send(measure, {"m1": groups}, SUNDAY, period=7)
    take_snapshot(house.organisation, SUNDAY, NOON)
    race = Dimension.objects.get(code="race")
    for unit in ("medicine", "top"):
        make_published(house.units[unit], measure, race, date(2026, 10, 31), {"a": (150, 300), "b": (150, 300)})
    url = reverse("boards:measure", args=[house.units["medicine"].pk, measure.pk])
    page = reader.get(url, {"day": "2026-11-01"}).context_data["page"]
    assert [c.url.partition("?")[2] for c in page.contributors] == ["day=2026-11-01"] * 2
    assert all(crumb.url.endswith("?day=2026-11-01") for crumb in page.crumbs)
    assert [u for _c, _n, u in page.dimensions] == [f"{url}?by=race&day=2026-11-01"]
    again = reader.get(page.dimensions[0][2]).context_data["page"]
    assert again.strata is not None
    assert again.strata.dimension_code == "race"
    now = reader.get(url).context_data["page"]
    assert not any("day=" in c.url for c in (*now.contributors, *now.crumbs))


def test_units_below_stand_by_position_then_name_and_the_way_up_from_the_top(house, reader):
    top = house.units["clinical"]
    for name, position in (("medicine", 2), ("surgery", 1)):
        unit = house.units[name]
        unit.position = position
        unit.save()
    page, _html = board(reader, top)
    assert [child.name for child in page.children] == ["surgery", "medicine"]
    wards, _html = board(reader, house.units["medicine"])
    assert [crumb.name for crumb in wards.crumbs] == ["top", "clinical"]
    assert [child.name for child in wards.children] == ["m1", "m2", "pharmacy"]


LONG_AGO = date(2021, 5, 3)


@pytest.fixture
def long_ago(house):
    """A daily measure of one ward, of which only a number of five years ago came, and not yet in a snapshot."""
    measure = house.measure("old", wards=["m1"])
    yesterday = NOON.date() - timedelta(days=1)
    take_snapshot(house.organisation, yesterday, NOON)
    refresh_tiles(house.organisation, NOON, tell=False)
    house.send(measure, {"m1": {"": (3, 4)}}, LONG_AGO)
    return measure


def tile_of(page, measure):
    return next(tile for tile in (*page.reds, *page.drivers, *page.watched) if tile.measure_id == measure.pk)


@pytest.mark.parametrize("place", ["m1", "medicine"])
def test_numbers_sent_for_years_ago_are_not_said_to_be_missing(house, reader, long_ago, place):
    unit = house.units[place]
    assert tile_of(board(reader, unit)[0], long_ago).age == "nothing arrived yet"
    first = reader.get(reverse("boards:board", args=[unit.pk]))
    assert "ETag" not in first.headers, "no version of a tile would tell of what comes for years ago"
    take_snapshot(house.organisation, LONG_AGO, NOON)
    refresh_tiles(house.organisation, NOON, tell=False)
    with CaptureQueriesContext(connection) as caught:
        page, html = board(reader, unit)
    assert len(caught) <= 9  # one of them for the words of the menu: this reader follows gaps
    assert tile_of(page, long_ago).age == "stale since 3 May 2021"
    assert "nothing arrived yet" not in html
    assert tile_of(board(reader, unit, NOON.date() - timedelta(days=30))[0], long_ago).age == "stale since 3 May 2021"
    assert tile_of(board(reader, unit, LONG_AGO - timedelta(days=1))[0], long_ago).age == "nothing arrived yet"


def test_a_board_with_nothing_but_numbers_of_years_ago_leads_to_them(house, reader, long_ago):
    take_snapshot(house.organisation, LONG_AGO, NOON)
    BoardMeasure.objects.filter(unit=house.units["m1"]).exclude(measure=long_ago).delete()
    refresh_tiles(house.organisation, NOON, tell=False)
    page, _html = board(reader, house.units["m1"])
    assert (page.numbers_url, page.numbers_text) == ("?day=2021-05-03", "3 May 2021")
    Tile.objects.filter(unit=house.units["m1"]).delete()
    assert board(reader, house.units["m1"])[0].numbers_url == "?day=2021-05-03"


def test_a_board_whose_tiles_tell_everything_has_a_version(house, reader):
    url = reverse("boards:board", args=[house.units["m1"].pk])
    etag = reader.get(url).headers["ETag"]
    assert reader.get(url, headers={"If-None-Match": etag}).status_code == 304
    past = reader.get(url, {"day": SUNDAY.isoformat()})
    assert "ETag" not in past.headers, "a number of that day may be corrected and change no tile of today"


def test_a_past_board_stands_in_the_tree_of_its_day(house, reader):
    moved_on = SUNDAY + timedelta(days=10)
    names = house.units
    move_unit(unit=names["m2"], parent=names["surgery"], from_day=moved_on, today=NOON.date(), by=None, at=NOON)
    for day in (SUNDAY, SUNDAY + timedelta(days=14)):
        take_snapshot(house.organisation, day, NOON)

    def below(name: str, day: date | None) -> list[str]:
        return [child.name for child in board(reader, names[name], day)[0].children]

    def above(day: date | None) -> list[str]:
        return [crumb.name for crumb in board(reader, names["m2"], day)[0].crumbs]

    eve = moved_on - timedelta(days=1)
    assert below("medicine", eve) == below("medicine", SUNDAY) == ["m1", "m2", "pharmacy"]
    assert below("surgery", eve) == ["s1"]
    assert below("medicine", moved_on) == below("medicine", None) == ["m1", "pharmacy"]
    assert below("surgery", moved_on) == below("surgery", None) == ["m2", "s1"]
    assert above(eve) == ["top", "clinical", "medicine"]
    assert above(moved_on) == above(None) == ["top", "clinical", "surgery"]
    page, _html = board(reader, names["medicine"], SUNDAY)
    assert {c.name: (c.met, c.missed, c.no_data) for c in page.children}.keys() == {"m1", "m2", "pharmacy"}
    url = reverse("boards:measure", args=[names["medicine"].pk, house.measures["weekly"].pk])
    there = reader.get(url, {"day": SUNDAY.isoformat()}).context_data["page"]
    assert [c.name for c in there.contributors] == ["m1", "m2"]


def test_units_below_are_also_those_of_the_second_line(house, reader):
    names = house.units
    day = SUNDAY + timedelta(days=10)
    set_second_line(unit=names["s1"], parent=names["medicine"], from_day=day, today=NOON.date(), by=None, at=NOON)

    def below(asked: date | None) -> list[str]:
        return [child.name for child in board(reader, names["medicine"], asked)[0].children]

    assert below(None) == below(day) == ["m1", "m2", "pharmacy", "s1"]
    assert below(day - timedelta(days=1)) == ["m1", "m2", "pharmacy"]


def test_a_closed_unit_stands_below_until_it_was_closed(house, reader):
    closed_on = SUNDAY + timedelta(days=10)
    close_unit(unit=house.units["m2"], day=closed_on, by=None, at=NOON)

    def below(asked: date | None) -> list[str]:
        return [child.name for child in board(reader, house.units["medicine"], asked)[0].children]

    assert below(closed_on - timedelta(days=1)) == ["m1", "m2", "pharmacy"]
    assert below(closed_on) == below(None) == ["m1", "pharmacy"]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31", "x", "2026-02-30"])
def test_a_day_that_no_board_can_have_leads_to_the_latest(house, reader, day):
    unit, measure = house.units["m1"], house.measures["weekly"]
    for name, args in (
        ("board", [unit.pk]),
        ("measure", [unit.pk, measure.pk]),
        ("tiles", [unit.pk]),
        ("overview", []),
    ):
        assert reader.get(reverse(f"boards:{name}", args=args), {"day": day}).status_code in {200, 204}
    if day < "1900":
        assert reader.get(f"/boards/{unit.pk}/reasons/{day}/{measure.pk}/").status_code == 404


def test_the_first_day_that_a_board_can_have(house, reader):
    page, _html = board(reader, house.units["m1"], date(1900, 1, 1))
    assert page.day == date(1900, 1, 1)


def test_no_note_stands_before_the_first_day(house, reader):
    unit, measure = house.units["m1"], house.measures["weekly"]
    url = reverse("boards:notes", args=[unit.pk, measure.pk])
    reader.post(url, {"day": "1899-12-31", "text": "too early"})
    reader.post(url, {"day": "1900-01-01", "text": "early"})
    assert list(Annotation.objects.values_list("text", flat=True)) == ["early"]
