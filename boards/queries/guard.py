"""The small-cell guard as the tables of this room use it: which rows must not be shown."""

from collections.abc import Sequence
from typing import Protocol

from boards import rules
from boards.models import Measure


class Counted(Protocol):
    """A group with its counts."""

    numerator: float
    denominator: float


def _small(value: float, threshold: int) -> bool:
    return 0 < value < threshold


def hidden_rows(
    groups: Sequence[Counted], total: Counted, measure: Measure, threshold: int, *, partition: bool
) -> list[str]:
    """For every group "", "small" or "complementary"."""
    proportion = measure.kind == rules.Kind.PROPORTION

    def risky(numerator: float, denominator: float) -> bool:
        return (
            _small(numerator, threshold)
            or _small(denominator, threshold)
            or (proportion and _small(denominator - numerator, threshold))
        )

    hidden = ["small" if risky(g.numerator, g.denominator) else "" for g in groups]
    if not partition or not any(hidden):
        return hidden
    order = sorted(range(len(groups)), key=lambda i: groups[i].denominator)
    while True:
        unseen = [g for g, why in zip(groups, hidden, strict=True) if why]
        together = sum(g.numerator for g in unseen), sum(g.denominator for g in unseen)
        if len(unseen) > 1 and not risky(*together):
            return hidden
        more = next((i for i in order if not hidden[i]), None)
        if more is None:
            return hidden
        hidden[more] = "complementary"
