"""What the pages of this room are made of: frozen dataclasses that `queries` returns and templates read.

Numbers are guarded already and formatted with the measure's decimals; statuses and icons are codes from `rules`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Crumb:
    """One unit on the way up the tree."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of a letter: a day of the month. `status` is a `rules.Status` code such as "met" or "not_due"."""

    day: date
    status: str
    today: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class LetterCalendar:
    """A letter drawn as the calendar of a month; `svg` is finished markup, `summary` says it in one sentence."""

    code: str
    name: str
    svg: str
    summary: str
    status: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class TileView:
    """One measure on a board on one day."""

    measure_id: int
    name: str
    letter: str
    role: str  # rules.MeasureRole: driver, watch, balancing
    url: str
    value: str  # "87.4", or "–" where there is none
    unit_text: str  # "%", "per 1,000 patient days", "min"
    counts: str  # "132 of 151", or ""
    target: str  # "≥ 90 %", or ""
    status: str  # rules.Status code
    status_text: str
    variation: str  # analytics.spc.Variation code, or ""
    assurance: str  # analytics.spc.Assurance code, or ""
    sentence: str  # what variation and assurance mean, in one plain sentence
    spark: str  # finished SVG markup
    age: str  # "yesterday", "3 days old", "stale since 18 Nov"
    stale: bool
    corrected: bool
    gap: str  # one guarded line about the worst gap, or ""
    definition: str
    numerator_text: str
    denominator_text: str
    direction_text: str
    source: str
    coverage: str  # "5 of 6 units", or ""
    reason: str  # the reason given for a red day, or ""
    needs_reason: bool
    changed: bool = False  # since the reader's last visit
    asked: str = ""  # how many gaps ask for help, or ""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """One bar of the Pareto of reasons; `share` and `cumulative` in percent;
    `reason_id` 0 where it is of no hospital.
    """

    name: str
    count: int
    share: float
    cumulative: float
    reason_id: int = 0


@dataclass(frozen=True, slots=True)
class UnitLink:
    """A unit under this one, with what its board shows on the day."""

    name: str
    url: str
    code: str
    met: int
    missed: int
    no_data: int


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything that a board shows on one day. `version` changes whenever anything on it does."""

    unit_id: int
    unit_name: str
    tier_name: str
    organisation_name: str
    synthetic: bool
    crumbs: Sequence[Crumb]
    day: date
    day_text: str
    is_latest: bool
    previous_url: str
    next_url: str  # "" on the latest day
    next_huddle: str
    freshness: str  # "28 of 30 measures are in; newest 06:12"
    letters: Sequence[LetterCalendar]
    reds: Sequence[TileView]  # missed without a reason: first
    drivers: Sequence[TileView]
    watched: Sequence[TileView]
    reasons: Sequence[ReasonCount]
    children: Sequence[UnitLink]
    may_enter: bool
    may_explain: bool
    version: str
    settled: bool = True  # `version` tells of every change: numbers of a past day may come and change no tile
    zone: str = ""  # the unit's time zone, for the clock on the wall
    live_url: str = ""
    tiles_url: str = ""
    token_url: str = ""
    explain_url: str = ""  # in front of "<measure_id>/": the reasons for a red day
    entry_url: str = ""
    wall_url: str = ""
    numbers_text: str = ""  # "25 Jun 2023", the newest day with numbers, on a board that has none
    numbers_url: str = ""
    groups_url: str = ""  # all measures by groups of patients, or of staff alone where `groups_of_staff`
    groups_of_staff: bool = False
    choose_url: str = ""  # where measures are put on an empty board, for whoever may


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One group of patients beside the others. Hidden figures are "" with `hidden` saying why."""

    name: str
    state: str  # known, unknown, declined, not_asked, unmapped
    numerator: str
    denominator: str
    value: str
    low: float | None  # interval, in the measure's unit; None where hidden or not defined
    point: float | None
    high: float | None
    hidden: str  # "" or "guarded": why exactly stays unsaid, since that alone would tell something
    reference: bool = False
    difference: str = ""  # "−23.1 (−35.2 to −10.4)", against the comparator
    ratio: str = ""  # "0.70"
    sign: str = ""  # "worse" and "better" where more than chance, "few" where too few to judge
    share: str = ""  # "26 %" of all, of a count


@dataclass(frozen=True, slots=True)
class StrataTable:
    """The groups of one dimension over one window, guarded as one table with its total."""

    dimension: str
    dimension_code: str
    window_text: str  # "last 28 days", "week of 2 Nov"
    rows: Sequence[StratumRow]
    total: StratumRow
    note: str  # what is hidden and why, what is unknown
    known_share: str
    against: str = ""  # "everyone else in the same unit", "English, the best group, kept until 31 Dec"
    gap: str = ""  # the worst gap that is more than chance, in one sentence
    place: str = ""  # the unit above whose groups these are, where the unit's own are too few
    windows: Sequence[tuple[str, str, bool]] = ()  # label, value for the address, chosen
    counted: bool = False  # counts of groups that are not of one size: shares of all instead of gaps
    verdict: str = ""  # what is to be said of gaps where none is marked


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the table behind the chart."""

    day: date
    period_text: str
    value: str
    numerator: str
    denominator: str
    target: str
    status: str
    flag: str  # the SPC rule in words, or ""
    age: str
    corrected: bool
    note: str


@dataclass(frozen=True, slots=True)
class Contributor:
    """A unit whose counts make up the number of the unit above."""

    name: str
    url: str
    value: str
    counts: str
    status: str
    age: str


@dataclass(frozen=True, slots=True)
class ChartNote:
    """A word that somebody wrote on the chart; `erasable` by who reads it."""

    pk: int
    day: date
    text: str
    erasable: bool


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """A measure of one unit: chart, sentence, groups, table, what it is made of."""

    unit_id: int
    unit_name: str
    crumbs: Sequence[Crumb]
    measure_id: int
    name: str
    question: str
    tile: TileView
    chart: Mapping[str, object]  # a Vega-Lite specification
    points: Sequence[PointRow]
    dimensions: Sequence[tuple[str, str, str]]  # code, name, url
    strata: StrataTable | None
    strata_chart: Mapping[str, object] | None
    contributors: Sequence[Contributor]
    hidden_contributors: int
    notes: Sequence[ChartNote]
    synthetic: bool
    may_annotate: bool
    downloads: Mapping[str, str] = field(default_factory=dict)  # "png", "svg", "csv" → url
    live_url: str = ""
    taken_at: datetime | None = None
    annotate_url: str = ""
    of_staff: bool = False
    stay: str = ""  # what links with a query add to stay on a day of the past


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One board of the organisation: is it complete, late, red?"""

    unit_id: int
    name: str
    depth: int
    tier: str
    url: str
    expected: int
    arrived: int
    late: int
    met: int
    missed: int
    unexplained: int
    newest: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All boards of the organisation on one day, in the order of the tree."""

    organisation_name: str
    synthetic: bool
    day: date
    rows: Sequence[OverviewRow]
    totals: OverviewRow
    previous_url: str
    next_url: str
