from datetime import date, timedelta

import pytest

from boards.actions import schedule, targets
from boards.models import DueSnapshot, Snapshot, Target, Tile
from boards.rules import STATUS_CODES, Status, TargetLine
from boards.snapshots import take_snapshot
from org.models import Event
from org.rules import NotAllowed
from tests.boards.snapshots.house import AT, DAY

LONG_AGO = date(2026, 1, 1)


@pytest.fixture
def put(house, steward):
    def put(value, first, last=None, unit=None, measure="bundle", **more):
        return targets.set_target(
            measure=house.measures[measure],
            unit=house.units[unit] if unit else None,
            line=TargetLine(value, **more),
            first=first,
            last=last,
            by=steward,
            at=AT,
        )

    return put


def spans(**where):
    return [(t.value, t.valid.lower, t.valid.upper) for t in Target.objects.filter(**where).order_by("valid")]


def test_a_new_target_ends_the_running_one_the_day_before(put):
    put(80, LONG_AGO)
    put(90, DAY)
    assert spans() == [(80, LONG_AGO, DAY), (90, DAY, None)]


def test_a_target_of_the_same_day_is_replaced_and_a_later_one_stays(put):
    later = DAY + timedelta(days=30)
    put(95, later)
    put(80, DAY)
    put(85, DAY)
    assert spans() == [(85, DAY, later), (95, later, None)]


def test_a_target_with_a_last_day_is_half_open(put):
    put(80, LONG_AGO, last=date(2026, 1, 31))
    assert spans() == [(80, LONG_AGO, date(2026, 2, 1))]
    with pytest.raises(NotAllowed, match="before the first"):
        put(80, DAY, last=DAY - timedelta(days=1))


def test_targets_of_units_and_for_all_stand_beside_each_other(put, house):
    put(80, LONG_AGO)
    put(85, LONG_AGO, unit="m1")
    put(90, DAY, unit="m1")
    assert spans(unit__isnull=True) == [(80, LONG_AGO, None)]
    assert spans(unit=house.units["m1"]) == [(85, LONG_AGO, DAY), (90, DAY, None)]


def test_a_target_that_makes_no_sense_is_refused_and_the_old_one_runs_on(put):
    put(80, LONG_AGO)
    with pytest.raises(NotAllowed, match="above the target"):
        put(90, DAY, warning=85)
    assert spans() == [(80, LONG_AGO, None)]


def test_statuses_follow_a_target_from_its_day_on(put, house):
    first = DAY - timedelta(days=1)
    _target, due = put(80, first)  # 30 of 40 is 75 %
    assert due == DueSnapshot.objects.count() > 0
    assert set(DueSnapshot.objects.values_list("day", flat=True)) == {first, DAY}
    schedule.take_due(house.organisation, at=AT, limit=10)
    ward = house.units["m1"]
    statuses = dict(Snapshot.objects.filter(unit=ward, measure=house.measures["bundle"]).values_list("day", "status"))
    assert statuses[DAY] == statuses[first] == STATUS_CODES[Status.MISSED]
    assert statuses[DAY - timedelta(days=2)] == STATUS_CODES[Status.SEEN]
    assert Tile.objects.get(unit=ward, measure=house.measures["bundle"]).target == 80
    assert DueSnapshot.objects.count() == 0


def test_a_target_of_one_unit_marks_it_and_those_below_only(put, house):
    put(80, DAY, unit="medicine")
    codes = set(DueSnapshot.objects.values_list("unit__code", flat=True))
    assert {"medicine", "m1", "m2"} <= codes
    assert not codes & {"surgery", "s1", "clinical", "top"}


def test_a_target_from_long_ago_reaches_92_days_at_most(put, house):
    early = DAY - timedelta(days=150)
    for day in (early, DAY):
        house.send(house.measures["bundle"], {"m1": {"": (1.0, 2.0)}}, day=day)
    take_snapshot(house.organisation, early, AT)
    DueSnapshot.objects.all().delete()
    put(80, LONG_AGO)
    assert early not in set(DueSnapshot.objects.values_list("day", flat=True))
    assert DAY in set(DueSnapshot.objects.values_list("day", flat=True))


def test_a_target_to_come_marks_nothing(put):
    _target, due = put(80, AT.date())
    assert (due, DueSnapshot.objects.count()) == (0, 0)


def test_ending_and_removing_a_target_let_its_days_follow(put, steward):
    target, _due = put(80, LONG_AGO)
    DueSnapshot.objects.all().delete()
    last = DAY - timedelta(days=2)
    targets.end_target(target=target, last=last, by=steward, at=AT)
    assert spans() == [(80, LONG_AGO, DAY - timedelta(days=1))]
    assert set(DueSnapshot.objects.values_list("day", flat=True)) == {DAY - timedelta(days=1), DAY}
    with pytest.raises(NotAllowed, match="ends earlier already"):
        targets.end_target(target=target, last=DAY, by=steward, at=AT)
    DueSnapshot.objects.all().delete()
    targets.remove_target(target=target, by=steward, at=AT)
    assert spans() == []
    assert max(DueSnapshot.objects.values_list("day", flat=True)) == last
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        "target.set",
        "target.ended",
        "target.removed",
    ]
