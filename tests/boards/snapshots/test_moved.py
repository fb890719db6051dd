"""A unit that moves on a day of the past: the days since then are taken again, and only those."""

from datetime import UTC, date, datetime, timedelta

import pytest

from boards.actions import schedule
from boards.models import DueSnapshot, Snapshot, SnapshotRun, TreeSeen
from boards.snapshots import take_days
from boards.tasks import take_due_snapshots
from org.actions import trees, units
from org.models import TreeChange
from org.queries import house_of, tree_file
from org.trees import plan_tree
from tests.boards.snapshots.house import DAY, House

NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)
TODAY = date(2026, 11, 19)
FIRST = DAY - timedelta(days=5)
TURN = DAY - timedelta(days=2)

ROWS = ("day", "unit_id", "measure_id", "numerator", "denominator", "value", "status", "origin", "expected", "reported")


def everything(house: House) -> list[tuple]:
    rows = Snapshot.objects.filter(organisation=house.organisation).order_by("day", "unit_id", "measure_id")
    return [(*row[:-1], str(row[-1])) for row in rows.values_list(*ROWS, "numerators")]


@pytest.fixture
def week(house) -> House:
    """Six days with numbers of every ward, taken; s1 sends a group too and misses a day."""
    house.dimension("language", "en", "es")
    m, other = house.measure("bundle"), house.measure("waste", kind="count", roll_up="sum")
    wards = ("m1", "m2", "s1", "pharmacy", "imaging")
    for n in range(6):
        day = FIRST + timedelta(days=n)
        sent = {ward: {"": (float(n + i), 20.0)} for i, ward in enumerate(wards)}
        sent["s1"]["language:es"] = (1.0, 4.0)
        if day == TURN:
            del sent["s1"]
        house.send_all([(m, day, sent), (other, day, {"m2": {"": (3.0, float("nan"))}})])
    take_days(house.organisation, FIRST, DAY, NOW)
    DueSnapshot.objects.all().delete()
    schedule.take_due(house.organisation, at=NOW, limit=40)
    return house


def move(house: House, unit: str, to: str, day: date = TURN) -> None:
    units.move_unit(unit=house.units[unit], parent=house.units[to], from_day=day, today=TODAY, by=None, at=NOW)


def second(house: House, unit: str, to: str | None) -> None:
    parent = house.units[to] if to else None
    units.set_second_line(unit=house.units[unit], parent=parent, from_day=TURN, today=TODAY, by=None, at=NOW)


def close(house: House, unit: str) -> None:
    units.close_unit(unit=house.units[unit], day=TURN, by=None, at=NOW)


def by_file(house: House) -> None:
    """The whole tree from a file in which m2 reports to surgery."""
    lines = tree_file(house.organisation).splitlines()
    moved = "\n".join(line.replace("medicine", "surgery") if line.startswith("m2,") else line for line in lines)
    trees.apply_tree(
        organisation=house.organisation,
        text=moved,
        close_missing=False,
        fingerprint=plan_tree(moved, house_of(house.organisation), close_missing=False).fingerprint,
        from_day=TURN,
        today=TODAY,
        by=None,
        at=NOW,
    )


CHANGES = {
    "a ward moves": lambda house: move(house, "m2", "surgery"),
    "a ward with groups moves": lambda house: move(house, "s1", "medicine"),
    "a whole line moves": lambda house: move(house, "surgery", "support"),
    "a ward on two lines moves": lambda house: move(house, "pharmacy", "surgery"),
    "a second line begins": lambda house: second(house, "imaging", "surgery"),
    "a second line ends": lambda house: second(house, "pharmacy", None),
    "a second line changes": lambda house: second(house, "pharmacy", "surgery"),
    "a ward closes": lambda house: close(house, "s1"),
    "two changes": lambda house: (move(house, "m1", "surgery", DAY), move(house, "imaging", "surgery")),
    "a file": by_file,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_days_since_a_change_of_the_tree_are_taken_again_as_a_whole_taking_would(week, change):
    before = everything(week)
    change(week)
    assert take_due_snapshots() > 0
    after = everything(week)
    assert after != before
    assert [row for row in after if row[0] < TURN] == [row for row in before if row[0] < TURN]
    again = set(SnapshotRun.objects.filter(whole=False).values_list("day", flat=True))
    assert again
    assert min(again) >= TURN
    take_days(week.organisation, FIRST, DAY, NOW)
    assert everything(week) == after


def test_reopening_expects_again_what_was_missed_meanwhile(week):
    close(week, "s1")
    take_due_snapshots()
    closed = everything(week)
    week.units["s1"].refresh_from_db()
    units.reopen_unit(unit=week.units["s1"], by=None, at=NOW)
    assert take_due_snapshots() > 0
    assert everything(week) != closed
    after = everything(week)
    take_days(week.organisation, FIRST, DAY, NOW)
    assert everything(week) == after


def test_a_change_is_taken_up_once(week):
    move(week, "m2", "surgery")
    take_due_snapshots()
    assert TreeSeen.objects.get().change_id == TreeChange.objects.get().pk
    assert schedule.with_due_days() == set()
    assert take_due_snapshots() == 0


def test_a_move_of_today_leaves_the_past_alone(week):
    before = everything(week)
    move(week, "m2", "surgery", TODAY)
    assert take_due_snapshots() == 0
    assert everything(week) == before


def test_a_change_that_is_refused_leaves_no_word(week):
    with pytest.raises(units.NotAllowed):
        move(week, "medicine", "m1")
    assert not TreeChange.objects.exists()
