"""How much is known of patients' race, language, payer …: a map of units and dimensions, its course, and its sources.

`verdicts` is what other pages ask before they speak of a difference between groups.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards import completeness_rules as known
from boards import rules
from boards.completeness_rules import Counts, Limits, Told, Trust
from boards.models import CompletenessLimits, Dimension
from boards.queries import words
from boards.queries.completeness_course import RECENT_DAYS, Box, Course, Now, courses, period
from boards.queries.funnel import period_of
from boards.queries.published_states import States, states, told_around
from org.models import Organisation, Tier, Unit

if TYPE_CHECKING:
    from org.models import User

__all__ = ["Box", "box", "completeness_page", "dimensions_of_patients", "limits_of", "source_words", "verdicts"]

MONTHS: Final = 3
#: Where no month tells enough, the newest year speaks, if it is not older than this.
YEAR_DAYS: Final = 460
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

    A year stands for months that cannot be told only where it tells of the cases of all measures that these have: else
    a share of some would be read as one of all.
    """
    if limits is None:
        limits = _limits(dimensions)
    since, year_since = day - timedelta(days=RECENT_DAYS - 1), day - timedelta(days=YEAR_DAYS)
    rows = states(units, dimensions, since=since, years_since=year_since, until=day, measures=measures)
    pairs = [(unit, dimension) for unit in units for dimension in dimensions]
    recent, yearly = _recent(rows, day), _newest_years(rows)
    months = _judged([recent.get(pair) for pair in pairs], limits)
    years = _judged([yearly.get(pair) for pair in pairs], limits)
    return {
        pair: _better(months[i], years[i]) if _same_cases(recent.get(pair), yearly.get(pair)) else months[i]
        for i, pair in enumerate(pairs)
    }


def _judged(found: Sequence[States | None], limits: Limits) -> list[Told]:
    told = known.judged([Counts() if own is None else own.counts for own in found], limits)
    return [
        one if own is None else replace(one, first=own.first, last=own.last)
        for one, own in zip(told, found, strict=True)
    ]


def _same_cases(months: States | None, year: States | None) -> bool:
    return year is not None and (months is None or months.measures <= year.measures)


def _limits(dimensions: Collection[int]) -> Limits:
    found = (
        CompletenessLimits.objects.filter(organisation__dimensions__in=dimensions).values_list("least", "well").first()
    )
    return Limits(*found) if found else Limits()


def _better(months: Told, year: Told) -> Told:
    """What the last months say, unless only a whole year can say something."""
    mute = {Trust.NOTHING, Trust.UNTOLD}
    return year if months.trust in mute and year.trust not in mute else months


def _recent(rows: Sequence[States], day: date) -> dict[tuple[int, int], States]:
    """What was told of each over the last months, as one. Rows come in order of time."""
    found: dict[tuple[int, int], States] = {}
    for row in rows:
        if row.stretch == rules.Stretch.BLOCK and row.last > day - timedelta(days=RECENT_DAYS):
            pair = row.unit_id, row.dimension_id
            before = found.get(pair)
            found[pair] = row if before is None else _added(before, row)
    return found


def _added(one: States, later: States) -> States:
    first, counts = min(one.first, later.first), one.counts + later.counts
    return replace(later, first=first, counts=counts, measures=one.measures | later.measures)


def _newest_years(rows: Sequence[States]) -> dict[tuple[int, int], States]:
    """Of each the year that ends last: years overlap, so they are not added up. Rows come in order of time."""
    return {(r.unit_id, r.dimension_id): r for r in rows if r.stretch == rules.Stretch.YEAR}


@dataclass(frozen=True, slots=True)
class MapRow:
    """A unit and its boxes, one for each dimension."""

    name: str
    url: str
    boxes: Sequence[Box]


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
    period: str  # the months of the map
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
    known_of = _Map.read([unit, *shown], ids, day, limits)
    silent = [d for d in dimensions if known_of.is_silent(d.pk)]
    dimensions = [d for d in dimensions if d not in silent]
    ids = [d.pk for d in dimensions]
    own = _row(unit, ids, known_of, "")
    rows = [_row(row, ids, known_of, reverse("boards:completeness-unit", args=[row.pk])) for row in shown[:ROWS_SHOWN]]
    return CompletenessPage(
        unit,
        [(d.code, d.name) for d in dimensions],
        [d.name for d in silent],
        words.months(*period_of(day, MONTHS)),
        own,
        rows,
        number,
        has_next,
        below.count() - seen.count(),
        tiers,
        level,
        _sentence(rows or [own]),
        limits,
        courses(unit, [known_of.now(unit, d) for d in dimensions], day, limits),
        source_words(organisation) if unit.parent_id is None else [],
    )


def _ids(units: Sequence[Unit]) -> list[int]:
    return [unit.pk for unit in units]


def box(told: Told) -> Box:
    """A share as a box of the map."""
    return Box(told.trust, known.SIGNS[told.trust], told.text, str(told.trust.label))


@dataclass(frozen=True, slots=True)
class _Map:
    """What is known at each (unit, dimension); where nothing was told of late, what was told around it."""

    told: Mapping[tuple[int, int], Told]
    around: Mapping[tuple[int, int], tuple[date, int]]
    months: tuple[date, date]

    @classmethod
    def read(cls, units: Sequence[Unit], dimensions: Sequence[int], day: date, limits: Limits) -> "_Map":
        """Four statements."""
        told = verdicts(_ids(units), dimensions, day, limits=limits)
        around = told_around(
            _ids(units), dimensions, since=day - timedelta(days=RECENT_DAYS - 1),
            years_since=day - timedelta(days=YEAR_DAYS), until=day,
        )  # fmt: skip
        return cls(told, around, period_of(day, MONTHS))

    def is_silent(self, dimension: int) -> bool:
        """Whether nothing was told of a dimension at any unit, nor below."""
        return not any(of == dimension for _unit, of in self.around)

    def box(self, unit: int, dimension: int) -> Box:
        """What it says at a unit, as a box of the map."""
        told = self.told[unit, dimension]
        if told.trust == Trust.NOTHING and (unit, dimension) in self.around:
            last, below = self.around[unit, dimension]
            return Box(Trust.UNTOLD, known.SIGNS[Trust.UNTOLD], _elsewhere(last, below), _("Not told of it by itself"))
        months = "" if None in {told.first, told.last} or (told.first, told.last) == self.months else period(told)
        return replace(box(told), months=months)

    def without(self, unit: Unit, dimension: int) -> str:
        """Why nothing is told of a unit, and where to look instead; empty where something is, or nothing anywhere."""
        if self.told[unit.pk, dimension].trust != Trust.NOTHING or (unit.pk, dimension) not in self.around:
            return ""
        last, below = self.around[unit.pk, dimension]
        asked = {"unit": unit.name, "month": words.months(last, last)}
        if not below:
            return _("Nothing was told of %(unit)s after %(month)s: since then its groups are too small.") % asked
        return (
            _(
                "Nothing is told of %(unit)s by itself: laid beside what its units tell, it could point at few "
                "patients. Look at the units below."
            )
            % asked
        )

    def now(self, unit: Unit, dimension: Dimension) -> Now:
        """What the course begins with."""
        at = unit.pk, dimension.pk
        return Now(dimension, self.told[at], self.box(*at), self.without(unit, dimension.pk))


def _elsewhere(last: date, below: int) -> str:
    if below:
        return ngettext("see %(n)s unit below", "see %(n)s units below", below) % {"n": below}
    return _("up to %(month)s") % {"month": words.months(last, last)}


def _row(unit: Unit, dimensions: Sequence[int], known_of: _Map, url: str) -> MapRow:
    return MapRow(unit.name, url, [known_of.box(unit.pk, dimension) for dimension in dimensions])


def _sentence(rows: Sequence[MapRow]) -> str:
    """The map in a sentence: how many of its boxes can be trusted, of all that it has."""
    trusts = [one.trust for row in rows for one in row.boxes]
    counts = {trust: trusts.count(trust) for trust in Trust}
    if counts[Trust.NOTHING] == len(trusts):
        return _("Nothing was told of groups of patients here yet.")
    facts = {"n": counts[Trust.TOO_THIN] or counts[Trust.THIN], "all": len(trusts)}
    if counts[Trust.TOO_THIN]:
        said = [_("Too thin to trust: %(n)s of %(all)s boxes") % facts]
    elif counts[Trust.THIN]:
        said = [_("No box is too thin to trust; read with care: %(n)s of %(all)s") % facts]
    else:
        said = [_("No box is too thin to trust")]
    if counts[Trust.UNTOLD]:
        said.append(_("not to be told: %(n)s") % {"n": counts[Trust.UNTOLD]})
    if counts[Trust.NOTHING]:
        said.append(_("nothing yet: %(n)s") % {"n": counts[Trust.NOTHING]})
    return f"{'; '.join(said)}."


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
