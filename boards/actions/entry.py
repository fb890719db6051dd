"""A unit's morning numbers, entered by hand. They go the same road as a file's rows: one check, one store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from boards import rules
from boards.actions.readings import ReadingRows, StoreResult, store_readings
from boards.actions.schedule import take_and_show
from boards.actions.strata import total_stratum_id
from boards.feeds import facts
from boards.feeds.check import Checked, check
from boards.feeds.dates import Periods
from boards.feeds.mapping import Numbers
from boards.feeds.numbers import Cells, State, none, number
from boards.feeds.problems import Problems, sentence, severity
from boards.feeds.vocabulary import vocabulary
from boards.models import Batch, BoardMeasure, Measure, Source
from org import audit
from org.models import Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User

SOURCE_CODE: Final = "by-hand"
#: Kinds with one number; kinds whose first number is a mean, to be kept as a sum.
SINGLE: Final = frozenset({rules.Kind.COUNT, rules.Kind.MEDIAN, rules.Kind.DAYS_SINCE})
MEANS: Final = frozenset({rules.Kind.MEAN, rules.Kind.MINUTES})
FIRST, SECOND = "first", "second"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed for one measure: numerator or value, and denominator or number of cases, as text."""

    first: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of it: `mistakes` (measure id, cell) → sentence means that nothing was stored; `hints` do not."""

    mistakes: Mapping[tuple[int, str], str] = field(default_factory=dict)
    hints: Mapping[tuple[int, str], str] = field(default_factory=dict)
    result: StoreResult | None = None


def due_measures(unit: Unit, day: date) -> list[Measure]:
    """The measures that `unit` sends itself and whose period ends on `day`, as on its board. One statement."""
    placements = BoardMeasure.objects.filter(unit=unit, reports=True, measure__is_active=True).select_related("measure")
    found = [placement.measure for placement in placements.order_by("position", "id")]
    return [m for m in found if rules.is_due(rules.Cadence(m.cadence), day, open_day=True)]


@transaction.atomic
def enter_numbers(*, unit: Unit, day: date, typed: Mapping[int, Typed], by: "User", at: datetime) -> Entered:
    """Store what was typed for `day`, all of it or – where a cell is wrong – nothing; then take the unit's snapshot.

    A measure without any number keeps what it has. Raises NotAllowed for a day that is not over or a closed unit.
    """
    today = at.astimezone(unit.organisation.zone).date()
    if day > today:
        raise NotAllowed(_("This day has not come yet."))
    if unit.closed_on is not None and day >= unit.closed_on:
        raise NotAllowed(_("The unit is closed."))
    measures = [m for m in due_measures(unit, day) if m.pk in typed]
    problems = Problems()
    checked = check(_facts(unit, day, measures, typed, problems), vocabulary(unit.organisation), today, problems)
    entered = _findings(measures, problems)
    if entered.mistakes or len(checked) == 0:
        return entered
    result = _store(unit, checked, by, at)
    take_and_show(unit.organisation, day, at, {unit.pk})
    return Entered(hints=entered.hints, result=result)


def _facts(
    unit: Unit, day: date, measures: list[Measure], typed: Mapping[int, Typed], problems: Problems
) -> facts.Facts:
    """One row per measure; its row number is its place, so that findings come back to their cell."""
    count = len(measures)
    kinds = np.array([m.kind for m in measures], dtype=object)
    first = _cells([typed[m.pk].first for m in measures], FIRST, problems)
    second = _cells([typed[m.pk].second for m in measures], SECOND, problems)
    as_value = np.isin(kinds, [str(kind) for kind in SINGLE | MEANS])
    as_pair = ~np.isin(kinds, [str(kind) for kind in SINGLE])
    spans = [rules.period_of(rules.Cadence(m.cadence), day) for m in measures]
    starts = np.array([start for start, _end in spans], "datetime64[D]")
    return facts.Facts(
        rows=np.arange(count, dtype=np.int32),
        units=facts.constant(unit.code, count),
        measures=facts.Labels(np.arange(count, dtype=np.int32), [m.code for m in measures]),
        periods=Periods(starts, np.full(count, np.datetime64(day, "D"))),
        strata=facts.constant((), count),
        numerators=_where(~as_value, first),
        denominators=_where(as_pair, second),
        values=_where(as_value, first),
        good=~(first.wrong | second.wrong),
    )


def _where(mask: "np.ndarray[tuple[int], np.dtype[np.bool_]]", cells: Cells) -> Cells:
    nothing = none(len(mask))
    return Cells(np.where(mask, cells.values, nothing.values), np.where(mask, cells.states, nothing.states))


def _cells(texts: list[str], column: str, problems: Problems) -> Cells:
    values, states = np.full(len(texts), np.nan), np.zeros(len(texts), np.int8)
    for row, text in enumerate(texts):
        found = number(text.strip(), Numbers(), percent=False)
        if isinstance(found, str):
            states[row] = State.WRONG
            problems.add(found, row=row, column=column, value=text)
        elif isinstance(found, State):
            states[row] = found
        else:
            values[row] = found
    return Cells(values, states)


#: The column that a finding of the check names → the cell in which it is shown.
_CELLS: Final = {"denominator": SECOND, SECOND: SECOND}


def _findings(measures: list[Measure], problems: Problems) -> Entered:
    mistakes: dict[tuple[int, str], str] = {}
    hints: dict[tuple[int, str], str] = {}
    for finding in problems.kept():
        if finding.row is None or finding.code in {"no_numbers", "week_days"}:
            continue
        place = (measures[finding.row].pk, _CELLS.get(finding.column, FIRST))
        told = mistakes if severity(finding.code) == "error" else hints
        told.setdefault(place, sentence(finding.code))
    return Entered(mistakes, hints)


def _store(unit: Unit, checked: Checked, by: "User", at: datetime) -> StoreResult:
    source, _made = Source.objects.get_or_create(
        organisation=unit.organisation,
        code=SOURCE_CODE,
        defaults={"name": str(Source.SourceKind.MANUAL.label), "kind": Source.SourceKind.MANUAL},
    )
    batch = Batch.objects.create(
        organisation=unit.organisation,
        source=source,
        state=Batch.State.IMPORTED,
        received_at=at,
        received_by=by,
        imported_at=at,
        rows=len(checked),
    )
    total = total_stratum_id(unit.organisation_id)
    rows = ReadingRows(
        unit_ids=checked.unit_ids,
        measure_ids=checked.measure_ids,
        period_starts=checked.period_starts,
        period_ends=checked.period_ends,
        stratum_ids=np.full(len(checked), total, np.int32),
        numerators=checked.numerators,
        denominators=checked.denominators,
        suppressed=checked.suppressed,
    )
    result = store_readings(organisation=unit.organisation, batch=batch, rows=rows, at=at)
    Batch.objects.filter(pk=batch.pk).update(
        new_readings=result.new,
        replaced_readings=result.replaced,
        same_readings=result.same,
        first_day=result.first_day,
        last_day=result.last_day,
    )
    audit.record(
        "readings.entered",
        subject=batch,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"day": str(result.last_day), "new": result.new, "replaced": result.replaced},
    )
    return result
