"""Which blocks are compared at all when tiles are marked: each in which a gap is marked, and few besides."""

from datetime import date

import numpy as np
import pytest

from boards import rules
from boards.models import Measure
from boards.queries.comparison import Against, compare, may_be_marked, worst
from boards.queries.published import Block, Part

STATES = ("known", "known", "known", "known", "unknown")


def blocks(seed: int, kind: str, number: int = 120) -> list[Block]:
    """Blocks of five groups, small and large, some of which fare worse; now and then more events than cases."""
    chance = np.random.default_rng(seed)
    found = []
    for place in range(number):
        n = chance.poisson(chance.choice([20, 80, 900], 5)).astype(float)
        rates = np.clip(0.4 + chance.choice([0.0, 0.0, 0.1, -0.2], 5), 0.01, 0.99)
        x = chance.binomial(n.astype(int), rates).astype(float) if kind != "rate" else chance.poisson(n * rates) * 1.0
        if kind == "proportion" and place % 30 == 0:
            x[0] = n[0] + 3
        parts = [Part(f"g{i}", STATES[i], x[i], n[i]) for i in range(5)]
        told, rest = parts[: int(chance.integers(1, 6))], 40.0
        total = Part("", "known", x.sum() + 15, n.sum() + rest)
        days = date(2026, 10, 1), date(2026, 10, 31)
        found.append(Block(place, 1, 1, "", rules.Stretch.BLOCK, *days, tuple(told), total, ("other",)))
    return found


@pytest.mark.parametrize("kind", ["proportion", "rate", "mean", "count"])
@pytest.mark.parametrize(("direction", "group"), [("higher", ""), ("lower", "g0"), ("lower", "g4"), ("context", "")])
def test_no_block_is_left_out_in_which_a_gap_is_marked(kind, direction, group):
    measure = Measure(kind=kind, direction=direction, multiplier=100.0, decimals=1)
    told = blocks(3, kind)
    likely = may_be_marked(told, measure, group)
    marked = np.array([worst(compare(block, measure, Against(group=group))) is not None for block in told])
    assert not (marked & ~likely).any()
    if kind in {"proportion", "rate"} and direction != "context":
        assert marked.sum() > 5
        assert likely.sum() < 0.9 * len(told)
    else:
        assert not likely.any()


def test_of_shares_it_says_yes_just_where_one_is_marked():
    measure = Measure(kind="proportion", direction="higher", multiplier=100.0, decimals=1)
    told = [block for block in blocks(5, "proportion") if all(p.numerator <= p.denominator for p in block.parts)]
    marked = [worst(compare(block, measure)) is not None for block in told]
    assert may_be_marked(told, measure).tolist() == marked


def test_nothing_told_is_nothing_marked():
    assert may_be_marked([], Measure(kind="proportion", direction="higher")).tolist() == []
