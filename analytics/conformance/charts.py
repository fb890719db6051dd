"""Control charts and run charts (qicharts2, NIST), and the table of run limits."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from analytics import spc
from analytics.conformance.comparison import Case, Comparison, column, number, numbers, options_of, refused
from analytics.outcomes import AnalyticsError

TOLERANCE: Final = 1e-9
#: what cancels to 0 in theory is 1e-16 of the center in practice
ROUNDING: Final = 1e-12
LINES: Final = {"cl": "center", "lcl": "lower", "ucl": "upper", "lcl_2s": "lower_two", "ucl_2s": "upper_two"}
RUNS: Final = {
    "n_useful": "n_useful",
    "longest_run": "longest",
    "longest_run_max": "longest_max",
    "n_crossings": "crossings",
    "n_crossings_min": "crossings_min",
}


def check(case: Case, comparison: Comparison) -> None:
    """Lines at every point, points outside, parts with their runs; or the published lines alone."""
    if str(case["chart"]).lower() in {"bernoulli_cusum", "b"}:
        _cusum(case, comparison)
        return
    if refused(case):
        comparison.holds("limits, where the reference refuses", _refuses(case))
        return
    chart, expected = _drawn(case), case["expected"]
    if "points" in expected:
        _points(chart, expected["points"], comparison)
    else:
        _published(case, chart, comparison)
    if "parts" in expected:
        _parts(chart, expected["parts"], comparison)


def check_run_limits(case: Case, comparison: Comparison) -> None:
    """One row of the table: useful points → longest run and fewest crossings that chance explains."""
    wanted = (int(number(case["longest_run_max"])), int(number(case["n_crossings_min"])))
    comparison.same("limits", spc.run_limits(int(number(case["n_useful"]))), wanted)


def _refuses(case: Case) -> bool:
    try:
        return all(phase.reason > 0 for phase in _drawn(case).phases)
    except AnalyticsError:
        return True


def rows(given: object) -> list[int]:
    """An option that is nothing, one number or several."""
    if given is None:
        return []
    return [int(each) for each in given] if isinstance(given, Sequence) else [int(number(given))]


def _drawn(case: Case) -> spc.Chart:
    options, given = options_of(case), case["input"]
    kind = spc.kind_of(case["chart"])
    return spc.chart(
        kind,
        numbers(given["y"]),
        numbers(given["n"]) if given.get("n") is not None and kind.may_be_sized else None,
        phase_starts=rows(options.get("part_after")),
        limits_from=next(iter(rows(options.get("freeze_after"))), None),
        exclude=[point - 1 for point in rows(options.get("exclude"))],
        screen=bool(options.get("screen_moving_ranges", True)),
        per=number(options.get("multiply", 1)),
        factor=spc.EXACT_FACTOR,
    )


def _points(chart: spc.Chart, points: list[dict[str, Any]], comparison: Comparison) -> None:
    flat = np.zeros(len(chart.figures), dtype=bool)
    for phase in chart.phases:
        flat[phase.first : phase.last + 1] = bool(phase.states.flat[0])
    reach = ROUNDING * np.nan_to_num(np.abs(chart.lines.center))
    figures = column(points, "y")
    if figures is not None:
        comparison.near("y", chart.figures, figures, relative=TOLERANCE, absolute=reach)
    for theirs, ours in LINES.items():
        given = column(points, theirs)
        if given is None:
            continue
        line = np.array(getattr(chart.lines, ours))
        if len(given) != len(line):
            comparison.same("number of points", len(line), len(given))
            return
        wanted = numbers(given)
        # Where all points are equal the reference has no limits: ours are that value, and no signal.
        line[flat & np.isnan(wanted)] = np.nan
        comparison.near(theirs, line, wanted, relative=TOLERANCE, absolute=reach)
    signals, parts = column(points, "sigma_signal"), column(points, "part")
    if signals is not None:
        comparison.same("sigma_signal", chart.outside.tolist(), [bool(signal) for signal in signals])
    if parts is not None:
        comparison.same("part", (chart.phase + 1).tolist(), parts)


def _parts(chart: spc.Chart, parts: list[dict[str, Any]], comparison: Comparison) -> None:
    comparison.same("number of parts", len(chart.phases), len(parts))
    for phase, wanted in zip(chart.phases, parts, strict=False):
        place = f"part {wanted['part']}"
        own: dict[str, object] = {"first": phase.first + 1, "last": phase.last + 1, "n_obs": phase.n_obs}
        own |= {theirs: int(getattr(phase.runs, ours)[0]) for theirs, ours in RUNS.items()}
        own["runs_signal"] = bool(phase.runs.beyond_chance[0])
        for name, value in own.items():
            if name in wanted:
                comparison.same(f"{place} {name}", value, 0 if wanted[name] is None else wanted[name])


def _published(case: Case, chart: spc.Chart, comparison: Comparison) -> None:
    expected = case["expected"]
    relative, absolute = (0.0, number(case["tol"])) if "tol" in case else (TOLERANCE, 0.0)
    for theirs, ours in LINES.items():
        if theirs in expected:
            comparison.near(
                theirs, getattr(chart.lines, ours)[-1], expected[theirs], relative=relative, absolute=absolute
            )
    if "mean_moving_range" in expected:
        ranges = spc.chart(spc.Kind.MR, numbers(case["input"]["y"]), screen=False)
        comparison.near(
            "mean_moving_range",
            ranges.lines.center[-1],
            expected["mean_moving_range"],
            relative=relative,
            absolute=absolute,
        )


def _cusum(case: Case, comparison: Comparison) -> None:
    options, expected = options_of(case), case["expected"]
    found = spc.bernoulli_cusum(
        numbers(case["input"]["x"]),
        number(options["target"]),
        odds_ratio=number(options.get("odds_ratio", 2)),
        limit=number(options.get("limit", 3.5)),
    )
    for name, ours in (("p0", found.expected), ("p1", found.raised), ("p2", found.lowered)):
        if name in expected:
            comparison.near(name, ours, expected[name], relative=TOLERANCE)
    for theirs, sums in (("cusum_up", found.up), ("cusum_down", found.down)):
        comparison.near(theirs, sums, expected[theirs], relative=TOLERANCE, absolute=ROUNDING)
    for theirs, signal in (("signal_up", found.signal_up), ("signal_down", found.signal_down)):
        comparison.same(theirs, (np.flatnonzero(signal) + 1).tolist(), rows(expected[theirs]))
