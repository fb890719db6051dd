"""SPC: states of 60,000 series of 90 points beside plain NumPy limits and four rules, chunked, in the same process.

Ours does more: gaps, screening, precedence of rules, labels with direction, runs, variation, assurance. Rounds
alternate; figures are medians. With `gaps`, one point in twenty is missing and a third of the series start late.
`full`: P' charts with these gaps, limits that follow the size of every point, and the same four rules. `slowest`: the
largest ratio among all kinds of chart by these rules and all other rules, with gaps. `peak_mb`: most memory ever used.
"""

import resource
import statistics
import time
from functools import partial

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


def kinds_and_rules(gaps, events, sizes, direction, target):
    """A job for each kind of chart by the rules of Making Data Count, for each other set on XmR, and Nelson's on P'."""
    jobs = {}
    for kind in spc.Kind:
        of = np.abs(gaps) if kind in {spc.Kind.XMR, spc.Kind.RUN, spc.Kind.MR, spc.Kind.T} else events
        beside = sizes if kind.sized else None
        jobs[f"kind {kind.name}"] = partial(spc.states, kind, of, beside, direction, target)
    for rules in list(spc.RuleSet)[1:]:
        jobs[f"rules {rules.name}"] = partial(spc.states, spc.Kind.XMR, gaps, None, direction, target, rules=rules)
    jobs["rules NELSON on P_PRIME"] = partial(
        spc.states, spc.Kind.P_PRIME, events, sizes, direction, target, rules=spc.RuleSet.NELSON
    )
    return jobs


def charts_agree(events, sizes, direction):
    """Whether a few series say the same alone, drawn as a chart, as among all others."""
    every = spc.states(spc.Kind.P_PRIME, events, sizes, direction, rules=spc.RuleSet.NELSON)
    for row in range(0, len(events), max(len(events) // 50, 1)):
        one = spc.chart(
            spc.Kind.P_PRIME, events[row], sizes[row], direction=int(direction[row]), rules=spc.RuleSet.NELSON
        )
        if (one.point_flags != every.point_flags[row]).any() or one.variation != every.variation[row]:
            return False
    return True


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
    sizes = rng.integers(20, 60, values.shape).astype(float)
    events = np.where(np.isnan(gaps), np.nan, rng.binomial(sizes.astype(np.int64), 0.8))
    jobs = {
        "plain": lambda: plain(values),
        "ours": lambda: spc.xmr_states(values, direction, target),
        "ours_gaps": lambda: spc.xmr_states(gaps, direction, target),
        "full": lambda: spc.states(spc.Kind.P_PRIME, events, sizes, direction, target / 100),
        **kinds_and_rules(gaps, events, sizes, direction, target),
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
    ratios = {name: taken / seconds["plain"] for name, taken in seconds.items()}
    slowest = max((name for name in ratios if " " in name), key=ratios.__getitem__)
    return {
        "series": count,
        "points": POINTS,
        "plain_ms": round(seconds["plain"] * 1000, 1),
        "ours_ms": round(seconds["ours"] * 1000, 1),
        "ours_gaps_ms": round(seconds["ours_gaps"] * 1000, 1),
        "ratio": round(seconds["ours"] / seconds["plain"], 3),
        "ratio_gaps": round(seconds["ours_gaps"] / seconds["plain"], 3),
        "full_ms": round(seconds["full"] * 1000, 1),
        "ratio_full": round(ratios["full"], 3),
        "slowest": slowest,
        "ratio_slowest": round(ratios[slowest], 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "latest_signals_agree": agreeing > AGREEING,
        "charts_agree": charts_agree(events, sizes, direction),
    }
