"""What is measured and how good it has to be, in the order of the table. Floors and reasons: `docs/performance.md`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Bar:
    """`figure` of what `bench` found must be at most `limit`."""

    bench: str
    figure: str
    limit: float
    what: str
    unit: str = "×"


BARS: Final = (
    Bar(
        "board",
        "ratio",
        1.5,
        "board of 30 stratified measures × 90 days, warm, p50 / floor page drawn from 2,700 points",
    ),
    Bar("board", "statements", 8, "its SQL statements, sign-in included", ""),
    Bar("weight", "kilobytes", 150, "its first visit: page, styles, scripts, fonts, icons, as sent", " kB"),
    Bar("board", "changed_ratio", 1.5, "same page after one value changed / unchanged"),
    Bar(
        "board", "not_modified_ratio", 1.3, "when nothing changed (conditional GET) / empty page with the same sign-in"
    ),
    Bar("snapshots", "ratio", 1.3, "snapshot and roll-up of 1.2 million readings / bare SQL level by level"),
    Bar("snapshots", "again_ratio", 1.3, "same day again / first time"),
    Bar("snapshots", "ten_days_ratio", 1.2, "ten days / ten times one day"),
    Bar("snapshots", "late_ratio", 0.03, "late correction of one unit's day / whole day"),
    Bar("signals", "ratio", 1, "a night of 1.3 million gaps of groups of patients / the snapshot of the same day"),
    Bar("signals_year", "false_a_month", 1, "false escalations a month, 20 measures × 6 groups, a year of nights", ""),
    Bar("signals_year", "found_after", 35, "days until gaps of 15 points that begin in a quarter are found", ""),
    Bar("feeds", "ratio", 3, "CSV import of a million readings with all checks / COPY of the same file"),
    Bar("spc", "ratio", 4, "SPC states of 60,000 series × 90 points / plain limits and four rules"),
    Bar("spc", "ratio_gaps", 4, "the same with gaps and late starts / the plain ones without"),
    Bar("spc", "ratio_full", 4, "Laney's p′ charts with the rules of Nelson and gaps / the plain ones without"),
    Bar("spc", "peak_mb", 1000, "most memory of the process that does all of it", " MB"),
    Bar("disparity", "seconds", 2, "all summary measures of 10,000 tables of 8 groups, unordered and ordered", " s"),
    Bar("suppression", "median_ms", 20, "complementary suppression of a table of 6 × 6 × 3, median", " ms"),
    Bar("suppression", "slowest_ms", 20, "the slowest of 200 such tables, nearly empty to large", " ms"),
    Bar("push", "ratio", 2, "publish → last of 1,000 open boards, median / raw Redis pub/sub"),
    Bar("push", "lost", 0, "lost or doubled of 50,000 deliveries", ""),
    Bar(
        "issues",
        "desk_ratio",
        1,
        "desk with 200 issues, CPU of a view / plain page of the same 200 with the same sign-in",
    ),
    Bar("issues", "list_ratio", 1, "list of 200 open issues, CPU of a view / the same plain page"),
    Bar("issues", "desk_statements", 26, "SQL statements of the desk, sign-in included; the same with 3 issues", ""),
    Bar("issues", "capture_ratio", 8, "telling an issue with history, rights and push, CPU / bare insert POST"),
    Bar("issues", "many_ratio", 1.3, "page 1 of 100,000 issues, p50 / page 1 of 1,000"),
    Bar("issues", "clocks_statements", 1, "statements that find which of 50,000 running clocks have run out", ""),
    Bar("improvement", "kanban_ratio", 4, "kanban of 1,000 tickets, warm, p50 / empty page, same sign-in"),
    Bar("improvement", "paper_ratio", 3, "a full A3, warm, p50 / the same empty page"),
    Bar("improvement", "search_p95_ms", 50, "search over 100,000 documents, 95 of 100 within", " ms"),
    Bar("equity", "page_ratio", 3, "30 measures × 8 groups × 24 months, guarded, warm, p50 / empty page, same sign-in"),
    Bar("equity", "night_ratio", 1, "a night of the guard, 2,000 units × 30 × 20 / the snapshot of the same day"),
    Bar("equity", "month_ratio", 1, "all nights of a month with the one that closes it / the snapshots of its days"),
    Bar("equity", "telling_ratio", 8, "that one night, every group told everywhere / the snapshot of a day"),
    Bar("rounds", "ratio", 2, "1,000 notes of 50 phones at once, over HTTP / the same actions called bare"),
    Bar("rounds", "page_ratio", 4, "a board meanwhile, median / the same board alone"),
    Bar("memory", "together_mb", 450, "memory (PSS) of web, worker, beat and embedded servers, demo hospital", " MB"),
)
BENCHES: Final = tuple(dict.fromkeys(bar.bench for bar in BARS))


def wrong(found: Mapping[str, object]) -> list[str]:
    """Names of the checks of answers that failed."""
    return [name for name, value in found.items() if value is False]


def holds(bar: Bar, found: Mapping[str, object]) -> bool:
    """Whether the figure is within the bar."""
    return float(str(found[bar.figure])) <= bar.limit
