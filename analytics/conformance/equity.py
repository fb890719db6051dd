"""Summary measures of differences between groups (WHO healthequal)."""

import math
from typing import Any, Final

from analytics.conformance.comparison import Case, Comparison, UnknownFormat, number, numbers, refused
from analytics.disparity import Estimate, Groups, Measure, summarise

ESTIMATE: Final = 1e-7
LOGIT: Final = 1e-6
#: what is exactly 0 in theory is 1e-17 or so in practice, beside values of this scale
ROUNDING: Final = 1e-12
_NAMES: Final = {measure.value: measure for measure in Measure}


def check(case: Case, comparison: Comparison) -> None:
    """Every field of every measure that is expected."""
    groups = _groups(case)
    if refused(case):
        asked = summarise(groups, list(Measure), whole_people=True).values()
        comparison.holds("a number, where the reference refuses", all(math.isnan(found.value) for found in asked))
        return
    confidence = number(case.get("conf", 0.95))
    unknown = set(case["expected"]) - set(_NAMES)
    if unknown:
        raise UnknownFormat(f"no measure is named {', '.join(sorted(unknown))}")
    wanted = [_NAMES[name] for name in case["expected"]]
    found = summarise(groups, wanted, confidence=confidence, whole_people=True)
    for measure in wanted:
        _measure(measure, found[measure], case["expected"][measure.value], comparison, groups.scale)


def _groups(case: Case) -> Groups:
    members: list[dict[str, Any]] = case["groups"]

    def column(name: str) -> Any:
        return numbers([group.get(name) for group in members])

    reference = [at for at, group in enumerate(members) if number(group.get("reference")) == 1]
    return Groups.of_estimates(
        column("est"),
        column("se"),
        column("pop"),
        favourable=number(case["favourable"]) == 1,
        order=column("order") if number(case["ordered"]) == 1 else None,
        reference=reference[0] if reference else None,
        scale=number(case.get("scale", 100)),
    )


def _measure(measure: Measure, ours: Estimate, theirs: Any, comparison: Comparison, scale: float) -> None:
    name = measure.value
    if not isinstance(theirs, dict) or not {"error", "estimate"} & set(theirs):
        raise UnknownFormat(f"{name}: no estimate stands in {theirs!r}")
    if "error" in theirs:
        comparison.holds(f"{name}: a number, where the reference refuses", bool(ours.reason) and math.isnan(ours.value))
        return
    tolerance = LOGIT if "logit" in name else ESTIMATE
    for field in ("estimate", "se", "lower", "upper"):
        # Where the reference's own error is at fault, the files carry the right one beside it.
        written = f"{field}_rescaled" if f"{field}_rescaled" in theirs else field
        if written not in theirs:
            continue
        value = float(getattr(ours, {"estimate": "value", "se": "error"}.get(field, field)))
        if field == "se" and name.startswith("sii"):
            value /= 100  # the reference gives it so, whatever the scale
        comparison.near(f"{name}.{written}", value, theirs[written], relative=tolerance, absolute=ROUNDING * scale)
