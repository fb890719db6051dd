"""What the screen for a unit's morning numbers shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan

from boards import rules
from boards.models import BoardMeasure, Layout, Measure, Reading, Stratum
from org.models import Unit

_SINGLE = {rules.Kind.COUNT, rules.Kind.MEDIAN, rules.Kind.DAYS_SINCE}


@dataclass(frozen=True, slots=True)
class EntryCell:
    """One field to type in."""

    name: str
    label: str
    text: str
    mistake: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One measure: its first number, and its second where it has one."""

    measure_id: int
    name: str
    letter: str
    unit_text: str
    first: EntryCell
    second: EntryCell | None
    entered: bool


def sends_numbers(unit: Unit) -> bool:
    """Whether `unit` sends a measure itself, on whatever day; else all of its board is rolled up."""
    return BoardMeasure.objects.filter(unit=unit, reports=True, measure__is_active=True).exists()


def stored_totals(unit: Unit, day: date, measures: Sequence[Measure]) -> dict[int, tuple[float, float]]:
    """(numerator, denominator) of all patients as stored for `unit` and `day`, by measure. Three statements."""
    readings = list(
        Reading.objects.filter(day=day, unit=unit, measure__in=measures).values_list(
            "measure_id", "layout_id", "numerators", "denominators"
        )
    )
    if not readings:
        return {}
    total = (
        Stratum.objects.filter(organisation=unit.organisation_id, key=rules.TOTAL_KEY)
        .values_list("pk", flat=True)
        .first()
    )
    layouts = dict(Layout.objects.filter(pk__in={row[1] for row in readings}).values_list("pk", "strata"))
    found = {}
    for measure, layout, numerators, denominators in readings:
        if total in layouts[layout]:
            at = layouts[layout].index(total)
            found[measure] = (numerators[at], denominators[at])
    return found


def as_typed(measure: Measure, counts: tuple[float, float] | None) -> tuple[str, str]:
    """Counts as somebody would type them: a mean as the mean and its number of cases."""
    if counts is None:
        return "", ""
    top, bottom = counts
    if measure.kind in {rules.Kind.MEAN, rules.Kind.MINUTES} and bottom > 0:
        top = top / bottom
    return _text(top), _text(bottom)


def _text(value: float) -> str:
    return "" if isnan(value) else f"{value:.10g}"


def entry_lines(
    measures: Sequence[Measure],
    texts: Mapping[int, tuple[str, str]],
    stored: Mapping[int, tuple[float, float]],
    mistakes: Mapping[tuple[int, str], str],
    hints: Mapping[tuple[int, str], str],
) -> list[EntryLine]:
    """The lines of the screen. `texts`: what stands in the fields, by measure."""
    lines = []
    for m in measures:
        first, second = texts.get(m.pk, ("", ""))
        labels = _labels(m)
        cells = [
            EntryCell(f"{which}-{m.pk}", label, text, mistakes.get((m.pk, which), ""), hints.get((m.pk, which), ""))
            for which, label, text in (("first", labels[0], first), ("second", labels[1], second))
        ]
        has_second = m.kind not in _SINGLE
        lines.append(
            EntryLine(
                m.pk, m.name, m.letter.code, m.unit_text, cells[0], cells[1] if has_second else None, m.pk in stored
            )
        )
    return lines


def _labels(m: Measure) -> tuple[str, str]:
    return m.numerator_text or m.name, m.denominator_text or m.name
