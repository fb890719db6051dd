"""What comes in, made numbers or refused: text, dates, complex and ragged lists never reach a formula."""

from numbers import Integral, Real
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics.outcomes import AnalyticsError, SettingError, ShapeError

Floats = npt.NDArray[np.float64]

#: kinds of NumPy arrays that are numbers: truth, whole (with and without sign), floating
_NUMBERS: Final = "biuf"


def floats(values: npt.ArrayLike) -> Floats:
    """Numbers of any shape as float64; None, and what a mask hides, as NaN. An array of float64 is not copied.

    Raises ShapeError for ragged lists, AnalyticsError for text, dates, complex numbers, other objects and whole numbers
    beyond the range of a float. A figure in quotes is text: reading it is the business of whoever read the file.
    """
    try:
        array = np.asanyarray(values)
    except ValueError as error:
        raise ShapeError("rows of different lengths are no array") from error
    if isinstance(array, np.ma.MaskedArray):
        array = floats(array.data) if array.mask is np.ma.nomask else np.where(array.mask, np.nan, floats(array.data))
    if array.dtype.kind == "O" and all(each is None or isinstance(each, Real) for each in array.flat):
        array = _of_objects(array)
    if array.dtype.kind not in _NUMBERS:
        raise AnalyticsError(f"numbers are needed, not values of the type {array.dtype}")
    return np.asarray(array, dtype=np.float64)


def _of_objects(array: npt.NDArray[Any]) -> Floats:
    """Numbers that Python keeps (fractions, whole numbers of any length), None among them."""
    try:
        return np.asarray(array, dtype=np.float64)
    except OverflowError as error:
        raise AnalyticsError("a number is beyond the range of a float") from error


def flags(values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Marks of any shape as truth values. Raises AnalyticsError for what is neither true nor false (0 and 1 count)."""
    array = np.asarray(values) if isinstance(values, np.ndarray) else floats(values)
    if array.dtype.kind == "b":
        return np.asarray(array, dtype=np.bool_)
    found = floats(array)
    if not np.isin(found, (0.0, 1.0)).all():
        raise AnalyticsError("a mark is true or false")
    return np.asarray(found == 1.0)


def fitting(*parts: npt.ArrayLike) -> tuple[Floats, ...]:
    """Numbers of shapes that broadcast, as float arrays of one shape. Raises ShapeError, and as `floats` does."""
    arrays = [floats(part) for part in parts]
    try:
        return np.broadcast_arrays(*arrays)
    except ValueError as error:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise ShapeError(f"shapes {shapes} do not fit together") from error


def wholes(values: npt.ArrayLike, what: str) -> npt.NDArray[np.int64]:
    """Whole numbers of any shape, such as columns. `what` they are is told in the SettingError for others."""
    found = floats(values)
    if not (np.isfinite(found) & (found == np.rint(found)) & (np.abs(found) < 2.0**53)).all():
        raise SettingError(f"{what} must be whole")
    return found.astype(np.int64)


def setting(value: float, what: str, *, above: float = -np.inf, least: float = -np.inf) -> float:
    """One finite number that is a setting, above `above` and not below `least`. Raises SettingError for others."""
    if not isinstance(value, Real) or not _finite(value):
        raise SettingError(f"{what} is one finite number, not {value!r}"[:200])
    if not (value > above and value >= least):
        raise SettingError(f"{what} of {value} is out of its range")
    return float(value)


def whole_setting(value: int, what: str, *, least: int = 0) -> int:
    """One whole number that is a setting, not below `least`. Raises SettingError for others."""
    if not isinstance(value, Integral) or not least <= value < 2**53:
        raise SettingError(f"{what} is a whole number from {least} on, not {value!r}"[:200])
    return int(value)


def _finite(value: Real) -> bool:
    try:
        return bool(np.isfinite(float(value)))
    except OverflowError:
        return False
