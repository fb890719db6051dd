"""Tables to protect (GaussSuppression): nothing small is shown or worked out, and not more is lost than needed."""

from typing import Any, Final

import numpy as np

from analytics.conformance.attacker import bounds
from analytics.conformance.comparison import Case, Comparison, number
from analytics.small_cells import Cell, suppress_table, with_totals

TOTAL: Final = "Total"
#: what the format allows beside the reference's own secondary cells
EXTRA: Final = 2


def check(case: Case, comparison: Comparison) -> None:
    """The three demands of the format, with an attacker of our own."""
    rule = case.get("rule") or {}
    zeros, margins = (_yes(rule.get(name)) for name in ("zeros_publishable", "margins_published"))
    threshold = int(number(rule.get("min_publishable", 11)))
    dims: list[str] = case["dims"]
    levels = {name: sorted({str(cell[name]) for cell in case["inner_cells"]} - {TOTAL}) for name in dims}
    counts = np.zeros([len(levels[name]) for name in dims])
    for cell in case["inner_cells"]:
        if TOTAL not in {str(cell[name]) for name in dims}:
            counts[_at(cell, dims, levels)] += number(cell["freq"])
    mask = suppress_table(counts, threshold=threshold, zeros=zeros, margins=margins)
    full = with_totals(counts)
    published = np.ones(full.shape, dtype=bool)
    hidden = np.ones(full.shape, dtype=bool)
    if not margins:
        # Totals that nobody sees are no cells of the table: none is small, and nothing is worked out from them.
        published[:] = False
        published[(slice(-1),) * full.ndim] = True
    hidden[published] = mask.hidden.reshape(-1)
    small = published & (full < threshold) & ((full > 0) | (not zeros))
    comparison.holds("a small cell is shown", bool(hidden[small].all()))
    found = [bound for bound in bounds(full, hidden) if published[bound.index]]
    leaks = [bound for bound in found if bound.upper - bound.lower < 1]
    comparison.holds(f"{len(leaks)} hidden cells can be worked out", not leaks)
    told = [bound for bound in found if small[bound.index] and bound.lower >= zeros and bound.upper < threshold]
    comparison.holds(f"{len(told)} small cells can be told to be small", not told)
    reference = case.get("reference", {})
    if "n_primary" in reference:
        comparison.same("n_primary", int(small.sum()), int(reference["n_primary"]))
    if "n_secondary" in reference:
        lost = int((mask.codes == Cell.HIDDEN_COMPLEMENTARY).sum())
        room = 2 * int(reference["n_secondary"]) + EXTRA
        comparison.holds(f"{lost} cells lost besides, at most {room}", lost <= room)
    for cell in reference.get("cells", ()):
        place = ", ".join(str(cell[name]) for name in dims)
        at = _at(cell, dims, levels)
        comparison.same(f"count of {place}", float(full[at]), number(cell["freq"]))
        comparison.same(f"primary of {place}", bool(small[at]), bool(cell["primary"]))


def _yes(given: object) -> bool:
    """A choice of the rule: yes unless it says no."""
    return True if given is None else number(given) == 1


def _at(cell: dict[str, Any], dims: list[str], levels: dict[str, list[str]]) -> tuple[int, ...]:
    return tuple(-1 if str(cell[name]) == TOTAL else levels[name].index(str(cell[name])) for name in dims)
