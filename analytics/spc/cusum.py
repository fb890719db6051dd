"""Bernoulli CUSUM: one case after another, for harm so rare that no period has enough of it."""

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting
from analytics.outcomes import CountError, SettingError, ShapeError
from analytics.spc.gaps import Floats


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sums after each case, in the shape (..., T) of the cases, in log-likelihood ratios.

    `up`: evidence that harm became more frequent, 0 or more; `down`: less frequent, 0 or less. `signal_up`,
    `signal_down`: the sum reached the limit at this case, and is set back to 0 there. `expected`, `raised`,
    `lowered`: chance of harm that was asked for, and the two that are looked for.
    """

    up: Floats
    down: Floats
    signal_up: npt.NDArray[np.bool_]
    signal_down: npt.NDArray[np.bool_]
    expected: float
    raised: float
    lowered: float


def bernoulli_cusum(events: npt.ArrayLike, expected: float, *, odds_ratio: float = 2.0, limit: float = 3.5) -> Cusum:
    """Sums of evidence for a raised and for a lowered chance of an event, case by case.

    `events`: (..., T), 1 where the case had the event, 0 where not, NaN where that is not known (the sum stands still).
    `expected`: chance of the event, between 0 and 1. `odds_ratio`: odds are looked for that are so many times higher,
    or lower. `limit`: a sum that reaches it is a signal.
    Raises CountError for other values, SettingError for a chance, a ratio not above 1 or a limit that cannot be.
    Source: Leandro et al. 2005; Rogers et al. 2004; qicharts2 0.8.1 (`bchart`).
    """
    cases = floats(events)
    if not cases.ndim:
        raise ShapeError("cases come one after the other, along the last axis")
    known = ~np.isnan(cases)
    if not np.isin(cases[known], (0.0, 1.0)).all():
        raise CountError("a case has the event (1) or has it not (0)")
    if not 1e-9 < setting(expected, "the expected chance") < 1:
        raise SettingError("the expected chance lies between 0 and 1")
    if setting(odds_ratio, "an odds ratio", above=1) > 1e6:
        raise SettingError("an odds ratio is no more than a million")
    setting(limit, "a limit", above=0)
    odds = expected / (1 - expected)
    raised, lowered = (odds * ratio / (1 + odds * ratio) for ratio in (odds_ratio, 1 / odds_ratio))
    steps = [
        np.where(known, np.where(cases == 1, log(other / expected), log((1 - other) / (1 - expected))), 0.0)
        for other in (raised, lowered)
    ]
    up, signal_up = _sums(steps[0], limit)
    down, signal_down = _sums(steps[1], limit)
    return Cusum(up, 0.0 - down, signal_up, signal_down, expected, raised, lowered)


def _sums(steps: Floats, limit: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    out = np.zeros_like(steps)
    signal = np.zeros(steps.shape, dtype=bool)
    now = np.zeros(steps.shape[:-1])
    for at in range(steps.shape[-1]):
        now = np.maximum(now + steps[..., at], 0.0)
        signal[..., at] = now >= limit
        now = np.where(signal[..., at], 0.0, now)
        out[..., at] = now
    return out, signal
