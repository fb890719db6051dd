"""Who comes, beside who lives here: shares of groups among patients and in the catchment.

Patients are the cases behind a measure, as they were told of (`boards.queries.published`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from analytics.intervals import wilson
from boards import rules
from boards.charts_community import CommunityDot, community_chart
from boards.models import CommunityShare, Dimension, GroupMember, Measure
from boards.queries import words
from boards.queries.funnel import period_of
from boards.queries.published import Block, blocks, pooled
from boards.queries.published_states import CASES
from org.models import Organisation, Unit

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """One group: its shares in words, how they compare, and the sentence that says it."""

    name: str
    cases: str
    patients: str
    interval: str
    community: str
    parity: str
    parity_interval: str
    sentence: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """Patients of a unit by one dimension, beside the people who live in the catchment."""

    measures: Sequence[tuple[int, str]]
    dimensions: Sequence[tuple[str, str]]
    measure: Measure | None
    dimension: Dimension | None
    period: str
    rows: Sequence[CommunityRow]
    chart: Mapping[str, Any]
    source: str
    without: str  # what is left out of the patients, in words
    hidden: Sequence[str]  # groups that are not told
    whole_hides: bool  # those without an answer are among the patients, since they are hidden


def community_page(unit: Unit, measure_id: int, dimension_code: str, today: date) -> CommunityPage:
    """Shares of patients beside those of the community over the last twelve whole months. Six statements at most."""
    organisation = unit.organisation
    first, last = period_of(today, MONTHS)
    measures = list(
        Measure.objects.filter(
            organisation=organisation, is_active=True, stratifiable=True, kind__in=CASES, about=rules.About.PATIENTS
        ).order_by("name")
    )
    told = blocks([unit.pk], [m.pk for m in measures], first=first, last=last)
    have = {block.measure_id for block in told}
    measures = [m for m in measures if m.pk in have]
    measure = next((m for m in measures if m.pk == measure_id), measures[0] if measures else None)
    shares = list(CommunityShare.objects.filter(organisation=organisation).order_by("dimension", "position"))
    known = {share.dimension_id for share in shares}
    own = [block for block in told if measure is not None and block.measure_id == measure.pk]
    there = {block.dimension_id for block in own}
    dimensions = list(Dimension.objects.filter(organisation=organisation, pk__in=known & there).order_by("position"))
    dimension = next((d for d in dimensions if d.code == dimension_code), dimensions[0] if dimensions else None)
    whole = pooled([b for b in own if dimension is not None and b.dimension_id == dimension.pk])
    listed = [share for share in shares if dimension is not None and share.dimension_id == dimension.pk]
    people = _patients(whole, measure) if whole and measure else None
    rows, dots = _rows(people, listed) if people else ([], [])
    return CommunityPage(
        [(m.pk, m.name) for m in measures],
        [(d.code, d.name) for d in dimensions],
        measure,
        dimension,
        words.months(whole.first, whole.last, whole.missing) if whole else "",
        rows,
        community_chart(dots) if any(dot.share is not None for dot in dots) else {},
        ", ".join(dict.fromkeys(f"{share.source} ({share.year})" for share in listed)),
        people.without if people else "",
        people.hidden if people else (),
        people.hides_unknown if people else False,
    )


@dataclass(frozen=True, slots=True)
class _Patients:
    counts: Mapping[str, float]
    known: float
    hidden: Sequence[str]
    without: str
    hides_unknown: bool


def _patients(whole: Block, measure: Measure) -> _Patients:
    """Cases by group, and all whose group is known as far as that can be told."""
    counted = measure.kind == rules.Kind.COUNT
    cases = {part.name: part.numerator if counted else part.denominator for part in whole.parts}
    total = whole.total.numerator if counted else whole.total.denominator
    states = {part.name: part.state for part in whole.parts}
    apart = sum(n for name, n in cases.items() if states[name] != rules.CategoryState.KNOWN)
    if not whole.hidden:  # what no group holds was never sent, hence is not known
        apart = total - sum(n for name, n in cases.items() if states[name] == rules.CategoryState.KNOWN)
    share = 100 * apart / total if total > 0 else 0.0
    without = (
        _("Patients without a known answer, %(share)s %% of all, are left out.") % {"share": words.number(share, 0)}
        if apart > 0
        else ""
    )
    known = {name: n for name, n in cases.items() if states[name] == rules.CategoryState.KNOWN}
    return _Patients(known, total - apart, whole.hidden, without, bool(whole.hidden))


def _rows(people: _Patients, shares: Sequence[CommunityShare]) -> tuple[list[CommunityRow], list[CommunityDot]]:
    """The community's groups in their order, then those of patients of which the community says nothing."""
    by_name = {name.casefold(): name for name in people.counts}
    rows, dots = [], []
    for share in shares:
        name = by_name.pop(share.group.casefold(), None)
        row, dot = _row(share.group, people.counts.get(name) if name else None, people.known, share.share, people)
        rows.append(row)
        dots.append(dot)
    for name in by_name.values():
        row, dot = _row(name, people.counts[name], people.known, None, people)
        rows.append(row)
        dots.append(dot)
    return rows, dots


def _percent(value: float) -> str:
    return f"{words.number(value, 1 if 0 < value < 10 else 0)} %"


def _given(share: float) -> str:
    """A share of the catchment as it was given, to one decimal: half a percent is no whole one."""
    return f"{words.number(share, 1)} %" if _decimals(share) else _percent(share)


def _row(
    name: str, cases: float | None, known: float, community: float | None, people: _Patients
) -> tuple[CommunityRow, CommunityDot]:
    live = _given(community) if community is not None else words.NONE
    asked = {"name": name, "live": live}
    if cases is None and name.casefold() in {hidden.casefold() for hidden in people.hidden}:
        said = _("%(name)s: %(live)s of the people who live here; too few patients to tell their share.") % asked
        row = CommunityRow(name, "", "", "", live, "", "", said, hidden=True)
        return row, CommunityDot(name, None, None, None, community, _("hidden"), live)
    if cases is None:
        said = _("%(name)s: %(live)s of the people who live here; no patient was counted under this name.") % asked
        row = CommunityRow(name, words.NONE, words.NONE, "", live, "", "", said, hidden=False)
        return row, CommunityDot(name, None, None, None, community, words.NONE, live)
    found = wilson(min(cases, known), known)
    share, low, high = (100 * float(x) for x in (found.estimate, found.lower, found.upper))
    patients = _percent(share) if known > 0 else words.NONE
    interval = f"{_percent(low)} – {_percent(high)}" if known > 0 else ""
    if community is None or known <= 0:
        said = _("%(name)s: %(patients)s of patients; what part of the people who live here is not given.")
        said = said % {"name": name, "patients": patients}
        row = CommunityRow(name, words.count(cases), patients, interval, live, "", "", said, hidden=False)
    else:
        parity, bounds = _parity(share, low, high, community)
        said = _sentence(name, patients, live, low, high, community)
        row = CommunityRow(name, words.count(cases), patients, interval, live, parity, bounds, said, hidden=False)
    if known <= 0:
        return row, CommunityDot(name, None, None, None, community, patients, live)
    return row, CommunityDot(name, share, low, high, community, patients, live)


def _parity(share: float, low: float, high: float, community: float) -> tuple[str, str]:
    """Share of patients over share of the community, with the interval of the patients alone."""
    if community <= 0:
        return words.NONE, ""
    one, two, three = (words.number(x / community, 2) for x in (share, low, high))
    return one, f"{two} – {three}"


def _sentence(name: str, patients: str, live: str, low: float, high: float, community: float) -> str:
    asked = {"name": name, "patients": patients, "live": live}
    said = _("%(name)s: %(patients)s of patients, %(live)s of the people who live here.") % asked
    if high < community:
        return f"{said} {_('Fewer come than live here.')}"
    if low > community:
        return f"{said} {_('More come than live here.')}"
    return f"{said} {_('No more difference than chance brings.')}"


@dataclass(frozen=True, slots=True)
class CommunityTable:
    """What is said of the catchment by one dimension, as lines to edit, with the names of its groups."""

    dimension: Dimension
    text: str
    source: str
    year: int | None
    groups: Sequence[str]


def community_tables(organisation: Organisation) -> list[CommunityTable]:
    """Every dimension with what stands of the catchment. Four statements."""
    dimensions = list(
        Dimension.objects.filter(organisation=organisation).order_by("position", "code").prefetch_related("categories")
    )
    groups: dict[int, dict[int, str]] = {}
    for dimension, category, group in GroupMember.objects.filter(
        grouping__dimension__organisation=organisation, grouping__is_default=True
    ).values_list("grouping__dimension", "category", "group"):
        groups.setdefault(dimension, {})[category] = group
    shares: dict[int, list[CommunityShare]] = {}
    for share in CommunityShare.objects.filter(organisation=organisation).order_by("position"):
        shares.setdefault(share.dimension_id, []).append(share)
    return [_table(d, groups.get(d.pk, {}), shares.get(d.pk, [])) for d in dimensions]


def _table(dimension: Dimension, groups: Mapping[int, str], shares: Sequence[CommunityShare]) -> CommunityTable:
    names = [
        groups.get(category.pk, category.name)
        for category in dimension.categories.all()
        if category.state == rules.CategoryState.KNOWN
    ]
    return CommunityTable(
        dimension,
        "\n".join(f"{share.group}; {words.number(share.share, _decimals(share.share))}" for share in shares),
        shares[0].source if shares else "",
        shares[0].year if shares else None,
        list(dict.fromkeys(names)),
    )


def _decimals(share: float) -> int:
    return next((n for n in range(4) if abs(share - round(share, n)) < 1e-9), 4)
