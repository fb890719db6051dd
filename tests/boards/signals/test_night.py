"""A night in the database: the same as the rules say of whole series, once, whatever came late or was missed."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.signals import Event, Harm, Standing, State, decide, gap_looks, look_of
from boards.actions import signals as actions
from boards.actions.again import forget_gaps
from boards.models import (
    Signal,
    SignalChange,
    SignalDay,
    SignalNight,
    SignalPolicy,
    SignalWindow,
    Snapshot,
    SnapshotRun,
    Tile,
)
from boards.packed import unpacked
from boards.signals import night, steps
from boards.snapshots import take_snapshot
from boards.snapshots.tiles import refresh_tiles
from boards.tasks import look_at_gaps
from tests.boards.signals.stage import FIRST, NAMES, build, days, moment, random_days, run, send, wide

pytestmark = pytest.mark.django_db
WARDS = ("m1", "m2")


def numbers(row: SignalWindow, name: str) -> np.ndarray:
    """(units, groups)"""
    units = len(row.unit_ids) // 4
    return unpacked(bytes(getattr(row, name)), units * len(row.groups)).reshape(units, -1)


def windows() -> dict[int, tuple]:
    """What is kept, as plain numbers."""
    out = {}
    for row in SignalWindow.objects.all():
        tables = [numbers(row, name).tolist() for name in ("events", "people", "since_events")]
        runs = [np.frombuffer(bytes(raw), np.int16).tolist() for raw in (row.run, row.quiet)]
        out[row.measure_id] = (row.counted, *tables, *runs)
    return out


def expected(house, rows, count):
    """Ward and group → (state, changes) by the rules on whole series, with this project's grid of restarts."""
    policy = SignalPolicy(organisation=house.organisation).policy()
    starts = [steps.begins_anew(policy, day.toordinal()) for day in days(count)]
    found = {}
    for ward, sent in rows.items():
        none = [(np.nan, np.nan)] * len(NAMES)
        table = np.array([each or none for each in sent], float)  # (days, groups, 2)
        x, n = np.moveaxis(table, 2, 0)
        rest = [each.sum(axis=1, keepdims=True) - each for each in (x, n)]
        looks = gap_looks(x.T, n.T, rest[0].T, rest[1].T, Harm.LOW, policy=policy, starts=starts)
        for place, name in enumerate(NAMES):
            standing, story = Standing(), []
            for day in range(count):
                decision = decide(standing, look_of(looks, place, day), policy)
                standing = decision.after
                if decision.changed:
                    story.append((days(count)[day], str(decision.cause), str(decision.after.state)))
            found[ward, name] = story
    return found


def stories(house):
    units = {unit.pk: name for name, unit in house.units.items()}
    found = {}
    for change in SignalChange.objects.select_related("signal").order_by("day", "id"):
        key = (units[change.signal.unit_id], change.signal.group)
        found.setdefault(key, []).append((change.day, change.cause, change.after))
    return found


def test_nights_equal_the_rules_on_whole_series():
    house, measure = build()
    rows = random_days(11, WARDS, 110, rates=(0.8, 0.55, 0.78))
    for i, day in enumerate(days(110)):
        counts = {ward: rows[ward][i] for ward in WARDS if rows[ward][i]}
        if counts:
            send(house, measure, day, counts, at=moment(day))
    run(house, days(110))
    told = stories(house)
    rules = expected(house, rows, 110)
    for ward in WARDS:
        for name in NAMES:
            # The first night of the house looks back: what was decided before it does not exist.
            assert told.get((ward, name), []) == rules[ward, name]
    assert any(state == State.ESCALATED for story in rules.values() for _, _, state in story)
    change = SignalChange.objects.filter(after=State.ESCALATED, signal__unit=house.units["m1"]).first()
    assert change.figures["people"] > 0
    assert change.figures["lower"] < change.figures["gap"] < change.figures["upper"] < 0


def test_the_same_night_again_changes_nothing():
    house, measure = build()
    for i, day in enumerate(days(40)):
        send(house, measure, day, {"m1": wide(i)}, at=moment(day))
    run(house, days(40))
    before = (windows(), list(Signal.objects.values()), list(SignalChange.objects.values()))
    assert night.look(house.organisation, days(40)[-1], moment(days(40)[-1])) == night.Looked()
    assert night.look(house.organisation, days(40)[20], moment(days(40)[-1])) == night.Looked()
    assert (windows(), list(Signal.objects.values()), list(SignalChange.objects.values())) == before


def test_a_late_correction_is_counted_as_if_it_had_come_in_time():
    house, measure = build()
    other = house.measure("other")
    for i, day in enumerate(days(45)):
        for each in (measure, other):
            send(house, each, day, {"m1": wide(i, gap=False), "m2": wide(i, gap=False)}, at=moment(day))
    run(house, days(44))
    late = days(45)[31]
    send(house, measure, late, {"m1": [(23, 24), (0, 8)]}, at=moment(days(45)[43]) + timedelta(hours=3))
    take_snapshot(house.organisation, late, moment(days(45)[43]) + timedelta(hours=4), [house.units["m1"].pk])
    run(house, days(45)[44:])
    kept = windows()
    SignalWindow.objects.all().delete()
    SignalNight.objects.update(day=days(45)[43])
    night.look(house.organisation, days(45)[44], moment(days(45)[44]))
    assert windows() == kept
    row = SignalWindow.objects.get(measure=measure)
    units = np.frombuffer(bytes(row.unit_ids), np.int32).tolist()
    people = numbers(row, "events")
    m1, m2 = (people[units.index(house.units[ward].pk)] for ward in ("m1", "m2"))
    assert m1[0] - m2[0] == 3  # 23 instead of 20
    above = people[units.index(house.units["top"].pk)]
    assert above.tolist() == (m1 + m2).tolist()


def test_a_missed_night_is_caught_up_day_by_day(monkeypatch):
    house, measure = build()
    for i, day in enumerate(days(40)):
        send(house, measure, day, {"m1": wide(i)}, at=moment(day))
        take_snapshot(house.organisation, day, moment(day))
    night.look(house.organisation, FIRST, moment(FIRST))
    assert look_at_gaps() == 39
    assert look_at_gaps() == 0
    caught_up = [(c.day, c.cause, c.after) for c in SignalChange.objects.filter(signal__unit=house.units["m1"])]
    kept = windows()
    for model in (SignalChange, Signal, SignalWindow, SignalDay, SignalNight):
        model.objects.all().delete()
    for day in days(40):
        night.look(house.organisation, day, moment(day))
    assert [(c.day, c.cause, c.after) for c in SignalChange.objects.filter(signal__unit=house.units["m1"])] == caught_up
    assert windows() == kept
    assert caught_up == [(days(40)[27], "at_once", "escalated")]


def test_a_night_that_dies_in_the_middle_leaves_nothing(monkeypatch):
    house, measure = build()
    for i, day in enumerate(days(29)):
        send(house, measure, day, {"m1": wide(i)}, at=moment(day))
    run(house, days(27))
    take_snapshot(house.organisation, days(29)[27], moment(days(29)[27]))
    kept = windows()

    def die(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(night.books, "store", die)
    with pytest.raises(RuntimeError):
        night.look(house.organisation, days(29)[27], moment(days(29)[27]))
    assert windows() == kept
    assert not SignalChange.objects.exists()
    assert SignalNight.objects.get().day == days(29)[26]
    monkeypatch.undo()
    night.look(house.organisation, days(29)[27], moment(days(29)[27]))
    assert Signal.objects.filter(unit=house.units["m1"], state=State.ESCALATED).count() == 1


def test_a_gap_is_looked_at_on_every_level_and_asked_of_its_unit():
    house, measure = build()
    for i, day in enumerate(days(30)):
        send(house, measure, day, {"m1": wide(i)}, at=moment(day))
    run(house, days(30))
    tiers = {s.unit.code: (s.group, s.state, s.tier) for s in Signal.objects.select_related("unit")}
    assert tiers == {
        "m1": ("es", "escalated", 1),
        "medicine": ("es", "escalated", 2),
        "clinical": ("es", "escalated", 3),
        "top": ("es", "escalated", 4),
    }


def test_a_late_correction_is_right_again_when_its_day_leaves_the_window():
    house, measure = build()
    for i, day in enumerate(days(75)):
        send(house, measure, day, {"m1": wide(i, gap=False), "m2": wide(i, gap=False)}, at=moment(day))
    run(house, days(40))
    late = moment(days(40)[-1]) + timedelta(hours=3)
    for day in (days(75)[20], days(75)[21]):
        send(house, measure, day, {"m1": [(23, 24), (0, 8)]}, at=late)
        take_snapshot(house.organisation, day, late, [house.units["m1"].pk])
    run(house, days(35, days(41)[40]))
    kept = windows()
    SignalWindow.objects.all().delete()
    SignalNight.objects.update(day=days(75)[73])
    night.look(house.organisation, days(75)[74], moment(days(75)[74]))
    assert windows() == kept
    assert SignalDay.objects.count() == 28


def test_a_correction_between_two_looks_of_a_weekly_number_is_counted():
    house, _measure = build()
    weekly = house.measure("weekly", cadence="weekly")
    sundays = [date(2026, 1, 4) + timedelta(days=7 * i) for i in range(8)]
    for day in sundays:
        send(house, weekly, day, {"m1": [(160, 200), (40, 50)]}, at=moment(day), period=7)
    run(house, days(47))
    late = moment(days(47)[-1]) + timedelta(hours=3)
    send(house, weekly, sundays[4], {"m1": [(160, 200), (10, 50)]}, at=late, period=7)
    take_snapshot(house.organisation, sundays[4], late, [house.units["m1"].pk])
    run(house, days(12, days(48)[47]))
    row = SignalWindow.objects.get(measure=weekly)
    assert row.counted == sundays[7]
    assert numbers(row, "events")[0].tolist() == [640.0, 130.0]


def test_monthly_numbers_are_looked_at_by_month():
    house, _measure = build()
    monthly = house.measure("readmission", cadence="monthly")
    ends = [date(2026, m + 1, 1) - timedelta(days=1) for m in range(1, 7)]
    for day in ends:
        send(house, monthly, day, {"m1": [(160, 200), (20, 50)]}, at=moment(day), period=day.day)
    run(house, days(181))
    changes = SignalChange.objects.filter(signal__unit=house.units["m1"], signal__measure=monthly)
    assert [(c.day, c.cause, c.after) for c in changes] == [(ends[1], "at_once", "escalated")]
    assert changes[0].figures["people"] == 100


def test_statements_do_not_grow_with_units_or_groups():
    house, measure = build()
    for i, day in enumerate(days(30)):
        send(house, measure, day, {"m1": wide(i, gap=False)}, at=moment(day))
    run(house, days(29))

    def statements(day):
        take_snapshot(house.organisation, day, moment(day))
        with CaptureQueriesContext(connection) as seen:
            night.look(house.organisation, day, moment(day))
        return len(seen)

    few = statements(days(30)[29])
    for day in days(3, days(31)[30]):
        send(house, measure, day, {w: [*wide(1, gap=False), (3, 4)] for w in ("m1", "m2", "s1")}, at=moment(day))
    run(house, days(2, days(31)[30]))  # what is new has its past read once
    assert statements(days(33)[32]) == few


def test_without_a_snapshot_of_the_day_nothing_is_looked_at():
    house, measure = build()
    send(house, measure, FIRST, {"m1": wide(0)}, at=moment(FIRST))
    assert look_at_gaps() == 0
    take_snapshot(house.organisation, FIRST, moment(FIRST), [house.units["m1"].pk])
    assert look_at_gaps() == 0
    take_snapshot(house.organisation, FIRST, moment(FIRST))
    assert SnapshotRun.objects.filter(whole=True).count() == 1
    assert look_at_gaps() == 1
    assert Snapshot.objects.filter(day=FIRST).exists()


def test_a_tile_says_that_a_gap_asks_for_help_until_it_is_closed():
    house, measure = build()
    for i, day in enumerate(days(29)):
        send(house, measure, day, {"m1": wide(i)}, at=moment(day))
    run(house, days(27))
    refresh_tiles(house.organisation, moment(days(29)[26]))
    tile = Tile.objects.get(unit=house.units["m1"], measure=measure)
    assert tile.asked == 0
    run(house, days(2, days(28)[27]))
    refresh_tiles(house.organisation, moment(days(29)[28]))
    asked = Tile.objects.get(pk=tile.pk)
    assert (asked.asked, asked.version > tile.version) == (1, True)
    signal = Signal.objects.get(unit=house.units["m1"])
    actions.do(signal=signal, event=Event.CLOSE, day=days(29)[28], at=moment(days(29)[28]), by=None)
    assert Tile.objects.get(pk=tile.pk).asked == 0


def test_a_measure_whose_gaps_are_forgotten_is_counted_anew():
    house, measure = build()
    for i, day in enumerate(days(40)):
        send(house, measure, day, {"m1": wide(i, gap=False)}, at=moment(day))
    run(house, days(38))
    forget_gaps(measure)
    assert not SignalWindow.objects.exists()
    run(house, days(2, days(39)[38]))
    row = SignalWindow.objects.get(measure=measure)
    assert (row.counted, numbers(row, "people")[0].tolist()) == (days(40)[39], [28 * 24.0, 28 * 8.0])
