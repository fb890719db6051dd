"""Counts as bytes: in the least room that loses nothing, in the machine's own order."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_KINDS: Final = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32), np.dtype(np.float64))


def packed(counted: NDArray[np.float64]) -> bytes:
    """Numbers as bytes, in the least room that loses nothing."""
    for kind in _KINDS[:-1]:
        if kind.kind == "u" and counted.size and counted.max() > 2 ** (8 * kind.itemsize) - 1:
            continue
        small = counted.astype(kind)
        if (small == counted).all():
            return small.tobytes()
    return counted.tobytes()


def unpacked(raw: bytes, count: int) -> NDArray[np.float64]:
    """The numbers again."""
    if count == 0:
        return np.zeros(0)
    kind = next(kind for kind in _KINDS if kind.itemsize == len(raw) // count)
    return np.frombuffer(raw, kind).astype(np.float64)
