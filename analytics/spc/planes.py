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


def trends(rises: Plane, falls: Plane, length: int = RUN) -> tuple[Plane, Plane]:
    """All points of seven (or `length`) rising, and of so many falling; a turning point belongs to the trend on its
    right.

    `rises` and `falls`: the step from the point before goes strictly up, strictly down (row 0 is empty).
    """
    if len(rises) < length:
        return np.zeros_like(rises), np.zeros_like(falls)
    up, down = ends_of_runs(rises, length - 1), ends_of_runs(falls, length - 1)
    rising, falling = spread_back(up, length), spread_back(down, length)
    both = rising & falling
    if both.any():
        leaving_up = np.zeros_like(rises)
        leaving_up[:-1] = rises[1:]
        rising, falling = rising & ~(both & ~leaving_up), falling & ~(both & leaving_up)
    return rising, falling


def most_of(beyond: Plane, among: int) -> Plane:
    """The marks of every `among` points in a row of which all but one, or all, are marked."""
    if len(beyond) < among:
        return np.zeros_like(beyond)
    views = [beyond[back : len(beyond) - among + 1 + back] for back in range(among)]
    every, but_one = views[0].copy(), np.full_like(views[0], np.iinfo(np.uint64).max)
    for view in views[1:]:
        but_one = (but_one & view) | every
        every &= view
    ends = np.zeros_like(beyond)
    ends[among - 1 :] = but_one
    return spread_back(ends, among) & beyond


def runs_of(marks: Plane, length: int) -> Plane:
    """All points of rows of at least `length` marks."""
    return spread_back(ends_of_runs(marks, length), length) if len(marks) >= length else np.zeros_like(marks)


def alternating(rises: Plane, falls: Plane, length: int) -> Plane:
    """All points of at least `length` that go up and down in turn."""
    if len(rises) < length:
        return np.zeros_like(rises)
    turns = np.zeros_like(rises)
    turns[1:] = (rises[1:] & falls[:-1]) | (falls[1:] & rises[:-1])
    return spread_back(ends_of_runs(turns, length - 2), length)


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
