"""Series with missing points: closed up for the rules, opened again for the chart.

A missing point is no point. The reference (NHSRplotthedots) has one row per point that exists, so a gap there is
invisible:
the moving range spans it, and runs and trends go on behind it. The same holds here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.outcomes import CountError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Closed:
    """Series (S, T) closed up to the right. In front of a series stand copies of its first point (zeros when it has
    none).
    """

    values: Floats
    counts: npt.NDArray[np.int64]
    present: npt.NDArray[np.bool_]
    filled: npt.NDArray[np.bool_]

    def beside(self, other: Floats) -> Floats:
        """Another array (S, T), closed up by the same points; in front copies of its first, 1 in a series of none."""
        return _closed(other, self.present, self.filled, self.counts, 1.0)

    def open(self, flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Flags of the closed series put back where their points stood; 0 in the gaps."""
        out = np.zeros_like(flags)
        out[self.present] = flags[self.filled]
        return out


def close_up(values: Floats) -> Closed:
    """Move the points of every series to the right end, in order. NaN is a gap; an infinite value raises ValueError."""
    present = ~np.isnan(values)
    counts = np.count_nonzero(present, axis=1).astype(np.int64)
    points = values.shape[1]
    filled = np.arange(points) >= points - counts[:, None]
    closed = _closed(values, present, filled, counts, 0.0)
    with np.errstate(invalid="ignore"):
        finite = bool(np.isfinite(closed.sum())) or bool(np.isfinite(closed).all())
    if not finite:
        raise CountError("a series holds an infinite value")
    return Closed(values=closed, counts=counts, present=present, filled=filled)


def _closed(
    values: Floats,
    present: npt.NDArray[np.bool_],
    filled: npt.NDArray[np.bool_],
    counts: npt.NDArray[np.int64],
    none: float,
) -> Floats:
    out = np.empty_like(values)
    if values.shape[1]:
        first = values[np.arange(len(values)), present.argmax(axis=1)]
        out[:] = np.where(counts > 0, first, none)[:, None]
    out[filled] = values[present]
    return out
