"""What a chart of any kind draws, made from the counts it is given: checked, divided, closed up, lying in columns."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.outcomes import CountError, SettingError, ShapeError
from analytics.spc.gaps import Closed, Floats, close_up
from analytics.spc.kinds import Kind
from analytics.spc.limits import CHUNK, MOST, bounded, checked


def sizes_beside(kind: Kind, values: Floats, sizes: npt.ArrayLike | None) -> Floats | None:
    """The sizes in the shape of the values, or None for a chart without.

    Raises ShapeError where they do not fit, CountError where they are infinite, SettingError where a kind needs them or
    can do nothing with them.
    """
    if sizes is None:
        if kind.sized:
            raise SettingError(f"a chart of the kind {kind.name} needs the size of each point")
        return None
    if not kind.may_be_sized:
        raise SettingError(f"a chart of the kind {kind.name} takes no sizes")
    array = floats(sizes)
    if array.shape != values.shape:
        raise ShapeError(f"sizes must be of the shape of the values {values.shape}, not {array.shape}")
    return bounded(array)


def _refuse_impossible(kind: Kind, values: Floats, sizes: Floats | None) -> None:
    if not values.size:
        return
    if sizes is not None:
        refuse_sizes(sizes)
        if kind.share and (values > sizes).any():
            raise CountError("a numerator lies above its denominator")
    if kind.never_negative and (kind is not Kind.MR) and np.fmin.reduce(values, axis=None) < 0:
        raise CountError("a count or a time is negative")


def refuse_sizes(sizes: Floats) -> None:
    """Raises CountError for a size below 0, or so close to it that nothing can be divided by it."""
    least = np.fmin.reduce(sizes, axis=None, initial=np.inf)
    if least < 0:
        raise CountError("a size is negative")
    if least < 1 / MOST and ((sizes > 0) & (sizes < 1 / MOST)).any():
        raise CountError("a size is too small for any chart")


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
    out = np.full_like(values, np.nan)
    for begin in range(0, len(values), CHUNK):
        part = slice(begin, begin + CHUNK)
        closed = close_up(values[part])
        # The copies in front of a series end at its first point, which has no range.
        ranges = np.abs(np.diff(closed.values, axis=1, prepend=np.nan))
        points = values.shape[1]
        ranges[np.arange(points) == points - closed.counts[:, None]] = np.nan
        out[part][closed.present] = ranges[closed.filled]
    return out


@dataclass(frozen=True, slots=True)
class Columns:
    """A chunk of series lying in columns (T, S), closed up to the bottom; above a series stand copies of its first.

    `points` are what is drawn. `sizes` belong to a sized kind, with the `mean` of its series (S,). `counts` (S,) points
    are real. `closed` knows where they stood; None where no point is missing.
    """

    points: Floats
    sizes: Floats | None
    mean: Floats | None
    counts: npt.NDArray[np.int64]
    closed: Closed | None

    def opened(self, flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Flags (T, S) of the columns as (S, T), put back where their points stood; 0 in the gaps."""
        return flags.T if self.closed is None else self.closed.open(np.ascontiguousarray(flags.T))

    @property
    def real(self) -> npt.NDArray[np.bool_] | None:
        """Which rows of each column are real points, (T, S); None where all are."""
        if self.closed is None:
            return None
        points = len(self.points)
        return np.arange(points)[:, None] >= points - self.counts

    @property
    def latest(self) -> npt.NDArray[np.int64]:
        """(S,) where the latest point stood; -1 without one."""
        points, series = self.points.shape
        if self.closed is None:
            return np.full(series, points - 1, dtype=np.int64)
        found = self.closed.present[:, ::-1].argmax(axis=1)
        return np.where(self.counts > 0, points - 1 - found, -1)


def columns(kind: Kind, values: Floats, sizes: Floats | None) -> Columns:
    """Series (S, T) as `asked` gives them, checked and closed up; errors as of `figures`. T must not be 0."""
    _refuse_impossible(kind, values, sizes)
    if not kind.sized:
        return _plain(values)
    assert sizes is not None
    with np.errstate(invalid="ignore"):
        if not (sizes > 0).all():
            known = sizes > 0
            values, sizes = np.where(known, values, np.nan), np.where(known, sizes, 1.0)
    events = (np.fmax(values, 0) if kind.never_negative else np.nan_to_num(values)).sum(axis=1)
    ratios = _plain(values / sizes)
    if ratios.closed is None:
        return replace(ratios, sizes=np.ascontiguousarray(sizes.T), mean=events / sizes.sum(axis=1))
    exposure = np.ascontiguousarray(ratios.closed.beside(sizes).T)
    exposures = exposure.sum(axis=0) - (len(exposure) - ratios.counts) * exposure[0]
    with np.errstate(invalid="ignore"):
        return replace(ratios, sizes=exposure, mean=np.divide(events, exposures))


def _plain(values: Floats) -> Columns:
    with np.errstate(invalid="ignore"):
        whole = bool(np.isfinite(values.sum()))
    if whole:
        down = np.ascontiguousarray(values.T)
        return Columns(down, None, None, np.full(len(values), values.shape[1], dtype=np.int64), None)
    closed = close_up(values)
    return Columns(np.ascontiguousarray(closed.values.T), None, None, closed.counts, closed)
