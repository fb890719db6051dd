"""One measure of one unit over time, all patients: drawn from its shape, its unit's size and what happened."""

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards.rules import Kind
from huddleboard.demo.shapes import Shape

Floats = NDArray[np.float64]

#: The day after remembers this much of the day.
_MEMORY: Final = 0.35 ** np.arange(7)


@dataclass(slots=True)
class Line:
    """Numbers of one measure of one unit: numerators and denominators (n,); NaN where there is none."""

    numerators: Floats
    denominators: Floats


def rng_of(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for each series, so that one more measure changes no other."""
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])


def _noise(rng: np.random.Generator, count: int, spread: float) -> Floats:
    return np.convolve(rng.normal(0, spread, count + len(_MEMORY) - 1), _MEMORY, mode="valid")


def _whole(rng: np.random.Generator, means: Floats) -> Floats:
    return rng.poisson(means).astype(np.float64)


def _days_since(rng: np.random.Generator, chance: float, count: int) -> Floats:
    """Days since the last event, where one happens with `chance` a day; 0 on its day."""
    hit = rng.random(count) < chance
    index = np.arange(count)
    last = np.maximum.accumulate(np.where(hit, index, -int(rng.integers(20, 160))))
    return (index - last).astype(np.float64)


def draw(
    rng: np.random.Generator,
    shape: Shape,
    kind: Kind,
    multiplier: float,
    size: float,
    weekdays: NDArray[np.int64],
    shift: Floats,
    days_each: float = 1.0,
) -> Line:
    """A line over n periods of `days_each` days. `weekdays` (n,) 0 is Monday; `shift` (n,) from causes."""
    count = len(weekdays)
    nothing = np.full(count, np.nan)
    if kind == Kind.DAYS_SINCE:
        return Line(_days_since(rng, shape.level, count), nothing)
    course = shape.drift * (np.arange(count) / max(count - 1, 1) - 1)
    shift = shift + rng.normal(0, shape.spread) + course + _noise(rng, count, shape.noise)
    rhythm = np.array(shape.rhythm)[weekdays] if days_each == 1 else np.ones(count)
    volume = shape.volume * size * days_each * rhythm
    if kind == Kind.PROPORTION:
        cases = _whole(rng, volume)
        odds = shape.level / (1 - shape.level) * np.exp(shift)
        return Line(rng.binomial(cases.astype(np.int64), odds / (1 + odds)).astype(np.float64), cases)
    level = shape.level * np.exp(shift)
    if kind == Kind.COUNT:
        return Line(_whole(rng, level * volume), nothing)
    if kind == Kind.MEDIAN:
        return Line(np.round(level), _whole(rng, volume))
    if kind == Kind.RATE:
        exposed = np.round(volume * rng.normal(1, 0.04, count))
        if shape.events:
            return Line(_whole(rng, level * exposed / multiplier), exposed)
        return Line(np.round(exposed * level), exposed)
    cases = _whole(rng, volume)
    return Line(np.round(level * cases), cases)
