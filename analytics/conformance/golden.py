"""Aggregates of real data: rates with intervals, gaps to the largest group and to the rest, roll-ups, completeness."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analytics.conformance.comparison import (
    Case,
    Comparison,
    Floats,
    NotComparable,
    UnknownFormat,
    column,
    number,
    numbers,
)
from analytics.disparity.completeness import completeness
from analytics.disparity.references import ReferenceRule, choose, compare_with
from analytics.intervals import newcombe_difference, wilson
from analytics.small_cells import Cell, Table, suppress

TOLERANCE: Final = 1e-9
#: the shares that the data sets' own measures define, as (events that count against, of)
SHARES: Final = {"within4h": ("breaches", "attendances")}


def check(case: Case, comparison: Comparison) -> None:
    """Whatever of these the case holds. Raises NotComparable where it holds counts alone."""
    tables = {name: held for name, held in case.items() if _is_table(held)}
    totals = {name: held for name, held in case.items() if isinstance(held, dict) and _numeric(held)}
    for name, rows in tables.items():
        if column(rows, "num") is not None and column(rows, "den") is not None:
            _groups(case, rows, comparison)
            continue
        for total in totals.values():
            _sums(name, rows, total, comparison)
        _shares(name, rows, comparison)
    for name, total in totals.items():
        _shares(name, [total], comparison)
    if isinstance(case.get("completeness"), dict):
        _completeness(case["completeness"], comparison)
    if not comparison.compared:
        if any(not figure.is_integer() for figure in _floats(case)):
            raise UnknownFormat("it holds shares or rates of a kind that is not known")
        raise NotComparable("holds counts alone, from which nothing is to be computed")


def _floats(held: object) -> Iterator[float]:
    if isinstance(held, float):
        yield held
    parts = held.values() if isinstance(held, Mapping) else held if isinstance(held, list) else ()
    for part in parts:
        yield from _floats(part)


def _is_table(held: object) -> bool:
    return isinstance(held, list) and any(isinstance(row, dict) for row in held)


def _numeric(held: dict[str, Any]) -> bool:
    return any(isinstance(value, int | float) for value in held.values())


def _sums(name: str, rows: list[dict[str, Any]], total: dict[str, Any], comparison: Comparison) -> None:
    """A total beside the rows of a table that have the same counts: numerators and denominators are added up."""
    for field, wanted in total.items():
        parts = None if field in SHARES else column(rows, field)
        if parts is not None and wanted is not None:
            # A count that is not known adds nothing.
            added = sum(number(part) for part in parts if part is not None)
            comparison.same(f"sum of {name}.{field}", added, number(wanted))


def _shares(name: str, rows: list[dict[str, Any]], comparison: Comparison) -> None:
    for field, (against, people) in SHARES.items():
        wanted = column(rows, field)
        if wanted is not None:
            sizes = numbers([row.get(people) for row in rows])
            found = wilson(sizes - numbers([row.get(against) for row in rows]), sizes)
            comparison.near(f"{name}.{field}", found.estimate, wanted, absolute=TOLERANCE)


def _completeness(expected: dict[str, Any], comparison: Comparison) -> None:
    known, missing, total = (number(expected[name]) for name in ("known", "missing", "total"))
    comparison.same("known and missing", known + missing, total)
    found = completeness(known, total)
    comparison.near("share_known", found.known.estimate, expected["share_known"], absolute=TOLERANCE)


def _groups(case: Case, rows: list[dict[str, Any]], comparison: Comparison) -> None:
    x, n = (numbers([row[name] for row in rows]) for name in ("num", "den"))
    found = wilson(x, n)
    for name, figures in (("rate", found.estimate), ("wilson_lower", found.lower), ("wilson_upper", found.upper)):
        wanted = column(rows, name)
        if wanted is not None:
            comparison.near(name, figures, wanted, absolute=TOLERANCE)
    names = [str(row["group"]) for row in rows]
    favourable = "lower is better" not in str(case.get("kpi", "")).lower()
    largest = int(choose(x, n, ReferenceRule.LARGEST, favourable=favourable))
    best = int(choose(x, n, ReferenceRule.BEST, favourable=favourable, least=30))
    for name, chosen in (("reference_largest", largest), ("reference_best_den30", best)):
        if name in case:
            comparison.same(name, names[chosen] if chosen >= 0 else None, case[name])
    for name, rule in (("vs_largest", ReferenceRule.LARGEST), ("vs_rest", ReferenceRule.REST)):
        _gaps(name, rule, (x, n), rows, favourable, comparison)
    flags = column(rows, "primary_suppress_lt11")
    if flags is not None:
        table = Table.of_proportion(x, n, (float(x.sum()), float(n.sum())))
        small = suppress(table, threshold=11).codes == Cell.HIDDEN_SMALL
        comparison.same("primary_suppress_lt11", small.tolist(), [bool(flag) for flag in flags])


def _gaps(
    name: str,
    rule: ReferenceRule,
    counts: tuple[Floats, Floats],
    rows: list[dict[str, Any]],
    favourable: bool,
    comparison: Comparison,
) -> None:
    x, n = counts
    others = compare_with(x, n, rule, favourable=favourable)
    found = newcombe_difference(x, n, others.x, others.n)
    for at, row in enumerate(rows):
        expected = row.get(name)
        if expected is None:
            continue
        if not isinstance(expected, dict):
            raise UnknownFormat(f"{row['group']}: {expected!r} is no gap")
        place = f"{row['group']} {name}"
        for theirs, value in (("rest_num", others.x[at]), ("rest_den", others.n[at])):
            if theirs in expected:
                comparison.same(f"{place}.{theirs}", float(value), number(expected[theirs]))
        for theirs, line in (("diff", found.estimate), ("lower", found.lower), ("upper", found.upper)):
            if theirs in expected:
                comparison.near(f"{place}.{theirs}", line[at], expected[theirs], absolute=TOLERANCE)
