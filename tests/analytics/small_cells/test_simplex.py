import numpy as np
import pytest
from scipy.optimize import linprog

from analytics.small_cells.simplex import cheapest_change, corner


def by_solver(counts, aim, amount, shown, prices):
    """The least cost as SciPy finds it, None where it cannot be done: changes, and their absolute values as slacks."""
    priced = np.isfinite(prices)
    count = int(priced.sum())
    ties = np.vstack((np.hstack((shown[priced], -np.eye(count))), np.hstack((-shown[priced], -np.eye(count)))))
    held = np.vstack((shown[~priced], aim))
    solved = linprog(
        np.concatenate((np.zeros(len(counts)), prices[priced])),
        A_ub=ties,
        b_ub=np.zeros(2 * count),
        A_eq=np.hstack((held, np.zeros((len(held), count)))),
        b_eq=np.append(np.zeros(len(held) - 1), amount),
        bounds=[(-n, None) for n in counts] + [(0, None)] * count,
        method="highs",
    )
    assert solved.status in (0, 2), solved.message
    return None if solved.status == 2 else float(solved.fun)


@pytest.mark.parametrize("seed", range(100))
def test_cheapest_change_agrees_with_another_solver(seed):
    rng = np.random.default_rng(seed)
    cells, figures = int(rng.integers(2, 30)), int(rng.integers(1, 30))
    counts = rng.poisson(rng.gamma(0.6, 10, cells)).astype(float)
    shown = (rng.random((figures, cells)) < 0.4).astype(float)
    prices = np.where(rng.random(figures) < 0.3, np.inf, rng.uniform(0.5, 5, figures))
    aim = np.zeros(cells)
    aim[rng.permutation(cells)[: int(rng.integers(1, cells + 1))]] = 1
    value = float(aim @ counts)
    amount = 3.0 if value == 0 or rng.random() < 0.5 else -value
    best = by_solver(counts, aim, amount, shown, prices)
    change = cheapest_change(counts, aim, amount, shown, prices)
    assert (best is None) == (change is None)
    if best is not None:
        assert float(aim @ change) == pytest.approx(amount)
        assert (counts + change >= -1e-6).all()
        assert np.abs(shown[np.isinf(prices)] @ change).max(initial=0) < 1e-6
        priced = np.isfinite(prices)
        assert float(np.abs(shown[priced] @ change) @ prices[priced]) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_a_corner_fits_and_has_few_people_left(seed):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(0.6, 10, 60)).astype(float)
    shown = (rng.random((12, 60)) < 0.4).astype(float)
    weights = rng.uniform(0.5, 1.5, 60)
    change = corner(counts, shown, weights)
    assert change is not None
    assert np.abs(shown @ change).max() < 1e-6
    assert (counts + change >= -1e-6).all()
    assert (counts + change > 1e-6).sum() <= 12
    solved = linprog(weights, A_eq=shown, b_eq=shown @ counts, bounds=(0, None), method="highs")
    assert float(weights @ (counts + change)) == pytest.approx(solved.fun)
