from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from boards import partitions, rules
from boards.models import DueSnapshot, Layout, Reading, ReplacedReading, Snapshot, Stratum, Target
from boards.snapshots import take_days, take_snapshot
from tests.boards.snapshots.house import AT, DAY, House

CODES = rules.STATUS_CODES


def snap(house: House, unit: str, measure, day: date = DAY) -> Snapshot:
    return Snapshot.objects.get(day=day, unit=house.units[unit], measure=measure)


def cell(house: House, snapshot: Snapshot, key: str) -> tuple[float, float]:
    strata = Layout.objects.get(pk=snapshot.layout_id).strata
    at = strata.index(Stratum.objects.get(organisation=house.organisation, key=key).pk)
    return snapshot.numerators[at], snapshot.denominators[at]


def everything(house: House) -> list[tuple]:
    names = ("day", "unit_id", "measure_id", "numerator", "denominator", "value", "status", "origin", "expected")
    rows = Snapshot.objects.filter(organisation=house.organisation).order_by("day", "unit_id", "measure_id")
    return [(*row[:-2], str(row[-2]), str(row[-1])) for row in rows.values_list(*names, "numerators", "denominators")]


def test_counts_are_added_up_every_level_and_rates_never_averaged(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}, "m2": {"": (10, 100)}, "s1": {"": (5, 10)}})
    take_snapshot(house.organisation, DAY, AT)
    medicine = snap(house, "medicine", m)
    assert (medicine.numerator, medicine.denominator) == (19, 110)
    assert medicine.value == pytest.approx(100 * 19 / 110)
    top = snap(house, "top", m)
    assert (top.numerator, top.denominator, top.origin) == (24, 120, rules.Origin.ROLLED)


def test_groups_roll_up_with_the_total(house):
    house.dimension("language", "en", "es")
    m = house.measure("bundle")
    house.send(
        m,
        {"m1": {"": (9, 10), "language:en": (6, 6), "language:es": (3, 4)}, "m2": {"": (1, 2), "language:es": (1, 2)}},
    )
    take_snapshot(house.organisation, DAY, AT)
    medicine = snap(house, "medicine", m)
    assert cell(house, medicine, "language:es") == (4, 6)
    assert cell(house, medicine, "language:en") == (6, 6)


def test_a_missing_number_is_no_data_and_never_zero(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    take_snapshot(house.organisation, DAY, AT)
    missing = snap(house, "m2", m)
    assert (missing.status, missing.value, missing.numerator) == (CODES["no_data"], None, None)
    medicine = snap(house, "medicine", m)
    assert (medicine.expected, medicine.reported) == (3, 1)


def test_the_pharmacy_counts_in_medicine_too_but_once_at_the_top(house):
    m = house.measure("waste", kind="count", roll_up="sum")
    house.send(m, {"m1": {"": (2, np.nan)}, "pharmacy": {"": (5, np.nan)}})
    take_snapshot(house.organisation, DAY, AT)
    numbers = {name: snap(house, name, m).value for name in ("medicine", "clinical", "services", "support", "top")}
    assert numbers == {"medicine": 7, "clinical": 7, "services": 5, "support": 5, "top": 7}


def test_a_median_stays_where_it_was_sent(house):
    m = house.measure("wait", kind="median", roll_up="none")
    house.send(m, {"m1": {"": (41, 10)}, "m2": {"": (12, 9)}})
    take_snapshot(house.organisation, DAY, AT)
    assert snap(house, "m1", m).value == 41
    assert not Snapshot.objects.filter(measure=m, unit=house.units["medicine"]).exists()


def test_taking_again_writes_the_same(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}, "s1": {"": (1, 4)}})
    take_snapshot(house.organisation, DAY, AT)
    first = everything(house)
    take_snapshot(house.organisation, DAY, AT)
    assert everything(house) == first
    assert first


def test_a_late_reading_changes_what_contains_it_like_a_whole_taking(house):
    house.dimension("language", "en", "es")
    m, other = house.measure("bundle"), house.measure("waste", kind="count", roll_up="sum")
    house.send(m, {"m1": {"": (9, 10), "language:es": (1, 2)}, "m2": {"": (4, 10)}, "s1": {"": (1, 4)}})
    house.send(other, {"m1": {"": (3, np.nan)}, "pharmacy": {"": (2, np.nan)}})
    take_snapshot(house.organisation, DAY, AT)
    house.send(m, {"m2": {"": (8, 10), "language:es": (5, 6)}}, at=AT + timedelta(hours=1))
    house.send(other, {"pharmacy": {"": (20, np.nan)}}, at=AT + timedelta(hours=1))
    units = [house.units[name].pk for name in ("m2", "pharmacy")]
    taken = take_snapshot(house.organisation, DAY, AT, units)
    assert taken.units == {
        house.units[n].pk for n in ("m2", "pharmacy", "medicine", "clinical", "services", "support", "top")
    }
    part = everything(house)
    take_snapshot(house.organisation, DAY, AT)
    assert part == everything(house)
    assert snap(house, "medicine", m).corrected
    assert not snap(house, "surgery", m).corrected


def test_what_replaces_and_what_was_replaced_are_both_in_the_record(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    result = house.send(m, {"m1": {"": (8, 10)}})
    assert (result.new, result.replaced, result.same) == (0, 1, 0)
    assert Reading.objects.get(unit=house.units["m1"]).numerators == [8]
    assert ReplacedReading.objects.get(unit=house.units["m1"]).numerators == [9]


def test_the_same_again_does_nothing(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    DueSnapshot.objects.all().delete()
    result = house.send(m, {"m1": {"": (9, 10)}})
    assert (result.new, result.replaced, result.same) == (0, 0, 1)
    assert not DueSnapshot.objects.exists()
    assert not ReplacedReading.objects.exists()


def test_groups_that_come_in_another_file_join_the_reading(house):
    house.dimension("language", "en", "es")
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    house.send(m, {"m1": {"language:es": (3, 4)}})
    reading = Reading.objects.get(unit=house.units["m1"])
    assert sorted(reading.numerators) == [3, 9]


def test_a_reading_leaves_a_due_snapshot_and_the_taking_clears_it(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    assert list(DueSnapshot.objects.values_list("unit__code", "day")) == [("m1", DAY)]
    take_snapshot(house.organisation, DAY, AT, [house.units["m1"].pk])
    assert not DueSnapshot.objects.exists()


@pytest.mark.parametrize(
    ("direction", "value", "status"),
    [
        ("higher", 90, "met"),
        ("higher", 89.9, "missed"),
        ("lower", 90, "met"),
        ("lower", 90.1, "missed"),
        ("context", 1, "seen"),
    ],
)
def test_the_status_follows_direction_and_target(house, direction, value, status):
    m = house.measure("bundle", direction=direction)
    Target.objects.create(measure=m, valid=DateRange(date(2026, 1, 1), None), value=90)
    house.send(m, {"m1": {"": (value, 100)}})
    take_snapshot(house.organisation, DAY, AT)
    assert snap(house, "m1", m).status == CODES[status]


def test_the_nearest_target_holds(house):
    m = house.measure("bundle")
    always = DateRange(date(2026, 1, 1), None)
    Target.objects.create(measure=m, valid=always, value=90)
    Target.objects.create(measure=m, valid=always, value=50, unit=house.units["medicine"])
    Target.objects.create(measure=m, valid=always, value=10, unit=house.units["m1"])
    house.send(m, {"m1": {"": (2, 10)}, "m2": {"": (6, 10)}, "s1": {"": (6, 10)}})
    take_snapshot(house.organisation, DAY, AT)
    assert {n: snap(house, n, m).target for n in ("m1", "m2", "medicine", "s1")} == {
        "m1": 10,
        "m2": 50,
        "medicine": 50,
        "s1": 90,
    }


def test_a_weekly_number_is_due_on_sunday_only(house):
    m = house.measure("survey", cadence="weekly")
    sunday = date(2026, 11, 15)
    take_days(house.organisation, sunday - timedelta(days=1), sunday + timedelta(days=1), AT)
    days = Snapshot.objects.filter(measure=m, unit=house.units["m1"]).values_list("day", flat=True)
    assert list(days) == [sunday]


def test_a_number_that_comes_late_by_nature_is_not_missed_before_its_time(house):
    m = house.measure("readmission", lag_days=3)
    take_snapshot(house.organisation, DAY, AT)
    assert not Snapshot.objects.filter(measure=m).exists()
    take_snapshot(house.organisation, DAY, AT + timedelta(days=3))
    assert snap(house, "m1", m).status == CODES["no_data"]


def test_one_organisation_never_touches_another(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    take_snapshot(house.organisation, DAY, AT)
    before = everything(house)
    other = type(house.organisation).objects.create(name="Other", slug="other")
    take_snapshot(other, DAY, AT)
    assert everything(house) == before


def test_the_number_of_statements_does_not_grow_with_units_measures_or_readings(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    take_snapshot(house.organisation, DAY, AT)
    with CaptureQueriesContext(connection) as one:
        take_snapshot(house.organisation, DAY, AT)
    for i in range(6):
        extra = house.measure(f"more{i}")
        house.send(extra, {ward: {"": (9, 10)} for ward in ("m1", "m2", "s1", "pharmacy", "imaging")})
    with CaptureQueriesContext(connection) as many:
        take_snapshot(house.organisation, DAY, AT)
    assert len(many) == len(one)


def test_old_months_can_be_dropped_and_new_ones_stand_ahead(house):
    partitions.ensure(date(2024, 1, 1), date(2024, 3, 1))
    assert partitions.partition_name("boards_reading", date(2024, 2, 1)) in partitions.existing()
    dropped = partitions.drop_before(date(2024, 2, 1))
    assert {name.rsplit("_", 2)[1:][1] for name in dropped if "_2024_" in name} == {"01"}
    assert "boards_snapshot_2024_02" in partitions.existing()


def test_a_unit_with_readings_cannot_be_deleted(house):
    m = house.measure("bundle")
    house.send(m, {"m1": {"": (9, 10)}})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM boards_tile; DELETE FROM boards_boardmeasure; DELETE FROM boards_duesnapshot")
        with pytest.raises(IntegrityError, match="readings point to it"), transaction.atomic():
            cursor.execute("DELETE FROM org_unit WHERE id = %s", [house.units["m1"].pk])


def test_moving_a_unit_keeps_the_days_before_where_they_were(house):
    from org.models import ReportingLine

    m = house.measure("bundle")
    ReportingLine.objects.create(unit=house.units["m2"], parent=house.units["medicine"], valid=DateRange(None, DAY))
    ReportingLine.objects.create(unit=house.units["m2"], parent=house.units["surgery"], valid=DateRange(DAY, None))
    for day in (DAY - timedelta(days=1), DAY):
        house.send(m, {"m1": {"": (9, 10)}, "m2": {"": (4, 10)}, "s1": {"": (1, 4)}}, day=day)
        take_snapshot(house.organisation, day, datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert snap(house, "medicine", m, DAY - timedelta(days=1)).numerator == 13
    assert snap(house, "medicine", m).numerator == 9
    assert snap(house, "surgery", m).numerator == 5
