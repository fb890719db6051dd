"""A month of days, each told by the loudest of what it holds: the calendar in a letter of the board."""

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, whole_setting
from analytics.outcomes import AnalyticsError, SettingError, ShapeError

Codes = npt.NDArray[np.int64]


def loudest_by_day(
    days: npt.ArrayLike,
    codes: npt.ArrayLike,
    *,
    first: int,
    length: int,
    rows: npt.ArrayLike = 0,
    n_rows: int = 1,
    nothing: int = 0,
) -> Codes:
    """(n_rows, length) codes: for each row (a letter) and day the largest code that falls there.

    `days`: (N,) day numbers, `codes`: (N,) status codes in their order of loudness, `rows`: (N,) or one number, the row
    of each. `first`: day number of the first day, `length`: days of the month. Days outside are left out; a day without
    a code is `nothing`, and a code below it does not show.
    Raises ShapeError for arrays that do not fit together, AnalyticsError for days or codes that are not whole,
    SettingError for a length below 1 or a row that does not exist.
    """
    if whole_setting(length, "the days of a calendar", least=1) > 366:
        raise SettingError("a calendar is of a year at most")
    length, first = int(length), whole_setting(first, "a day number")
    whole_setting(n_rows, "the rows of a calendar", least=1)
    day, code = _whole(days), _whole(codes)
    try:
        day, code, row = np.broadcast_arrays(day, code, _whole(rows))
    except ValueError as error:
        raise ShapeError("days, codes and rows do not fit together") from error
    if ((row < 0) | (row >= n_rows)).any():
        raise SettingError(f"a row lies between 0 and {n_rows - 1}")
    out: Codes = np.full((n_rows, length), nothing, dtype=np.int64)
    inside = (day >= first) & (day < first + length)
    np.maximum.at(out, (row[inside], day[inside] - first), code[inside])
    return out


def tally(codes: npt.ArrayLike, kinds: int) -> Codes:
    """(..., kinds) how many days of (..., T) hold each code from 0 to kinds - 1.

    Raises ShapeError without an axis, AnalyticsError for a code outside or not whole.
    """
    whole_setting(kinds, "a number of codes", least=1)
    found = _whole(codes)
    if found.ndim == 0:
        raise ShapeError("days lie along an axis")
    if ((found < 0) | (found >= kinds)).any():
        raise AnalyticsError(f"a code lies between 0 and {kinds - 1}")
    counted: Codes = (found[..., None] == np.arange(kinds)).sum(axis=-2)
    return counted


def _whole(numbers: npt.ArrayLike) -> Codes:
    given = floats(numbers)
    if not np.isfinite(given).all() or (given != np.floor(given)).any() or (np.abs(given) > 2.0**53).any():
        raise AnalyticsError("days, codes and rows are whole numbers")
    return given.astype(np.int64)
