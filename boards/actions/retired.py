"""Words that were mapped to another category: where a file sends the category now, what stood under the word goes.

Otherwise the same patients would stand in a reading twice, under the old word and under its category.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from boards import rules
from boards.actions.readings import ReadingRows
from boards.models import Category, CategoryAlias, Stratum
from org.models import Organisation


def newest_alias(organisation: Organisation) -> int:
    """Grows whenever a word is mapped, so that a file may be counted again with what it means now."""
    newest = CategoryAlias.objects.filter(dimension__organisation=organisation).order_by("-pk").values_list("pk")
    return int(newest[0][0]) if newest else 0


def retired_strata(organisation: Organisation) -> dict[int, str]:
    """Stratum under a mapped word → key of the stratum that it means now. Three statements."""
    into = {
        (dimension, text.casefold()): code
        for dimension, text, code in CategoryAlias.objects.filter(dimension__organisation=organisation).values_list(
            "dimension_id", "text", "category__code"
        )
    }
    given: dict[int, str] = {}
    parts: dict[int, tuple[str, str]] = {}
    for pk, dimension, name, code in Category.objects.filter(dimension__organisation=organisation).values_list(
        "id", "dimension_id", "dimension__code", "code"
    ):
        parts[pk] = (name, code)
        target = into.get((dimension, code.casefold()))
        if target is not None and target != code:
            given[pk] = target
    if not given:
        return {}
    strata = Stratum.objects.filter(organisation=organisation, categories__overlap=list(given))
    return {
        pk: rules.stratum_key([(parts[c][0], given.get(c, parts[c][1])) for c in categories])
        for pk, categories in strata.values_list("id", "categories")
    }


def without_retired(organisation: Organisation, rows: ReadingRows) -> ReadingRows:
    """The rows, and for what stands under a mapped word, where they send its category, "nothing sent"."""
    retired = retired_strata(organisation)
    if not retired or len(rows) == 0:
        return rows
    now = dict(
        Stratum.objects.filter(organisation=organisation, key__in=set(retired.values())).values_list("key", "id")
    )
    sent = {
        tuple(map(int, cell))
        for cell in np.stack(_cells(rows), axis=1)[np.isin(rows.stratum_ids, list(now.values()))].tolist()
    }
    if not sent:
        return rows
    days = rows.period_ends - np.timedelta64(1, "D")
    found: list[tuple[int, int, int, int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.unit_id, r.measure_id, r.period_start - date '1970-01-01', r.day - date '1970-01-01', c.stratum "
            "FROM boards_reading r JOIN boards_layout l ON l.id = r.layout_id, "
            "unnest(l.strata, r.numerators, r.denominators) AS c(stratum, n, d) "
            "WHERE r.organisation_id = %s AND r.day BETWEEN %s AND %s AND l.strata && %s::int[] "
            "AND c.stratum = ANY(%s::int[]) AND NOT (c.n = 'NaN' AND c.d = 'NaN')",
            [organisation.pk, days.min().item(), days.max().item(), list(retired), list(retired)],
        )
        for unit, measure, start, day, stratum in cursor.fetchall():
            target = now.get(retired[stratum])
            if (unit, measure, start, day + 1, target) in sent:
                found.append((unit, measure, start, day + 1, stratum))
    return _with_nothing(rows, np.array(found, np.int64)) if found else rows


def _cells(rows: ReadingRows) -> list[NDArray[Any]]:
    starts, ends = (a.astype("datetime64[D]").astype(np.int64) for a in (rows.period_starts, rows.period_ends))
    return [rows.unit_ids, rows.measure_ids, starts, ends, rows.stratum_ids]


def _with_nothing(rows: ReadingRows, cells: NDArray[np.int64]) -> ReadingRows:
    nothing = np.full(len(cells), np.nan)
    return replace(
        rows,
        unit_ids=np.append(rows.unit_ids, cells[:, 0].astype(np.int32)),
        measure_ids=np.append(rows.measure_ids, cells[:, 1].astype(np.int32)),
        period_starts=np.append(rows.period_starts, cells[:, 2].astype("datetime64[D]")),
        period_ends=np.append(rows.period_ends, cells[:, 3].astype("datetime64[D]")),
        stratum_ids=np.append(rows.stratum_ids, cells[:, 4].astype(np.int32)),
        numerators=np.append(rows.numerators, nothing),
        denominators=np.append(rows.denominators, nothing),
        suppressed=np.append(rows.suppressed, np.zeros(len(cells), bool)),
    )
