"""Distinct cells of a column and, for every row, which of them it holds – by comparing words of eight bytes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Cells longer than this many bytes are cut; nothing that counts needs as many.
LONGEST_CELL: Final = 1024
_WORD: Final = 8
_BLOCK_WORDS: Final = 1 << 19
_MASKS: Final = np.array([(1 << (8 * n)) - 1 for n in range(_WORD)] + [2**64 - 1], np.uint64)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(32)
_random = np.random.default_rng()


class Interner:
    """Gives every distinct cell a code, in order of arrival. Exact: a hash finds the candidate, all bytes decide."""

    def __init__(self) -> None:
        self._factors = _random.integers(1, 2**64, LONGEST_CELL // _WORD, np.uint64) | np.uint64(1)
        self._hashes = np.zeros(0, np.uint64)
        self._hash_codes = np.zeros(0, np.int32)
        self._words = np.zeros((0, 1), np.uint64)
        self._sizes = np.zeros(0, np.int64)
        self._doubles: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def codes(self, buffer: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int32]:
        """The code of every cell `buffer[begins[i]:ends[i]]`; (n,). `buffer` has `LONGEST_CELL` + 8 bytes to spare."""
        out = np.empty(len(begins), np.int32)
        sizes = np.minimum(ends - begins, LONGEST_CELL)
        width = max(1, -(-int(sizes.max(initial=0)) // _WORD))
        step = max(1, _BLOCK_WORDS // width)
        view = np.ndarray((len(buffer) - _WORD + 1,), "<u8", buffer, strides=(1,))
        for begin in range(0, len(begins), step):
            part = slice(begin, begin + step)
            out[part] = self._codes(_words(view, begins[part], sizes[part], width), sizes[part])
        return out

    def cells(self) -> list[bytes]:
        """The distinct cells by code, as they stand in the file."""
        cells = np.ascontiguousarray(self._words).view(f"S{self._words.shape[1] * _WORD}")
        return [] if len(self) == 0 else cells.reshape(-1).tolist()

    def _codes(self, words: NDArray[np.uint64], sizes: NDArray[np.int64]) -> NDArray[np.int32]:
        hashes = self._hash(words)
        known, codes = self._look_up(hashes)
        if not known.all():
            first = np.sort(np.unique(hashes[~known], return_index=True)[1])
            where = np.flatnonzero(~known)[first]
            self._learn(hashes[where], words[where], sizes[where])
            _, codes = self._look_up(hashes)
        width = words.shape[1]
        same = (self._sizes[codes] == sizes) & (self._words[codes, :width] == words).all(axis=1)
        for row in np.flatnonzero(~same):
            codes[row] = self._double(words[row], int(sizes[row]))
        return codes

    def _hash(self, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        total = np.zeros(len(words), np.uint64)
        for column in range(words.shape[1]):
            mixed = words[:, column] * _SPREAD
            mixed ^= mixed >> _SHIFT
            mixed *= self._factors[column]
            mixed ^= mixed >> _SHIFT
            total += mixed
        return total

    def _look_up(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
        if len(self._hashes) == 0:
            return np.zeros(len(hashes), bool), np.zeros(len(hashes), np.int32)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return self._hashes[at] == hashes, self._hash_codes[at]

    def _learn(self, hashes: NDArray[np.uint64], words: NDArray[np.uint64], sizes: NDArray[np.int64]) -> None:
        codes = np.arange(len(self), len(self) + len(hashes), dtype=np.int32)
        self._append(words, sizes)
        hashes = np.append(self._hashes, hashes)
        order = np.argsort(hashes)
        self._hashes, self._hash_codes = hashes[order], np.append(self._hash_codes, codes)[order]

    def _append(self, words: NDArray[np.uint64], sizes: NDArray[np.int64]) -> None:
        width = max(self._words.shape[1], words.shape[1])
        grown = np.zeros((len(self) + len(words), width), np.uint64)
        grown[: len(self), : self._words.shape[1]] = self._words
        grown[len(self) :, : words.shape[1]] = words
        self._words, self._sizes = grown, np.append(self._sizes, sizes)

    def _double(self, words: NDArray[np.uint64], size: int) -> int:
        """The code of a cell whose hash another cell has."""
        raw = words.tobytes()[:size]
        if raw not in self._doubles:
            self._doubles[raw] = len(self)
            self._append(words[None, :], np.array([size]))
        return self._doubles[raw]


def _words(
    view: NDArray[np.uint64], begins: NDArray[np.int64], sizes: NDArray[np.int64], width: int
) -> NDArray[np.uint64]:
    """Cells as words of eight bytes, zero behind their end. (n, width)."""
    out = np.empty((len(begins), width), np.uint64)
    for column in range(width):
        left = np.clip(sizes - column * _WORD, 0, _WORD)
        out[:, column] = view[begins + column * _WORD] & _MASKS[left]
    return out
