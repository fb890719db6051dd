"""What the pages about feeds show: sources and their last files, what is due and not there, words that wait."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, F, Min, OuterRef, QuerySet, Subquery

from boards import rules
from boards.feeds import archive
from boards.feeds.mapping import Recipe, recipe
from boards.feeds.problems import sentence
from boards.models import Batch, BoardMeasure, Category, Source, Stratum, Tile
from boards.queries.series import HORIZON_DAYS
from org.models import Organisation, Unit

HEAD_ROWS = 21
ROWS_SHOWN = 200
_MISSING_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source and the last file that it sent."""

    source: Source
    mappings: int
    last: Batch | None
    waiting: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A measure whose newest numbers did not come: from how many units, and how old the oldest is."""

    measure_id: int
    name: str
    units: int
    of: int
    since: date | None


@dataclass(frozen=True, slots=True)
class FeedsPage:
    """Everything about the feeds of one organisation."""

    sources: Sequence[SourceLine]
    recent: Sequence[Batch]
    waiting: Sequence[Batch]
    quarantined: Sequence[tuple[Batch, Sequence[str]]]
    missing: Sequence[MissingLine]
    unmapped: int


def feeds_page(organisation: Organisation) -> FeedsPage:
    """The overview. Eight statements, whatever the number of files."""
    batches = Batch.objects.filter(organisation=organisation).defer("content").select_related("source", "received_by")
    files = batches.filter(source__kind=Source.SourceKind.FILE)
    states = Batch.State
    set_aside = list(files.filter(state=states.QUARANTINED).prefetch_related("problems")[:20])
    return FeedsPage(
        _sources(organisation),
        list(batches.filter(state=states.IMPORTED)[:15]),
        list(files.filter(state=states.PREVIEWED)[:20]),
        [(batch, _reasons(batch)) for batch in set_aside],
        _missing(organisation),
        unmapped_categories(organisation).count(),
    )


def _sources(organisation: Organisation) -> list[SourceLine]:
    last = Batch.objects.filter(source=OuterRef("pk"), state=Batch.State.IMPORTED).order_by("-received_at")
    sources = list(
        Source.objects.filter(organisation=organisation)
        .annotate(last_batch=Subquery(last.values("pk")[:1]), mapping_count=Count("mappings", distinct=True))
        .order_by("name")
    )
    batches = Batch.objects.defer("content").in_bulk([s.last_batch for s in sources if s.last_batch])
    counts = {
        (source, state): count
        for source, state, count in Batch.objects.filter(source__in=sources)
        .values_list("source", "state")
        .annotate(count=Count("id"))
    }
    return [
        SourceLine(
            source,
            source.mapping_count,
            batches.get(source.last_batch),
            counts.get((source.pk, Batch.State.PREVIEWED), 0),
            counts.get((source.pk, Batch.State.QUARANTINED), 0),
        )
        for source in sources
    ]


def _reasons(batch: Batch) -> list[str]:
    """The kinds of problems of a file, each once, gravest first."""
    problems = sorted(batch.problems.all(), key=lambda p: (p.severity != p.Severity.ERROR, p.pk))
    return [sentence(code) for code in dict.fromkeys(p.code for p in problems)][:4]


def _missing(organisation: Organisation) -> list[MissingLine]:
    """Measures of which the newest due number of some unit is not there, most units first."""
    placements = BoardMeasure.objects.filter(
        unit__organisation=organisation, unit__closed_on__isnull=True, reports=True, measure__is_active=True
    )
    of = dict(placements.values_list("measure").annotate(units=Count("id")))
    absent = (
        Tile.objects.filter(
            unit__organisation=organisation,
            status=rules.STATUS_CODES[rules.Status.NO_DATA],
            unit__board_measures__measure=F("measure"),
            unit__board_measures__reports=True,
        )
        .values("measure", "measure__name")
        .annotate(units=Count("id"), since=Min("last_value_day"))
        .order_by("-units", "measure__name")[:_MISSING_SHOWN]
    )
    return [
        MissingLine(
            row["measure"], row["measure__name"], row["units"], of.get(row["measure"], row["units"]), row["since"]
        )
        for row in absent
    ]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One finding as the page shows it."""

    row: int | None
    column: str
    value: str
    sentence: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One file: what it says, what would become of it, what is wrong.

    `empty`: it holds no number at all. `long_past`: it counts, and its newest number lies behind what boards draw.
    """

    batch: Batch
    header: Sequence[str]
    head: Sequence[Sequence[str]]
    problems: Sequence[ProblemLine]
    errors: int
    counts_only: bool
    empty: bool
    long_past: bool


#: A file with nothing but these findings has no number in it.
_EMPTY: Final = frozenset({"no_numbers", "empty_file", "only_header"})
_HARMLESS: Final = frozenset({"encoding_guessed"})


def batch_page(batch: Batch, today: date, *, own: bool) -> BatchPage:
    """Everything about one file. Two statements.

    The first rows are shown to who sent the file (`own`): they may hold small numbers of groups. Whoever else may see
    exact numbers opens the rows for a reason (`rows_page`).
    """
    found = list(batch.problems.all())
    lines = [ProblemLine(p.row, p.column, p.value, sentence(p.code), p.severity == p.Severity.ERROR) for p in found]
    lines.sort(key=lambda line: not line.is_error)
    rows: list[list[str]] = []
    if batch.content is not None and own:
        rows = archive.head(bytes(batch.content), _recipe(batch), HEAD_ROWS)
    codes = {problem.code for problem in found} - _HARMLESS
    reach = today - timedelta(days=HORIZON_DAYS[rules.Cadence.DAILY])
    return BatchPage(
        batch,
        rows[0] if rows else [],
        rows[1:],
        lines,
        sum(line.is_error for line in lines),
        batch.content is not None and archive.is_counts(bytes(batch.content)),
        empty=batch.state == Batch.State.QUARANTINED and bool(codes) and codes <= _EMPTY,
        long_past=batch.state == Batch.State.IMPORTED and batch.last_day is not None and batch.last_day < reach,
    )


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Some rows of a file as it was sent, each with its number in the file's order (the header is row 1)."""

    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    number: int
    has_next: bool
    counts_only: bool

    @property
    def first(self) -> int:
        """The number of the first row shown."""
        return self.rows[0][0] if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.rows[-1][0] if self.rows else 0


def rows_page(batch: Batch, number: int) -> RowsPage:
    """The rows of a file, `ROWS_SHOWN` a page; the first page where there is no such page. No statement."""
    stored, how = bytes(batch.content or b""), _recipe(batch)
    header = archive.head(stored, how, 1)
    found = archive.page(stored, how, 2 + (number - 1) * ROWS_SHOWN, ROWS_SHOWN + 1)
    if not found and number > 1:
        return rows_page(batch, 1)
    shown = found[:ROWS_SHOWN]
    return RowsPage(header[0] if header else [], shown, number, len(found) > ROWS_SHOWN, archive.is_counts(stored))


def speaks_of_staff(batch: Batch) -> bool:
    """Whether a measure of staff is named in the file or in the mapping by which it is read. One statement."""
    codes = list(batch.organisation.measures.filter(about=rules.About.STAFF).values_list("code", flat=True))
    mapped = json.dumps(batch.mapping.settings) if batch.mapping else ""
    return any(code in mapped for code in codes) or archive.mentions(bytes(batch.content or b""), codes)


def _recipe(batch: Batch) -> Recipe:
    return Recipe() if batch.mapping is None else recipe(batch.mapping.settings)


@dataclass(frozen=True, slots=True)
class WaitingWord:
    """A word for a group that nobody has mapped: where it stands, and the categories that it may mean."""

    category: Category
    groups: int
    choices: Sequence[tuple[int, str]]


def unmapped_categories(organisation: Organisation) -> "QuerySet[Category]":
    """Words that wait to be mapped."""
    return Category.objects.filter(
        dimension__organisation=organisation, state=rules.CategoryState.UNMAPPED
    ).select_related("dimension")


def waiting_words(organisation: Organisation) -> list[WaitingWord]:
    """The queue of words, by dimension. Three statements."""
    waiting = list(unmapped_categories(organisation).order_by("dimension__position", "name"))
    known: dict[int, list[tuple[int, str]]] = {}
    for pk, dimension, name, code in (
        Category.objects.filter(dimension__in={c.dimension_id for c in waiting})
        .exclude(state=rules.CategoryState.UNMAPPED)
        .order_by("position", "name")
        .values_list("id", "dimension_id", "name", "code")
    ):
        known.setdefault(dimension, []).append((pk, name if name == code else f"{name} ({code})"))
    used: dict[int, int] = {}
    for (categories,) in Stratum.objects.filter(
        organisation=organisation, categories__overlap=[c.pk for c in waiting]
    ).values_list("categories"):
        for pk in categories:
            used[pk] = used.get(pk, 0) + 1
    return [WaitingWord(c, used.get(c.pk, 0), known.get(c.dimension_id, [])) for c in waiting]


def example_rows(organisation: Organisation, day: date) -> list[list[str]]:
    """Rows of a template: the measures and units of the organisation, all groups of one dimension, no numbers."""
    units = list(
        Unit.objects.open()
        .filter(organisation=organisation, board_measures__reports=True)
        .distinct()
        .order_by("path")[:2]
    )
    placements = BoardMeasure.objects.filter(unit__in=units, reports=True, measure__is_active=True)
    rows = []
    for placement in placements.select_related("unit", "measure").order_by("unit__path", "position")[:12]:
        cadence = rules.Cadence(placement.measure.cadence)
        start, end = rules.period_of(cadence, day)
        if _last(end) > day:  # not over yet
            start, end = rules.period_of(cadence, _last(start))
        rows.append(
            [placement.measure.code, placement.unit.code, start.isoformat(), _last(end).isoformat(), "", "", "", ""]
        )
    return rows


def _last(end: date) -> date:
    return date.fromordinal(end.toordinal() - 1)
