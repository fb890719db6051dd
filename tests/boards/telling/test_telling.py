"""What is published of groups: once, in whole months, and nothing small in it or behind it."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from boards.actions.strata import stratum_ids
from boards.actions.telling import tell_groups
from boards.models import Dimension, Published, Reading, Snapshot, TellingCourse, TellingMonth, Tile
from boards.queries.published import blocks, pooled
from boards.tasks import tell_complete_months
from org.actions.units import move_unit
from org.models import Event
from tests.analytics.small_cells.house_attacker import Reader
from tests.boards.telling.conftest import NOON, WARDS, send_months

pytestmark = pytest.mark.django_db


def told(house, unit: str, measure: str = "bundle") -> list[Published]:
    rows = Published.objects.filter(unit=house.units[unit], measure=house.measures[measure])
    return list(rows.order_by("last", "stretch"))


def test_complete_months_are_told_and_no_other(house):
    assert tell_groups(organisation=house.organisation, at=NOON) > 0
    lasts = {row.last for row in Published.objects.all()}
    assert max(lasts) == date(2026, 10, 31)
    assert TellingMonth.objects.get().done == date(2026, 10, 1)
    assert [row.first for row in told(house, "top")] == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]


def test_what_was_told_is_what_was_counted(house):
    tell_groups(organisation=house.organisation, at=NOON)
    for row in told(house, "top"):
        sums = Snapshot.objects.filter(
            unit=house.units["top"], measure=house.measures["bundle"], day__range=(row.first, row.last)
        ).values_list("numerator", "denominator")
        assert (row.numerator, row.denominator) == tuple(np.array(sums).sum(axis=0))
        assert {"en", "es"} <= set(row.names)
        assert sorted([*row.names, *row.hidden]) == ["en", "es", "vi"]
        assert sum(row.numerators) <= row.numerator


def test_the_same_again_tells_nothing_new(house):
    tell_groups(organisation=house.organisation, at=NOON)
    before = list(Published.objects.order_by("pk").values())
    assert tell_groups(organisation=house.organisation, at=NOON + timedelta(days=3)) == 0
    assert list(Published.objects.order_by("pk").values()) == before


def test_month_by_month_is_the_same_as_all_at_once(house):
    for month in (9, 10, 11):
        tell_groups(organisation=house.organisation, at=datetime(2026, month, 5, 15, tzinfo=UTC))
    one_by_one = {(r.unit_id, r.first, r.last): (r.names, r.numerators) for r in Published.objects.all()}
    courses = list(TellingCourse.objects.values_list("block", "period", "cycle"))
    Published.objects.all().delete()
    TellingCourse.objects.all().delete()
    TellingMonth.objects.all().delete()
    tell_groups(organisation=house.organisation, at=NOON)
    # The pace of a first cycle is chosen by the months that are known when it begins.
    assert all({"en", "es"} <= set(row.names) for row in told(house, "top"))
    assert one_by_one.keys() >= {(r.unit_id, r.first, r.last) for r in told(house, "top")}
    assert courses


def test_a_correction_changes_nothing_that_was_told(house):
    tell_groups(organisation=house.organisation, at=NOON)
    before = list(Published.objects.order_by("pk").values())
    send_months(house, house.measures["bundle"], date(2026, 9, 1), date(2026, 9, 30), seed=9)
    tell_groups(organisation=house.organisation, at=NOON)
    assert list(Published.objects.order_by("pk").values()) == before


def test_a_group_that_a_source_hid_is_told_nowhere(house):
    spanish = stratum_ids(house.organisation.pk, ["language:es"])["language:es"]
    Reading.objects.filter(day=date(2026, 9, 9), unit=house.units["m2"]).update(suppressed=[spanish])
    tell_groups(organisation=house.organisation, at=NOON)
    for unit in ("m2", "medicine", "clinical", "top"):
        assert all("es" not in row.names for row in told(house, unit) if row.first <= date(2026, 9, 9) <= row.last)


def test_what_reports_twice_is_told_with_all_that_it_has(house):
    """The pharmacy also reports to medicine: medicine is told only where the pharmacy is told over the same months."""
    tell_groups(organisation=house.organisation, at=NOON)
    alone = {(row.first, row.last): set(row.names) for row in told(house, "pharmacy")}
    for row in told(house, "medicine"):
        assert set(row.names) <= alone[row.first, row.last]
        sums = Snapshot.objects.filter(
            unit=house.units["medicine"], measure=house.measures["bundle"], day__range=(row.first, row.last)
        ).values_list("denominator", flat=True)
        assert row.denominator == sum(sums)
    assert told(house, "surgery")
    assert told(house, "m1")


def test_a_family_that_changed_is_silent_for_its_months(house):
    move_unit(
        unit=house.units["m2"], parent=house.units["surgery"], from_day=date(2026, 9, 15), today=date(2026, 11, 19),
        by=None, at=NOON,
    )  # fmt: skip
    tell_groups(organisation=house.organisation, at=NOON)
    assert all(row.first > date(2026, 9, 30) for row in told(house, "s1"))


def test_a_higher_threshold_tells_less(house):
    house.organisation.small_cell_threshold = 5000
    house.organisation.save()
    assert tell_groups(organisation=house.organisation, at=NOON) == 0


def test_each_answer_of_overlapping_ones_is_told_by_itself(house):
    Dimension.objects.update(is_partition=False)
    tell_groups(organisation=house.organisation, at=NOON)
    answers = {row.answer for row in told(house, "top")}
    assert {"en", "es"} <= answers
    assert all(len(row.names) == 1 for row in told(house, "top"))


def test_the_clock_tells_and_stamps(house, time_machine):
    time_machine.move_to(NOON)
    assert tell_complete_months() > 0
    assert tell_complete_months() == 0
    assert Event.objects.filter(verb="groups.told").count() == 1


def test_blocks_are_read_back_and_added_up(house):
    tell_groups(organisation=house.organisation, at=NOON)
    read = blocks([house.units["top"].pk], [house.measures["bundle"].pk])
    together = pooled(read)
    rows = told(house, "top")
    assert together is not None
    assert together.total.denominator == sum(row.denominator for row in rows)
    assert together.part("es").numerator == sum(row.numerators[row.names.index("es")] for row in rows)
    assert together.rest.denominator == sum(row.denominator - sum(row.denominators) for row in rows)
    assert together.everyone_but("en").denominator == together.total.denominator - together.part("en").denominator


def test_a_gap_is_marked_on_the_tiles(house):
    tell_groups(organisation=house.organisation, at=NOON)
    tile = Tile.objects.get(unit=house.units["top"], measure=house.measures["bundle"])
    assert (tile.gap["group"], tile.gap["dimension"]) == ("es", "language")
    assert tile.gap["difference"] < -5
    assert (tile.gap["first"], tile.gap["last"]) == ("2026-10-01", "2026-10-31")


def test_nothing_small_follows_from_all_that_is_stored(house):
    """Every total of every unit is out for parts of months, and every published row: linear programs find nothing."""
    tell_groups(organisation=house.organisation, at=NOON)
    codes = ("en", "es", "vi")
    group_of = {pk: codes.index(key[-2:]) for key, pk in stratum_ids(
        house.organisation.pk, [f"language:{code}" for code in codes]).items()}  # fmt: skip
    ward_of = {house.units[ward].pk: number for number, ward in enumerate(WARDS)}
    truth = np.zeros((2, len(WARDS), 3, 6))  # halves of August, September, October
    for reading in Reading.objects.filter(day__range=(date(2026, 8, 1), date(2026, 10, 31))).select_related("layout"):
        half = 2 * (reading.day.month - 8) + (reading.day.day > 15)
        for stratum, x, n in zip(reading.layout.strata, reading.numerators, reading.denominators, strict=True):
            if stratum in group_of:
                truth[:, ward_of[reading.unit_id], group_of[stratum], half] += (x, n - x)
    units = list(house.units.values())
    below = [[n for pk, n in ward_of.items() if _below(house, pk, unit)] for unit in units]
    place = {unit.pk: number for number, unit in enumerate(units)}
    rows = Published.objects.all()
    assert len(rows) > 8
    programs = 0
    for plane in truth:
        reader = Reader(below, 3, 6, plane)
        for unit in range(len(units)):
            for half in range(6):
                reader.read(unit, [0, 1, 2], range(half, half + 1))
        for row in rows:
            assert row.names
            halves = range(2 * (row.first.month - 8), 2 * (row.last.month - 8) + 2)
            for name in row.names:
                reader.read(place[row.unit_id], [codes.index(name)], halves)
        spans = [range(half, half + 1) for half in range(6)] + [range(2), range(2, 4), range(4, 6), range(6)]
        assert reader.derived(spans) == []
        programs += reader.figures
    assert programs > 50


def _below(house, ward: int, unit) -> bool:
    """Whether a ward's counts are in a unit's, along either line."""
    line = next(u for u in house.units.values() if u.pk == ward)
    second = house.units["medicine"].path if line.code == "pharmacy" else ""
    return line.path.startswith(unit.path) or second.startswith(unit.path)
