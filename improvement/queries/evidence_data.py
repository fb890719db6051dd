"""The third element in words, tables and charts: measures of quality and safety by groups, as they were published."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards import rules as board_rules
from boards.charts import strata_chart
from boards.queries import terms, words
from boards.queries.comparison import value_of
from improvement.pages import Cell, Figure, Grid, Section, section
from improvement.queries.evidence_groups import Told, interval_of, period_text, table_of
from improvement.rules import evidence as rules
from improvement.rules.evidence import Element, Fact, Lack
from org.models import Organisation
from org.rules import Permission

#: So many names are listed in a sentence.
NAMED: Final = 6


def data_section(organisation: Organisation, told: Sequence[Told], said: terms.Words) -> Section:
    """Measures by groups: which are told, where groups lie apart, which are not told yet. Two statements."""
    facts, lacks = [], []
    if told:
        newest = max(one.block.last for one in told)
        counts = {
            "measures": len({one.measure.pk for one in told}),
            "dimensions": len({one.dimension.pk for one in told}),
            "groups": said.say("groups"),
        }
        text = _("%(measures)s measures are told by %(groups)s, %(dimensions)s ways to group") % counts
        source = _("Published tables of the whole organization, small numbers hidden")
        facts.append(Fact(text, source, _("newest to %(day)s") % {"day": newest.isoformat()}))
        apart = _worst_first([one for one in told if one.worst])
        facts += [Fact(_gap_text(one, said), source, period_text(one.block)) for one in apart[:NAMED]]
        if not apart:
            none = _("No %(gap)s that is more than chance was found in them.") % {"gap": said.say("gap")}
            facts.append(Fact(none, source, _("newest to %(day)s") % {"day": newest.isoformat()}))
    lacks += _data_lacks(organisation, told, said)
    days = any(one.measure.kind == board_rules.Kind.RATE for one in told)
    note = _("A rate counts days and not patients: nothing is said of its completeness.") if days else ""
    return section(
        Element.DATA,
        facts,
        lacks,
        grids=[_overview(told, said), _every_group(told, said)] if told else [],
        figures=_group_figures(told),
        note=note,
    )


def _worst_first(told: Sequence[Told]) -> list[Told]:
    """Marked gaps by how large they are beside what they are held against, units of measures being as they may."""
    return sorted(told, key=lambda one: (one.worst is not None, _relative(one)), reverse=True)


def _relative(told: Told) -> float:
    return 0.0 if told.worst is None else told.worst.relative or 0.0


def _others(told: Told) -> float | None:
    return value_of(told.worst.other, told.measure) if told.worst and told.worst.other else None


def _gap_text(told: Told, said: terms.Words) -> str:
    assert told.worst is not None
    measure = told.measure
    facts = {
        "measure": measure.name,
        "group": told.worst.part.name,
        "value": words.number(told.worst.value, measure.decimals),
        "others": words.number(_others(told), measure.decimals),
        "reference": told.against.group,
        "gap": said.say("gap"),
        "size": words.number(abs(told.worst.difference or 0.0), measure.decimals),
        "unit": words.difference_unit(measure.unit_text),
    }
    if told.against.group:
        text = _("%(measure)s, %(group)s: %(value)s against %(others)s of %(reference)s, %(gap)s %(size)s %(unit)s")
    else:
        text = _("%(measure)s, %(group)s: %(value)s against %(others)s of everyone else, %(gap)s %(size)s %(unit)s")
    return text % facts


def _data_lacks(organisation: Organisation, told: Sequence[Told], said: terms.Words) -> list[Lack]:
    """What is not told: measures that could be, and ways to group that a survey asks for first. Two statements."""
    by_groups = organisation.measures.active().filter(about=board_rules.About.PATIENTS, stratifiable=True)
    have = {one.measure.pk for one in told}
    silent = list(by_groups.filter(placements__isnull=False).exclude(pk__in=have).distinct().order_by("name"))
    lacks = []
    if silent:
        names = ", ".join(measure.name for measure in silent[:NAMED]) + (" …" if len(silent) > NAMED else "")
        text = ngettext(
            "%(n)s measure on boards is not told by %(groups)s yet: %(names)s.",
            "%(n)s measures on boards are not told by %(groups)s yet: %(names)s.",
            len(silent),
        )
        found = text % {"n": len(silent), "groups": said.say("groups"), "names": names}
        lacks.append(Lack(found, _("Import numbers by groups"), reverse("boards:feeds"), Permission.READING_IMPORT))
    codes = {one.dimension.code for one in told}
    asked = organisation.dimensions.filter(code__in=rules.ASKED_DIMENSIONS).order_by("position", "code")
    missing = [dimension.name for dimension in asked if dimension.code not in codes]
    if missing:
        text = _("Nothing is told by %(names)s.") % {"names": ", ".join(missing)}
        lacks.append(Lack(text, _("Import numbers by groups"), reverse("boards:feeds"), Permission.READING_IMPORT))
    if not told and not silent:
        text = _("No measure on a board is taken by %(groups)s.") % {"groups": said.say("groups")}
        where = reverse("boards:setup-measures", args=[organisation.slug])
        lacks.append(Lack(text, _("Measures"), where, Permission.MEASURE_EDIT))
    return lacks


def _overview(told: Sequence[Told], said: terms.Words) -> Grid:
    rows: list[Sequence[Cell]] = []
    for one in told:
        decimals, gap = one.measure.decimals, one.worst
        rows.append(
            (
                one.measure.name,
                one.dimension.name,
                period_text(one.block),
                len(one.block.parts),
                len(one.block.hidden),
                gap.part.name if gap else words.NONE,
                words.number(gap.value if gap else None, decimals),
                one.against.group or _("everyone else"),
                words.number(_others(one), decimals),
                words.number(abs(gap.difference or 0.0) if gap else None, decimals),
                one.known,
            )
        )
    columns = (
        _("Measure"),
        _("By"),
        _("Days"),
        _("Groups told"),
        _("Groups hidden"),
        _("Worst off by more than chance"),
        _("Value"),
        said.say("Reference_group"),
        _("Its value"),
        said.say("Gap"),
        said.say("Completeness"),
    )
    caption = _("%(gaps)s by measure and way to group") % {"gaps": said.say("Gaps")}
    return Grid("stratified-overview", caption, columns, rows, frozenset({3, 4, 6, 8, 9}))


def _every_group(told: Sequence[Told], said: terms.Words) -> Grid:
    """Every group that is told, those that are hidden by name, and all patients: what was published, nothing more."""
    rows: list[Sequence[Cell]] = []
    for one in told:
        start = (one.measure.code, one.measure.name, one.dimension.code, one.block.first, one.block.last)
        for part in one.block.parts:
            low, high = interval_of(part, one.measure)
            figures = [
                None if number is None else round(number, 4) for number in (value_of(part, one.measure), low, high)
            ]
            rows.append((*start, part.name, part.state, part.numerator, part.denominator, *figures))
        rows += [(*start, name, "hidden", None, None, None, None, None) for name in one.block.hidden]
        total = one.block.total
        whole = value_of(total, one.measure)
        figures = [None if whole is None else round(whole, 4), None, None]
        rows.append((*start, _("All"), "", total.numerator, total.denominator, *figures))
    columns = (
        "measure", "name", "dimension", "first", "last", "group", "state", "numerator", "denominator", "value", "low",
        "high",
    )  # fmt: skip
    return Grid("stratified-groups", said.say("Groups"), columns, rows, frozenset({7, 8, 9, 10, 11}))


def _group_figures(told: Sequence[Told]) -> list[Figure]:
    """Charts of the groups that lie farthest apart, one for a measure."""
    out: list[Figure] = []
    seen: set[int] = set()
    for one in _worst_first(told):
        table = table_of(one)
        drawn = strata_chart(table, unit_text=one.measure.unit_text, decimals=one.measure.decimals)
        if drawn is None or one.measure.pk in seen or len(out) >= rules.MOST_CHARTS:
            continue
        seen.add(one.measure.pk)
        title = f"{one.measure.name} – {one.dimension.name}, {period_text(one.block)}"
        shown = "; ".join(
            f"{row.name} {_('hidden')}" if row.hidden else f"{row.name} {row.value}" for row in table.rows
        )
        alt = _("%(title)s, in %(unit)s: %(groups)s. All: %(all)s.") % {
            "title": title,
            "unit": one.measure.unit_text,
            "groups": shown,
            "all": table.total.value,
        }
        out.append(Figure(f"groups-{one.measure.pk}-{one.dimension.pk}", title, drawn, alt))
    return out
