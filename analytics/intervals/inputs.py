"""What goes into an interval: confidences and counts, checked once for all."""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting
from analytics.outcomes import CountError, Reason, Reasons, SettingError, ShapeError

Floats = npt.NDArray[np.float64]

#: beyond it a float no longer tells one person from none; below it no exposure of a hospital lies
MOST, LEAST = 2.0**53, 1e-9


def normal_quantile(confidence: float) -> float:
    """How many standard errors a two-sided interval of `confidence` (a share, as 0.95) reaches to each side.

    Raises SettingError for a confidence outside (0, 1).
    """
    return NormalDist().inv_cdf(0.5 + checked_confidence(confidence) / 2)


def checked_confidence(confidence: float) -> float:
    """The confidence itself. Raises SettingError outside (0, 1)."""
    # The second half: so near to 1 that the float of its quantile's share is 1.
    if not 0 < setting(confidence, "a confidence") < 1 or 0.5 + confidence / 2 >= 1:
        raise SettingError(f"a confidence lies between 0 and 1, not at {confidence}")
    return confidence


def shares(x: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Numerators and denominators of proportions as float arrays of one shape; NaN is "not known".

    Raises CountError for negative or infinite counts or x above n, ShapeError for shapes that do not broadcast.
    """
    events, sizes = exposures(x, n)
    if (events > sizes).any():
        raise CountError("a numerator is above its denominator")
    return events, sizes


def exposures(x: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Events and what they are counted over (people, bed days), as float arrays of one shape; NaN is "not known".

    Raises CountError for negative or infinite counts, ShapeError for shapes that do not broadcast.
    """
    events, sizes = together(x, n)
    return events, sizes


def together(*parts: npt.ArrayLike) -> tuple[Floats, ...]:
    """Counts of any shapes that broadcast, as float arrays of one shape. Raises as `exposures` does."""
    arrays = [floats(part) for part in parts]
    if any(np.isinf(array).any() or (array < 0).any() for array in arrays):
        raise CountError("counts must be finite and not negative")
    if any((array > MOST).any() or ((array > 0) & (array < LEAST)).any() for array in arrays):
        raise CountError(f"counts lie at 0 or from {LEAST} to {MOST}")
    try:
        return np.broadcast_arrays(*arrays)
    except ValueError as error:
        raise ShapeError(f"shapes {', '.join(str(array.shape) for array in arrays)} do not fit together") from error


def two_groups(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, *, proportions: bool
) -> tuple[tuple[Floats, Floats, Floats, Floats], Reasons]:
    """Counts of a group and its comparator as float arrays of one shape, and why nothing can be computed from them.

    Raises as `shares` does for `proportions`, else as `exposures`.
    """
    check = shares if proportions else exposures
    check(x1, n1)
    check(x2, n2)
    first, size1, second, size2 = together(x1, n1, x2, n2)
    return (first, size1, second, size2), np.asarray(np.maximum(why_not(first, size1), why_not(second, size2)))


def why_not(events: Floats, sizes: Floats) -> Reasons:
    """Why nothing can be computed from these counts: nothing known, or nobody counted. uint8 of `Reason`."""
    missing = np.isnan(events) | np.isnan(sizes)
    found = np.where(missing, Reason.NO_DATA, np.where(sizes == 0, Reason.ZERO_DENOMINATOR, Reason.COMPUTED))
    return found.astype(np.uint8)


def scattered(known: npt.NDArray[np.bool_], values: Floats) -> Floats:
    """`values`, one for each True in `known`, at their places in an array of its shape; NaN elsewhere."""
    out: Floats = np.full(known.shape, np.nan)
    out[known] = values
    return out
