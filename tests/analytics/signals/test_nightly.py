"""A day at a time gives what whole series give: sums, rules, runs, figures and decisions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.outcomes import ShapeError
from analytics.signals import Day, Harm, Policy, Standing, Trigger, Window, decide, gap_looks, look_of, step

GROUPS = 3


def story(rng, rows, days, people, spread):
    """Counts (rows, days, groups) with groups of different rates, and days of which nothing came."""
    n = rng.poisson(people, (rows, days, GROUPS)).astype(float)
    rates = np.clip(0.6 + spread * rng.standard_normal((rows, 1, GROUPS)), 0.02, 0.98)
    x = rng.binomial(n.astype(int), np.broadcast_to(rates, n.shape)).astype(float)
    gone = rng.random((rows, days)) < 0.15
    x[gone], n[gone] = np.nan, np.nan
    late = rng.integers(0, 12, rows)
    for row, first in enumerate(late):
        x[row, :first], n[row, :first] = np.nan, np.nan
    return x, n


def night_by_night(x, n, policy, board, starts, way):
    window = Window.empty(len(x), GROUPS)
    for day in range(x.shape[1]):
        before = day - policy.window
        left = None if before < 0 else Day.of(x[:, before], n[:, before])
        yield step(
            window,
            Day.of(x[:, day], n[:, day]),
            left,
            number=day,
            restart=bool(starts[day]),
            way=way,
            policy=policy,
            board=np.full(len(x), board[day]),
        )


POLICIES = st.builds(
    Policy,
    window=st.integers(1, 12),
    days=st.integers(1, 4),
    step_down=st.integers(1, 6),
    least_patients=st.sampled_from([0, 5, 30]),
    confirm=st.sampled_from([None, 0.1, 0.4]),
    trigger=st.sampled_from(list(Trigger)),
    least_expected=st.sampled_from([0.0, 5.0]),
    least_relative=st.sampled_from([0.0, 0.1]),
    first_tier=st.just(1),
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), policy=POLICIES, people=st.sampled_from([1.0, 4.0, 15.0]), way=st.sampled_from(Harm))
def test_night_by_night_equals_whole_series(seed, policy, people, way):
    rng = np.random.default_rng(seed)
    rows, days = 3, 45
    x, n = story(rng, rows, days, people, spread=0.12)
    board, starts = rng.random(days) < 0.8, rng.random(days) < 0.06
    rest_x, rest_n = x.sum(axis=2, keepdims=True) - x, n.sum(axis=2, keepdims=True) - n
    columns = [np.moveaxis(each, 1, 2) for each in (x, n, rest_x, rest_n)]
    looks = gap_looks(*columns, way, policy=policy, board_days=board, starts=starts)
    at = np.indices((rows, GROUPS)).reshape(2, -1)
    mine = [Standing() for _ in at[0]]
    theirs = list(mine)
    for day, night in enumerate(night_by_night(x, n, policy, board, starts, way)):
        for name in ("watch", "held", "at_once", "escalate"):
            np.testing.assert_array_equal(getattr(night, name), getattr(looks, name)[..., day], err_msg=name)
        found = night.looks(*at)
        for i, (row, group) in enumerate(at.T.tolist()):
            told = look_of(looks, (row, group), day)
            assert found[i] == told
            one, other = decide(mine[i], found[i], policy), decide(theirs[i], told, policy)
            assert one == other
            mine[i], theirs[i] = one.after, other.after


def test_the_test_would_see_a_difference():
    """There are gaps, escalations and days without a report among the random series."""
    rng = np.random.default_rng(1)
    x, n = story(rng, 20, 60, 15.0, spread=0.12)
    policy = Policy(first_tier=1)
    nights = list(night_by_night(x, n, policy, np.ones(60, bool), np.arange(60) % 91 == 0, Harm.LOW))
    assert np.isnan(x).any()
    assert nights[-1].escalate.any()
    assert not nights[-1].escalate.all()


def test_counts_that_cannot_be_are_a_day_without_a_report():
    day = Day.of([[5.0, 1.0], [2.0, np.nan], [np.nan, np.nan]], [[4.0, 2.0], [3.0, np.nan], [np.nan, np.nan]])
    assert day.reported.tolist() == [False, True, False]
    assert day.people.tolist() == [[0, 0], [3, 0], [0, 0]]
    with pytest.raises(ShapeError):
        Day.of([1.0], [2.0])
