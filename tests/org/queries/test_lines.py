"""The tree of a day, whole and in part."""

import random
from datetime import date, timedelta

import pytest

from org.models import ReportingLine, Unit
from org.queries import Line, ever_below, lines_around, lines_on
from org.rules import LineKind
from tests.factories import make_organisation, make_unit

DAY = date(2026, 11, 2)


def _spans(chance):
    """Spans of days that do not overlap: some before the day, some over it, some after it, some with gaps."""
    turns = sorted(chance.sample(range(-30, 30), 4))
    pairs = [(None, turns[0]), (turns[0], turns[1]), (turns[1], turns[2]), (turns[2], turns[3]), (turns[3], None)]
    at = [tuple(None if n is None else DAY + timedelta(days=n) for n in pair) for pair in pairs]
    return chance.sample(at, chance.randint(1, 5))


def _history(chance, units, kind):
    """Lines to units that were made earlier, so that no circle can be."""
    for i, unit in enumerate(units[1:], start=1):
        if chance.random() < (0.5 if kind == LineKind.PRIMARY else 0.15):
            for span in _spans(chance):
                ReportingLine.objects.create(unit=unit, parent=chance.choice(units[:i]), kind=kind, valid=span)


def _expected(organisation, units):
    """By the definition, from the whole tree: near, above, and everybody whose parent is one of those."""
    lines = lines_on(organisation.pk, DAY)
    crossing = [line for line in lines if line.kind == LineKind.SECOND]
    parents = {line.unit_id: line.parent_id for line in lines if line.kind == LineKind.PRIMARY}
    above = set(units) | {line.unit_id for line in crossing} | {line.parent_id for line in crossing}
    for unit in list(above):
        while (unit := parents[unit]) is not None:
            above.add(unit)
    near = {Line(u, p, LineKind.PRIMARY) for u, p in parents.items() if u in above or p in above}
    return near | set(crossing)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_the_part_of_the_tree_is_what_the_whole_tree_of_the_day_says(seed):
    chance = random.Random(seed)
    organisation = make_organisation()
    units = [make_unit(organisation=organisation, name="Top")]
    for n in range(15):
        units.append(make_unit(chance.choice(units), name=f"Unit {n}"))
    crossing = [unit for unit in units[2:] if unit.parent_id != units[1].pk]
    Unit.objects.filter(pk=chance.choice(crossing).pk).update(second_parent=units[1])
    ReportingLine.objects.all().delete()
    _history(chance, units, LineKind.PRIMARY)
    _history(chance, units, LineKind.SECOND)
    asked = [unit.pk for unit in chance.sample(units, 2)]
    found = lines_around(organisation.pk, DAY, asked)
    assert len(found) == len(set(found))
    assert set(found) == _expected(organisation, asked)
    assert {line.unit_id for line in found if line.kind == LineKind.PRIMARY} >= set(asked)


@pytest.mark.django_db
def test_the_part_takes_one_statement_and_leaves_out_what_does_not_touch_it(django_assert_num_queries):
    organisation = make_organisation()
    top = make_unit(organisation=organisation, name="Top")
    left, right = make_unit(top, name="Left"), make_unit(top, name="Right")
    ward, beside = make_unit(left, name="Ward"), make_unit(left, name="Beside")
    far = make_unit(right, name="Far")
    with django_assert_num_queries(1):
        found = lines_around(organisation.pk, DAY, [ward.pk])
    assert {line.unit_id for line in found} == {top.pk, left.pk, right.pk, ward.pk, beside.pk}
    assert far.pk not in {line.unit_id for line in found}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_ever_below_misses_nobody_of_any_tree_of_the_days(seed):
    chance = random.Random(seed)
    organisation = make_organisation()
    units = [make_unit(organisation=organisation, name="Top")]
    for n in range(12):
        units.append(make_unit(chance.choice(units), name=f"Unit {n}"))
    ReportingLine.objects.all().delete()
    _history(chance, units, LineKind.PRIMARY)
    _history(chance, units, LineKind.SECOND)
    days = [DAY + timedelta(days=n) for n in range(-8, 1)]
    expected = {units[1].pk}
    for day in days:
        below, grown = {units[1].pk}, True
        lines = lines_on(organisation.pk, day)
        while grown:
            found = {line.unit_id for line in lines if line.parent_id in below} - below
            below, grown = below | found, bool(found)
        expected |= below
    assert expected <= ever_below(units[1], days[0], days[-1])
    assert units[0].pk not in ever_below(units[1], days[0], days[-1])
