"""Standardised rates: the reference's rows, a hand calculation, and what has no rate."""

import re

import numpy as np
import pytest

from analytics import intervals
from analytics.outcomes import CountError, Reason, SettingError, ShapeError
from tests.analytics.vectors import cases

KINDS = ("directly_standardised_rate", "indirectly_standardised")
CASES = [one for one in cases("standardisation_funnel.json") if one.id == "absent" or one.values[0]["fn"] in KINDS]
LEVELS = {"95_0": 0.95, "99_8": 0.998}


def as_floats(numbers):
    return np.array([np.nan if number is None else number for number in numbers], dtype=float)


def computed(case, row, confidence):
    """The row of a case through the public functions: its unit stands in the words of `statistic`."""
    words = row["statistic"]
    per = float(re.search(r"(?:per|x) (\d+)", words)[1])
    counts, people = as_floats(case["count"]), as_floats(case["pop"])
    if case["fn"] == "directly_standardised_rate":
        return intervals.direct(counts, people, case["stdpop"], per=per, confidence=confidence)
    standard = as_floats(case["refcount"]), as_floats(case["refpop"])
    ratio = "ratio" in words
    return intervals.indirect(
        counts, people, *standard, per=per, ratio=ratio, confidence=confidence, blank_is_zero=True
    )


@pytest.mark.parametrize("case", CASES)
def test_standardised_rate_agrees_with_the_reference(case):
    compared = 0
    for row in case["expected_rows"]:
        for label, confidence in LEVELS.items():
            if f"lower{label}cl" not in row:
                continue
            found = computed(case, row, confidence)
            wanted = [row["value"], row[f"lower{label}cl"], row[f"upper{label}cl"]]
            assert [float(part) for part in found.interval[:3]] == pytest.approx(wanted, rel=1e-6)
            assert float(found.observed) == row.get("observed", row.get("total_count"))
            if row.get("expected") is not None:
                assert float(found.expected) == pytest.approx(row["expected"], rel=1e-6)
                assert bool(found.exact) is (row["method"] == "Exact")
            if row.get("ref_rate") is not None:
                assert float(found.reference) == pytest.approx(row["ref_rate"], rel=1e-6)
            compared += 1
    assert compared >= 2


def test_direct_rate_weighs_bands_by_the_standard():
    found = intervals.direct([10, 30], [1000, 500], [3, 1], per=1000)
    assert float(found.interval.estimate) == pytest.approx(0.75 * 10 + 0.25 * 60)
    assert found.interval.lower < found.interval.estimate < found.interval.upper


def test_the_areas_own_mix_as_standard_gives_its_crude_rate():
    events, people = np.array([[12, 30, 44], [5, 9, 2]]), np.array([[900, 800, 300], [310, 205, 100]])
    crude = events.sum(axis=-1) / people.sum(axis=-1)
    assert intervals.direct(events, people, people).interval.estimate == pytest.approx(crude)
    alike = intervals.indirect(events, people, events, people)
    assert alike.interval.estimate == pytest.approx(crude)
    assert alike.expected == pytest.approx(events.sum(axis=-1))
    assert intervals.indirect(events, people, events, people, ratio=True).interval.estimate == pytest.approx([1, 1])


def test_an_area_as_standard_of_itself_has_byars_interval():
    found = intervals.indirect([[40, 20]], [[1000, 700]], [40, 20], [1000, 700], per=1000)
    plain = intervals.byar(60, 1700, per=1000)
    assert (float(found.interval.lower[0]), float(found.interval.upper[0])) == pytest.approx(
        (float(plain.lower), float(plain.upper))
    )


@pytest.mark.parametrize(
    ("events", "people", "reason"),
    [
        ([4, 5], [100, 100], Reason.TOO_FEW_TO_JUDGE),
        ([np.nan, 50], [100, 100], Reason.ESTIMATE_MISSING),
        ([40, 50], [100, np.nan], Reason.POPULATION_MISSING),
        ([40, 50], [100, 0], Reason.ZERO_DENOMINATOR),
    ],
)
def test_no_direct_rate_and_why(events, people, reason):
    found = intervals.direct(events, people, [1, 1])
    assert found.interval.reason == reason
    assert np.isnan([float(part) for part in found.interval[:3]]).all()


def test_ten_events_are_enough_and_a_blank_may_be_read_as_none():
    assert intervals.direct([5, 5], [100, 100], [1, 1]).interval.reason == 0
    blank = intervals.direct([np.nan, 50], [100, 100], [1, 1], blank_is_zero=True)
    assert float(blank.interval.estimate) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (([1, np.nan], [10, 10], [1, 1], [10, 10]), Reason.ESTIMATE_MISSING),
        (([1, 2], [10, 10], [1, np.nan], [10, 10]), Reason.ESTIMATE_MISSING),
        (([1, 2], [10, 10], [1, 1], [10, np.nan]), Reason.POPULATION_MISSING),
        (([1, 2], [10, 10], [1, 0], [10, 0]), Reason.ZERO_DENOMINATOR),
        (([1, 2], [10, 10], [0, 0], [10, 10]), Reason.ZERO_DENOMINATOR),
    ],
)
def test_no_indirect_rate_and_why(counts, reason):
    found = intervals.indirect(*counts)
    assert found.interval.reason == reason
    assert np.isnan([float(part) for part in found.interval[:3]]).all()


def test_no_events_leave_an_indirect_ratio_of_zero_below_an_exact_bound():
    found = intervals.indirect([0, 0], [10, 10], [5, 5], [50, 50], ratio=True)
    assert (float(found.interval.estimate), float(found.interval.lower)) == (0, 0)
    assert float(found.interval.upper) == pytest.approx(3.6888794541 / 2)
    assert bool(found.exact)


def test_exact_bounds_end_below_ten_events():
    found = intervals.indirect([[4, 5], [5, 5]], [10, 10], [5, 5], [50, 50], ratio=True)
    assert found.exact.tolist() == [True, False]


def test_bad_input_of_standardisation_is_refused():
    with pytest.raises(CountError):
        intervals.direct([-1, 5], [10, 10], [1, 1])
    with pytest.raises(ShapeError):
        intervals.direct([1, 5, 6], [10, 10], [1, 1])
    with pytest.raises(ShapeError):
        intervals.indirect(1, 10, 1, 10)
    with pytest.raises(SettingError, match="standard"):
        intervals.direct([1, 5], [10, 10], [0, 0])
    with pytest.raises(SettingError, match="confidence"):
        intervals.indirect([1, 5], [10, 10], [1, 1], [5, 5], confidence=95)
