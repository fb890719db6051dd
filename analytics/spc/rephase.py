"""Where a process has settled on a new level: the Stable Shift Algorithm, as a suggestion that a person accepts."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, whole_setting
from analytics.outcomes import Reason, SettingError, ShapeError
from analytics.spc.baselines import Baseline, Lines, baseline, lines
from analytics.spc.columns import figures
from analytics.spc.gaps import Floats
from analytics.spc.kinds import EXACT_FACTOR, Kind
from analytics.spc.runs import sides_of

Sides = npt.NDArray[np.int8]


class Verdict(IntEnum):
    """What became of a place where new limits could start. NO_LIMITS: none can be drawn there (all met, times of 0)."""

    ACCEPTED = 0
    REVERTED = 1
    MAY_REVERT = 2
    TOO_FEW_POINTS = 3
    NO_LIMITS = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run off the center that could be a new level.

    `start`: column of its first point. `high`: above the old center. `run`: points in it. `before`, `after`: old and
    new center, in the unit of the figures; `after` is NaN where too few points follow, or times of 0.
    """

    start: int
    verdict: Verdict
    high: bool
    run: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where new limits could start in a series of T points.

    `starts`: columns of the first points of new phases, as `chart` takes them. `candidates`: all that was considered,
    with the verdict on each. `baselines`: one of each phase, the first included. `phase`: (T,) 0, 1, ... `calculated`:
    (T,) points in the stretches that limits rest on; of them `excluded` (T,) were left out as extreme. `lines`: (T,),
    cut where figures cannot lie. `outside`, `shifted`: (T,) strictly outside those limits; in a run on one side
    within its phase. `reason`: why there are no limits at all; COMPUTED where there are.
    """

    starts: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    baselines: tuple[Baseline, ...]
    phase: npt.NDArray[np.int64]
    calculated: npt.NDArray[np.bool_]
    excluded: npt.NDArray[np.bool_]
    lines: Lines
    outside: npt.NDArray[np.bool_]
    shifted: npt.NDArray[np.bool_]
    reason: Reason


def suggest_phases(
    kind: Kind,
    values: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    period: int = 21,
    shift: int = 8,
    max_exclusions: int = 3,
    every_shift: bool = False,
    screen: bool = True,
) -> Suggestion:
    """Where new limits could start, and why. Nothing is changed by it: a person accepts with a reason.

    `values`, `sizes`: (T,), as for `chart`; missing points are skipped. `period`: points that limits rest on (daily
    figures with a weekly rhythm: whole weeks). `shift`: points in a row on one side that ask for new limits.
    `max_exclusions`: points of a period outside its trial limits that may be left out, the farthest first.
    `every_shift`: accept every shift, also one that goes back.

    Limits from the first `period` points are carried on. The first later run of `shift` points on one side of the
    center starts a candidate: limits from the `period` points from its first on. It is accepted unless a later run of
    `shift` points goes back to the other side of the new center from within that period, or the last points of the
    series could yet complete one, or unless that period allows no limits; the run with which the candidate begins does
    not count as going back. Then the search goes on behind the new period, else behind the candidate's first point.
    Candidates with fewer than `period` points since are told, and end the search.
    Raises ShapeError, CountError, SettingError for input that cannot be; a moving range chart has no phases of its own.
    Source: the Stable Shift Algorithm as documented by autospc 0.0.0.9051.
    """
    counts = floats(values)
    if counts.ndim != 1:
        raise ShapeError("phases are suggested for one series")
    if kind in {Kind.MR, Kind.RUN, Kind.G}:
        raise SettingError(f"phases are not suggested for a chart of the kind {kind.name}")
    for size, what, least in (
        (period, "a period", 2),
        (shift, "a shift", 2),
        (max_exclusions, "a number of exclusions", 0),
    ):
        whole_setting(size, what, least=least)
    beside = None if sizes is None else floats(sizes)
    drawn = figures(kind, counts[None], None if beside is None else beside[None])[0]
    return _Search(kind, counts, beside, drawn, (period, shift, max_exclusions), screen).suggest(every_shift)


class _Search:
    """The points of one series that exist, and what was found so far."""

    def __init__(
        self, kind: Kind, counts: Floats, sizes: Floats | None, drawn: Floats, how: tuple[int, int, int], screen: bool
    ) -> None:
        self.kind, self.screen = kind, screen
        self.period, self.shift, self.max_exclusions = how
        self.columns = np.flatnonzero(~np.isnan(drawn))
        self.points = drawn[self.columns]
        self.counts = counts[self.columns] if kind.sized else self.points
        self.sizes = None if sizes is None or not kind.sized else sizes[self.columns]
        self.all_sizes = None if sizes is None or not kind.sized else sizes
        self.drawn = drawn
        self.begins: list[int] = []
        self.baselines: list[Baseline] = []
        self.left_out: list[int] = []
        self.candidates: list[Candidate] = []

    def suggest(self, every_shift: bool) -> Suggestion:
        total = len(self.points)
        if total >= self.period:
            self._accept(0, *self._trial(0))
            after = self.period
            while after < total:
                begin = self._next_run(after)
                if begin is None:
                    break
                after = self._judge(begin, every_shift)
        return self._suggestion()

    def _trial(self, begin: int) -> tuple[Baseline, list[int]]:
        """Limits of the period from `begin` on, and the points left out of them."""
        part = slice(begin, begin + self.period)
        kept = np.ones(len(self.counts[part]), dtype=bool)
        sizes = None if self.sizes is None else self.sizes[None, part]
        out: list[int] = []
        while True:
            found = baseline(
                self.kind,
                np.where(kept, self.counts[part], np.nan)[None],
                sizes,
                screen=self.screen,
                factor=EXACT_FACTOR,
            )
            if len(out) == self.max_exclusions or found.flat[0]:
                return found, out
            sheet = lines(found, sizes, points=len(kept), cut=False)
            reach = np.where(self.points[part] > sheet.center[0], sheet.upper[0], sheet.lower[0]) - sheet.center[0]
            with np.errstate(invalid="ignore", divide="ignore"):
                away = np.where(kept, (self.points[part] - sheet.center[0]) / reach, 0)
            farthest = int(np.nanargmax(away)) if not np.isnan(away).all() else 0
            if not away[farthest] > 1:
                return found, out
            kept[farthest] = False
            out.append(begin + farthest)

    def _accept(self, begin: int, found: Baseline, out: list[int]) -> None:
        self.begins.append(begin)
        self.baselines.append(found)
        self.left_out += out

    def _sides(self, given: Baseline, begin: int) -> tuple[Sides, npt.NDArray[np.int64]]:
        """From `begin` on: the side of each point, and how many points from it on lie there in a row."""
        sides = sides_of(self.points[None, begin:], given.center[:, None])[0]
        changes = np.flatnonzero(sides[1:] != sides[:-1]) + 1
        ends = np.append(changes, len(sides))
        ahead = ends[np.searchsorted(ends, np.arange(len(sides)), side="right")] - np.arange(len(sides))
        return sides, np.where(sides != 0, ahead, 0)

    def _next_run(self, after: int) -> int | None:
        _, ahead = self._sides(self.baselines[-1], after)
        found = np.flatnonzero(ahead >= self.shift)
        return after + int(found[0]) if len(found) else None

    def _judge(self, begin: int, every_shift: bool) -> int:
        """Accept or reject the candidate at `begin`; where the search goes on."""
        sides, ahead = self._sides(self.baselines[-1], begin)
        before = float(self.baselines[-1].center[0])
        if len(self.points) - begin < self.period:
            self._note(begin, Verdict.TOO_FEW_POINTS, sides, ahead, before, np.nan)
            return len(self.points)
        found, out = self._trial(begin)
        if found.reason[0] != Reason.COMPUTED:
            verdict = Verdict.NO_LIMITS
        else:
            verdict = Verdict.ACCEPTED if every_shift else self._verdict(begin, found, -int(sides[0]))
        self._note(begin, verdict, sides, ahead, before, float(found.center[0]))
        if verdict is not Verdict.ACCEPTED:
            return begin + 1
        self._accept(begin, found, out)
        return begin + self.period

    def _verdict(self, begin: int, found: Baseline, back: int) -> Verdict:
        sides, ahead = self._sides(found, begin)
        first = int(ahead[0]) if sides[0] == back else 0
        within = np.arange(first, self.period)
        within = within[sides[within] == back]
        if (ahead[within] >= self.shift).any():
            return Verdict.REVERTED
        return Verdict.MAY_REVERT if (within + ahead[within] == len(sides)).any() else Verdict.ACCEPTED

    def _note(
        self, begin: int, verdict: Verdict, sides: Sides, ahead: npt.NDArray[np.int64], before: float, after: float
    ) -> None:
        column = int(self.columns[begin])
        self.candidates.append(Candidate(column, verdict, bool(sides[0] > 0), int(ahead[0]), before, after))

    def _suggestion(self) -> Suggestion:
        total = len(self.drawn)
        starts = [int(self.columns[begin]) for begin in self.begins]
        phase = np.searchsorted(np.array(starts[1:], dtype=np.int64), np.arange(total), side="right")
        calculated, excluded, shifted = np.zeros((3, total), dtype=bool)
        for begin in self.begins:
            calculated[self.columns[begin : begin + self.period]] = True
        excluded[self.columns[self.left_out]] = True
        sheet = self._lines(phase)
        sides = sides_of(self.drawn[None], sheet.center[None])[0]
        for number in range(len(starts)):
            at = np.flatnonzero((phase == number) & ~np.isnan(self.drawn))
            pieces = np.split(at, np.flatnonzero(np.diff(sides[at])) + 1)
            for piece in pieces:
                shifted[piece] = len(piece) >= self.shift and sides[piece[0]] != 0
        with np.errstate(invalid="ignore"):
            outside = (self.drawn > sheet.upper) | (self.drawn < sheet.lower)
        short = Reason.TOO_FEW_POINTS if len(self.points) else Reason.NO_DATA
        return Suggestion(
            starts=tuple(starts[1:]),
            candidates=tuple(self.candidates),
            baselines=tuple(self.baselines),
            phase=phase,
            calculated=calculated,
            excluded=excluded,
            lines=sheet,
            outside=outside,
            shifted=shifted,
            reason=Reason(int(self.baselines[0].reason[0])) if starts else short,
        )

    def _lines(self, phase: npt.NDArray[np.int64]) -> Lines:
        total = len(self.drawn)
        out = [np.full(total, np.nan) for _ in range(5)]
        sizes = None if self.all_sizes is None else self.all_sizes[None]
        for number, given in enumerate(self.baselines):
            sheet = lines(given, sizes, points=total)
            here = phase == number
            for line, piece in zip(
                out, (sheet.center, sheet.lower, sheet.upper, sheet.lower_two, sheet.upper_two), strict=True
            ):
                line[here] = piece[0, here]
        return Lines(*out)


_WHY = {
    Verdict.ACCEPTED: (
        "{run} {noun} in a row lie {side} the old level, and the new level holds: new limits could start here."
    ),
    Verdict.REVERTED: "{run} {noun} in a row lie {side} the old level, but the figures went back.",
    Verdict.MAY_REVERT: "{run} {noun} in a row lie {side} the old level, but the last may be on their way back.",
    Verdict.TOO_FEW_POINTS: "{run} {noun} in a row lie {side} the old level; too few {noun} since for new limits.",
    Verdict.NO_LIMITS: "{run} {noun} in a row lie {side} the old level, but no limits can be drawn for the new one.",
}


def why(candidate: Candidate, noun: str = "points") -> str:
    """The reason for or against new limits in plain English. `noun`: what a point is, in the plural ("days")."""
    side = "above" if candidate.high else "below"
    return _WHY[candidate.verdict].format(run=candidate.run, noun=noun, side=side)
