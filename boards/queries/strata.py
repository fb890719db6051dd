"""Groups of patients beside each other: the tables that pages show and files hold.

Everything here is made of what was published (`boards.queries.published`), where no count of 1 up to the organisation's
threshold stands, nor can be worked out from anything else that was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from boards import rules
from boards.models import Dimension, Measure, Published, Snapshot
from boards.pages import StrataTable, StratumRow
from boards.queries import words
from boards.queries.comparison import Against, Compared, against_of, compare, is_judged, loudest, value_of
from boards.queries.published import Block, Part, blocks, pooled
from org.models import Unit
from org.rules import ancestor_ids

#: How far back a table looks for what was told last.
LOOK_BACK: Final = timedelta(days=800)
#: A first month of which at least so much is missing is said to have begun later.
LATE: Final = timedelta(days=7)


class Over:
    """Which stretch a table is about, as addresses say it."""

    NEWEST = "newest"
    TWELVE = "12"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Stretches:
    """What there is to show of one unit, measure and dimension up to a day. `place`: the unit it was told of."""

    place: int
    newest: Block | None
    twelve: Block | None
    year: Block | None

    def chosen(self, over: str) -> Block | None:
        """The stretch asked for, else the newest."""
        named = {Over.TWELVE: self.twelve, Over.YEAR: self.year}.get(over)
        return named or self.newest or self.year


def places_of(unit: Unit, measure: Measure) -> list[int]:
    """Whose figures of groups stand on pages of `unit`: its own, else those of the nearest unit above. Of staff its own
    alone: readers of groups of staff read their unit and what is under it, and nothing above.
    """
    return [unit.pk] if measure.about == rules.About.STAFF else [unit.pk, *reversed(ancestor_ids(unit.path))]


def dimensions_of(unit: Unit, measure: Measure, day: date) -> list[Dimension]:
    """The dimensions of whose groups something was told, here or above, up to `day`. One statement."""
    told = Published.objects.filter(
        unit__in=places_of(unit, measure), measure=measure, last__lte=day, last__gt=day - LOOK_BACK
    )
    return list(Dimension.objects.filter(pk__in=told.values("dimension")))


def merged(told: Sequence[Block]) -> Block | None:
    """Blocks of the same stretch, one for each answer of a dimension whose answers overlap, as one table."""
    if len(told) < 2:
        return told[0] if told else None
    first = told[0]
    parts = tuple(part for block in told for part in block.parts)
    hidden = tuple(name for block in told for name in block.hidden)
    return Block(
        first.unit_id, first.measure_id, first.dimension_id, "*", first.stretch, first.first, first.last, parts,
        first.total, hidden, first.missing, first.began,
    )  # fmt: skip


def stretches(unit: Unit, measure: Measure, dimension: Dimension, day: date) -> Stretches:
    """What was told of the groups up to `day`, of the unit or of the nearest unit above. Two statements."""
    line = places_of(unit, measure)
    told = blocks(line, [measure.pk], dimensions=[dimension.pk], first=day - LOOK_BACK, last=day, stretch=None)
    for place in line:
        mine = [block for block in told if block.unit_id == place and block.parts]
        if mine:
            return _stretches(place, dated(mine))
    return Stretches(unit.pk, None, None, None)


def _stretches(place: int, told: Sequence[Block]) -> Stretches:
    by_answer: dict[str, list[Block]] = {}
    years: dict[str, Block] = {}
    for block in told:
        if block.stretch == rules.Stretch.YEAR:
            years[block.answer] = block
        else:
            by_answer.setdefault(block.answer, []).append(block)
    last = max((own[-1].last for own in by_answer.values()), default=None)
    newest = merged([own[-1] for own in by_answer.values() if own[-1].last == last])
    twelve = None
    if last is not None and newest is not None and newest.answer != "*":
        begin = date(last.year - 1, last.month, 1)
        recent = [block for own in by_answer.values() for block in own if block.first > begin]
        together = pooled(recent)
        twelve = together if together is not None and together.first != newest.first else None
    return Stretches(place, newest, twelve, merged(list(years.values())))


def dated(told: Sequence[Block]) -> Sequence[Block]:
    """The blocks of one unit and measure, with the day on which numbers began in those that begin with it.

    One statement. A month that lacks less than a week counts as whole.
    """
    if not told:
        return told
    first = min(block.first for block in told)
    end = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=i) for i in range((end - first).days)]
    numbers = Snapshot.objects.filter(
        day__in=days, unit=told[0].unit_id, measure=told[0].measure_id, numerator__isnull=False
    )
    began = numbers.order_by("day").values_list("period_start", flat=True).first()
    if began is None or began - first < LATE:
        return told
    return [replace(block, began=began) if block.first <= began <= block.last else block for block in told]


def window_text(block: Block) -> str:
    """Like "October 2026", "August – October 2026"; and how many of these months are in it, where some are missing."""
    return words.months(block.first, block.last, block.missing, began=block.began)


def _short(block: Block) -> str:
    """The months in the room that a choice has: which are missing stands above the table."""
    return words.months(block.first, block.last, block.missing, named=False, began=block.began)


def against_text(against: Against) -> str:
    """With whom groups are compared, for charts and tables."""
    if not against.group:
        return _("everyone else in the same place")
    if against.rule == rules.Reference.BEST:
        return _("%(group)s, the best group when it was chosen") % {"group": against.group}
    if against.rule == rules.Reference.LARGEST:
        return _("%(group)s, the largest group when it was chosen") % {"group": against.group}
    return against.group


def strata_table(unit: Unit, measure: Measure, dimension: Dimension, day: date, over: str = "") -> StrataTable | None:
    """The groups of `dimension` over the stretch asked for, against their comparator. At most four statements.

    Where too few patients were at the unit itself, the groups of the nearest unit above, and says so. None where
    nothing was told.
    """
    found = stretches(unit, measure, dimension, day)
    block = found.chosen(over)
    if block is None:
        return None
    against = against_of([measure.pk], day).get((measure.pk, dimension.pk), Against())
    place = "" if found.place == unit.pk else Unit.objects.values_list("name", flat=True).get(pk=found.place)
    return table_of(block, measure, dimension, against, place, _windows(found, block))


def _windows(found: Stretches, chosen: Block) -> list[tuple[str, str, bool]]:
    offered = [(found.newest, Over.NEWEST), (found.twelve, Over.TWELVE), (found.year, Over.YEAR)]
    return [
        (
            _("%(months)s, more groups") % {"months": _short(block)} if value == Over.YEAR else _short(block),
            value,
            block is chosen,
        )
        for block, value in offered
        if block is not None
    ]


def table_of(
    block: Block,
    measure: Measure,
    dimension: Dimension,
    against: Against,
    place: str = "",
    windows: Sequence[tuple[str, str, bool]] = (),
) -> StrataTable:
    """A published block as the table of a page."""
    compared = compare(block, measure, against, rest=True)
    decimals = difference_decimals(compared, measure, block.total)
    rows = [_row(each, measure, block, decimals) for each in compared]
    if not any(not each.part.name for each in compared):
        rows += [
            StratumRow(name, rules.CategoryState.KNOWN, "", "", "", None, None, None, "guarded")
            for name in block.hidden
        ]
    total = _told(Part(_("All"), rules.CategoryState.KNOWN, block.total.numerator, block.total.denominator), measure)
    named = any(each.part.name == against.group for each in compared) if against.group else True
    return StrataTable(
        dimension.name,
        dimension.code,
        window_text(block),
        rows,
        total,
        _note(block),
        _known_share(block),
        against_text(against if named else Against()),
        gap_sentence(loudest(compared), measure, against if named else Against()),
        place,
        windows,
        measure.kind == rules.Kind.COUNT,
        verdict(measure),
    )


def verdict(measure: Measure) -> str:
    """What is said where no gap is marked."""
    if measure.kind == rules.Kind.COUNT:
        return _("A count: groups are not of one size, so more or fewer is no gap.")
    if not is_judged(measure):
        return _("Context only: no group fares better or worse by it.")
    return _("No gap that is more than chance.")


def share_text(part: Part, block: Block) -> str:
    """How much of a count a group makes up, in whole per cent; empty where nothing was counted."""
    return f"{words.number(100 * part.numerator / block.total.numerator, 0)} %" if block.total.numerator else ""


def _told(part: Part, measure: Measure) -> StratumRow:
    return StratumRow(
        part.name,
        part.state,
        words.count(part.numerator),
        "" if measure.kind == rules.Kind.COUNT else words.count(part.denominator),
        words.number(value_of(part, measure), measure.decimals),
        None,
        value_of(part, measure),
        None,
        "",
    )


def difference_decimals(compared: Iterable[Compared], measure: Measure, total: Part) -> int:
    """Decimals of the differences of a table: one more than its values have, where a difference stands beside two
    values that read the same.
    """
    decimals, whole = measure.decimals, value_of(total, measure)
    for each in compared:
        others = (whole, None if each.other is None else value_of(each.other, measure))
        if each.value is not None and each.difference is not None and round(each.difference, decimals):
            shown = round(each.value, decimals)
            if any(other is not None and shown == round(other, decimals) for other in others):
                return decimals + 1
    return decimals


def gap_shown(value: float, other: float, decimals: int) -> tuple[float, int]:
    """How far two values lie apart as a reader sees it, and the decimals of all three numbers.

    Where the rounded gap is not what the rounded values lie apart, all have one decimal more, and the gap is what the
    values lie apart as they stand there: off by less than one in that decimal.
    """
    gap = abs(value - other)
    apart = abs(round(value, decimals) - round(other, decimals))
    if round(apart, decimals) == round(gap, decimals):
        return gap, decimals
    return abs(round(value, decimals + 1) - round(other, decimals + 1)), decimals + 1


def _row(each: Compared, measure: Measure, block: Block, decimals: int) -> StratumRow:
    counted = measure.kind == rules.Kind.COUNT
    difference = ""
    if each.difference is not None:
        difference = words.signed(each.difference, decimals)
        if each.difference_low is not None and each.difference_high is not None:
            difference = _("%(difference)s (%(low)s to %(high)s)") % {
                "difference": difference,
                "low": words.signed(each.difference_low, decimals),
                "high": words.signed(each.difference_high, decimals),
            }
    sign = "few" if each.few else "worse" if each.marked else ""
    if not sign and each.certain and (each.harm or 0) < 0:
        sign = "better"
    return StratumRow(
        each.part.name or _("Other groups together"),
        each.part.state,
        words.count(each.part.numerator),
        "" if counted else words.count(each.part.denominator),
        words.number(each.value, measure.decimals),
        each.low,
        each.value,
        each.high,
        "",
        each.reference,
        difference,
        "" if each.ratio is None else words.number(each.ratio, 2),
        sign,
        share_text(each.part, block) if counted else "",
    )


def gap_sentence(found: Compared | None, measure: Measure, against: Against) -> str:
    """The worst gap in one sentence; empty where none is more than chance.

    The gap is what the two values lie apart as they are shown.
    """
    if found is None or found.difference is None or found.value is None or found.other is None:
        return ""
    other = value_of(found.other, measure)
    gap, decimals = abs(found.difference), measure.decimals
    if other is not None:
        gap, decimals = gap_shown(found.value, other, measure.decimals)
    unit = words.difference_unit(measure.unit_text)
    said = {
        "group": found.part.name or _("Other groups together"),
        "value": words.number(found.value, decimals),
        "other": words.number(other, decimals),
        "difference": words.number(gap, decimals),
        "unit": unit,
        "reference": against.group,
    }
    if against.group:
        return _("%(group)s: %(value)s against %(other)s for %(reference)s, a gap of %(difference)s %(unit)s.") % said
    return _("%(group)s: %(value)s against %(other)s for everyone else, a gap of %(difference)s %(unit)s.") % said


def _note(block: Block) -> str:
    if not block.hidden:
        return ""
    names = ", ".join(block.hidden)
    rest = block.rest
    if rest.denominator > 0 and block.answer == "":
        return _("Told only together, so that nobody can be recognized: %(names)s.") % {"names": names}
    return _("Not told, so that nobody can be recognized: %(names)s.") % {"names": names}


def _known_share(block: Block) -> str:
    """The share of patients of whom the group is known, where all that is unknown is told."""
    if block.answer or block.hidden or block.total.denominator <= 0:
        return ""
    known = sum(part.denominator for part in block.parts if part.state == rules.CategoryState.KNOWN)
    return f"{words.number(100 * known / block.total.denominator, 0)} %"


def table_rows(table: StrataTable) -> Iterable[Mapping[str, str]]:
    """The table as lines of a file: exactly what the page shows."""
    for row in (*table.rows, table.total):
        yield {
            "group": row.name,
            "state": row.state,
            "value": row.value,
            "numerator": row.numerator,
            "denominator": row.denominator,
            "low": "" if row.low is None else f"{row.low:.4f}",
            "high": "" if row.high is None else f"{row.high:.4f}",
            "difference": row.difference,
            "ratio": row.ratio,
            "share": row.share,
            "hidden": row.hidden,
            "months": table.window_text,
            "place": table.place,
        }
