"""Disparity: all 27 summary measures of 10,000 tables of 8 groups, once without an order and once with.

Standard errors and intervals are included; figures are medians of the rounds.
"""

import statistics
import time

import numpy as np

from analytics import disparity

TABLES, GROUPS, ROUNDS = 10_000, 8, 5


def run(*, small: bool = False) -> dict[str, object]:
    """Seconds of both sets together, and whether the measures of a plain loop over some tables are the same."""
    count, rounds = (500, 2) if small else (TABLES, ROUNDS)
    rng = np.random.default_rng(20260115)
    people = rng.integers(30, 900, (count, GROUPS))
    events = rng.binomial(people, rng.uniform(0.55, 0.95, (count, GROUPS)))
    free = disparity.Groups.of_counts(
        events, people, favourable=rng.random(count) < 0.5, reference=rng.integers(0, GROUPS, count)
    )
    ordered = disparity.Groups.of_counts(events, people, favourable=True, order=range(GROUPS))
    free_measures = disparity.SIMPLE + disparity.UNORDERED
    ordered_measures = disparity.SIMPLE + disparity.ORDERED
    times: dict[str, list[float]] = {"unordered": [], "ordered": []}
    jobs = {
        "unordered": lambda: disparity.summarise(free, free_measures),
        "ordered": lambda: disparity.summarise(ordered, ordered_measures),
    }
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            begun = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - begun)
    seconds = {name: statistics.median(taken) for name, taken in times.items()}
    found = jobs["unordered"]()
    shares = people / people.sum(axis=1, keepdims=True)
    rates = 100 * events / people
    theil = [
        1000 * sum(p * (y / m) * np.log(y / m) for p, y in zip(ps, ys, strict=True))
        for ps, ys, m in zip(shares[:50], rates[:50], (shares * rates).sum(axis=1)[:50], strict=True)
    ]
    return {
        "tables": count,
        "groups": GROUPS,
        "unordered_ms": round(seconds["unordered"] * 1000, 1),
        "ordered_ms": round(seconds["ordered"] * 1000, 1),
        "seconds": round(sum(seconds.values()), 3),
        "agrees_with_a_loop": bool(np.allclose(found[disparity.Measure.THEIL].value[:50], theil, rtol=1e-9)),
        "all_computed": not any(e.reason.any() for job in jobs.values() for e in job().values()),
    }
