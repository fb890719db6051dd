"""Where new limits start (autospc, Stable Shift Algorithm)."""

from typing import Final

import numpy as np

from analytics import spc
from analytics.conformance.charts import rows
from analytics.conformance.comparison import Case, Comparison, column, number, numbers, options_of

TOLERANCE: Final = 1e-9
LINES: Final = {"cl": "center", "lcl": "lower", "ucl": "upper"}


def check(case: Case, comparison: Comparison) -> None:
    """The places, the lines and the marks of every point."""
    options, given, expected = options_of(case), case["input"], case["expected"]
    sizes = given.get("n")
    found = spc.suggest_phases(
        spc.kind_of(case["chart"]),
        numbers(given["y"]),
        None if sizes is None else numbers(sizes),
        period=int(number(options.get("period_min", 21))),
        shift=int(number(options.get("shift_rule_threshold", 8))),
        max_exclusions=int(number(options.get("max_exclusions", 3))),
        every_shift=bool(options.get("establish_every_shift", False)),
    )
    comparison.same("new_limits_start_at", [start + 1 for start in found.starts], rows(expected["new_limits_start_at"]))
    points = expected.get("points")
    if not points:
        return
    share = spc.kind_of(case["chart"]).share
    scale = 100.0 if share else 1.0
    for theirs, ours in LINES.items():
        drawn = column(points, theirs)
        if drawn is None:
            continue
        wanted = numbers(drawn)
        line = getattr(found.lines, ours) * scale
        if share:
            # The reference cuts shares at 100 % where limits are carried on, but not where they are calculated.
            wanted, line = np.clip(wanted, 0, scale), np.clip(line, 0, scale)
        comparison.near(theirs, line, wanted, relative=TOLERANCE, absolute=TOLERANCE * np.abs(found.lines.center))
    marks = {
        "excluded": found.excluded,
        "rule1": found.outside,
        "rule2_shift": found.shifted,
    }
    for theirs, flags in marks.items():
        marked = column(points, theirs)
        if marked is not None:
            comparison.same(theirs, flags.tolist(), [bool(mark) for mark in marked])
    periods = column(points, "period")
    if periods is not None:
        wanted_periods = [period == "calculation" for period in periods]
        comparison.same("period", found.calculated.tolist(), wanted_periods)
