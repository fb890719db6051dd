"""Measures of the same patients, and parts of a whole: told in step, so that one minus the other tells of nobody."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from boards.actions.telling import tell_groups
from boards.models import Measure, Published
from boards.snapshots import take_days
from boards.telling.months import month_of
from boards.telling.steps import ranked
from tests.boards.snapshots.house import House, build_house
from tests.boards.telling.conftest import NOON, WARDS

pytestmark = pytest.mark.django_db

LANGUAGES = {"en": 2.0, "es": 0.7, "vi": 0.15}
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
OCTOBER = month_of(date(2026, 10, 1))


def send(house: House, events: dict[str, float], first: date = FIRST, last: date = LAST, seed: int = 5) -> None:
    """The same patients every day, and of each measure how many of them had its event. Counts have no denominator."""
    chance = np.random.default_rng(seed)
    sendings = []
    for number in range((last - first).days + 1):
        people = {
            (ward, code): int(chance.poisson(size * share))
            for ward, size in zip(WARDS, (14, 12, 10, 4, 6), strict=True)
            for code, share in LANGUAGES.items()
        }
        left = dict(people)
        for name, rate in events.items():
            measure = house.measures[name]
            among = left if measure.part_of_id else people
            had = {key: int(chance.binomial(n, rate)) for key, n in among.items()}
            if measure.part_of_id:
                left = {key: n - had[key] for key, n in left.items()}
            sent = {}
            for ward in WARDS:
                mine = {code: (float(had[ward, code]), float(people[ward, code])) for code in LANGUAGES}
                if measure.kind == "count":
                    mine = {code: (x, 0.0) for code, (x, _n) in mine.items()}
                totals = np.sum(list(mine.values()), axis=0)
                sent[ward] = {"": tuple(totals), **{f"language:{code}": each for code, each in mine.items()}}
            sendings.append((measure, first + timedelta(days=number), sent))
    house.send_all(sendings, at=NOON)
    take_days(house.organisation, first, last, NOON)


@pytest.fixture
def house(db) -> House:
    built = build_house()
    built.dimension("language", *LANGUAGES)
    return built


def tell_each_month(house: House) -> None:
    for month in (10, 11):
        tell_groups(organisation=house.organisation, at=datetime(2026, month, 5, 15, tzinfo=UTC))


def stretches(name: str) -> dict[tuple[str, str], dict[date, dict[date, tuple[float, float]]]]:
    """(unit, group) → first day → last day → numerator and denominator."""
    found: dict = defaultdict(lambda: defaultdict(dict))
    for row in Published.objects.filter(measure__code=name).select_related("unit"):
        for group, x, n in zip(row.names, row.numerators, row.denominators, strict=True):
            found[row.unit.code, group][row.first][row.last] = (x, n)
    return found


def sums_between(of: dict[date, dict[date, tuple[float, float]]], first: date, last: date) -> list[np.ndarray]:
    found = [np.array(counts) for end, counts in of.get(first, {}).items() if end == last]
    for end, counts in of.get(first, {}).items():
        if end < last:
            found += [counts + rest for rest in sums_between(of, end + timedelta(days=1), last)]
    return found


def compared(ahead: str, after: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """What was told of a measure, with what was told of the one ahead of it over the same months, everywhere."""
    before = stretches(ahead)
    found = []
    for key, of in stretches(after).items():
        for first, lasts in of.items():
            for last, counts in lasts.items():
                sums = sums_between(before[key], first, last)
                assert sums, (key, first, last)
                assert all(np.array_equal(each, sums[0]) for each in sums)
                found.append((sums[0], np.array(counts)))
    return found


def test_measures_that_tell_the_same_count_are_found_and_others_are_not(house):
    house.measure("patients", kind="count", roll_up="sum")
    house.measure("length", kind="mean", roll_up="weighted_mean")
    house.measure("analgesia")
    house.measure("left_early")
    send(house, {"patients": 1.0, "length": 1.0, "analgesia": 0.7, "left_early": 0.06})
    house.measure("other")
    send(house, {"other": 0.7}, seed=6)
    measures = list(Measure.objects.order_by("pk"))
    steps, placed = ranked(house.organisation, measures, OCTOBER)
    ahead = {step.measure.code: [m.code for m in step.ahead(lambda _m: True)] for step in steps}
    assert {measure.code for measure in placed} == {"analgesia", "left_early", "length", "patients", "other"}
    assert ahead["patients"] == []
    assert {tuple(ahead[name]) for name in ("analgesia", "left_early", "length")} == {("patients",)}
    assert ahead["other"] == []


def test_a_place_in_the_order_is_kept_for_good(house):
    house.measure("left_early")
    send(house, {"left_early": 0.06})
    tell_groups(organisation=house.organisation, at=datetime(2026, 10, 5, 15, tzinfo=UTC))
    assert Measure.objects.get().telling_rank == 0
    house.measure("analgesia")  # more of it can be told, but the other was told before
    send(house, {"left_early": 0.06, "analgesia": 0.5})
    tell_groups(organisation=house.organisation, at=NOON)
    assert dict(Measure.objects.values_list("code", "telling_rank")) == {"left_early": 0, "analgesia": 1}
    assert compared("left_early", "analgesia")


def test_the_same_patients_are_told_of_over_the_same_months_or_not_at_all(house):
    house.measure("left_early")
    house.measure("analgesia")
    send(house, {"left_early": 0.06, "analgesia": 0.6})
    tell_each_month(house)
    assert Measure.objects.get(code="analgesia").telling_rank == 0
    pairs = compared("analgesia", "left_early")
    assert len(pairs) > 5
    assert all(one[1] == other[1] for one, other in pairs)
    units = {unit for unit, _group in stretches("left_early")}
    assert {"top", "m1"} <= units


def test_of_a_whole_nothing_small_is_left_without_a_part(house):
    house.measure("falls", kind="count", roll_up="sum")
    house.measure("injured", kind="count", roll_up="sum", part_of=house.measures["falls"])
    house.measure("unhurt", kind="count", roll_up="sum", part_of=house.measures["falls"])
    send(house, {"falls": 1.0, "injured": 0.92, "unhurt": 0.8})
    tell_each_month(house)
    for part in ("injured", "unhurt"):
        pairs = compared("falls", part)
        assert pairs
        left = [whole[0] - counts[0] for whole, counts in pairs]
        assert all(each == 0 or each >= 11 for each in left), part
    assert all(x[0] == 0 or x[0] >= 11 for pair in compared("injured", "unhurt") for x in pair)
    both = compared("injured", "unhurt")
    assert both
    whole, one, other = (stretches(name) for name in ("falls", "injured", "unhurt"))
    for key, of in other.items():
        for first, lasts in of.items():
            for last, counts in lasts.items():
                left = sums_between(whole[key], first, last)[0] - sums_between(one[key], first, last)[0] - counts
                assert left[0] == 0 or left[0] >= 11


def test_alone_the_same_part_would_leave_something_small(house):
    """That the test before can fail: without the link what is left of the whole is small somewhere."""
    house.measure("falls", kind="count", roll_up="sum")
    house.measure("injured", kind="count", roll_up="sum", part_of=house.measures["falls"])
    send(house, {"falls": 1.0, "injured": 0.985})
    Measure.objects.update(part_of=None)
    tell_each_month(house)
    falls, injured = stretches("falls"), stretches("injured")
    left = [
        falls[key][first][last][0] - counts[0]
        for key, of in injured.items()
        for first, lasts in of.items()
        for last, counts in lasts.items()
        if last in falls[key][first]
    ]
    assert any(0 < each < 11 for each in left)


def test_parts_of_each_other_are_told_nowhere(house):
    """No form lets it happen."""
    house.measure("falls", kind="count", roll_up="sum")
    house.measure("injured", kind="count", roll_up="sum", part_of=house.measures["falls"])
    Measure.objects.filter(code="falls").update(part_of=house.measures["injured"])
    send(house, {"falls": 1.0, "injured": 0.5})
    tell_each_month(house)
    assert not Published.objects.exists()


def test_without_its_whole_a_part_is_told_like_any_other(house):
    house.measure("falls", kind="count", roll_up="sum")
    house.measure("injured", kind="count", roll_up="sum", part_of=house.measures["falls"])
    send(house, {"falls": 1.0, "injured": 0.5})
    Measure.objects.filter(code="falls").update(stratifiable=False)
    tell_each_month(house)
    assert {unit for unit, _group in stretches("injured")} >= {"top", "m1"}
