"""Strata and layouts: found or made, in sets."""

from collections.abc import Collection, Sequence

from boards import rules
from boards.models import Category, Layout, Stratum


def stratum_ids(organisation_id: int, keys: Collection[str]) -> dict[str, int]:
    """The id of every canonical key, made where it does not stand yet. At most four statements.

    A key names categories that exist ("language:es|race:2054-5"); the total is "". Raises KeyError for an unknown one.
    """
    found = dict(Stratum.objects.filter(organisation_id=organisation_id, key__in=keys).values_list("key", "id"))
    missing = sorted(set(keys) - found.keys())
    if not missing:
        return found
    pairs = {key: [(p.split(":", 1)[0], p.split(":", 1)[1]) for p in key.split("|") if p] for key in missing}
    known = {
        (dimension, code): (category_id, dimension_id)
        for category_id, code, dimension_id, dimension in Category.objects.filter(
            dimension__organisation_id=organisation_id, code__in={pair[1] for parts in pairs.values() for pair in parts}
        ).values_list("id", "code", "dimension_id", "dimension__code")
    }
    Stratum.objects.bulk_create(
        [
            Stratum(
                organisation_id=organisation_id,
                key=key,
                categories=[known[pair][0] for pair in pairs[key]],
                dimensions=[known[pair][1] for pair in pairs[key]],
            )
            for key in missing
        ],
        ignore_conflicts=True,
    )
    return dict(Stratum.objects.filter(organisation_id=organisation_id, key__in=keys).values_list("key", "id"))


def total_stratum_id(organisation_id: int) -> int:
    """The stratum that means all patients."""
    return stratum_ids(organisation_id, [rules.TOTAL_KEY])[rules.TOTAL_KEY]


def layout_ids(organisation_id: int, layouts: Sequence[tuple[int, ...]]) -> dict[tuple[int, ...], int]:
    """The id of every list of strata, made where it does not stand yet. At most three statements."""
    wanted = {strata: list(strata) for strata in layouts}
    if not wanted:
        return {}
    query = Layout.objects.filter(organisation_id=organisation_id)
    found = {tuple(strata): pk for pk, strata in query.filter(strata__in=wanted.values()).values_list("id", "strata")}
    missing = [strata for key, strata in wanted.items() if key not in found]
    if missing:
        Layout.objects.bulk_create(
            [Layout(organisation_id=organisation_id, strata=strata) for strata in missing], ignore_conflicts=True
        )
        found |= {tuple(s): pk for pk, s in query.filter(strata__in=missing).values_list("id", "strata")}
    return found
