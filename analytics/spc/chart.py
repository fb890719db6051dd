"""One chart of any kind: its lines, phases, marked points, runs and state."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting, whole_setting, wholes
from analytics.outcomes import Reason, SettingError, ShapeError
from analytics.spc.baselines import Baseline, Lines, baseline_of, lines
from analytics.spc.codes import Assurance, Flags, Variation
from analytics.spc.columns import asked, figures
from analytics.spc.gaps import Floats
from analytics.spc.kinds import Kind
from analytics.spc.limits import width_of
from analytics.spc.rulesets import RuleSet
from analytics.spc.runs import ON_CENTER, Runs, median_runs
from analytics.spc.states import SpcStates, states_of, ways_and_aims


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a chart with limits of its own: columns `first` to `last`, both included; S = 1 in all arrays.

    `n_obs`: columns that were not left out, missing points included.
    """

    first: int
    last: int
    n_obs: int
    baseline: Baseline
    runs: Runs
    states: SpcStates

    @property
    def reason(self) -> Reason:
        """Why the phase has no limits; COMPUTED where it has."""
        return Reason(int(self.baseline.reason[0]))


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of T points, each array of shape (T,), figures and lines per `per`; NaN where there is none.

    `figures`: what is drawn. `lines`: center, limits, and the lines of two standard deviations. `phase`: 0, 1, ...
    `counted`: the point was part of what the limits rest on. `outside`: strictly outside its limits, also where it was
    left out of them. `point_flags` as in `SpcStates`; 0 for points that were left out.
    """

    kind: Kind
    figures: Floats
    lines: Lines
    phase: npt.NDArray[np.int64]
    counted: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]
    point_flags: Flags
    phases: tuple[Phase, ...]

    @property
    def latest(self) -> SpcStates:
        """The state of the last phase (S = 1), from which variation and assurance are told."""
        return self.phases[-1].states

    @property
    def variation(self) -> Variation:
        """What the process is doing, as the latest point tells."""
        return Variation(int(self.latest.variation[0]))

    @property
    def assurance(self) -> Assurance:
        """Whether the limits of the last phase meet the target."""
        return Assurance(int(self.latest.assurance[0]))


def _series(values: npt.ArrayLike, name: str) -> Floats:
    array = floats(values)
    if array.ndim != 1 or not len(array):
        raise ShapeError(f"a chart needs one series of at least one column of {name}")
    return array


def _bounds(starts: Sequence[int], points: int) -> list[tuple[int, int]]:
    edges = [0, *wholes(starts, "starts of phases").ravel().tolist(), points]
    pairs = list(pairwise(edges))
    if any(after <= before for before, after in pairs):
        raise SettingError("phases must start inside the series, each after the one before")
    return pairs


def _left_out(exclude: Sequence[int], points: int) -> npt.NDArray[np.bool_]:
    out = np.zeros(points, dtype=bool)
    columns = wholes(exclude, "columns to leave out")
    if columns.size and (columns.min() < 0 or columns.max() >= points):
        raise SettingError("points to leave out must lie inside the series")
    out[columns] = True
    return out


def chart(
    kind: Kind,
    values: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    direction: int = 0,
    target: float = np.nan,
    phase_starts: Sequence[int] = (),
    limits_from: int | None = None,
    exclude: Sequence[int] = (),
    limits: Baseline | None = None,
    screen: bool = True,
    rules: RuleSet = RuleSet.MAKING_DATA_COUNT,
    factor: float | None = None,
    per: float = 1.0,
) -> Chart:
    """Lines, marked points, runs and state of one series of any kind.

    `values`, `sizes`: (T,), oldest first, NaN where a point is missing; what they are for each kind: `baseline`.
    `direction`: 1 higher is better, -1 lower is better, 0 neither. `target`: per `per`; NaN is none.
    `phase_starts`: columns where new limits start ("rebase"); no rule looks across them.
    `limits_from`: limits of each phase come from its first so many columns and are carried forward ("freeze").
    `exclude`: columns that are drawn but neither count in limits nor in any rule. `limits`: a locked baseline (S = 1)
    for all points; then there is one phase, and nothing is calculated. `screen`, `factor`: as for `states`: an XmR
    chart has 2.66 unless given. `per`: figures per so many.
    Raises ShapeError, CountError, SettingError for input that cannot be.
    Source: qicharts2 0.8.1 (`part`, `freeze`, `exclude`, `multiply`); NHSRplotthedots 0.2.2 (`rebase`).
    """
    counts = _series(values, "values")
    beside = None if sizes is None else _series(sizes, "sizes")
    points = len(counts)
    if limits_from is not None:
        whole_setting(limits_from, "a number of points for limits", least=2)
    setting(per, "what figures are told for", above=0)
    if limits is not None and (limits.kind is not kind or limits.center.shape != (1,)):
        raise SettingError("locked limits must be of the same kind and of one series")
    if limits is not None and (limits_from is not None or len(phase_starts)):
        raise SettingError("locked limits leave nothing to calculate: give them, or how to calculate, not both")
    bounds = _bounds(phase_starts, points)
    out = _left_out(exclude, points)
    how = ways_and_aims(direction, target, 1)
    width = width_of(kind, factor)
    found: list[Phase] = []
    pieces: list[Lines] = []
    drawn = np.full(points, np.nan)
    base_columns = ~out
    flags = np.zeros(points, dtype=np.uint8)
    phase = np.zeros(points, dtype=np.int64)
    for number, (start, end) in enumerate(bounds):
        part = slice(start, end)
        array, beneath = asked(kind, counts[None, part], None if beside is None else beside[None, part])
        drawn[part] = figures(kind, array, beneath)[0] if kind.sized else array[0]
        kept = np.where(out[part], np.nan, array)
        base = limits
        if base is None:
            first = slice(None, limits_from)
            within = None if beneath is None else beneath[:, first]
            base = baseline_of(kind, kept[:, first], within, screen=screen, factor=width)
            base_columns[start + (limits_from or end - start) : end] = False
        else:
            base_columns[part] = False
        state = states_of(kind, (kept, beneath), how, limits=base, rules=rules, screen=screen, factor=width, per=per)
        runs = median_runs(np.where(out[None, part], np.nan, drawn[None, part]), center=base.center)
        pieces.append(lines(base, beneath, points=end - start, per=per))
        found.append(Phase(start, end - 1, int((~out[part]).sum()), base, runs, state))
        phase[part], flags[part] = number, state.point_flags[0]
    all_lines = Lines(
        *(
            np.concatenate([getattr(piece, name)[0] for piece in pieces])
            for name in ("center", "lower", "upper", "lower_two", "upper_two")
        )
    )
    shown = drawn * per
    with np.errstate(invalid="ignore"):
        reach = ON_CENTER * np.fmax(np.abs(all_lines.center), all_lines.upper - all_lines.lower)
        outside = (shown > all_lines.upper + reach) | (shown < all_lines.lower - reach)
    return Chart(
        kind=kind,
        figures=shown,
        lines=all_lines,
        phase=phase,
        counted=base_columns & ~np.isnan(drawn),
        outside=outside,
        point_flags=flags,
        phases=tuple(found),
    )
