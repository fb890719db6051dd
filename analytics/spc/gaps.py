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
        out = np.ones_like(other)
        out[self.filled] = other[self.present]
        return _fronted(out, self.counts, self.filled)

    def open(self, flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Flags of the closed series put back where their points stood; 0 in the gaps."""
        out = np.zeros_like(flags)
        out[self.present] = flags[self.filled]
        return out


def close_up(values: Floats) -> Closed:
    """Move the points of every series to the right end, in order. NaN is a gap; an infinite value raises ValueError."""
    present = ~np.isnan(values)
    counts = present.sum(axis=1)
    points = values.shape[1]
    filled = np.arange(points) >= points - counts[:, None]
    closed = np.zeros_like(values)
    closed[filled] = values[present]
    with np.errstate(invalid="ignore"):
        finite = bool(np.isfinite(closed.sum())) or bool(np.isfinite(closed).all())
    if not finite:
        raise CountError("a series holds an infinite value")
    return Closed(values=_fronted(closed, counts, filled), counts=counts, present=present, filled=filled)


def _fronted(closed: Floats, counts: npt.NDArray[np.int64], filled: npt.NDArray[np.bool_]) -> Floats:
    points = closed.shape[1]
    if points:
        first = closed[np.arange(len(closed)), np.minimum(points - counts, points - 1)]
        np.copyto(closed, first[:, None], where=~filled)
    return closed
