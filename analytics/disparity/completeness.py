"""Whether enough is known of patients' race, language or payer to speak of a gap at all."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.disparity.groups import Floats
from analytics.inputs import setting
from analytics.intervals import Interval, wilson
from analytics.intervals.inputs import together
from analytics.outcomes import CountError, SettingError

LEAST_KNOWN: Final = 0.80
WELL_KNOWN: Final = 0.90
"""Our own choice, no standard: from 80 % known a gap is shown, below 90 % with a warning."""

_ROUNDING: Final = 1e-12


class Verdict(IntEnum):
    """What the share known allows. Numbers are stored."""

    NONE = 0
    TOO_LITTLE = 1
    WARNING = 2
    ENOUGH = 3

    def __str__(self) -> str:
        return self.name.lower() if self else ""


@dataclass(frozen=True, slots=True)
class Completeness:
    """`known`: share with a known value, Wilson's interval. `declined`, `unknown`: shares of the rest; the three add
    up to 1. `verdict`: `Verdict` as uint8, NONE where nobody was counted. Arrays of the broadcast shape of the counts.
    """

    known: Interval
    declined: Floats
    unknown: Floats
    verdict: npt.NDArray[np.uint8]


def completeness(
    known: npt.ArrayLike,
    total: npt.ArrayLike,
    declined: npt.ArrayLike = 0,
    *,
    least: float = LEAST_KNOWN,
    well: float = WELL_KNOWN,
    confidence: float = 0.95,
) -> Completeness:
    """How complete a field is: patients with a known value, who declined to answer, and all, as counts.

    Declining is an answer of the patient, not a gap in asking, and is kept apart (NCQA). The verdict goes by the
    share known itself: below `least` no gap is shown, below `well` with a warning.
    Raises CountError where known and declined together exceed the total or a count is negative, SettingError unless
    0 <= least <= well <= 1.
    """
    if not 0 <= setting(least, "the least share") <= setting(well, "the share that is well") <= 1:
        raise SettingError(f"the limits of completeness lie in order between 0 and 1, not at {least} and {well}")
    have, refused, everyone = together(known, declined, total)
    if (refused < 0).any() or (have + refused > everyone).any():
        raise CountError("known and declined are not negative and together no more than all")
    share = wilson(have, everyone, confidence=confidence)
    counted = np.where(everyone > 0, everyone, np.nan)
    verdict = np.select(
        [np.isnan(share.estimate), share.estimate < least - _ROUNDING, share.estimate < well - _ROUNDING],
        [Verdict.NONE, Verdict.TOO_LITTLE, Verdict.WARNING],
        default=Verdict.ENOUGH,
    )
    return Completeness(share, refused / counted, (everyone - have - refused) / counted, verdict.astype(np.uint8))
