import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import intervals


def test_wilson_is_exact_at_the_ends_and_empty_without_a_denominator():
    estimate, lower, upper, _reason = intervals.wilson([0, 12, 0, np.nan], [12, 12, 0, 12])
    assert (lower[0], upper[1], estimate[0], estimate[1]) == (0, 1, 0, 1)
    assert np.isnan([estimate[2], lower[2], upper[2], estimate[3], lower[3], upper[3]]).all()


def test_difference_broadcasts_a_comparator_over_groups():
    gap = intervals.newcombe_difference([8, 0, 5], [40, 0, 5], 60, 300)
    assert gap.estimate[0] == 0
    assert gap.lower[0] < 0 < gap.upper[0]
    assert np.isnan(gap.lower[1])
    assert gap.upper[2] <= 1


@pytest.mark.parametrize(("x", "n"), [(5, 4), (-1, 4), (0, -1), (1, np.inf)])
def test_impossible_counts_are_refused(x, n):
    with pytest.raises(ValueError, match=r"numerator|counts"):
        intervals.wilson(x, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match="confidence"):
        intervals.wilson(1, 2, confidence=confidence)


@settings(deadline=None)
@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_estimate_inside_and_mirrors(counts):
    x, n = counts
    estimate, lower, upper = (float(part) for part in intervals.wilson(x, n)[:3])
    assert 0 <= lower <= estimate <= upper <= 1
    mirrored = intervals.wilson(n - x, n)
    assert (1 - float(mirrored.upper), 1 - float(mirrored.lower)) == pytest.approx((lower, upper), abs=1e-12)
