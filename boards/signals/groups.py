"""Whose gaps are looked at: the groups of each dimension by its default grouping, measures with a harmful side."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boards import rules
from boards.models import Category, Dimension, GroupMember, Measure, Stratum
from org.models import Organisation

#: Directions with a harmful side.
JUDGED = frozenset({rules.Direction.HIGHER, rules.Direction.LOWER})


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one dimension: `names`; `known` (g,): people of whom it is known; stratum id → place."""

    dimension: Dimension
    names: tuple[str, ...]
    known: NDArray[np.bool_]
    places: Mapping[int, int]

    @property
    def of_staff(self) -> bool:
        """Whether they are groups of staff: no measure of patients is told by them."""
        return self.dimension.code.startswith(rules.STAFF_DIMENSIONS)

    def columns(self, strata: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which columns of a list of strata belong to the dimension, and to which group each."""
        at = [(i, self.places[s]) for i, s in enumerate(strata.tolist()) if s in self.places]
        return np.array([i for i, _ in at], np.intp), np.array([g for _, g in at], np.intp)


def groups_of(organisation: Organisation) -> list[Groups]:
    """Every dimension whose categories do not overlap and that has at least two groups. Four statements."""
    members = {
        m.category_id: m.group
        for m in GroupMember.objects.filter(grouping__dimension__organisation=organisation, grouping__is_default=True)
    }
    categories = {c.pk: c for c in Category.objects.filter(dimension__organisation=organisation)}
    single: dict[int, list[tuple[int, int]]] = {}
    for pk, own, dimensions in (
        Stratum.objects.filter(organisation=organisation, dimensions__len=1)
        .order_by("pk")
        .values_list("pk", "categories", "dimensions")
    ):
        single.setdefault(dimensions[0], []).append((pk, own[0]))
    found = []
    for dimension in Dimension.objects.filter(organisation=organisation, is_partition=True):
        places: dict[str, int] = {}
        known: list[bool] = []
        of_stratum: dict[int, int] = {}
        for stratum, category in single.get(dimension.pk, ()):
            name = members.get(category, categories[category].name)
            if name not in places:
                places[name] = len(places)
                known.append(categories[category].state == rules.CategoryState.KNOWN)
            of_stratum[stratum] = places[name]
        if len(places) > 1:
            found.append(Groups(dimension, tuple(places), np.array(known, np.bool_), of_stratum))
    return found


def judged_measures(organisation: Organisation, about: Collection[rules.About] = tuple(rules.About)) -> list[Measure]:
    """Measures of which a gap can be judged: shares of cases, with a harmful side, by groups. Of patients and of staff,
    or of `about` alone. One statement.
    """
    found = Measure.objects.active().filter(
        organisation=organisation, stratifiable=True, kind=rules.Kind.PROPORTION, about__in=about
    )
    return [measure for measure in found.order_by("pk") if measure.direction in JUDGED]
