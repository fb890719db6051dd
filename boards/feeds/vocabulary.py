"""The words that an organisation knows: its units, measures, dimensions and categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from boards import rules
from boards.models import Category, CategoryAlias, Dimension, Measure
from org.models import Organisation, Unit

_CODE_LENGTH = 60
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit to which readings may belong."""

    id: int
    code: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class KnownMeasure:
    """What has to be known of a measure to check its counts."""

    id: int
    code: str
    kind: rules.Kind
    cadence: rules.Cadence
    multiplier: float
    stratifiable: bool


@dataclass(frozen=True, slots=True)
class NewCategory:
    """A word for a group that nobody has mapped yet; it becomes a category that boards show as such."""

    dimension_id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownDimension:
    """A dimension with every way to write its categories (casefolded) → category code."""

    id: int
    code: str
    is_partition: bool
    codes: Mapping[str, str]
    unmapped: frozenset[str]

    def category(self, text: str) -> str | None:
        """The code of the category that is written so, or None."""
        return self.codes.get(text.casefold())

    def new(self, text: str) -> NewCategory:
        """The category that an unknown word becomes. The bar joins groups, so it cannot be in a code."""
        return NewCategory(self.id, text.replace("|", "/")[:_CODE_LENGTH], text[:_NAME_LENGTH])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything by the casefolded way to write it. `bare_units`: codes without leading zeros, where that is unique."""

    units: Mapping[str, KnownUnit]
    bare_units: Mapping[str, KnownUnit]
    measures: Mapping[str, KnownMeasure]
    dimensions: Mapping[str, KnownDimension]


def vocabulary(organisation: Organisation) -> Vocabulary:
    """Load an organisation's words. Five statements."""
    units = [
        KnownUnit(*row) for row in Unit.objects.filter(organisation=organisation).values_list("id", "code", "closed_on")
    ]
    bare: dict[str, list[KnownUnit]] = {}
    for unit in units:
        if unit.code.isdigit():
            bare.setdefault(unit.code.lstrip("0"), []).append(unit)
    measures = [
        KnownMeasure(pk, code, rules.Kind(kind), rules.Cadence(cadence), multiplier, stratifiable)
        for pk, code, kind, cadence, multiplier, stratifiable in Measure.objects.active()
        .filter(organisation=organisation)
        .values_list("id", "code", "kind", "cadence", "multiplier", "stratifiable")
    ]
    return Vocabulary(
        {unit.code.casefold(): unit for unit in units},
        {code: same[0] for code, same in bare.items() if len(same) == 1},
        {measure.code.casefold(): measure for measure in measures},
        _dimensions(organisation),
    )


def _dimensions(organisation: Organisation) -> dict[str, KnownDimension]:
    """An alias goes before everything, a code before a name, and what is not mapped yet comes last."""
    words: dict[int, dict[str, str]] = {}
    unmapped: dict[int, set[str]] = {}
    aliases = list(
        CategoryAlias.objects.filter(dimension__organisation=organisation).values_list(
            "dimension_id", "text", "category__code"
        )
    )
    given_away = {(pk, text.casefold()) for pk, text, code in aliases if text.casefold() != code.casefold()}
    categories = Category.objects.filter(dimension__organisation=organisation)
    rows = [
        row
        for row in categories.values_list("dimension_id", "code", "name", "state")
        if (row[0], row[1].casefold()) not in given_away
    ]
    for waiting in (True, False):
        for by_code in (False, True):
            for dimension, code, name, state in rows:
                if (state == rules.CategoryState.UNMAPPED) == waiting:
                    words.setdefault(dimension, {})[(code if by_code else name).casefold()] = code
                    if waiting:
                        unmapped.setdefault(dimension, set()).add(code)
    for dimension, text, code in aliases:
        words.setdefault(dimension, {})[text.casefold()] = code
    known = [
        KnownDimension(pk, code, partition, words.get(pk, {}), frozenset(unmapped.get(pk, ())))
        for pk, code, partition in Dimension.objects.filter(organisation=organisation).values_list(
            "id", "code", "is_partition"
        )
    ]
    return {dimension.code.casefold(): dimension for dimension in known}
