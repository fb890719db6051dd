"""Snapshots by the clock: each organisation at its own hour, and again after late readings."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from boards.actions import schedule
from boards.models import DueSnapshot, Snapshot, SnapshotRun, Tile
from boards.tasks import make_partitions_ahead, take_daily_snapshots, take_due_snapshots
from org import clock
from org.models import Organisation
from tests.boards.snapshots.house import DAY, House, build_house

# 05:30 in New York is 10:30 UTC in winter.
BEFORE = datetime(2026, 11, 19, 10, 29, tzinfo=UTC)
AFTER = datetime(2026, 11, 19, 10, 31, tzinfo=UTC)


@pytest.fixture
def house(db) -> House:
    return build_house()


def whole_days(organisation: Organisation) -> list[date]:
    return list(SnapshotRun.objects.filter(organisation=organisation, whole=True).values_list("day", flat=True))


def test_the_daily_snapshot_waits_for_the_organisations_own_hour(house):
    assert schedule.take_daily(house.organisation, at=BEFORE) == 0
    assert schedule.take_daily(house.organisation, at=AFTER) == 1
    assert whole_days(house.organisation) == [DAY]


def test_the_daily_snapshot_is_taken_once(house):
    schedule.take_daily(house.organisation, at=AFTER)
    assert schedule.take_daily(house.organisation, at=AFTER + timedelta(hours=3)) == 0


def test_another_time_zone_means_another_hour_and_another_yesterday(house):
    house.organisation.time_zone = "Pacific/Auckland"
    house.organisation.save()
    evening = datetime(2026, 11, 18, 16, 31, tzinfo=UTC)  # 05:31 on the 19th in Auckland
    assert schedule.take_daily(house.organisation, at=evening) == 1
    assert whole_days(house.organisation) == [date(2026, 11, 18)]


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), 0),  # 01:59, before the clock jumps from 02:00 to 03:00
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), 1),  # 03:00: half past two never comes, and is over
        (datetime(2026, 11, 1, 5, 29, tzinfo=UTC), 0),  # 01:29 of the longer night
        (datetime(2026, 11, 1, 7, 30, tzinfo=UTC), 1),  # 02:30 by winter time
    ],
)
def test_the_hour_comes_on_the_nights_when_the_clock_changes(house, at, taken):
    house.organisation.snapshot_at = time(2, 30)
    house.organisation.save()
    assert schedule.take_daily(house.organisation, at=at) == taken


def test_late_readings_are_taken_again_and_shown(house):
    measure = house.measure("bundle")
    house.send(measure, {"m1": {"": (4, 10)}})
    schedule.take_daily(house.organisation, at=AFTER)
    assert Tile.objects.get(unit=house.units["m2"], measure=measure).value is None
    house.send(measure, {"m2": {"": (5, 10)}}, at=AFTER + timedelta(hours=1))
    assert schedule.take_due(house.organisation, at=AFTER + timedelta(hours=1), limit=10) == 1
    assert Tile.objects.get(unit=house.units["m2"], measure=measure).value == 50
    assert Tile.objects.get(unit=house.units["medicine"], measure=measure).numerator == 9
    assert not DueSnapshot.objects.exists()


def test_many_due_days_are_taken_in_portions_oldest_first(house):
    measure = house.measure("bundle")
    for back in range(5):
        house.send(measure, {"m1": {"": (4, 10)}}, day=DAY - timedelta(days=back))
    assert schedule.take_due(house.organisation, at=AFTER, limit=2) == 2
    left = sorted(DueSnapshot.objects.values_list("day", flat=True))
    assert left == [DAY - timedelta(days=back) for back in (2, 1, 0)]


def test_a_day_with_very_many_late_units_is_taken_whole(house, settings):
    measure = house.measure("bundle")
    house.send(measure, {ward: {"": (4, 10)} for ward in ("m1", "m2", "s1")})
    schedule.WHOLE_DAY_FROM, before = 3, schedule.WHOLE_DAY_FROM
    try:
        schedule.take_due(house.organisation, at=AFTER, limit=10)
    finally:
        schedule.WHOLE_DAY_FROM = before
    assert whole_days(house.organisation) == [DAY]


def test_one_organisations_trouble_does_not_hold_up_another(house, caplog):
    measure = house.measure("bundle")
    today = timezone.now().astimezone(house.organisation.zone).date()
    house.send(measure, {"m1": {"": (4, 10)}}, day=today - timedelta(days=1))
    broken = Organisation.objects.create(name="Broken", slug="a-broken", time_zone="Nowhere/Nothing")
    broken_unit = house.units["m1"]
    DueSnapshot.objects.create(organisation=broken, day=DAY, unit=broken_unit, since=AFTER)
    take_due_snapshots()
    assert Snapshot.objects.filter(organisation=house.organisation, unit=house.units["m1"]).exists()
    assert "Nowhere" not in caplog.text


def test_the_tasks_say_when_they_were_last_done(house):
    take_daily_snapshots()
    make_partitions_ahead()
    found = clock.last_successes(["boards.tasks.take_daily_snapshots", "boards.tasks.make_partitions_ahead"])
    assert all(moment is not None for moment in found.values())
