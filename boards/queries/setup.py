"""What the pages of board set-up show: rows as frozen dataclasses, in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from boards import rules
from boards.catalogue import definitions
from boards.models import BoardMeasure, Dimension, Grouping, Measure, Target
from boards.queries import words
from org.models import Organisation, Unit
from org.rules import Permission, ancestor_ids

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter with how many measures stand under it."""

    pk: int
    code: str
    name: str
    measures: int


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason with how often it was given."""

    pk: int
    name: str
    uses: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure as a line of the list; `boards` is the number of boards on which it stands."""

    pk: int
    code: str
    name: str
    letter: str
    kind: str
    direction: str
    cadence: str
    boards: int
    has_target: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A measure of the catalogue that the organisation does not have."""

    code: str
    name: str
    letter: str
    kind: str
    question: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target in words. `last` None: open; `runs` on the day that was asked about."""

    pk: int
    unit: str
    depth: int
    first: date | None
    last: date | None
    text: str
    warning: str
    runs: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A unit with how many measures stand on its board."""

    unit_id: int
    name: str
    tier: str
    depth: int
    measures: int
    drivers: int


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """A measure on a board. `first` and `last` within its letter."""

    pk: int
    measure_id: int
    name: str
    letter: str
    role: str
    reports: bool
    is_active: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension with how many categories it has, and how boards group them."""

    pk: int
    code: str
    name: str
    categories: int
    grouping: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with its spellings and its group within one grouping."""

    pk: int
    code: str
    name: str
    state: str
    spellings: Sequence[str]
    group: str


def letters(organisation: Organisation) -> list[LetterRow]:
    """Letters in their order. One statement."""
    found = organisation.letters.annotate(n=Count("measures")).order_by("position", "code")
    return [LetterRow(letter.pk, letter.code, letter.name, letter.n) for letter in found]


def reasons(organisation: Organisation) -> list[ReasonRow]:
    """Reasons in their order, the retired ones last. One statement."""
    found = organisation.reason_codes.annotate(n=Count("uses")).order_by("-is_active", "position", "name")
    return [ReasonRow(reason.pk, reason.name, reason.n, reason.is_active) for reason in found]


def measures(
    organisation: Organisation, day: date, *, letter: str = "", kind: str = "", active: str = "yes", text: str = ""
) -> "QuerySet[Measure]":
    """Measures that fit the filters, with `boards` and `has_target` on `day`; give a page of it to `measure_rows`.

    `letter` is a code, `kind` a `rules.Kind`, `active` "yes", "no" or "all"; `text` is looked for in name and code.
    """
    found = organisation.measures.select_related("letter").annotate(
        boards=Count("placements", filter=Q(placements__unit__closed_on__isnull=True)),
        has_target=Exists(Target.objects.filter(measure=OuterRef("pk"), valid__contains=day)),
    )
    if letter:
        found = found.filter(letter__code=letter)
    if kind in rules.Kind.values:
        found = found.filter(kind=kind)
    if active in {"yes", "no"}:
        found = found.filter(is_active=active == "yes")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return found.order_by("letter__position", "letter__code", "name", "pk")


def measure_rows(found: "Sequence[Measure] | QuerySet[Measure]") -> list[MeasureRow]:
    """Lines of the list, from measures as `measures` gives them."""
    return [
        MeasureRow(
            m.pk,
            m.code,
            m.name,
            m.letter.code,
            str(rules.Kind(m.kind).label),
            str(rules.Direction(m.direction).label),
            str(rules.Cadence(m.cadence).label),
            m.boards,  # type: ignore[attr-defined]
            m.has_target,  # type: ignore[attr-defined]
            m.is_active,
        )
        for m in found
    ]


def not_yet_loaded(organisation: Organisation) -> list[CatalogueRow]:
    """Measures of the catalogue that the organisation has not, by letter. One statement."""
    have = set(organisation.measures.values_list("code", flat=True))
    order = {code: place for place, (code, _name) in enumerate(definitions.LETTERS)}
    rows = [row for row in definitions.measures() if row.code not in have]
    return [
        CatalogueRow(row.code, row.name, row.letter, str(rules.Kind(row.kind).label), row.question)
        for row in sorted(rows, key=lambda row: (order[row.letter], row.name))
    ]


def targets(measure: Measure, today: date) -> list[TargetRow]:
    """Targets of a measure: for all first, then by unit along the tree, newest first. One statement."""
    found = list(measure.targets.select_related("unit"))
    found.sort(key=lambda t: t.valid.lower or date.min, reverse=True)
    found.sort(key=lambda t: t.unit.path if t.unit else "")
    rows = []
    for target in found:
        text = words.target(target.value, target.high, measure.direction, measure.decimals, measure.unit_text)
        rows.append(
            TargetRow(
                target.pk,
                target.unit.name if target.unit else "",
                len(ancestor_ids(target.unit.path)) if target.unit else 0,
                target.valid.lower,
                target.valid.upper - timedelta(days=1) if target.valid.upper else None,
                text or words.number(target.value, measure.decimals),
                "" if target.warning is None else words.number(target.warning, measure.decimals),
                today in target.valid,
            )
        )
    return rows


def editable_units(user: "User | AnonymousUser", text: str = "") -> "QuerySet[Unit]":
    """Open units whose boards `user` may set up, in the order of the tree, with `shown` and `drivers` counted."""
    found = Unit.objects.with_permission(user, Permission.MEASURE_EDIT).open().select_related("tier", "organisation")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    active = Q(board_measures__measure__is_active=True)
    return found.annotate(
        shown=Count("board_measures", filter=active, distinct=True),
        drivers=Count(
            "board_measures", filter=active & Q(board_measures__role=rules.MeasureRole.DRIVER), distinct=True
        ),
    ).order_by("organisation__name", "path")


def board_rows(found: "Sequence[Unit] | QuerySet[Unit]") -> list[BoardRow]:
    """Lines of the list of boards, from units as `editable_units` gives them."""
    return [
        BoardRow(
            unit.pk,
            unit.name,
            unit.tier.name,
            len(ancestor_ids(unit.path)),
            unit.shown,  # type: ignore[attr-defined]
            unit.drivers,  # type: ignore[attr-defined]
        )
        for unit in found
    ]


def placements(unit: Unit) -> list[PlacementRow]:
    """What stands on a unit's board, as the board orders it; retired measures included. One statement."""
    found = list(
        BoardMeasure.objects.filter(unit=unit)
        .select_related("measure__letter")
        .order_by("measure__letter__position", "measure__letter__code", "position", "measure__name", "id")
    )
    letter_of = [p.measure.letter.code for p in found]
    return [
        PlacementRow(
            p.pk,
            p.measure_id,
            p.measure.name,
            p.measure.letter.code,
            p.role,
            p.reports,
            p.measure.is_active,
            first=i == 0 or letter_of[i - 1] != letter_of[i],
            last=i + 1 == len(found) or letter_of[i + 1] != letter_of[i],
        )
        for i, p in enumerate(found)
    ]


def copy_sources(unit: Unit, user: "User | AnonymousUser") -> "QuerySet[Unit]":
    """Other units of the organisation that `user` may see and whose boards are not empty."""
    return (
        Unit.objects.visible_to(user)
        .open()
        .filter(organisation=unit.organisation_id)
        .exclude(pk=unit.pk)
        .filter(Exists(BoardMeasure.objects.filter(unit=OuterRef("pk"), measure__is_active=True)))
        .order_by("path")
    )


def dimensions(organisation: Organisation) -> list[DimensionRow]:
    """Dimensions in their order. Two statements."""
    defaults = dict(
        Grouping.objects.filter(dimension__organisation=organisation, is_default=True).values_list(
            "dimension_id", "name"
        )
    )
    found = organisation.dimensions.annotate(n=Count("categories")).order_by("position", "code")
    return [DimensionRow(d.pk, d.code, d.name, d.n, defaults.get(d.pk, "")) for d in found]


def categories(dimension: Dimension, grouping: Grouping | None) -> list[CategoryRow]:
    """Categories of a dimension with their spellings, and their group in `grouping`. At most three statements."""
    groups = dict(grouping.members.values_list("category_id", "group")) if grouping else {}
    spellings: dict[int, list[str]] = {}
    for category_id, text in dimension.aliases.order_by("text").values_list("category_id", "text"):
        spellings.setdefault(category_id, []).append(text)
    return [
        CategoryRow(
            c.pk, c.code, c.name, str(rules.CategoryState(c.state).label), spellings.get(c.pk, []), groups.get(c.pk, "")
        )
        for c in dimension.categories.order_by("position", "code")
    ]
