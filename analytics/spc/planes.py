"""Rules over many series at once: 64 series to a word, so that a rule is a handful of bitwise operations.

A plane is a (T, W) uint64 array: row t holds, for point t, one bit per series. All series end at the last row; what
lies
before a series' first point is 0 in every plane that comes in here.
"""

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint64]

RUN = 7
"""Points in a row on one side of the mean, or of a trend, that are a signal."""


def pack(marks: npt.NDArray[np.bool_]) -> Plane:
    """Bits of a (T, S) boolean array; S is filled up to a multiple of 64 with 0."""
    packed = np.packbits(marks, axis=1, bitorder="little")
    odd = -packed.shape[1] % 8
    if odd:
        packed = np.pad(packed, ((0, 0), (0, odd)))
    return packed.view(np.uint64)


def unpack(plane: Plane, series: int) -> npt.NDArray[np.uint8]:
    """The (T, series) array of 0 and 1 that `pack` made the plane of."""
    return np.unpackbits(plane.view(np.uint8), axis=1, count=series, bitorder="little")


def ends_of_runs(plane: Plane, length: int) -> Plane:
    """Where a row of at least `length` marks ends, or goes on."""
    out = plane.copy()
    out[: length - 1] = 0
    for back in range(1, length):
        out[length - 1 :] &= plane[length - 1 - back : len(plane) - back]
    return out


def spread_back(ends: Plane, length: int) -> Plane:
    """Each mark and the `length` - 1 points before it."""
    out = ends.copy()
    for ahead in range(1, length):
        out[:-ahead] |= ends[ahead:]
    return out


def shift(side: Plane) -> Plane:
    """All points of a run of seven or more on one side. `side`: strictly above, or strictly below, the mean."""
    return spread_back(ends_of_runs(side, RUN), RUN) if len(side) >= RUN else np.zeros_like(side)


def trends(rises: Plane, falls: Plane) -> tuple[Plane, Plane]:
    """All points of seven rising, and of seven falling; a turning point belongs to the trend on its right.

    `rises` and `falls`: the step from the point before goes strictly up, strictly down (row 0 is empty).
    """
    if len(rises) < RUN:
        return np.zeros_like(rises), np.zeros_like(falls)
    up, down = ends_of_runs(rises, RUN - 1), ends_of_runs(falls, RUN - 1)
    rising, falling = spread_back(up, RUN), spread_back(down, RUN)
    both = rising & falling
    if both.any():
        leaving_up = np.zeros_like(rises)
        leaving_up[:-1] = rises[1:]
        rising, falling = rising & ~(both & ~leaving_up), falling & ~(both & leaving_up)
    return rising, falling


def two_of_three(close: Plane, side: Plane) -> Plane:
    """The close points of every three in a row on one side of which at least two are close to the limit but inside
    it.
    """
    if len(close) < 3:
        return np.zeros_like(close)
    first, second, third = close[:-2], close[1:-1], close[2:]
    ends = np.zeros_like(close)
    ends[2:] = ((first & second) | (first & third) | (second & third)) & side[:-2] & side[1:-1] & side[2:]
    return spread_back(ends, 3) & close
