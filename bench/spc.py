"""SPC: states of 60,000 series of 90 points beside plain NumPy limits and four rules, chunked, in the same process.

Ours does more: gaps, screening, precedence of rules, labels with direction, runs, variation, assurance. Rounds
alternate;
figures are medians. With `gaps`, one point in twenty is missing and a third of the series start late.
"""

import statistics
import time

import numpy as np

from analytics import spc

SERIES, POINTS, CHUNK, ROUNDS = 60_000, 90, 1_000, 7
AGREEING = 0.995


def plain(values):
    """Limits and the four rules as one would write them down, for series without gaps: (S, T) bool, where any rule
    holds."""
    out = np.zeros(values.shape, dtype=bool)
    for start in range(0, len(values), CHUNK):
        x = values[start : start + CHUNK]
        mean = x.mean(axis=1, keepdims=True)
        steps = np.diff(x, axis=1)
        reach = 2.66 * np.abs(steps).mean(axis=1, keepdims=True)
        marks = (x > mean + reach) | (x < mean - reach)
        near = 2 * reach / 3
        for side, close in ((x > mean, x > mean + near), (x < mean, x < mean - near)):
            pairs = close[:, :-2].astype(np.int8) + close[:, 1:-1] + close[:, 2:]
            marks[:, 2:] |= (pairs >= 2) & side[:, :-2] & side[:, 1:-1] & side[:, 2:]
            run = side[:, 6:].copy()
            for back in range(1, 7):
                run &= side[:, 6 - back : -back]
            marks[:, 6:] |= run
        for way in (steps > 0, steps < 0):
            run = way[:, 5:].copy()
            for back in range(1, 6):
                run &= way[:, 5 - back : -back]
            marks[:, 6:] |= run
        out[start : start + CHUNK] = marks
    return out


def run(*, small: bool = False) -> dict[str, object]:
    """Medians in milliseconds and ratios, and whether both find the same signals."""
    count, rounds = (2_000, 2) if small else (SERIES, ROUNDS)
    rng = np.random.default_rng(20260115)
    values = rng.normal(60, 12, (count, POINTS))
    gaps = values.copy()
    gaps[rng.random(gaps.shape) < 0.05] = np.nan
    late = rng.integers(0, POINTS // 2, count) * (rng.random(count) < 1 / 3)
    gaps[np.arange(POINTS) < late[:, None]] = np.nan
    direction, target = rng.integers(-1, 2, count), rng.normal(60, 25, count)
    jobs = {
        "plain": lambda: plain(values),
        "ours": lambda: spc.xmr_states(values, direction, target),
        "ours_gaps": lambda: spc.xmr_states(gaps, direction, target),
    }
    latest = spc.rule_of(spc.xmr_states(values, direction, target).point_flags)[:, -1] > 0
    agreeing = float((plain(values)[:, -1] == latest).mean())  # ours leaves extreme ranges out of the limits
    times = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            begun = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - begun)
    seconds = {name: statistics.median(taken) for name, taken in times.items()}
    return {
        "series": count,
        "points": POINTS,
        "plain_ms": round(seconds["plain"] * 1000, 1),
        "ours_ms": round(seconds["ours"] * 1000, 1),
        "ours_gaps_ms": round(seconds["ours_gaps"] * 1000, 1),
        "ratio": round(seconds["ours"] / seconds["plain"], 3),
        "ratio_gaps": round(seconds["ours_gaps"] / seconds["plain"], 3),
        "latest_signals_agree": agreeing > AGREEING,
    }
