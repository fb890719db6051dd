"""What is published of two dimensions crossed: it adds up to what is told of each, and nothing small follows."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import pytest

from boards.actions.strata import stratum_ids
from boards.actions.telling import tell_groups
from boards.models import Dimension, Published, PublishedCrossing, Reading, Snapshot
from boards.snapshots import take_days
from tests.analytics.small_cells.house_attacker import Reader
from tests.boards.snapshots.house import House, build_house
from tests.boards.telling.conftest import NOON, WARDS

pytestmark = pytest.mark.django_db

LANGUAGES, SEXES = ("en", "es", "vi"), ("f", "m", "x")
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)


def send(
    house: House, *, size: float = 1.0, crossed: bool = True, seed: int = 3, of: str = "bundle", with_event: float = 1
) -> None:
    """Two months of five wards by language and sex; fewer are Vietnamese, few of the third sex. The same seed gives the
    same patients; `with_event`: with how much of its likelihood they have the event.
    """
    chance = np.random.default_rng(seed)
    shares = np.outer((0.55, 0.35, 0.1), (0.5, 0.44, 0.06)) * np.array([[1, 1, 1], [1.2, 0.8, 1], [1, 1, 1]])
    sendings = []
    for number in range((LAST - FIRST).days + 1):
        sent = {}
        for ward, people in zip(WARDS, (30, 26, 22, 10, 14), strict=True):
            n = chance.poisson(people * size * shares)
            rates = np.array([[0.8, 0.8, 0.7], [0.6, 0.7, 0.7], [0.7, 0.7, 0.7]])
            x = np.random.default_rng([seed, number, len(ward)]).binomial(n, rates * with_event)
            sent[ward] = {"": (float(x.sum()), float(n.sum()))}
            for at, code in enumerate(LANGUAGES):
                sent[ward][f"language:{code}"] = (float(x[at].sum()), float(n[at].sum()))
            for at, code in enumerate(SEXES):
                sent[ward][f"sex:{code}"] = (float(x[:, at].sum()), float(n[:, at].sum()))
            if crossed:
                for (i, language), (j, sex) in product(enumerate(LANGUAGES), enumerate(SEXES)):
                    sent[ward][f"language:{language}|sex:{sex}"] = (float(x[i, j]), float(n[i, j]))
        sendings.append((house.measures[of], FIRST + timedelta(days=number), sent))
    house.send_all(sendings, at=NOON)
    take_days(house.organisation, FIRST, LAST, NOON)


@pytest.fixture
def house(db) -> House:
    built = build_house()
    built.dimension("language", *LANGUAGES)
    built.dimension("sex", *SEXES)
    built.measure("bundle")
    return built


def counted(house: House, language: str, sex: str, first: date, last: date) -> np.ndarray:
    key = f"language:{language}|sex:{sex}"
    stratum = stratum_ids(house.organisation.pk, [key])[key]
    rows = Snapshot.objects.filter(unit=house.units["top"], measure=house.measures["bundle"], day__range=(first, last))
    found = np.zeros(2)
    for row in rows.select_related("layout"):
        if row.layout_id:
            at = row.layout.strata.index(stratum)
            found += (row.numerators[at], row.denominators[at])
    return found


def table(row: PublishedCrossing) -> tuple[np.ndarray, np.ndarray]:
    shape = (len(row.row_names) + 1, len(row.column_names) + 1)
    return np.array(row.numerators, float).reshape(shape), np.array(row.denominators, float).reshape(shape)


def test_two_dimensions_are_told_crossed_as_they_were_counted(house):
    send(house)
    assert tell_groups(organisation=house.organisation, at=NOON) > 0
    told = list(PublishedCrossing.objects.order_by("last"))
    assert told
    for row in told:
        assert row.unit == house.units["top"]
        tops, bottoms = table(row)
        assert {"en", "es"} <= set(row.row_names)
        shown = 0
        for (i, language), (j, sex) in product(enumerate(row.row_names), enumerate(row.column_names)):
            if not np.isnan(bottoms[i, j]):
                shown += 1
                assert (tops[i, j], bottoms[i, j]) == tuple(counted(house, language, sex, row.first, row.last))
        assert shown >= 4


def test_it_splits_what_is_told_of_each_dimension_and_no_cell_is_small(house):
    send(house)
    tell_groups(organisation=house.organisation, at=NOON)
    lines = 0
    for row in PublishedCrossing.objects.all():
        tops, bottoms = table(row)
        for axis, dimension, names in ((1, "language", row.row_names), (0, "sex", row.column_names)):
            blocks = Published.objects.filter(
                unit=row.unit, measure=row.measure, dimension__code=dimension, stretch="block",
                first__gte=row.first, last__lte=row.last,
            )  # fmt: skip
            for at, name in enumerate(names):
                told = [(b.numerators[b.names.index(name)], b.denominators[b.names.index(name)]) for b in blocks]
                together = tops.sum(axis=axis)[at], bottoms.sum(axis=axis)[at]
                if not np.isnan(together).any():
                    lines += 1
                    assert together == tuple(np.sum(told, axis=0))
        for counts in (tops, bottoms - tops):
            assert all(cell == 0 or cell >= 11 for cell in counts[~np.isnan(counts)])
            hidden = np.isnan(counts)
            assert 1 not in {*hidden.sum(axis=0).tolist(), *hidden.sum(axis=1).tolist()}
    assert lines > 0


def test_the_same_again_tells_nothing_new_and_month_by_month_no_more(house):
    send(house)
    for month in (10, 11):
        tell_groups(organisation=house.organisation, at=datetime(2026, month, 5, 15, tzinfo=UTC))
    before = list(PublishedCrossing.objects.order_by("pk").values())
    assert before
    assert tell_groups(organisation=house.organisation, at=NOON) == 0
    assert list(PublishedCrossing.objects.order_by("pk").values()) == before
    assert len({(row["first"], row["last"]) for row in before}) == len(before)


def test_of_the_same_patients_only_cells_are_told_that_were_told_before(house):
    house.measure("rare")
    send(house, of="bundle")
    send(house, of="rare", with_event=0.3)
    tell_groups(organisation=house.organisation, at=NOON)
    rows = {code: PublishedCrossing.objects.filter(measure__code=code) for code in ("bundle", "rare")}
    ranks = [house.measures[code].telling_rank for code in rows if not house.measures[code].refresh_from_db()]
    assert ranks == [0, 1]
    ahead = {(row.rows_id, row.columns_id, row.last): row for row in rows["bundle"]}
    compared = 0
    for row in rows["rare"]:
        before = ahead[row.rows_id, row.columns_id, row.last]
        assert (row.first, row.row_names, row.column_names) == (before.first, before.row_names, before.column_names)
        for mine, other in zip(row.denominators, before.denominators, strict=True):
            if mine is not None:
                assert mine == other
                compared += 1
    assert compared >= 4


def test_nothing_is_crossed_that_was_not_sent_crossed(house):
    send(house, crossed=False)
    assert tell_groups(organisation=house.organisation, at=NOON) > 0
    assert not PublishedCrossing.objects.exists()


def test_nothing_is_crossed_where_answers_overlap(house):
    send(house)
    Dimension.objects.filter(code="sex").update(is_partition=False)
    assert tell_groups(organisation=house.organisation, at=NOON) > 0
    assert not PublishedCrossing.objects.exists()


def test_nothing_is_crossed_where_a_source_hid_a_count(house):
    send(house)
    key = "language:en|sex:f"
    hidden = stratum_ids(house.organisation.pk, [key])[key]
    Reading.objects.filter(unit=house.units["m1"], day=FIRST).update(suppressed=[hidden])
    tell_groups(organisation=house.organisation, at=NOON)
    assert not PublishedCrossing.objects.filter(first=FIRST).exists()


def test_too_few_patients_are_not_told_crossed(house):
    send(house, size=0.04)
    tell_groups(organisation=house.organisation, at=NOON)
    assert not PublishedCrossing.objects.exists()


@pytest.mark.parametrize("size", [0.3, 1.0])
def test_nobody_derives_a_small_count_from_all_of_it(house, size):
    send(house, size=size, seed=11)
    tell_groups(organisation=house.organisation, at=NOON)
    leaves = {house.units[ward].pk: number for number, ward in enumerate(WARDS)}
    days = (LAST - FIRST).days + 1
    truth = np.zeros((2, len(WARDS), 9, days))
    keys = [f"language:{language}|sex:{sex}" for language, sex in product(LANGUAGES, SEXES)]
    ids = stratum_ids(house.organisation.pk, keys)
    readings = Snapshot.objects.filter(unit__in=leaves, measure=house.measures["bundle"], day__range=(FIRST, LAST))
    for row in readings.select_related("layout"):
        for at, key in enumerate(keys):
            where = row.layout.strata.index(ids[key])
            x, n = row.numerators[where], row.denominators[where]
            truth[:, leaves[row.unit_id], at, (row.day - FIRST).days] = (x, n - x)
    units = list(house.units.values())
    below = [
        [leaves[each.pk] for each in units if each.pk in leaves and each.path.startswith(unit.path)] for unit in units
    ]
    place = {unit.pk: number for number, unit in enumerate(units)}
    month = {date(2026, 9, 1): range(30), date(2026, 10, 1): range(30, days)}

    def stretch(first: date, last: date) -> range:
        return range((first - FIRST).days, (last - FIRST).days + 1)

    groups = {("language", name): [at * 3 + j for j in range(3)] for at, name in enumerate(LANGUAGES)}
    groups |= {("sex", name): [i * 3 + at for i in range(3)] for at, name in enumerate(SEXES)}
    asked = [
        (unit, each, days_)
        for unit in range(len(units))
        for each in [*groups.values(), *([at] for at in range(9))]
        for days_ in [*month.values(), range(days)]
    ]
    for plane in truth:
        # Days of a month are one unknown: their totals are told, no group of a day ever is.
        monthly = np.stack([plane[..., list(span)].sum(axis=-1) for span in month.values()], axis=-1)
        reader = Reader(below, 9, 2, monthly)
        to_months = {range(30): range(1), range(30, days): range(1, 2), range(days): range(2)}
        for unit in range(len(units)):
            for span in to_months.values():
                reader.read(unit, list(range(9)), span)
        for row in Published.objects.filter(unit__in=place):
            if row.unit == house.units["medicine"]:
                continue  # holds what reports on a second line too, which this attacker does not know
            for name in row.names:
                code = Dimension.objects.get(pk=row.dimension_id).code
                reader.read(place[row.unit_id], groups[code, name], to_months[stretch(row.first, row.last)])
        for row in PublishedCrossing.objects.all():
            languages, sexes = (
                [*([every.index(name)] for name in names), [i for i, name in enumerate(every) if name not in names]]
                for names, every in ((row.row_names, LANGUAGES), (row.column_names, SEXES))
            )
            for at, (own, other) in enumerate(product(languages, sexes)):
                if row.denominators[at] is not None:
                    cells = [i * 3 + j for i in own for j in other]
                    reader.read(place[row.unit_id], cells, to_months[stretch(row.first, row.last)])
        wanted = [(unit, each, to_months[span]) for unit, each, span in asked]
        assert reader.derived_of(wanted) == []
        assert reader.figures > 20
