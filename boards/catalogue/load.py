"""Load the starting catalogue into an organisation. Only ever adds: what a hospital has or has changed stays."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from boards import rules
from boards.catalogue import definitions, staff, tables
from boards.models import (
    Category,
    CategoryAlias,
    Dimension,
    Grouping,
    GroupMember,
    Letter,
    Measure,
    ReasonCode,
)
from org import audit
from org.models import Organisation

if TYPE_CHECKING:
    from org.models import User

GROUPINGS: Final = ("omb_1997", "spd15", "nhs")
ALL: Final = "all"


@dataclass(slots=True)
class Loaded:
    """What a loading did, by kind of thing ("dimension", "category" … "measure").

    `skipped_aliases` are spellings that the hospital already uses for another category; `left_out` are measures that
    are no number of a board, with the reason.
    """

    added: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    skipped_aliases: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, *, wanted: int, new: int) -> None:
        """Count `new` things of a kind as added and the rest of those `wanted` as kept."""
        self.added[kind] += new
        self.kept[kind] += wanted - new


def _create(loaded: Loaded, kind: str, wanted: int, rows: Sequence[models.Model]) -> None:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=2000)
    loaded.note(kind, wanted=wanted, new=len(rows))


def _load_dimensions(organisation: Organisation, rows: Sequence[tables.DimensionRow], loaded: Loaded) -> None:
    have = set(Dimension.objects.filter(organisation=organisation).values_list("code", flat=True))
    _create(
        loaded,
        "dimension",
        len(rows),
        [
            Dimension(
                organisation=organisation,
                code=row.code,
                name=row.name,
                is_ordered=row.ordered,
                is_partition=row.partition,
                position=position,
            )
            for position, row in enumerate(rows, start=1)
            if row.code not in have
        ],
    )
    ids = dict(Dimension.objects.filter(organisation=organisation).values_list("code", "id"))
    _load_categories(rows, ids, loaded)
    categories = {
        (dimension, code): pk
        for dimension, code, pk in Category.objects.filter(dimension__organisation=organisation).values_list(
            "dimension_id", "code", "id"
        )
    }
    _load_aliases(rows, ids, categories, loaded)
    _load_groupings(rows, ids, categories, loaded)


def _load_categories(rows: Sequence[tables.DimensionRow], ids: dict[str, int], loaded: Loaded) -> None:
    have = set(Category.objects.filter(dimension__in=ids.values()).values_list("dimension_id", "code"))
    _create(
        loaded,
        "category",
        sum(len(row.categories) for row in rows),
        [
            Category(
                dimension_id=ids[row.code],
                code=category.code,
                system=category.system,
                name=category.name[:120],
                state=category.state,
                position=position,
            )
            for row in rows
            for position, category in enumerate(row.categories, start=1)
            if (ids[row.code], category.code) not in have
        ],
    )


def _load_aliases(
    rows: Sequence[tables.DimensionRow], ids: dict[str, int], categories: dict[tuple[int, str], int], loaded: Loaded
) -> None:
    have = {
        (dimension, text.lower()): category
        for dimension, text, category in CategoryAlias.objects.filter(dimension__in=ids.values()).values_list(
            "dimension_id", "text", "category_id"
        )
    }
    new: list[CategoryAlias] = []
    wanted = 0
    for row in rows:
        dimension = ids[row.code]
        codes = {category.code.lower() for category in row.categories}
        for category in row.categories:
            pk = categories[dimension, category.code]
            for text in category.aliases:
                if text.lower() in codes:
                    continue
                wanted += 1
                present = have.get((dimension, text.lower()))
                if present is None:
                    have[dimension, text.lower()] = pk
                    new.append(CategoryAlias(dimension_id=dimension, text=text, category_id=pk))
                elif present != pk:
                    loaded.skipped_aliases.append(f"{row.code}: {text}")
    _create(loaded, "alias", wanted, new)


def _load_groupings(
    rows: Sequence[tables.DimensionRow], ids: dict[str, int], categories: dict[tuple[int, str], int], loaded: Loaded
) -> None:
    present = Grouping.objects.filter(dimension__in=ids.values())
    have = set(present.values_list("dimension_id", "code"))
    defaults = set(present.filter(is_default=True).values_list("dimension_id", flat=True))
    _create(
        loaded,
        "grouping",
        sum(len(row.groupings) for row in rows),
        [
            Grouping(
                dimension_id=ids[row.code],
                code=grouping.code,
                name=grouping.name,
                is_default=grouping.default and ids[row.code] not in defaults,
            )
            for row in rows
            for grouping in row.groupings
            if (ids[row.code], grouping.code) not in have
        ],
    )
    groupings = {(d, code): pk for d, code, pk in present.values_list("dimension_id", "code", "id")}
    placed = set(GroupMember.objects.filter(grouping__in=groupings.values()).values_list("grouping_id", "category_id"))
    members = [
        GroupMember(
            grouping_id=groupings[ids[row.code], grouping.code],
            category_id=categories[ids[row.code], code],
            group=group[:80],
            position=position,
        )
        for row in rows
        for grouping in row.groupings
        for position, (code, group) in enumerate(grouping.groups.items(), start=1)
    ]
    fresh = [m for m in members if (m.grouping_id, m.category_id) not in placed]
    _create(loaded, "group member", len(members), fresh)


def _load_letters_and_reasons(organisation: Organisation, loaded: Loaded) -> None:
    letters = set(Letter.objects.filter(organisation=organisation).values_list("code", flat=True))
    _create(
        loaded,
        "letter",
        len(definitions.LETTERS),
        [
            Letter(organisation=organisation, code=code, name=name, position=position)
            for position, (code, name) in enumerate(definitions.LETTERS, start=1)
            if code not in letters
        ],
    )
    reasons = set(ReasonCode.objects.filter(organisation=organisation).values_list("code", flat=True))
    _create(
        loaded,
        "reason",
        len(definitions.REASONS),
        [
            ReasonCode(organisation=organisation, code=code, name=name, position=position)
            for position, (code, name) in enumerate(definitions.REASONS, start=1)
            if code not in reasons
        ],
    )


def _chosen(wanted: Collection[str]) -> list[definitions.MeasureRow]:
    """The measures that were asked for. Raises ValidationError for identifiers that the catalogue does not know."""
    rows = definitions.measures()
    if ALL in wanted:
        return rows
    known = {row.code for row in rows} | definitions.left_out().keys()
    if unknown := sorted(set(wanted) - known):
        raise ValidationError(_("The catalogue has no measure called %s.") % ", ".join(unknown))
    return [row for row in rows if row.code in wanted]


def _load_measures(organisation: Organisation, wanted: Collection[str], loaded: Loaded) -> None:
    rows = _chosen(wanted)
    letters = dict(Letter.objects.filter(organisation=organisation).values_list("code", "id"))
    have = set(Measure.objects.filter(organisation=organisation).values_list("code", flat=True))
    fields: list[dict[str, Any]] = [
        {name: getattr(row, name) for name in definitions.MeasureRow.__slots__ if name != "letter"}
        | {"letter_id": letters[row.letter]}
        for row in rows
        if row.code not in have
    ]
    new = [Measure(organisation=organisation, **values) for values in fields]
    for measure in new:
        measure.clean_fields(exclude=["organisation", "letter"])
    _create(loaded, "measure", len(rows), new)
    link_parts(organisation, {measure.code for measure in new})
    loaded.left_out = {
        code: reason for code, reason in definitions.left_out().items() if ALL in wanted or code in wanted
    }


def link_parts(organisation: Organisation, made: Collection[str]) -> None:
    """Let measures be part of those whose cases hold theirs, where one of the two was `made` now. Two statements.

    One that the hospital has said to be part of another, or counts by another kind, stays as it is.
    """
    codes = {code for pair in definitions.PARTS.items() if not set(pair).isdisjoint(made) for code in pair}
    have = {m.code: m for m in Measure.objects.filter(organisation=organisation, code__in=codes)} if codes else {}
    changed = []
    for part, whole in definitions.PARTS.items():
        own, above = have.get(part), have.get(whole)
        if own and above and own.part_of_id is None and above.part_of_id is None and own.kind == above.kind:
            own.part_of = above
            changed.append(own)
    Measure.objects.bulk_update(changed, ["part_of"])


@transaction.atomic
def load_catalogue(
    *,
    organisation: Organisation,
    grouping: str,
    measures: Collection[str],
    by: "User | None",
    at: datetime,
    bands: str = "board_default",
    gender_and_orientation: bool = False,
) -> Loaded:
    """Add what is missing of the catalogue to `organisation`; the same again adds nothing.

    `grouping`: how race and ethnicity are shown ("omb_1997", "spd15") or the ethnic categories of the NHS ("nhs");
    `measures`: identifiers, or {"all"}; `bands`: a set of age bands. A bounded number of statements. Raises
    ValidationError for an unknown grouping, set of bands or measure.
    """
    if grouping not in GROUPINGS:
        raise ValidationError(_("There is no grouping called %s.") % grouping)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    try:
        rows = tables.dimensions(grouping=grouping, bands=bands, with_gender_and_orientation=gender_and_orientation)
    except KeyError as error:
        raise ValidationError(_("There is no set of age bands called %s.") % bands) from error
    if any(row.about == rules.About.STAFF for row in _chosen(measures)):
        rows = [*rows, *staff.dimensions(grouping=grouping)]
    loaded = Loaded()
    _load_dimensions(organisation, rows, loaded)
    _load_letters_and_reasons(organisation, loaded)
    _load_measures(organisation, measures, loaded)
    audit.record(
        "catalogue.loaded",
        subject=organisation,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"grouping": grouping, **{kind.replace(" ", "_"): count for kind, count in loaded.added.items()}},
    )
    return loaded
