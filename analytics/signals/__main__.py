"""Simulates the rules and prints the tables of docs/methods.md: `python -m analytics.signals --seed 1`."""

import argparse
import math
import sys

from analytics.signals.policy import Policy
from analytics.signals.simulation import SCENARIOS, Found, false_calls, late_gaps, table

NAMES = {
    "A": "A each day alone",
    "B": "B cumulative",
    "C": "C rolling window",
    "D": "D = C, relative gap and patients enough: watch",
    "E": "E = D on several board days",
    "F": "F rolling window, stricter interval",
    "G": "G weekly gap beyond 3 sigma",
    "H": "H = G or 2 of 3 beyond 2 sigma",
    "I": "I = H or 7 weeks on one side",
    "J": "J always-valid sequence",
    "K": "K weekly CUSUM",
    "policy": "as shipped: E or F, with the sequence agreeing",
}
MOST_FALSE = 1.0
MOST_DAYS = {"E": 35.0, "J": 14.0}
BEGINS = (0, 30, 60, 91, 120, 150, 200, 330)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; the exit code is 1 where a bar of the policy as shipped does not hold."""
    parser = argparse.ArgumentParser(prog="python -m analytics.signals", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    parser.add_argument("--runs", type=int, default=4000, help="series of the first table")
    parser.add_argument(
        "--years", type=int, default=200, help="simulated years of a measure for each false-alarm figure"
    )
    asked = parser.parse_args(arguments)
    if asked.runs < 1 or asked.years < 2:
        parser.error("--runs is at least 1, --years at least 2")
    policy = Policy()
    bad = [*_find(asked.seed, asked.runs, policy), *_late(asked.seed, asked.runs, policy)]
    bad += _false(asked.seed, asked.years, policy)
    print()
    for line in bad:
        print(f"BAR BROKEN: {line}")
    print("All bars hold." if not bad else f"{len(bad)} bars broken.")
    return 1 if bad else 0


def _find(seed: int, runs: int, policy: Policy) -> list[str]:
    print(f"One group of 8 patients a day against 24, rate 80 %, 13 weeks, {runs} series, seed {seed}\n")
    print(
        "| rule | false alarm, one series | at least one in 24 series | finds 8 points (median day) | finds 15 points |"
    )
    print("|---|---|---|---|---|")
    results = table(seed, runs=runs, policy=policy)
    for rule, (none, eight, fifteen) in results.items():
        many = 1 - (1 - none.share) ** 24
        print(
            f"| {NAMES[rule]} | {100 * none.share:.1f} % | {100 * many:.0f} % | {_words(eight)} | {_words(fifteen)} |"
        )
    return [
        f"rule {rule} finds 15 points on day {results[rule][2].median_day:g}, not by {most:g}"
        for rule, most in MOST_DAYS.items()
        if results[rule][2].median_day > most
    ]


def _late(seed: int, runs: int, policy: Policy) -> list[str]:
    print("\nThe same, the gap begins later (found within 13 weeks; median day from its beginning)\n")
    print("| begins on day | 15 points: as shipped | J | 8 points: as shipped | J |")
    print("|---|---|---|---|---|")
    fewer = max(2, runs // 4)
    large = late_gaps(seed, BEGINS, gap=0.15, runs=fewer, policy=policy)
    small = late_gaps(seed, BEGINS, gap=0.08, runs=fewer, policy=policy)
    for begin in BEGINS:
        cells = [_words(each[begin][rule]) for each in (large, small) for rule in ("policy", "J")]
        print(f"| {begin} | " + " | ".join(cells) + " |")
    return []


def _false(seed: int, years: int, policy: Policy) -> list[str]:
    print(f"\nFalse escalations a month: 20 measures × 6 groups, 12 months without a gap, {years} years of a measure\n")
    print("| hospital | E alone | E or F | as shipped | J |")
    print("|---|---|---|---|---|")
    bad: list[str] = []
    for number, scenario in enumerate(SCENARIOS):
        calls = false_calls(seed + 1 + number, scenario, runs=years, policy=policy)
        cells = [f"{calls[rule][0]:.2f} ± {calls[rule][1]:.2f}" for rule in ("E", "E or F", "policy", "J")]
        print(f"| {scenario.name} | " + " | ".join(cells) + " |", flush=True)
        bad += [
            f"{scenario.name}: {calls[rule][0]:.2f} false escalations a month by {name}"
            for rule, name in (("policy", "the policy"), ("J", "J"))
            if calls[rule][0] >= MOST_FALSE
        ]
    return bad


def _words(found: Found) -> str:
    day = "" if math.isinf(found.median_day) else f" ({found.median_day:g})"
    return f"{100 * found.share:.0f} %{day}"


if __name__ == "__main__":
    sys.exit(main())
