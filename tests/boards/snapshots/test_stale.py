"""What is no longer sent: closed units are not missed, and a tile knows since when it has no number."""

from datetime import UTC, date, datetime, timedelta

import pytest

from boards import rules
from boards.models import Snapshot, Tile
from boards.queries import words
from boards.snapshots import take_snapshot
from boards.snapshots.tiles import refresh_tiles
from tests.boards.snapshots.house import AT, House

SUNDAY = date(2026, 11, 15)
LATER = datetime(2029, 6, 20, 10, 30, tzinfo=UTC)
LATER_SUNDAY = date(2029, 6, 17)


@pytest.mark.parametrize(("cadence", "day"), [("weekly", SUNDAY), ("monthly", date(2026, 10, 31)), ("daily", SUNDAY)])
def test_a_closed_unit_is_expected_up_to_its_last_day_only(house: House, cadence, day):
    m = house.measure("m", cadence=cadence)
    ward = house.units["m1"]
    for closed, expected in ((day + timedelta(days=1), 5), (day, 4)):
        ward.closed_on = closed
        ward.save()
        take_snapshot(house.organisation, day, AT)
        assert Snapshot.objects.get(day=day, unit=house.units["top"], measure=m).expected == expected
        assert Snapshot.objects.filter(day=day, unit=ward, measure=m).exists() == (expected == 5)


def test_a_tile_remembers_when_its_last_number_came_however_long_ago(house: House):
    m = house.measure("m", cadence="weekly")
    house.send(m, {"m1": {"": (3, 4)}}, SUNDAY, period=7)
    take_snapshot(house.organisation, SUNDAY, AT)
    refresh_tiles(house.organisation, AT)
    take_snapshot(house.organisation, LATER_SUNDAY, LATER)
    assert refresh_tiles(house.organisation, LATER) > 0
    tile = Tile.objects.get(unit=house.units["m1"], measure=m)
    assert (tile.day, tile.value, tile.last_value_day) == (LATER_SUNDAY, None, SUNDAY)
    assert tile.status == rules.STATUS_CODES[rules.Status.NO_DATA]
    assert words.stale_since(tile.last_value_day, LATER.date()) == "stale since 15 Nov 2026"
    assert Tile.objects.get(unit=house.units["m2"], measure=m).last_value_day is None
    assert refresh_tiles(house.organisation, LATER + timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("days", "text"), [(0, "today"), (1, "yesterday"), (31, "31 days old"), (32, "14 Oct"), (400, "11 Oct 2025")]
)
def test_a_daily_number_that_is_long_past_is_told_by_its_date(days, text):
    assert words.age(SUNDAY - timedelta(days=days), SUNDAY, rules.Cadence.DAILY) == text
