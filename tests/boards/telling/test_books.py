"""Months are added up day by day; what came late counts until its month was told of."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards.actions.schedule import take_due
from boards.actions.telling import add_up_days, tell_groups
from boards.models import Category, CountedMonth, DueMonth, MonthCounts, Published, Snapshot, Stratum
from boards.snapshots import take_snapshot
from boards.telling import books
from tests.boards.telling.conftest import NOON

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
FIRST_ROW = {"": (30.0, 40.0), "language:en": (21.0, 28.0), "language:es": (9.0, 12.0)}


def night(day: date) -> datetime:
    """A moment at which `day` is the latest that is settled."""
    return datetime.combine(day + timedelta(days=4), datetime.min.time(), UTC) + timedelta(hours=15)


def added_up(house, month: date) -> dict[tuple[int, int, int], tuple[float, float]]:
    """(measure, unit, stratum; 0 is all patients) → counts, out of the books."""
    found = {}
    for page in books.read(house.organisation, month, month):
        for row, unit in enumerate(page.units.tolist()):
            found[page.measure, unit, 0] = (page.numerator[row], page.denominator[row])
            for column, stratum in enumerate(page.strata.tolist()):
                found[page.measure, unit, stratum] = (page.numerators[row, column], page.denominators[row, column])
    return found


def counted_from_snapshots(house, month: date, until: date) -> dict[tuple[int, int, int], tuple[float, float]]:
    """The same, added up one by one."""
    found: dict[tuple[int, int, int], np.ndarray] = {}
    single = set(Stratum.objects.filter(dimensions__len=1).values_list("pk", flat=True))
    for row in Snapshot.objects.filter(day__range=(month, until)).select_related("layout"):
        cells = {0: (row.numerator or 0, row.denominator or 0)}
        if row.layout is not None:
            cells |= {
                stratum: each
                for stratum, *each in zip(row.layout.strata, row.numerators, row.denominators, strict=True)
                if stratum in single
            }
        for stratum, counts in cells.items():
            key = (row.measure_id, row.unit_id, stratum)
            found[key] = found.get(key, np.zeros(2)) + np.nan_to_num(np.array(counts, float))
    return {key: tuple(counts.tolist()) for key, counts in found.items()}


def correct(house, day: date, ward: str = "m1") -> None:
    """Other numbers of a day come late, and the clock takes its snapshot again."""
    house.send(house.measures["bundle"], {ward: FIRST_ROW}, day, at=NOON)
    take_due(house.organisation, at=NOON, limit=50)


def test_nights_add_up_to_the_month(house):
    for day in (5, 6, 7, 30, 31):
        add_up_days(organisation=house.organisation, at=night(date(2026, 10, day)))
        until = date(2026, 10, day)
        assert added_up(house, OCTOBER) == counted_from_snapshots(house, OCTOBER, until)
    assert CountedMonth.objects.get(month=OCTOBER).days == 2**31 - 1


def test_a_month_read_in_pieces_is_the_same(house, monkeypatch):
    monkeypatch.setattr(books, "ROWS_AT_ONCE", 40)
    add_up_days(organisation=house.organisation, at=night(date(2026, 10, 31)))
    assert added_up(house, OCTOBER) == counted_from_snapshots(house, OCTOBER, date(2026, 10, 31))


def test_a_night_without_news_reads_no_snapshots(house):
    tell_groups(organisation=house.organisation, at=NOON)
    add_up_days(organisation=house.organisation, at=NOON)
    with CaptureQueriesContext(connection) as asked:
        add_up_days(organisation=house.organisation, at=NOON)
    assert not [q for q in asked.captured_queries if "boards_snapshot" in q["sql"] or "COPY" in q["sql"]]
    assert len(asked) <= 7


def test_a_correction_counts_until_the_month_is_told(house):
    add_up_days(organisation=house.organisation, at=night(date(2026, 10, 20)))
    before = added_up(house, OCTOBER)
    correct(house, date(2026, 10, 9))
    assert set(DueMonth.objects.values_list("unit__code", flat=True)) == {"m1", "medicine", "clinical", "top"}
    add_up_days(organisation=house.organisation, at=night(date(2026, 10, 20)))
    now = added_up(house, OCTOBER)
    assert now == counted_from_snapshots(house, OCTOBER, date(2026, 10, 20))
    assert now != before
    assert not DueMonth.objects.exists()


def test_a_correction_before_the_month_is_told_is_in_what_is_told(house):
    add_up_days(organisation=house.organisation, at=night(date(2026, 10, 31)))
    correct(house, date(2026, 10, 9))
    tell_groups(organisation=house.organisation, at=NOON)
    row = Published.objects.get(unit=house.units["top"], first=OCTOBER, stretch="block")
    exact = counted_from_snapshots(house, OCTOBER, date(2026, 10, 31))
    assert (row.numerator, row.denominator) == exact[row.measure_id, row.unit_id, 0]


def test_what_comes_after_the_telling_changes_no_count_behind_it(house):
    """Else a year would tell, beside its months, how many came late."""
    tell_groups(organisation=house.organisation, at=NOON)
    before = added_up(house, OCTOBER)
    correct(house, date(2026, 10, 9))
    assert not DueMonth.objects.exists()
    add_up_days(organisation=house.organisation, at=NOON)
    assert added_up(house, OCTOBER) == before
    assert before != counted_from_snapshots(house, OCTOBER, date(2026, 10, 31))


def test_a_day_taken_again_as_a_whole_is_counted_anew(house):
    add_up_days(organisation=house.organisation, at=night(date(2026, 10, 20)))
    Snapshot.objects.filter(day=date(2026, 10, 9)).update(numerator=0)
    MonthCounts.objects.update(numerator=MonthCounts.objects.values_list("denominator", flat=True)[0])
    take_snapshot(house.organisation, date(2026, 10, 9), NOON)
    add_up_days(organisation=house.organisation, at=night(date(2026, 10, 20)))
    assert added_up(house, OCTOBER) == counted_from_snapshots(house, OCTOBER, date(2026, 10, 20))


def test_groups_of_which_nothing_came_take_no_room(house):
    house.dimension("age", "young", "old")
    house.send(
        house.measures["bundle"],
        {"m1": {"": (1.0, 2.0), "age:young": (0.0, 0.0), "age:old": (1.0, 2.0)}},
        date(2026, 11, 1),
        at=NOON,
    )
    take_due(house.organisation, at=NOON, limit=50)
    add_up_days(organisation=house.organisation, at=night(date(2026, 11, 12)))
    page = next(books.read(house.organisation, date(2026, 11, 1), date(2026, 11, 1)))
    keys = set(Stratum.objects.filter(pk__in=page.strata.tolist()).values_list("key", flat=True))
    assert keys == {"language:en", "language:es", "language:vi", "age:old"}


def test_groups_are_told_under_the_names_that_they_have(house):
    """Names with whatever a file or an array would take for a mark; a table without hidden groups."""
    names = {"en": 'Anglais "courant", {ou} pas', "es": "Castellano\\\t\u00f1", "vi": "vi"}
    for code, name in names.items():
        Category.objects.filter(code=code).update(name=name)
    tell_groups(organisation=house.organisation, at=NOON)
    rows = Published.objects.filter(unit=house.units["top"])
    assert {name for row in rows for name in (*row.names, *row.hidden)} == set(names.values())
    assert {row.answer for row in rows} == {""}
    assert {state for row in rows for state in row.states} == {"known"}
