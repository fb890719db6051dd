"""Every set of rules read word by word, one point at a time, beside the planes; with gaps and limits at each point."""

from itertools import pairwise

import numpy as np
import pytest

from analytics import spc
from analytics.outcomes import ShapeError
from analytics.spc import Kind, Rule, RuleSet

NAN = np.nan


def windows(i, length, total):
    """Stretches of so many points that hold point i."""
    return [range(s, s + length) for s in range(max(0, i - length + 1), i + 1) if s + length <= total]


class Reader:
    """One series of points that exist, with its lines at each."""

    def __init__(self, values, center, one):
        self.values, self.total = values, len(values)
        self.side = [(y > c) - (y < c) for y, c in zip(values, center, strict=True)]
        with np.errstate(invalid="ignore", divide="ignore"):
            self.z = (np.array(values) - np.array(center)) / np.array(one)
        self.wide = one[0] > 0
        self.steps = [0, *((b > a) - (b < a) for a, b in pairwise(values))]

    def far(self, j, sigmas, side):
        return bool(side * self.z[j] > sigmas)

    def trend(self, i, length):
        ways = [self.steps[w[1]] for w in windows(i, length, self.total) if len({self.steps[j] for j in w[1:]}) == 1]
        ways = [way for way in ways if way]
        return ways[-1] if ways else 0

    def run(self, i, length):
        one_sided = (len({self.side[j] for j in w}) == 1 for w in windows(i, length, self.total))
        return self.side[i] if any(one_sided) else 0

    def most(self, i, sigmas, of):
        for side in (1, -1):
            if self.far(i, sigmas, side):
                for w in windows(i, of, self.total):
                    if sum(self.far(j, sigmas, side) for j in w) >= of - 1:
                        return side
        return 0

    def holds(self, rule, i):
        """None, or the side to which the rule points at point i (0 for none)."""
        match rule:
            case Rule.OUTSIDE:
                side = self.far(i, 3, 1) - self.far(i, 3, -1) if self.wide else 0
            case Rule.TREND | Rule.TREND_OF_SIX:
                side = self.trend(i, 7 if rule is Rule.TREND else 6)
            case Rule.SHIFT | Rule.RUN_OF_EIGHT | Rule.RUN_OF_NINE:
                side = self.run(i, {Rule.SHIFT: 7, Rule.RUN_OF_EIGHT: 8, Rule.RUN_OF_NINE: 9}[rule])
            case Rule.BEYOND_TWO:
                side = self.most(i, 2, 3)
            case Rule.FOUR_OF_FIVE:
                side = self.most(i, 1, 5)
            case Rule.TWO_OF_THREE:
                side = self.side[i] if self.near_limit(i) else 0
            case _:
                return 0 if self.without_side(rule, i) else None
        return side or None

    def near_limit(self, i):
        def close(j):
            return 2 < abs(self.z[j]) <= 3

        return close(i) and any(
            sum(close(j) for j in w) >= 2 and len({self.side[j] for j in w}) == 1 for w in windows(i, 3, self.total)
        )

    def without_side(self, rule, i):
        if rule is Rule.ALTERNATING:
            return any(
                all(self.steps[a] * self.steps[b] == -1 for a, b in pairwise(w[1:])) for w in windows(i, 14, self.total)
            )
        if not self.wide:
            return False
        if rule is Rule.HUGGING:
            return any(all(abs(self.z[j]) <= 1 for j in w) for w in windows(i, 15, self.total))
        return any(
            all(abs(self.z[j]) > 1 for j in w) and len({self.side[j] for j in w}) == 2
            for w in windows(i, 8, self.total)
        )

    def flags(self, rules):
        out = []
        for i in range(self.total):
            found = next(((r, side) for r in rules.value if (side := self.holds(r, i)) is not None), (Rule.NONE, 0))
            out.append((found[0], found[1] < 0))
        return out


def shaped(rng, kind, series=250, points=45):
    """Values, sizes and gaps that make every rule of every set happen."""
    sway = np.cumsum(rng.normal(0, 0.4, (series, points)), axis=1) * rng.random((series, 1))
    zigzag = np.where(np.arange(points) % 2, 1, -1) * rng.random((series, 1)) * (rng.random((series, 1)) < 0.4) * 2
    quiet = np.where(rng.random((series, points)) < 0.06, 6, 1) * rng.normal(0, 1, (series, points))
    level = sway + np.abs(rng.normal(0, 0.3, (series, points))) * np.sign(zigzag) + zigzag + 0.4 * quiet
    if kind is Kind.XMR:
        values, sizes = level, None
    else:
        sizes = rng.integers(40, 400, (series, points)).astype(float)
        share = np.clip(0.5 + 0.05 * level, 0.02, 0.98)
        values = np.round(share * sizes)
        sizes[rng.random(sizes.shape) < 0.03] = 0
        values = np.where(sizes > 0, values, 0)
    values = values.copy()
    values[rng.random(values.shape) < 0.05] = NAN
    values[:60][np.arange(points) < rng.integers(0, points, 60)[:, None]] = NAN
    return values, sizes


@pytest.mark.parametrize("kind", [Kind.XMR, Kind.P, Kind.P_PRIME, Kind.U_PRIME])
@pytest.mark.parametrize("rules", [RuleSet.MAKING_DATA_COUNT, RuleSet.WESTERN_ELECTRIC, RuleSet.NELSON])
def test_flags_equal_the_rules_read_word_by_word(kind, rules):
    values, sizes = shaped(np.random.default_rng(11), kind)
    states = spc.states(kind, values, sizes, 1, rules=rules)
    figures = spc.figures(kind, values, sizes)
    lines = spc.lines(
        spc.baseline(kind, values, sizes, factor=spc.MDC_FACTOR), sizes, points=values.shape[1], cut=False
    )
    seen = set()
    for row in range(len(values)):
        there = ~np.isnan(figures[row])
        flags = states.point_flags[row]
        assert not flags[~there].any()
        if there.sum() < 2:
            assert not flags.any()
            continue
        center, upper = lines.center[row, there], lines.upper[row, there]
        expected = Reader(figures[row, there].tolist(), center.tolist(), ((upper - center) / 3).tolist()).flags(rules)
        ours = [
            (Rule(int(r)), bool(low))
            for r, low in zip(spc.rule_of(flags[there]), spc.is_low(flags[there]), strict=True)
        ]
        assert ours == expected
        seen |= {rule for rule, _ in expected}
    assert seen >= set(rules.value) - ({Rule.AVOIDING} if kind is Kind.XMR else set())


def test_stable_charts_are_marked_as_often_as_the_methods_say():
    calm = np.random.default_rng(19).normal(0, 1, (40_000, 36))
    every, few = spc.xmr_states(calm, 0), spc.xmr_states(calm, 0, limits=spc.xmr_limits(calm[:, :12]))
    assert (every.rule > 0).mean() == pytest.approx(0.018, abs=0.0015)  # two standard errors are 0.0013
    assert (few.rule > 0).mean() == pytest.approx(0.061, abs=0.003)


def test_a_point_on_the_center_but_for_rounding_breaks_a_run():
    # The mean is 7: six points below it, then one on it. In binary digits the second mean is a little more than 7.
    below = [5.6, 5.35, 6.67, 6.54, 6.27, 6.82, 7.0, 7.91, 6.98, 7.04, 6.26, 11.56]
    late = [NAN, 6.03, 5.01, 5.01, 6.01, 5.99, 5.99, 7, 7.04, 6.99, 7, 7, 7.99, 8.01, 8.99, 8.99, 7.98, 7.98, 7, 6.99]
    for values in (below, late):
        for states in (spc.xmr_states([values], 1), spc.states(Kind.XMR, [values], direction=1)):
            assert Rule.SHIFT not in spc.rule_of(states.point_flags[0])


def test_a_point_on_a_limit_but_for_rounding_is_not_outside():
    chart = spc.chart(Kind.P, [65.0, 35, *[50.0] * 18], [100.0] * 20)  # 0.5 ± 3 · 0.05
    assert not chart.outside.any()
    assert not chart.point_flags.any()


def brute_runs(values, center):
    """Length of the run that each point off the center is in, and crossings, of points that exist."""
    sides = [(y > center) - (y < center) for y in values]
    useful = [i for i, side in enumerate(sides) if side]
    lengths, start = {}, 0
    for end in range(1, len(useful) + 1):
        if end == len(useful) or sides[useful[end]] != sides[useful[start]]:
            lengths |= dict.fromkeys(useful[start:end], end - start)
            start = end
    crossings = sum(sides[a] != sides[b] for a, b in pairwise(useful))
    return lengths, crossings


def test_runs_equal_a_count_by_hand_with_gaps_and_points_on_the_median():
    rng = np.random.default_rng(5)
    values = np.round(
        np.cumsum(rng.normal(0, 1, (300, 30)), axis=1) * rng.random((300, 1)) + rng.normal(0, 1, (300, 30))
    )
    values[rng.random(values.shape) < 0.1] = NAN
    runs = spc.median_runs(values)
    states = spc.states(Kind.RUN, values, rules=RuleSet.ANHOEJ)
    told = set()
    for i, row in enumerate(values):
        there = np.flatnonzero(~np.isnan(row))
        center = float(np.median(row[there]))
        assert states.mean[i] == center
        lengths, crossings = brute_runs(row[there].tolist(), center)
        longest = max(lengths.values(), default=0)
        assert (runs.n_useful[i], runs.longest[i], runs.crossings[i]) == (len(lengths), longest, crossings)
        if not lengths:
            continue
        most, fewest = spc.run_limits(len(lengths))
        assert bool(runs.beyond_chance[i]) == (longest > most or crossings < fewest)
        marked = [j for j, length in lengths.items() if length > most and len(lengths) >= 10]
        flags = spc.rule_of(states.point_flags[i])
        assert np.flatnonzero(flags == Rule.LONG_RUN).tolist() == there[marked].tolist()
        few = crossings < fewest and len(lengths) >= 10 and there[-1] not in there[marked]
        assert (flags[there[-1]] == Rule.FEW_CROSSINGS) == few
        told.add(int(flags[there[-1]]))
        if flags[there[-1]] == Rule.LONG_RUN:
            assert states.run[i] == lengths[len(there) - 1]
    assert told == {Rule.NONE, Rule.LONG_RUN, Rule.FEW_CROSSINGS}


def test_fewer_than_ten_useful_points_are_not_tested():
    runs = spc.median_runs([[1.0] * 8 + [0.0]], center=[0.5])
    assert (runs.longest[0], runs.longest_max[0]) == (8, 6)
    assert runs.beyond_chance[0]
    assert not runs.signal[0]
    assert not runs.in_long_run.any()


def test_runs_refuse_a_center_that_does_not_fit():
    with pytest.raises(ShapeError):
        spc.median_runs([[1.0, 2.0]], center=[1.0, 2.0, 3.0])


def test_flags_of_the_first_five_rules_keep_their_stored_form():
    flags = np.array([0, 1, 2, 3, 4, 9, 10, 11, 12], dtype=np.uint8)
    assert spc.rule_of(flags).tolist() == [0, 1, 2, 3, 4, 1, 2, 3, 4]
    assert spc.is_low(flags).tolist() == [False] * 5 + [True] * 4
