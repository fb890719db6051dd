"""Tier health in words: tables by tier, strips of how long things took, and the rows of the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from boards.queries.words import number
from huddles.queries.health import Health, HealthReport, Lasted, UnitHealth
from huddles.queries.health_added import Added
from huddles.queries.words import span
from huddles.rules.health import SOLVED_BELOW, Hint

NONE: Final = "–"
#: Names of the classes of `rules.health.CLASSES`.
CLASS_NAMES: Final = (
    pgettext_lazy("how long it took", "up to 15 min"),
    pgettext_lazy("how long it took", "up to 1 h"),
    pgettext_lazy("how long it took", "up to 4 h"),
    pgettext_lazy("how long it took", "up to 1 day"),
    pgettext_lazy("how long it took", "up to 3 days"),
    pgettext_lazy("how long it took", "up to 7 days"),
    pgettext_lazy("how long it took", "longer"),
)
TIMES: Final = (
    ("taken", gettext_lazy("Until somebody took it")),
    ("answered", gettext_lazy("Until the first answer")),
    ("confirmed", gettext_lazy("Until it was confirmed where it began")),
)
_HEIGHT: Final = 48
_STEP: Final = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One class of a strip, with where it is drawn."""

    name: str
    count: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Strip:
    """How long something took, as a drawing with its numbers and its table."""

    name: str
    line: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a unit, a tier or all."""

    name: str
    depth: int
    strong: bool
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """One subject, with all units by tier; `says`: what is counted, where that is not said below."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a coach may ask at a unit."""

    unit: str
    tier: str
    question: str


@dataclass(frozen=True, slots=True)
class HealthPage:
    """The whole page. `solved`: tier, share in words, width of its bar in percent."""

    lines: Sequence[str]
    solved: Sequence[tuple[str, str, str]]
    solved_line: str
    strips: Sequence[Strip]
    tables: Sequence[Table]
    asked: Sequence[Asked]
    empty: bool


def health_page(report: HealthReport, added: Sequence[Added] = (), *, coaching: bool) -> HealthPage:
    """`report` in words, with what other rooms have `added` to it; questions for coaches only where `coaching`."""
    whole = report.whole
    return HealthPage(
        lines=[*_lines(whole), *_added_lines(whole, added)],
        solved=_solved(whole, report.names),
        solved_line=_("A front line that is well solves %(low)s to %(high)s of what it raises.")
        % {"low": share(SOLVED_BELOW[0]), "high": share(SOLVED_BELOW[1])},
        strips=[_strip(str(name), whole.time(kind)) for kind, name in TIMES],
        tables=[
            _table(_("Huddles"), _HUDDLES, report, _huddles),
            _table(_("What was raised, and where it went"), _ISSUES, report, _issues),
            _table(_("How long it took: half of them, and nine of ten"), _TIMES, report, _times),
            *(_added_table(report, each) for each in added if any(map(whole.count, each.kinds))),
        ],
        asked=[
            Asked(unit.name, tier.name, str(Hint(hint).label))
            for tier in report.tiers
            for unit in tier.units
            for hint in unit.hints
        ]
        if coaching
        else [],
        empty=not whole.counts,
    )


def share(value: float | None) -> str:
    """Like "82 %"; a dash where there is none."""
    return NONE if value is None else f"{number(value * 100, 0)} %"


def _of(health: Health, part: str, *whole: str) -> str:
    """Like "82 % (23 of 28)"."""
    total = sum(health.count(kind) for kind in whole)
    if not total:
        return NONE
    facts = {"share": share(health.count(part) / total), "part": health.count(part), "n": total}
    return _("%(share)s (%(part)s of %(n)s)") % facts


def _lines(whole: Health) -> list[str]:
    if not whole.counts:
        return []
    return [
        _("Huddles held: %(share)s") % {"share": _of(whole, "held", "planned")},
        _("On time: %(share)s") % {"share": _of(whole, "on_time", "held")},
        ngettext("%(n)s issue was raised", "%(n)s issues were raised", whole.count("raised"))
        % {"n": whole.count("raised")},
        _("Reopened: %(share)s") % {"share": _of(whole, "reopened", "done")},
        _("Closed without a word from the origin: %(share)s")
        % {"share": _of(whole, "unconfirmed", "confirmed", "unconfirmed")},
        ngettext("%(n)s climb by silence", "%(n)s climbs by silence", whole.count("climbed"))
        % {"n": whole.count("climbed")},
    ]


def _added_lines(whole: Health, added: Sequence[Added]) -> list[str]:
    columns = [column for each in added for column in each.columns if column.line and whole.count(column.whole)]
    return [column.line % {"share": _of(whole, column.part, column.whole)} for column in columns]


def _added_table(report: HealthReport, added: Added) -> Table:
    def cells(health: Health, _level: int) -> list[str]:
        return [
            _of(health, column.part, column.whole) if column.whole else str(health.count(column.part))
            for column in added.columns
        ]

    names = [column.name for column in added.columns]
    return replace(_table(added.name, names, report, cells), says=added.says)


def _solved(whole: Health, names: Mapping[int, str]) -> list[tuple[str, str, str]]:
    total = sum(whole.solved.values())
    return [
        (
            names.get(level, str(level)),
            _("%(share)s (%(part)s of %(n)s)") % {"share": share(count / total), "part": count, "n": total},
            f"{100 * count / total:.0f}",
        )
        for level, count in whole.solved.items()
    ]


def _strip(name: str, lasted: Lasted) -> Strip:
    most = max(lasted.classes, default=0) or 1
    bars = []
    for at, (label, count) in enumerate(zip(CLASS_NAMES, lasted.classes, strict=True)):
        height = max(round(_HEIGHT * count / most), 2 if count else 0)
        bars.append(Bar(str(label), count, at * _STEP, _HEIGHT - height, height))
    return Strip(name, _lasted(lasted), bars)


def _lasted(lasted: Lasted) -> str:
    if not lasted.count:
        return NONE
    facts = {"n": lasted.count, "median": span(lasted.median), "ninth": span(lasted.ninth)}
    return _("half within %(median)s, nine of ten within %(ninth)s (%(n)s in all)") % facts


_HUDDLES: Final = (
    gettext_lazy("Held"),
    gettext_lazy("On time"),
    gettext_lazy("Length, half"),
    gettext_lazy("Length, nine of ten"),
    gettext_lazy("Self-check: yes"),
)
_ISSUES: Final = (
    gettext_lazy("Raised"),
    gettext_lazy("For each huddle"),
    gettext_lazy("Sent up"),
    gettext_lazy("Climbed by silence"),
    gettext_lazy("Solved at this tier"),
    gettext_lazy("Reopened"),
    gettext_lazy("Closed, not confirmed"),
)
_TIMES: Final = (
    gettext_lazy("Taken"),
    gettext_lazy("nine of ten"),
    gettext_lazy("Answered"),
    gettext_lazy("nine of ten"),
    gettext_lazy("Confirmed"),
    gettext_lazy("nine of ten"),
)


def _huddles(health: Health, _level: int) -> list[str]:
    length = health.time("length")
    return [
        _of(health, "held", "planned"),
        share(health.share("on_time", "held")),
        span(length.median),
        span(length.ninth),
        share(health.share("checked_yes", "checked_yes", "checked_no")),
    ]


def _issues(health: Health, level: int) -> list[str]:
    per_huddle = health.raised_per_huddle
    return [
        str(health.count("raised")),
        NONE if per_huddle is None else number(per_huddle, 1),
        str(health.count("escalated")),
        str(health.count("climbed")),
        share(health.solved_share(level)) if level else NONE,
        share(health.share("reopened", "done")),
        str(health.count("unconfirmed")),
    ]


def _times(health: Health, _level: int) -> list[str]:
    return [span(end) for kind, _name in TIMES for end in (health.time(kind).median, health.time(kind).ninth)]


def _table(name: str, columns: Sequence[Any], report: HealthReport, cells: Any) -> Table:
    rows = [Row(_("All together"), 0, True, cells(report.whole, 0))]
    for tier in report.tiers:
        rows.append(Row(tier.name, 0, True, cells(tier.health, tier.level)))
        rows += [Row(unit.name, 1, False, cells(unit.health, unit.level)) for unit in tier.units]
    return Table(name, [str(column) for column in columns], rows)


#: Columns of the file that count, by the kind of fact; then the lengths, in minutes.
_COUNTED: Final = (
    "planned",
    "held",
    "on_time",
    "met",
    "checked_yes",
    "checked_no",
    "raised",
    "arrived",
    "escalated",
    "climbed",
    "done",
    "reopened",
    "confirmed",
    "unconfirmed",
)
_MEASURED: Final = ("length", "taken", "answered", "confirmed")


def file_rows(report: HealthReport, added: Sequence[Added] = ()) -> list[list[str]]:
    """The numbers of the page as a file: all, tiers, units; lengths in minutes; last what other rooms have `added`."""
    kinds = [kind for each in added for kind in each.kinds]
    head = ["tier", "unit", "name", *_COUNTED, "solved_here"]
    head += [f"{kind}_{end}_minutes" for kind in _MEASURED for end in ("median", "90th_percentile")]
    head += kinds
    told = [(_file_row("", "", _("All together"), report.whole, 0), report.whole)]
    for tier in report.tiers:
        told.append((_file_row(str(tier.level), "", tier.name, tier.health, tier.level), tier.health))
        told += [(_unit_row(unit), unit.health) for unit in tier.units]
    return [head, *([*row, *(str(health.count(kind)) for kind in kinds)] for row, health in told)]


def _unit_row(unit: UnitHealth) -> list[str]:
    return _file_row(str(unit.level), unit.code, unit.name, unit.health, unit.level)


def _file_row(tier: str, code: str, name: str, health: Health, level: int) -> list[str]:
    ends = [end for kind in _MEASURED for end in (health.time(kind).median, health.time(kind).ninth)]
    return [
        tier,
        code,
        name,
        *(str(health.count(kind)) for kind in _COUNTED),
        str(health.solved.get(level, 0)) if level else "",
        *("" if end is None else f"{end / 60:.1f}" for end in ends),
    ]
