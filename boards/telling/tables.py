"""The tables by which an organisation's patients are split: the groups of each dimension, as they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boards import rules
from boards.models import Category, Dimension, GroupMember, Stratum
from org.models import Organisation


@dataclass(frozen=True, slots=True)
class Table:
    """The groups of a dimension, or one answer of a dimension whose answers overlap (`answer`).

    `names`, `states` (G,): the groups in their order; `of_stratum`: stratum id → its group.
    """

    dimension: Dimension
    answer: str
    names: tuple[str, ...]
    states: tuple[str, ...]
    of_stratum: Mapping[int, int]


def tables_of(organisation: Organisation) -> list[Table]:
    """Every table by the default groupings, of which anything ever came. Four statements."""
    members = {
        m.category_id: m
        for m in GroupMember.objects.filter(grouping__dimension__organisation=organisation, grouping__is_default=True)
    }
    categories = {c.pk: c for c in Category.objects.filter(dimension__organisation=organisation)}
    single: dict[int, list[tuple[int, int]]] = {}
    for pk, own, dimensions in Stratum.objects.filter(organisation=organisation, dimensions__len=1).values_list(
        "pk", "categories", "dimensions"
    ):
        single.setdefault(dimensions[0], []).append((pk, own[0]))
    found: list[Table] = []
    for dimension in Dimension.objects.filter(organisation=organisation):
        groups: dict[str, tuple[int, str, list[int]]] = {}
        for stratum, category_id in single.get(dimension.pk, ()):
            category, member = categories[category_id], members.get(category_id)
            name = member.group if member else category.name
            position = member.position if member else category.position
            groups.setdefault(name, (position, category.state, []))[2].append(stratum)
        order = sorted(groups, key=lambda name: (_LAST[groups[name][1]], groups[name][0], name))
        found += _split(dimension, order, groups)
    return found


_LAST = {state.value: number for number, state in enumerate(rules.STATE_ORDER)}


def _split(dimension: Dimension, order: Sequence[str], groups: Mapping[str, tuple[int, str, list[int]]]) -> list[Table]:
    if not order:
        return []
    parts = [[name] for name in order] if not dimension.is_partition else [list(order)]
    return [
        Table(
            dimension,
            "" if dimension.is_partition else part[0],
            tuple(part),
            tuple(groups[name][1] for name in part),
            {stratum: number for number, name in enumerate(part) for stratum in groups[name][2]},
        )
        for part in parts
    ]


def columns(tables: Sequence[Table], strata: NDArray[np.int32]) -> NDArray[np.float64]:
    """(s, C): which stratum of a layout belongs to which group; the groups of all tables side by side."""
    width = sum(len(table.names) for table in tables)
    marks = np.zeros((len(strata), width))
    where = {int(stratum): row for row, stratum in enumerate(strata)}
    begin = 0
    for table in tables:
        for stratum, group in table.of_stratum.items():
            row = where.get(stratum)
            if row is not None:
                marks[row, begin + group] = 1.0
        begin += len(table.names)
    return marks
