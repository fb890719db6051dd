"""How much is known of patients' race, language, payer …: a map of units and dimensions, its course, and its sources.

`verdicts` is what other pages ask before they speak of a difference between groups.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.urls import reverse
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from boards import completeness_rules as known
from boards import rules
from boards.completeness_rules import Counts, Limits, Told, Trust
from boards.models import CompletenessLimits, Dimension, Measure
from boards.queries import words
from boards.queries.published_states import States, states
from boards.sparks import spark_svg
from org.models import Organisation, Tier, Unit

if TYPE_CHECKING:
    from org.models import User

#: The map looks at what ended within so many days: three months and the days until the last of them was told.
RECENT_DAYS: Final = 110
#: Where no month tells enough, the newest year speaks, if it is not older than this.
YEAR_DAYS: Final = 460
TREND_DAYS: Final = 400
ROWS_SHOWN: Final = 25


def limits_of(organisation_id: int) -> Limits:
    """The two limits of an organisation. One statement."""
    found = CompletenessLimits.objects.filter(organisation=organisation_id).values_list("least", "well").first()
    return Limits(*found) if found else Limits()


def dimensions_of_patients(organisation: Organisation) -> list[Dimension]:
    """The dimensions that split patients, in their order. One statement."""
    own = Dimension.objects.filter(organisation=organisation).exclude(code__startswith=rules.STAFF_DIMENSIONS)
    return list(own.order_by("position", "code"))


def verdicts(
    units: Collection[int],
    dimensions: Collection[int],
    day: date,
    *,
    measures: Collection[int] | None = None,
    limits: Limits | None = None,
) -> Mapping[tuple[int, int], Told]:
    """What is known of patients at each (unit, dimension), as it was told up to `day`; every pair is there.

    `measures` None: the cases of all measures together; one measure's own share, for a page of that measure. `limits`
    None: those of the organisation. Three statements, whatever the number of units.
    """
    if limits is None:
        limits = _limits(dimensions)
    since, year_since = day - timedelta(days=RECENT_DAYS - 1), day - timedelta(days=YEAR_DAYS)
    rows = states(units, dimensions, since=since, years_since=year_since, until=day, measures=measures)
    recent, yearly = _recent(rows, day), _newest_years(rows)
    pairs = [(unit, dimension) for unit in units for dimension in dimensions]
    months = known.judged([recent.get(pair, Counts()) for pair in pairs], limits)
    years = known.judged([yearly.get(pair, Counts()) for pair in pairs], limits)
    return {pair: _better(months[i], years[i]) for i, pair in enumerate(pairs)}


def _limits(dimensions: Collection[int]) -> Limits:
    found = (
        CompletenessLimits.objects.filter(organisation__dimensions__in=dimensions).values_list("least", "well").first()
    )
    return Limits(*found) if found else Limits()


def _better(months: Told, year: Told) -> Told:
    """What the last months say, unless only a whole year can say something."""
    mute = {Trust.NOTHING, Trust.UNTOLD}
    return year if months.trust in mute and year.trust not in mute else months


def _recent(rows: Sequence[States], day: date) -> dict[tuple[int, int], Counts]:
    found: dict[tuple[int, int], Counts] = {}
    for row in rows:
        if row.stretch == rules.Stretch.BLOCK and row.last > day - timedelta(days=RECENT_DAYS):
            pair = row.unit_id, row.dimension_id
            found[pair] = found.get(pair, Counts()) + row.counts
    return found


def _newest_years(rows: Sequence[States]) -> dict[tuple[int, int], Counts]:
    """Of each the year that ends last: years overlap, so they are not added up. Rows come in order of time."""
    return {(r.unit_id, r.dimension_id): r.counts for r in rows if r.stretch == rules.Stretch.YEAR}


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the map: its mark, what it says, and what that means."""

    trust: Trust
    sign: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """A unit and its boxes, one for each dimension."""

    name: str
    url: str
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A line of the table behind a course; shares in words, a dash where there is none."""

    period: str
    known: str
    interval: str
    unknown: str
    declined: str
    not_asked: str
    unmapped: str
    rest: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """What is known of the cases of one measure."""

    name: str
    box: Box
    interval: str
    cases: str


@dataclass(frozen=True, slots=True)
class Course:
    """One dimension at the unit of the page: what is known now, by state, how it went, and by measure."""

    code: str
    name: str
    box: Box
    to_do: str
    now: MonthRow
    spark: SafeString
    sentence: str
    months: Sequence[MonthRow]
    measures: Sequence[MeasureLine]


@dataclass(frozen=True, slots=True)
class SourceWords:
    """A source and the words for groups in the newest file that counted: how many, and how many nobody has mapped."""

    name: str
    day: date
    words: int
    unmapped: int

    @property
    def share(self) -> str:
        """The share that nobody has mapped, like "12 %"."""
        return f"{round(100 * self.unmapped / self.words)} %" if self.words else words.NONE


@dataclass(frozen=True, slots=True)
class CompletenessPage:
    """Everything about what is known of the patients of a unit and of the units below it."""

    unit: Unit
    dimensions: Sequence[tuple[str, str]]
    silent: Sequence[str]  # dimensions of which nothing was told
    own: MapRow
    rows: Sequence[MapRow]
    number: int
    has_next: bool
    hidden_units: int
    tiers: Sequence[tuple[int, str]]
    tier: int
    sentence: str
    limits: Limits
    courses: Sequence[Course]
    sources: Sequence[SourceWords]


def completeness_page(unit: Unit, day: date, user: "User", tier: int, number: int) -> CompletenessPage:
    """The map from `unit` downwards and the course at the unit itself. A constant number of statements.

    `tier`: the level whose units are the rows, 0 for the units straight below. `number`: which page of the rows.
    """
    organisation = unit.organisation
    limits = limits_of(organisation.pk)
    dimensions = dimensions_of_patients(organisation)
    tiers = list(
        Tier.objects.filter(organisation=organisation, level__lt=unit.tier.level)
        .order_by("-level")
        .values_list("level", "name")
    )
    level = tier if tier in dict(tiers) else 0
    below = Unit.objects.open().below(unit)
    below = below.filter(tier__level=level) if level else below.filter(parent=unit)
    seen = below.visible_to(user).order_by("name", "pk")
    start = (number - 1) * ROWS_SHOWN
    shown = list(seen[start : start + ROWS_SHOWN + 1])
    has_next = len(shown) > ROWS_SHOWN
    ids = [d.pk for d in dimensions]
    told = verdicts([unit.pk, *_ids(shown)], ids, day, limits=limits)
    silent = [d for d in dimensions if all(told[pk, d.pk].trust == Trust.NOTHING for pk in (unit.pk, *_ids(shown)))]
    dimensions = [d for d in dimensions if d not in silent]
    ids = [d.pk for d in dimensions]
    own = _row(unit, ids, told, "")
    rows = [_row(row, ids, told, reverse("boards:completeness-unit", args=[row.pk])) for row in shown[:ROWS_SHOWN]]
    return CompletenessPage(
        unit,
        [(d.code, d.name) for d in dimensions],
        [d.name for d in silent],
        own,
        rows,
        number,
        has_next,
        below.count() - seen.count(),
        tiers,
        level,
        _sentence(rows or [own]),
        limits,
        _courses(unit, dimensions, told, day, limits),
        source_words(organisation) if unit.parent_id is None else [],
    )


def _ids(units: Sequence[Unit]) -> list[int]:
    return [unit.pk for unit in units]


def box(told: Told) -> Box:
    """A share as a box of the map."""
    return Box(told.trust, known.SIGNS[told.trust], told.text, str(told.trust.label))


def _row(unit: Unit, dimensions: Sequence[int], told: Mapping[tuple[int, int], Told], url: str) -> MapRow:
    return MapRow(unit.name, url, [box(told[unit.pk, dimension]) for dimension in dimensions])


def _sentence(rows: Sequence[MapRow]) -> str:
    """The map in a sentence: how many boxes can be trusted."""
    trusts = [one.trust for row in rows for one in row.boxes]
    counted = [trust for trust in trusts if trust != Trust.NOTHING]
    if not counted:
        return _("Nothing was told of groups of patients here yet.")
    thin, careful = counted.count(Trust.TOO_THIN), counted.count(Trust.THIN)
    if thin:
        said = _("Too thin to trust: %(n)s of %(all)s fields") % {"n": thin, "all": len(counted)}
    elif careful:
        said = _("No field is too thin to trust; read with care: %(n)s of %(all)s") % {
            "n": careful,
            "all": len(counted),
        }
    else:
        said = _("No field is too thin to trust")
    untold = counted.count(Trust.UNTOLD)
    more = _("not to be told: %(n)s") % {"n": untold} if untold else ""
    return f"{said}; {more}." if more else f"{said}."


def _percent(part: float, total: float) -> str:
    """A share of cases, one decimal where it is below ten; a dash of nobody."""
    if total <= 0:
        return words.NONE
    share = 100 * part / total
    return f"{words.number(share, 1 if 0 < share < 10 else 0)} %"


def _line(period: str, told: Told, *, measures: int = 1) -> MonthRow:
    """A line of the table; an interval only where each case is one patient, that is of one measure."""
    own = told.counts
    return MonthRow(
        period,
        told.text,
        told.interval if measures == 1 else "",
        _percent(own.unknown + own.unsent, own.total),
        _percent(own.declined, own.total),
        _percent(own.not_asked, own.total),
        _percent(own.unmapped, own.total),
        _percent(own.open + own.dark, own.total),
    )


def _courses(
    unit: Unit, dimensions: Sequence[Dimension], told: Mapping[tuple[int, int], Told], day: date, limits: Limits
) -> list[Course]:
    """Each dimension over a year at `unit`, and its measures. Three statements."""
    since = day - timedelta(days=TREND_DAYS)
    rows = states([unit.pk], [d.pk for d in dimensions], since=since, until=day, by_measure=True)
    blocks = [row for row in rows if row.stretch == rules.Stretch.BLOCK]
    names = dict(Measure.objects.filter(pk__in={row.measure_id for row in rows}).values_list("pk", "name"))
    out = []
    for dimension in dimensions:
        own = [row for row in blocks if row.dimension_id == dimension.pk]
        months = _months(own, limits)
        now = told[unit.pk, dimension.pk]
        out.append(
            Course(
                dimension.code,
                dimension.name,
                box(now),
                str(known.TO_DO.get(now.trust, "")),
                _line(_("now"), now),
                _spark([_point(found) for _month, found in months], limits),
                _course_sentence(dimension.name, months),
                [_line(month, found, measures=_measure_count(own)) for month, found in reversed(months)],
                _measures(own, names, day, limits),
            )
        )
    return out


def _measure_count(rows: Sequence[States]) -> int:
    return len({row.measure_id for row in rows})


def _months(rows: Sequence[States], limits: Limits) -> list[tuple[str, Told]]:
    by_last: dict[date, Counts] = {}
    firsts: dict[date, date] = {}
    for row in rows:
        by_last[row.last] = by_last.get(row.last, Counts()) + row.counts
        firsts[row.last] = min(firsts.get(row.last, row.first), row.first)
    lasts = sorted(by_last)
    found = known.judged([by_last[last] for last in lasts], limits)
    return [(_period(firsts[last], last), told) for last, told in zip(lasts, found, strict=True)]


def _period(first: date, last: date) -> str:
    """Like "October 2026", "August 2026 – October 2026"."""
    end = formats.date_format(last, _("F Y"))
    return end if (first.year, first.month) == (last.year, last.month) else f"{formats.date_format(first, 'F')} – {end}"


def _spark(points: Sequence[float | None], limits: Limits) -> SafeString:
    """The course with the lower limit; nothing where it has not two points."""
    if sum(point is not None for point in points) < 2:
        return SafeString("")
    return spark_svg(points, None, None, None, float(limits.least))


def _point(told: Told) -> float | None:
    return told.low if told.exact or told.trust in {Trust.ENOUGH, Trust.THIN} else None


def _course_sentence(name: str, months: Sequence[tuple[str, Told]]) -> str:
    points = [(month, told.text) for month, told in months if _point(told) is not None]
    if len(points) < 2:
        return _("No course yet.")
    (first, before), (last, now) = points[0], points[-1]
    asked = {"name": name, "first": first, "last": last, "before": before, "now": now}
    return _("%(name)s: %(before)s known in %(first)s, %(now)s in %(last)s.") % asked


def _measures(rows: Sequence[States], names: Mapping[int, str], day: date, limits: Limits) -> list[MeasureLine]:
    """What each measure's own cases say over the last months, by name."""
    sums: dict[int, Counts] = {}
    for row in rows:
        if row.last > day - timedelta(days=RECENT_DAYS):
            sums[row.measure_id] = sums.get(row.measure_id, Counts()) + row.counts
    found = zip(sums, known.judged(list(sums.values()), limits), strict=True)
    lines = [
        MeasureLine(names[pk], box(told), told.interval, words.count(told.counts.total))
        for pk, told in found
        if pk in names
    ]
    return sorted(lines, key=lambda line: line.name)


_WORDS: Final = """
    WITH newest AS (
        SELECT DISTINCT ON (b.source_id) b.id, b.source_id, s.name, b.last_day FROM boards_batch b
        JOIN boards_source s ON s.id = b.source_id
        WHERE b.organisation_id = %(organisation)s AND b.state = 'imported' AND s.kind = 'file'
        AND b.last_day IS NOT NULL ORDER BY b.source_id, b.imported_at DESC NULLS LAST, b.id DESC
    ), used AS (
        SELECT DISTINCT n.source_id, n.name, n.last_day, unnest(s.categories) AS category
        FROM newest n JOIN boards_reading r ON r.day = n.last_day AND r.batch_id = n.id
        JOIN boards_layout l ON l.id = r.layout_id JOIN boards_stratum s ON s.id = ANY(l.strata)
    )
    SELECT u.name, u.last_day, count(*), count(*) FILTER (WHERE c.state = 'unmapped')
    FROM used u JOIN boards_category c ON c.id = u.category GROUP BY 1, 2 ORDER BY 1
"""


def source_words(organisation: Organisation) -> list[SourceWords]:
    """The words for groups of each source's newest file, on its last day. Words are counted, not patients."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"organisation": organisation.pk})
        return [SourceWords(*row) for row in cursor.fetchall()]
