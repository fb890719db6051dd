"""One XmR chart with its phases: new limits from chosen points on, or limits from the first points, carried forward."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, whole_setting, wholes
from analytics.outcomes import SettingError, ShapeError
from analytics.spc.codes import Assurance, Flags, Variation
from analytics.spc.gaps import Floats
from analytics.spc.limits import MDC_FACTOR, xmr_limits
from analytics.spc.states import SpcStates, xmr_states


@dataclass(frozen=True, slots=True)
class XmrChart:
    """A chart of T points, each array of shape (T,).

    `mean`, `lower`, `upper`: the lines at each point, in the unit of the values, NaN where there is none. `phase`: 0,
    1, ...
    `point_flags` as in `SpcStates`. `latest` is the state of the last phase (S = 1), from which variation and
    assurance are told.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    phase: npt.NDArray[np.int64]
    point_flags: Flags
    latest: SpcStates

    @property
    def variation(self) -> Variation:
        """What the process is doing, as the latest point tells."""
        return Variation(int(self.latest.variation[0]))

    @property
    def assurance(self) -> Assurance:
        """Whether the limits of the last phase meet the target."""
        return Assurance(int(self.latest.assurance[0]))


def xmr_chart(
    values: npt.ArrayLike,
    direction: int,
    target: float = np.nan,
    *,
    phase_starts: Sequence[int] = (),
    limits_from: int | None = None,
    screen: bool = True,
    factor: float = MDC_FACTOR,
) -> XmrChart:
    """Lines, marked points and state of one series.

    `values`: (T,), oldest first, NaN where a point is missing. `direction`: 1, -1 or 0; `target` NaN is none.
    `phase_starts`: columns where new limits start ("rebase"); rules do not look across them.
    `limits_from`: limits of each phase come from its first so many columns and are carried forward; None takes all.
    Raises ValueError for another shape, a start outside 1 .. T-1 or out of order, fewer than 2 columns for the limits.
    Source: NHSRplotthedots 0.2.2 (`rebase`, `fix_after_n_points`).
    """
    series = floats(values)
    if series.ndim != 1 or not len(series):
        raise ShapeError("a chart needs one series of at least one column")
    starts = [0, *wholes(phase_starts, "starts of phases").ravel().tolist()]
    if any(after <= before for before, after in zip(starts, [*starts[1:], len(series)], strict=True)):
        raise SettingError("phases must start inside the series, each after the one before")
    if limits_from is not None:
        whole_setting(limits_from, "a number of points for limits", least=2)

    mean, lower, upper = np.full((3, len(series)), np.nan)
    phases = np.zeros(len(series), dtype=np.int64)
    flags = np.zeros(len(series), dtype=np.uint8)
    state: SpcStates | None = None
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(series)], strict=True)):
        part = series[None, start:end]
        limits = xmr_limits(part[:, :limits_from], screen=screen, factor=factor)
        state = xmr_states(part, direction, target, limits=limits, factor=factor)
        mean[start:end], lower[start:end], upper[start:end] = state.mean[0], state.lower[0], state.upper[0]
        phases[start:end], flags[start:end] = number, state.point_flags[0]
    assert state is not None
    return XmrChart(mean, lower, upper, phases, flags, state)
