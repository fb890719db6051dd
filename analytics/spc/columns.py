"""What a chart of any kind draws, made from the counts it is given: checked, divided, closed up, lying in columns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.outcomes import CountError, SettingError, ShapeError
from analytics.spc.gaps import Floats, close_up
from analytics.spc.kinds import Kind
from analytics.spc.limits import checked


def sizes_beside(kind: Kind, values: Floats, sizes: npt.ArrayLike | None) -> Floats | None:
    """The sizes in the shape of the values, or None for a chart without.

    Raises ShapeError where they do not fit, SettingError where a kind needs them or can do nothing with them.
    """
    if sizes is None:
        if kind.sized:
            raise SettingError(f"a chart of the kind {kind.name} needs the size of each point")
        return None
    if not kind.may_be_sized:
        raise SettingError(f"a chart of the kind {kind.name} takes no sizes")
    array = np.asarray(sizes, dtype=np.float64)
    if array.shape != values.shape:
        raise ShapeError(f"sizes must be of the shape of the values {values.shape}, not {array.shape}")
    return array


def _refuse_impossible(kind: Kind, values: Floats, sizes: Floats | None) -> None:
    with np.errstate(invalid="ignore"):
        if sizes is not None:
            if np.isinf(sizes).any() or np.isinf(values).any():
                raise CountError("a series holds an infinite value")
            if (sizes < 0).any():
                raise CountError("a size is negative")
            if kind.share and (values > sizes).any():
                raise CountError("a numerator lies above its denominator")
        if kind.never_negative and (kind is not Kind.MR) and (values < 0).any():
            raise CountError("a count or a time is negative")


def figures(kind: Kind, values: npt.ArrayLike, sizes: npt.ArrayLike | None = None) -> Floats:
    """What the chart draws, (S, T): the ratios of a sized chart, the moving ranges of an MR chart, else the values.

    NaN where a value or a size is missing or a size is 0. A moving range stands at its second point, and spans gaps.
    Raises ShapeError unless `values` is (S, T) and `sizes` of its shape, CountError for a negative count or size, an
    infinite value or a numerator above its denominator, SettingError where sizes are missing or not wanted.
    """
    array = checked(values)
    beside = sizes_beside(kind, array, sizes)
    _refuse_impossible(kind, array, beside)
    return _drawn(kind, array, beside)


def asked(kind: Kind, values: npt.ArrayLike, sizes: npt.ArrayLike | None) -> tuple[Floats, Floats | None]:
    """What `columns` takes: values (S, T) and sizes of a sized kind, figures and no sizes of the others.

    Errors as of `figures`.
    """
    array = checked(values)
    beside = sizes_beside(kind, array, sizes)
    if kind is Kind.MR or (beside is not None and not kind.sized):
        return figures(kind, array, beside), None
    return array, beside


def _drawn(kind: Kind, values: Floats, sizes: Floats | None) -> Floats:
    if sizes is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.divide(values, sizes, out=np.full_like(values, np.nan), where=sizes > 0)
    if kind is not Kind.MR:
        return values
    closed = close_up(values)
    out = np.full_like(values, np.nan)
    ranges = np.abs(np.diff(closed.values, axis=1, prepend=np.nan))
    points = values.shape[1]
    ranges[np.arange(points) == points - closed.counts[:, None]] = np.nan
    out[closed.present] = ranges[closed.filled]
    return out


@dataclass(frozen=True, slots=True)
class Columns:
    """A chunk of series lying in columns (T, S), closed up to the bottom; above a series stand copies of its first.

    `points` are what is drawn. `sizes` and `events` belong to a sized kind. `counts` (S,) points are real. `present`
    and `filled` (S, T) say where the points stood and stand now; None where no point is missing.
    """

    points: Floats
    sizes: Floats | None
    events: Floats | None
    counts: npt.NDArray[np.int64]
    present: npt.NDArray[np.bool_] | None
    filled: npt.NDArray[np.bool_] | None

    def opened(self, flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Flags (T, S) of the columns as (S, T), put back where their points stood; 0 in the gaps."""
        if self.present is None or self.filled is None:
            return flags.T
        out = np.zeros(self.present.shape, dtype=np.uint8)
        out[self.present] = np.ascontiguousarray(flags.T)[self.filled]
        return out

    @property
    def real(self) -> npt.NDArray[np.bool_] | None:
        """Which rows of each column are real points, (T, S); None where all are."""
        if self.present is None:
            return None
        points = len(self.points)
        return np.arange(points)[:, None] >= points - self.counts

    @property
    def latest(self) -> npt.NDArray[np.int64]:
        """(S,) where the latest point stood; -1 without one."""
        points, series = self.points.shape
        if self.present is None:
            return np.full(series, points - 1, dtype=np.int64)
        found = self.present[:, ::-1].argmax(axis=1)
        return np.where(self.counts > 0, points - 1 - found, -1)


def columns(kind: Kind, values: Floats, sizes: Floats | None) -> Columns:
    """Series (S, T) as `asked` gives them, checked and closed up; errors as of `figures`. T must not be 0."""
    _refuse_impossible(kind, values, sizes)
    if not kind.sized:
        return _plain(values)
    assert sizes is not None
    whole = bool((sizes > 0).all()) and not np.isnan(values).any()
    if whole:
        events, exposure = np.ascontiguousarray(values.T), np.ascontiguousarray(sizes.T)
        counts = np.full(len(values), values.shape[1], dtype=np.int64)
        return Columns(events / exposure, exposure, events, counts, None, None)
    with np.errstate(invalid="ignore"):
        known = (sizes > 0) & ~np.isnan(values)
    closed = close_up(np.where(known, values, np.nan))
    exposure = np.ascontiguousarray(close_up(np.where(known, sizes, np.nan)).values.T)
    exposure[:, closed.counts == 0] = 1.0
    events = np.ascontiguousarray(closed.values.T)
    return Columns(events / exposure, exposure, events, closed.counts, closed.present, closed.filled)


def _plain(values: Floats) -> Columns:
    down = np.ascontiguousarray(values.T)
    with np.errstate(invalid="ignore"):
        whole = bool(np.isfinite(down.sum(axis=0)).all())
    if whole:
        return Columns(down, None, None, np.full(len(values), values.shape[1], dtype=np.int64), None, None)
    closed = close_up(values)
    return Columns(np.ascontiguousarray(closed.values.T), None, None, closed.counts, closed.present, closed.filled)
