"""Tables to protect (GaussSuppression): nothing small is shown or worked out, and not more is lost than needed."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics.conformance.attacker import bounds
from analytics.conformance.comparison import Case, Comparison, UnknownFormat, number
from analytics.small_cells import Cell, Mask, Table, suppress, suppress_crossing, with_totals

TOTAL: Final = "Total"
#: what the format allows beside the reference's own secondary cells
EXTRA: Final = 2


def check(case: Case, comparison: Comparison) -> None:
    """The three demands of the format, with an attacker of our own."""
    rule = case.get("rule", {})
    if not rule.get("zeros_publishable", True) or not rule.get("margins_published", True):
        raise UnknownFormat("tables whose zeros or margins are not published are no crossing that is known")
    threshold = int(number(rule.get("min_publishable", 11)))
    dims: list[str] = case["dims"]
    levels = {name: sorted({str(cell[name]) for cell in case["inner_cells"]}) for name in dims}
    counts = np.zeros([len(levels[name]) for name in dims])
    for cell in case["inner_cells"]:
        counts[_at(cell, dims, levels)] += number(cell["freq"])
    full = with_totals(counts)
    small = (full > 0) & (full < threshold)
    mask = _mask(counts, threshold)
    comparison.holds("a small cell is shown", bool(mask.hidden[small].all()))
    found = bounds(full, mask.hidden)
    leaks = [bound for bound in found if bound.upper - bound.lower < 1]
    comparison.holds(f"{len(leaks)} hidden cells can be worked out", not leaks)
    told = [bound for bound in found if small[bound.index] and bound.lower >= 1 and bound.upper < threshold]
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


def _mask(counts: npt.NDArray[np.float64], threshold: int) -> Mask:
    """What is hidden of a table with its totals."""
    if counts.ndim > 1:
        # The format asks for what the reference does: single cells. Sums of hidden cells are our own stronger demand.
        return suppress_crossing(counts, threshold=threshold, sums=False)
    total = float(counts.sum())
    seen = None if 0 < total < threshold else total
    parts = suppress(Table.of_counts(counts, seen), threshold=threshold).codes
    whole = Cell.SHOWN if seen is not None else Cell.HIDDEN_SMALL
    return Mask(np.append(parts, np.uint8(whole)))


def _at(cell: dict[str, Any], dims: list[str], levels: dict[str, list[str]]) -> tuple[int, ...]:
    return tuple(-1 if str(cell[name]) == TOTAL else levels[name].index(str(cell[name])) for name in dims)
