"""The groups of patients that an issue may touch: categories of the dimensions by which boards are split.

Named, never counted: a key is "dimension:category", as in "language:es".
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from boards.models import Category, Stratum
from boards.rules import STAFF_DIMENSIONS, CategoryState

#: A dimension without numbers and with more categories is a catalogue, not a question.
FEW: Final = 12


@dataclass(frozen=True, slots=True)
class Group:
    """A group that can be named."""

    key: str
    name: str
    dimension: str


def groups_of(organisation_id: int) -> list[Group]:
    """The groups of an organisation to choose from, in the order of its dimensions: those in which numbers have come;
    of a dimension without numbers all, where they are few. Two statements.
    """
    strata = Stratum.objects.filter(organisation=organisation_id).values_list("categories", flat=True)
    used = {pk for listed in strata for pk in listed}
    rows = _known(organisation_id)
    used_of = {row.dimension_id for row in rows if row.pk in used}
    number = Counter(row.dimension_id for row in rows)
    return [
        _group(row)
        for row in rows
        if row.pk in used or (row.dimension_id not in used_of and number[row.dimension_id] <= FEW)
    ]


def _known(organisation_id: int) -> list[Category]:
    found = Category.objects.filter(dimension__organisation=organisation_id, state=CategoryState.KNOWN)
    found = found.exclude(dimension__code__startswith=STAFF_DIMENSIONS)
    order = ("dimension__position", "dimension__code", "position", "code")
    return list(found.select_related("dimension").order_by(*order))


def _group(row: Category) -> Group:
    return Group(f"{row.dimension.code}:{row.code}", row.name, row.dimension.name)


def choices(groups: Sequence[Group], kept: Sequence[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups to choose from by their dimension; what is `kept` and named no more stands at the end, as it is."""
    by_dimension: dict[str, list[tuple[str, str]]] = {}
    for group in groups:
        by_dimension.setdefault(group.dimension, []).append((group.key, group.name))
    known = {group.key for group in groups}
    left = [(key, key) for key in kept if key not in known]
    return [*by_dimension.items(), *([("…", left)] if left else [])]


def named(organisation_id: int, keys: Sequence[str]) -> list[str]:
    """Groups in words, like "Language: Spanish, Vietnamese". One statement; none for no group."""
    if not keys:
        return []
    found = choices([group for row in _known(organisation_id) if (group := _group(row)).key in keys], keys)
    return [
        ", ".join(name for _key, name in rows) if of == "…" else f"{of}: {', '.join(name for _key, name in rows)}"
        for of, rows in found
    ]
