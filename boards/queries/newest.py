"""What was told last of every tile's groups, as arrays: for whoever looks at all of them at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from boards import pgcopy, rules
from org.models import Organisation

_EPOCH: Final = np.datetime64("2000-01-01")
_NEWEST: Final = """
    COPY (SELECT p.measure_id, p.dimension_id, p.answer, p.names, p.states, string_agg(int4send(p.unit_id), ''),
        string_agg(date_send(p.first), ''), string_agg(date_send(p.last), ''),
        string_agg(array_send(p.numerators), ''), string_agg(array_send(p.denominators), ''),
        string_agg(float8send(p.numerator), ''), string_agg(float8send(p.denominator), '')
    FROM boards_tile t JOIN boards_tellingcourse c ON c.measure_id = t.measure_id CROSS JOIN LATERAL (
        SELECT * FROM boards_published WHERE unit_id = t.unit_id AND measure_id = t.measure_id
            AND dimension_id = c.dimension_id AND answer = c.answer AND stretch = %s AND last > %s AND last <= %s
        ORDER BY last DESC LIMIT 1) p
    WHERE c.organisation_id = %s AND t.measure_id = ANY(%s) AND (%s::int[] IS NULL OR t.unit_id = ANY(%s))
    GROUP BY p.measure_id, p.dimension_id, p.answer, p.names, p.states
    ORDER BY p.measure_id, p.dimension_id, p.answer, p.names) TO STDOUT (FORMAT BINARY)
"""
_TYPES: Final = ["int4", "int4", "text", "text[]", "text[]", *["bytea"] * 7]


@dataclass(frozen=True, slots=True)
class Newest:
    """The same groups of one measure and dimension in `units` (r,), told from `first` to `last` (r,), both included.

    `names`, `states`: of the groups told one by one; their counts (r, g); `numerator`, `denominator` (r,): of all.
    """

    measure: int
    dimension: int
    answer: str
    names: tuple[str, ...]
    states: tuple[str, ...]
    units: NDArray[np.int32]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]


def newest(
    organisation: Organisation,
    measures: Collection[int],
    units: Collection[int] | None = None,
    *,
    after: date,
    last: date,
) -> list[Newest]:
    """Of each tile of `measures` (in `units`, or in all) and each of its dimensions and answers the block that ended
    last, after `after` and not after `last`. One statement, by as many looks into the index as there are blocks: older
    ones are not read.
    """
    of = None if units is None else sorted(units)
    params = [rules.Stretch.BLOCK, after, last, organisation.pk, sorted(measures), of, of]
    with connection.cursor() as cursor:
        statement = cursor.mogrify(_NEWEST, params)
        with cursor.copy(statement) as copy:
            copy.set_types(_TYPES)
            rows = list(copy.rows())
    return [
        Newest(
            measure,
            dimension,
            answer,
            tuple(names),
            tuple(states),
            np.frombuffer(units, ">i4").astype(np.int32),
            _days(firsts),
            _days(lasts),
            pgcopy.arrays(numerators, len(names)) if names else np.zeros((len(units) // 4, 0)),
            pgcopy.arrays(denominators, len(names)) if names else np.zeros((len(units) // 4, 0)),
            np.frombuffer(numerator, ">f8").astype(np.float64),
            np.frombuffer(denominator, ">f8").astype(np.float64),
        )
        for measure, dimension, answer, names, states, units, firsts, lasts, numerators, denominators, numerator,
        denominator in rows
    ]  # fmt: skip


def _days(raw: bytes) -> NDArray[np.datetime64]:
    days: NDArray[np.datetime64] = _EPOCH + np.frombuffer(raw, ">i4").astype("timedelta64[D]")
    return days
