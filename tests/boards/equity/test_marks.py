"""Tiles are marked all at once, and just where the page of one unit would mark a gap."""

from datetime import date

import numpy as np
import pytest

from boards import rules
from boards.models import Measure
from boards.queries.comparison import Against, compare, worst
from boards.queries.marks import marks
from boards.queries.newest import Newest
from boards.queries.published import Block, Part

STATES = ("known", "known", "known", "known", "unknown")
DAYS = date(2026, 10, 1), date(2026, 10, 31)
NUMBER = 150


def told(seed: int, kind: str, groups: int) -> Newest:
    """Groups of many units, small and large, some of which fare worse; now and then more events than cases."""
    chance = np.random.default_rng(seed)
    n = chance.poisson(chance.choice([20, 80, 900], (NUMBER, 5))).astype(float)
    rates = np.clip(0.4 + chance.choice([0.0, 0.0, 0.1, -0.2], (NUMBER, 5)), 0.01, 0.99)
    x = chance.poisson(n * rates) * 1.0 if kind == "rate" else chance.binomial(n.astype(int), rates) * 1.0
    x[3] = n[3] = 0.0
    if kind == "proportion":
        x[::30, 0] = n[::30, 0] + 3
        x[7, -1] = n[7, -1] + 40
    names = tuple(f"g{i}" for i in range(groups))
    days = [np.full(NUMBER, np.datetime64(day)) for day in DAYS]
    whole = x.sum(axis=1) + 15, n.sum(axis=1) + 40
    counts = x[:, :groups], n[:, :groups], *whole
    return Newest(1, 1, "", names, STATES[:groups], np.arange(NUMBER, dtype=np.int32), *days, *counts)


def blocks(newest: Newest) -> list[Block]:
    """The same as pages read it."""
    found = []
    for row, unit in enumerate(newest.units.tolist()):
        counts = newest.numerators[row].tolist(), newest.denominators[row].tolist()
        parts = tuple(Part(*each) for each in zip(newest.names, newest.states, *counts, strict=True))
        total = Part("", "known", float(newest.numerator[row]), float(newest.denominator[row]))
        found.append(Block(unit, 1, 1, "", rules.Stretch.BLOCK, *DAYS, parts, total, ("other",)))
    return found


@pytest.mark.parametrize("groups", [0, 1, 4, 5])
@pytest.mark.parametrize("kind", ["proportion", "rate", "mean", "count"])
@pytest.mark.parametrize(("direction", "group"), [("higher", ""), ("lower", "g0"), ("lower", "g4"), ("context", "")])
def test_tiles_mark_what_pages_mark(kind, direction, group, groups):
    measure = Measure(kind=kind, direction=direction, multiplier=100.0, decimals=1)
    newest = told(3, kind, groups)
    places, differences = marks(newest, measure, group)
    pages = [worst(compare(block, measure, Against(group=group))) for block in blocks(newest)]
    assert [newest.names[place] if place >= 0 else None for place in places.tolist()] == [
        None if gap is None else gap.part.name for gap in pages
    ]
    at = [number for number, gap in enumerate(pages) if gap is not None]
    assert differences[at].tolist() == pytest.approx([pages[number].difference for number in at], rel=1e-12)
    judged = kind in {"proportion", "rate"} and direction != "context" and groups > 1
    assert len(at) > 5 if judged else groups == 1 or not at


@pytest.mark.parametrize(("of_every_hundred", "place"), [(45, 0), (46, -1)])
def test_a_tenth_is_enough(of_every_hundred, place):
    """The same sum as the page's, so that a gap of just a tenth is marked on both or on neither."""
    measure = Measure(kind="proportion", direction="higher", multiplier=100.0, decimals=1)
    x, n = np.array([[of_every_hundred * 1000.0, 50_000.0]]), np.array([[100_000.0, 100_000.0]])
    days = [np.array([day], "datetime64[D]") for day in DAYS]
    newest = Newest(
        1, 1, "", ("a", "b"), STATES[:2], np.array([1], np.int32), *days, x, n, x.sum(axis=1), n.sum(axis=1)
    )
    assert marks(newest, measure)[0].tolist() == [place]
    assert (worst(compare(blocks(newest)[0], measure)) is not None) is (place == 0)
