"""Counts of all patients split into groups, so that every split adds up to them exactly.

Shares of groups are invented. Arrays have one row per day; a split has one column per group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards.rules import TOTAL_KEY, Kind, stratum_key
from huddleboard.demo.shapes import Shape

Floats = NDArray[np.float64]

LANGUAGES: Final = {"en": 0.735, "es": 0.165, "zh": 0.025, "vi": 0.02, "ase": 0.004, "other": 0.036, "UNK": 0.015}
_MIXED: Final = {
    "2106-3": 0.66,
    "2054-5": 0.17,
    "2135-2": 0.06,
    "2028-9": 0.03,
    "2118-8": 0.01,
    "1002-5": 0.006,
    "2076-8": 0.004,
    "MULTI": 0.02,
    "ASKU": 0.015,
    "UNK": 0.025,
}
_RACES: Final[Mapping[str, Mapping[str, float]]] = {
    "es": {"2135-2": 0.94, "2106-3": 0.02, "2054-5": 0.01, "ASKU": 0.015, "UNK": 0.015},
    "zh": {"2028-9": 0.97, "ASKU": 0.01, "UNK": 0.02},
    "vi": {"2028-9": 0.97, "ASKU": 0.01, "UNK": 0.02},
    "other": {"2106-3": 0.3, "2054-5": 0.2, "2118-8": 0.25, "2028-9": 0.2, "ASKU": 0.02, "UNK": 0.03},
    "UNK": {"2106-3": 0.4, "2054-5": 0.15, "2135-2": 0.1, "UNK": 0.35},
}
RACE_CODES: Final = tuple(_MIXED)

_SEX: Final = {"female": 0.515, "male": 0.475, "UNK": 0.01}
_ADULT_AGES: Final = {
    "P18Y--P35Y": 0.24,
    "P35Y--P50Y": 0.23,
    "P50Y--P65Y": 0.25,
    "P65Y--P75Y": 0.15,
    "P75Y--P85Y": 0.09,
    "P85Y--P9999Y": 0.04,
}
#: Who the patients of a place are, and who works there: dimension → category → share.
MIXES: Final[Mapping[str, Mapping[str, Mapping[str, float]]]] = {
    "adult": {
        "sex": _SEX,
        "age_band": _ADULT_AGES,
        "payer": {"1": 0.34, "2": 0.21, "5": 0.33, "81": 0.06, "9": 0.04, "UNK": 0.02},
    },
    "older": {
        "sex": _SEX,
        "age_band": {
            "P18Y--P35Y": 0.05,
            "P35Y--P50Y": 0.1,
            "P50Y--P65Y": 0.24,
            "P65Y--P75Y": 0.27,
            "P75Y--P85Y": 0.22,
            "P85Y--P9999Y": 0.12,
        },
        "payer": {"1": 0.58, "2": 0.15, "5": 0.2, "81": 0.03, "9": 0.03, "UNK": 0.01},
    },
    "child": {
        "sex": _SEX,
        "age_band": {"P0Y--P18Y": 1.0},
        "payer": {"1": 0.0, "2": 0.47, "5": 0.46, "81": 0.03, "9": 0.03, "UNK": 0.01},
    },
    "birth": {
        "sex": {"female": 0.99, "male": 0.0, "UNK": 0.01},
        "age_band": {"P0Y--P18Y": 0.02, "P18Y--P35Y": 0.78, "P35Y--P50Y": 0.2},
        "payer": {"1": 0.0, "2": 0.42, "5": 0.52, "81": 0.03, "9": 0.02, "UNK": 0.01},
    },
    "staff": {
        "staff_job_family": {
            "nursing": 0.38,
            "support_of_care": 0.17,
            "allied_health": 0.13,
            "environment_food": 0.1,
            "office": 0.12,
            "facilities_transport": 0.05,
            "medical": 0.05,
        },
        "staff_race_ethnicity": {"2106-3": 0.53, "2054-5": 0.21, "2135-2": 0.13, "2028-9": 0.1, "UNK": 0.03},
        "staff_sex": {"female": 0.74, "male": 0.26},
        "staff_age_band": {
            "under_25": 0.09,
            "25_34": 0.28,
            "35_44": 0.25,
            "45_54": 0.2,
            "55_64": 0.18,
        },
    },
}


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers of a measure by group: `keys` (k,) canonical, the first is the total; counts (n, k)."""

    keys: tuple[str, ...]
    numerators: Floats
    denominators: Floats


@dataclass(frozen=True, slots=True)
class _Groups:
    """Categories of a split with their shares (k,) and shifts (k,)."""

    codes: tuple[str, ...]
    shares: Floats
    shifts: Floats


def _groups(shares: Mapping[str, float], shifts: Mapping[str, float]) -> _Groups:
    values = np.array(list(shares.values()))
    return _Groups(tuple(shares), values / values.sum(), np.array([shifts.get(code, 0.0) for code in shares]))


@cache
def races_of(language: str) -> Mapping[str, float]:
    """Race and ethnicity of people who prefer `language`, all categories, shares that add up to 1."""
    given = _RACES.get(language, _MIXED)
    return {code: given.get(code, 0.0) for code in RACE_CODES}


def _rows_of(weights: Floats) -> Floats:
    """Weights (n, k) as shares of their row; a row without weight is shared evenly."""
    sums = weights.sum(axis=1, keepdims=True)
    return np.where(sums > 0, weights / np.where(sums > 0, sums, 1), 1 / weights.shape[1])


def _share(rng: np.random.Generator, x: Floats, n: Floats, g: _Groups, level: float) -> tuple[Floats, Floats]:
    """Split x of n, a part of the cases, where groups differ by a shift on the logit scale."""
    odds = level / (1 - level) * np.exp(g.shifts)
    rate = odds / (1 + odds)
    hit, rest = g.shares * rate, g.shares * (1 - rate)
    xs = rng.multinomial(x.astype(np.int64), hit / hit.sum())
    ys = rng.multinomial((n - x).astype(np.int64), rest / rest.sum())
    return xs.astype(np.float64), (xs + ys).astype(np.float64)


def _events(rng: np.random.Generator, x: Floats, n: Floats, g: _Groups) -> tuple[Floats, Floats]:
    """Split x rare events and n of exposure: an event falls only where somebody was exposed."""
    ns = rng.multinomial(n.astype(np.int64), g.shares).astype(np.float64)
    xs = rng.multinomial(x.astype(np.int64), _rows_of(ns * np.exp(g.shifts)))
    return xs.astype(np.float64), ns


def _sums(rng: np.random.Generator, x: Floats, n: Floats, g: _Groups) -> tuple[Floats, Floats]:
    """Split a sum x over n cases into whole parts that add up to it."""
    ns = rng.multinomial(n.astype(np.int64), g.shares)
    weights = _rows_of(ns * np.exp(g.shifts) * rng.lognormal(0, 0.05, ns.shape))
    ends = np.round(np.cumsum(weights, axis=1) * x[:, None])
    return np.diff(ends, axis=1, prepend=0.0), ns.astype(np.float64)


def _medians(rng: np.random.Generator, x: Floats, n: Floats, g: _Groups) -> tuple[Floats, Floats]:
    """Medians of groups around the median of all; they never add up. NaN where a group has no case."""
    ns = rng.multinomial(n.astype(np.int64), g.shares).astype(np.float64)
    with np.errstate(divide="ignore"):
        values = np.round(x[:, None] * np.exp(g.shifts) * rng.lognormal(0, 0.35 / np.sqrt(np.maximum(ns, 1))))
    return np.where(ns > 0, values, np.nan), ns


def split(
    rng: np.random.Generator, x: Floats, n: Floats, g: _Groups, kind: Kind, *, events: bool
) -> tuple[Floats, Floats]:
    """Counts (n,) of all as counts (n, k) of groups, by the kind of number."""
    if kind == Kind.MEDIAN:
        return _medians(rng, x, n, g)
    if kind == Kind.PROPORTION:
        total = n.sum()
        return _share(rng, x, n, g, float(np.clip(x.sum() / total, 0.01, 0.99)) if total else 0.5)
    return _events(rng, x, n, g) if events else _sums(rng, x, n, g)


def table(
    rng: np.random.Generator,
    x: Floats,
    n: Floats,
    shape: Shape,
    mix: str,
    kind: Kind,
    told: Mapping[str, tuple[Floats, Floats]] | None = None,
) -> Table:
    """All patients, then every group that `shape` sends. `told`: language → counts that are given, not drawn."""
    gaps = shape.gaps or {}
    columns: list[tuple[str, Floats, Floats]] = [(TOTAL_KEY, x, n)]
    for dimension in shape.groups:
        if dimension == "language":
            columns += _by_language(rng, x, n, shape, kind, told)
        elif dimension == "race_ethnicity" and "language" in shape.groups and kind != Kind.MEDIAN:
            continue  # made of the languages, so that both add up together
        else:
            shares = _mixed_races() if dimension == "race_ethnicity" else MIXES[mix][dimension]
            g = _groups(shares, gaps.get(dimension, {}))
            xs, ns = split(rng, x, n, g, kind, events=shape.events)
            columns += [(stratum_key([(dimension, c)]), xs[:, i], ns[:, i]) for i, c in enumerate(g.codes)]
    keys = tuple(key for key, _, _ in columns)
    return Table(keys, np.stack([c[1] for c in columns], axis=1), np.stack([c[2] for c in columns], axis=1))


def _mixed_races() -> dict[str, float]:
    """Race and ethnicity of all patients together."""
    return {c: sum(s * races_of(lang)[c] for lang, s in LANGUAGES.items()) for c in RACE_CODES}


def _by_language(
    rng: np.random.Generator,
    x: Floats,
    n: Floats,
    shape: Shape,
    kind: Kind,
    told: Mapping[str, tuple[Floats, Floats]] | None,
) -> list[tuple[str, Floats, Floats]]:
    """Languages; where race and ethnicity is sent too, its groups as sums over languages, and both crossed."""
    gaps = shape.gaps or {}
    shares = {c: s for c, s in LANGUAGES.items() if not (shape.only_interpreted and c in {"en", "UNK"})}
    g = _groups(shares, gaps.get("language", {}))
    if told is None:
        xs, ns = split(rng, x, n, g, kind, events=shape.events)
        parts: Sequence[tuple[str, Floats, Floats]] = [(c, xs[:, i], ns[:, i]) for i, c in enumerate(g.codes)]
    else:
        parts = [(c, *counts) for c, counts in told.items()]
    columns = [(stratum_key([("language", c)]), xl, nl) for c, xl, nl in parts]
    if "race_ethnicity" not in shape.groups or kind == Kind.MEDIAN:
        return columns
    sums = {c: (np.zeros(len(x)), np.zeros(len(x))) for c in RACE_CODES}
    crossed = []
    for language, xl, nl in parts:
        given = {c: s for c, s in races_of(language).items() if s > 0}
        inner = _groups(given, gaps.get("race_ethnicity", {}))
        xs, ns = split(rng, xl, nl, inner, kind, events=shape.events)
        for i, race in enumerate(inner.codes):
            sums[race] = (sums[race][0] + xs[:, i], sums[race][1] + ns[:, i])
            key = stratum_key([("language", language), ("race_ethnicity", race)])
            crossed.append((key, xs[:, i], ns[:, i]))
    columns += [(stratum_key([("race_ethnicity", c)]), *counts) for c, counts in sums.items()]
    return columns + (crossed if shape.crossed else [])
