"""Standardised rates, slope indices over quantiles, funnels (PHEindicatormethods, FunnelPlotR)."""

import math
import re
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from analytics import intervals, shapes
from analytics.conformance.comparison import Case, Comparison, UnknownFormat, column, number, numbers, refused
from analytics.disparity import ValueKind, quantile_slope
from analytics.outcomes import AnalyticsError

TOLERANCE: Final = 1e-6
#: funnel limits are stored to six decimals, of per cent or of shares
DECIMALS: Final = 1e-6
#: standard errors of a simulated limit that ours may be away from it
SIMULATED: Final = 4.0
SIGNIFICANCE: Final = {
    shapes.Level.LOW_OUTER: "Low (0.001)",
    shapes.Level.LOW_INNER: "Low (0.025)",
    shapes.Level.USUAL: "Not significant",
    shapes.Level.HIGH_INNER: "High (0.025)",
    shapes.Level.HIGH_OUTER: "High (0.001)",
}
_MULTIPLIER: Final = re.compile(r"\(x\s*(-?\d+(?:\.\d+)?)\)")
_TRANSFORMED: Final = re.compile(r"(?<!no )(?<!not )(?<!without )(?<!un)transform(?!\w*\W*false)", re.IGNORECASE)
_LIMIT: Final = re.compile(r"lower(\d+)_(\d+)cl")
_FUNNEL: Final = re.compile(r"(Lower|Upper)\ds0*(\d+)limit")


def check(case: Case, comparison: Comparison) -> None:
    """The case by what its `fn` asks for."""
    checks: Mapping[str, Callable[[Case, Comparison], None]] = {
        "directly_standardised_rate": _standardised,
        "indirectly_standardised": _standardised,
        "sii_wls": _slope,
        "funnel_limits_proportion": _limits,
        "funnel_significance_proportion": _proportions,
        "funnel_significance_ratio": _ratios,
        "funnel_overdispersed_proportion": _overdispersed,
    }
    if case["fn"] not in checks:
        raise UnknownFormat(f"no function is named {case['fn']}")
    checks[case["fn"]](case, comparison)


def _standardised(case: Case, comparison: Comparison) -> None:
    if refused(case):
        comparison.holds("a rate, where the reference refuses", _refuses(case))
        return
    for place, row in enumerate(case["expected_rows"]):
        levels = [match for match in map(_LIMIT.fullmatch, row) if match]
        found = _rate(case, row, 0.95)
        comparison.near(f"row {place} value", found.interval.estimate, row["value"], relative=TOLERANCE)
        for match in levels:
            confidence = float(f"{match[1]}.{match[2]}") / 100
            bounds = _rate(case, row, round(confidence, 6)).interval
            for side, bound in (("lower", bounds.lower), ("upper", bounds.upper)):
                name = f"{side}{match[1]}_{match[2]}cl"
                comparison.near(f"row {place} {name}", bound, row[name], relative=TOLERANCE)
        _counts(found, row, f"row {place}", comparison)


def _rate(case: Case, row: Mapping[str, Any], confidence: float) -> intervals.Standardised:
    """A row's rate: its unit stands in the words of `statistic` ("per 100000", "x 100")."""
    words = str(row["statistic"])
    unit = re.search(r"(?:per|x)\s*(\d[\d,]*)", words)
    per = float(unit[1].replace(",", "")) if unit else 1.0
    counts, people = numbers(case["count"]), numbers(case["pop"])
    if case["fn"] == "directly_standardised_rate":
        return intervals.direct(
            counts, people, numbers(case["stdpop"]), per=per, confidence=confidence, blank_is_zero=True
        )
    return intervals.indirect(
        counts,
        people,
        numbers(case["refcount"]),
        numbers(case["refpop"]),
        per=per,
        ratio="ratio" in words,
        confidence=confidence,
        blank_is_zero=True,
    )


def _counts(found: intervals.Standardised, row: Mapping[str, Any], place: str, comparison: Comparison) -> None:
    for name in ("observed", "total_count"):
        if row.get(name) is not None:
            comparison.near(f"{place} {name}", found.observed, row[name], relative=TOLERANCE)
    if row.get("expected") is not None:
        comparison.near(f"{place} expected", found.expected, row["expected"], relative=TOLERANCE)
    if row.get("ref_rate") is not None:
        comparison.near(f"{place} ref_rate", found.reference, row["ref_rate"], relative=TOLERANCE)
    if row.get("method") in {"Exact", "Byars"}:
        comparison.same(f"{place} method", "Exact" if bool(found.exact) else "Byars", row["method"])


def _refuses(case: Case) -> bool:
    try:
        found = _rate(case, {"statistic": "per 1"}, 0.95)
    except AnalyticsError:
        return True
    return bool(found.interval.reason > 0)


def _slope(case: Case, comparison: Comparison) -> None:
    """Limits of the reference come from random draws: ours may differ by what so many draws wander.

    The multiplier and whether values are transformed stand in fields of their own or in the words of the description.
    """
    expected = case["expected"]
    words = str(case.get("description", ""))
    factor = _MULTIPLIER.search(words)
    multiplier = number(case["multiplier"]) if case.get("multiplier") is not None else float(factor[1]) if factor else 1
    transform = (
        number(case["transform"]) == 1 if case.get("transform") is not None else bool(_TRANSFORMED.search(words))
    )
    levels = [float(level) / 100 for level in re.findall(r"[\d.]+", str(case.get("conf", 95)))]
    wander = 1 / math.sqrt(number(case.get("repetitions", 100_000)))
    for place, level in enumerate(levels, start=1):
        found = quantile_slope(
            numbers(case["value"]),
            numbers(case["population"]),
            numbers(case["se"]) if case.get("se") else None,
            order=numbers(case["quantile"]),
            kind=ValueKind(int(number(case.get("value_type", 0)))),
            transform=transform,
            multiplier=multiplier,
            confidence=level if level < 1 else level / 100,
        )
        tail = (1 - level) / 2
        z = NormalDist().inv_cdf(1 - tail)
        quantile_error = math.sqrt(tail * (1 - tail)) / NormalDist().pdf(z) * wander
        for name, ours in (("sii", found.sii), ("rii", found.rii)):
            if place == 1 and expected.get(name) is not None:
                comparison.near(name, ours.value, expected[name], relative=TOLERANCE)
            spread = (ours.upper - ours.lower) / (2 * z)
            for side, bound in (("lowercl", ours.lower), ("uppercl", ours.upper)):
                wanted = expected.get(f"{name}_{side}_{place}")
                if wanted is not None:  # null: the file holds no such limit
                    room = SIMULATED * quantile_error * float(spread)
                    comparison.near(f"{name}_{side}_{place}", bound, wanted, absolute=room)
    if expected.get("Intercept") is not None:
        comparison.near("Intercept", found.intercept, expected["Intercept"], relative=TOLERANCE)


def _limits(case: Case, comparison: Comparison) -> None:
    scale = number(case.get("multiplier", 1))
    inputs, expected = case["inputs"], case["expected"]
    target = sum(number(row["numerator"]) for row in inputs) / sum(number(row["denominator"]) for row in inputs)
    sizes = numbers([row["Population"] for row in expected])
    baselines = column(expected, "Baseline")
    if baselines is not None:
        comparison.near("Baseline", np.full(len(sizes), scale * target), baselines, absolute=DECIMALS)
    for name in expected[0]:
        match = _FUNNEL.fullmatch(name)
        if match:
            tail = 1 - float(f"0.{name.split('s')[1].removesuffix('limit')[1:]}")
            lines = shapes.proportion_limits(sizes, target, tails=(tail,))
            line = lines.lower if match[1] == "Lower" else lines.upper
            comparison.near(name, scale * line[:, 0], [row[name] for row in expected], absolute=DECIMALS)


def _proportions(case: Case, comparison: Comparison) -> None:
    rows = case["rows"]
    x, n = (numbers([row[name] for row in rows]) for name in ("numerator", "denominator"))
    found = shapes.proportion_significance(x, n)
    _labels(found, rows, comparison)


def _ratios(case: Case, comparison: Comparison) -> None:
    rows = case["rows"]
    found = shapes.ratio_significance(*(numbers([row[name] for row in rows]) for name in ("obs", "expected")))
    _labels(found, rows, comparison)


def _labels(found: shapes.Significance, rows: list[dict[str, Any]], comparison: Comparison) -> None:
    ours = [SIGNIFICANCE[shapes.Level(int(level))] for level in found.level]
    for place, (label, row) in enumerate(zip(ours, rows, strict=True)):
        comparison.same(f"row {place}", label, row["significance"])


def _overdispersed(case: Case, comparison: Comparison) -> None:
    """Lines by the reference rest on a z of 3.090232 and are kept to 13 digits: six decimals are compared."""
    units = case["units"]
    x, n = (numbers([unit[name] for unit in units]) for name in ("numerator", "denominator"))
    found = shapes.overdispersed_funnel(x, n, trim=number(case.get("trim_by", 0.1)))
    for name, value in (("target", found.target), ("phi", found.phi), ("tau2", found.tau2)):
        if name in case:
            comparison.near(name, value, case[name], relative=TOLERANCE)
    rates = x / n
    columns = {
        "rate": rates,
        "zscore": found.z,
        "winsorised_z": found.winsorised,
        "ll95": found.lower[:, 0],
        "ul95": found.upper[:, 0],
        "ll998": found.lower[:, 1],
        "ul998": found.upper[:, 1],
        "odll998": found.wide_lower[:, 1],
        "odul998": found.wide_upper[:, 1],
    }
    for name, figures in columns.items():
        wanted = column(units, name)
        if wanted is not None:
            comparison.near(name, figures, wanted, relative=TOLERANCE, absolute=DECIMALS)
    for name, flags in (("outlier_998", found.outside), ("outlier_998_overdispersed", found.wide_outside)):
        wanted = column(units, name)
        if wanted is not None:
            comparison.same(name, flags.tolist(), [bool(flag) for flag in wanted])
