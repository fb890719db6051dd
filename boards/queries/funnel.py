"""Units below a unit beside each other as a funnel: which lie further from the average than chance explains.

Totals of units come from snapshots; a group of patients comes from what was told of it, and units that do not tell it
are named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from analytics.shapes import (
    Level,
    overdispersed_funnel,
    overdispersed_limits,
    proportion_limits,
    proportion_significance,
    ratio_curves,
    ratio_significance,
)
from boards import rules
from boards.charts_funnel import FunnelLine, FunnelPoint, funnel_chart
from boards.models import Dimension, Measure
from boards.queries import words
from boards.queries.published import Block, blocks, pooled
from boards.queries.second_lines import held_of, once, without
from org.models import Unit

if TYPE_CHECKING:
    from org.models import User

#: Kinds that a funnel can be drawn of.
KINDS: Final = frozenset({rules.Kind.PROPORTION, rules.Kind.RATE})
MONTHS: Final = (3, 12)
_LINE_POINTS: Final = 80
#: A year of a unit that ended at most so many days before the last month still speaks for the last twelve.
_YEAR_AGE: Final = 100
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader chose: a tier (0: the next one down), so many months, wide lines, a group of a dimension."""

    tier: int = 0
    months: int = 12
    wide: bool = False
    dimension: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """A unit in the table behind the funnel, by name."""

    name: str
    url: str
    value: str
    counts: str
    level: Level
    where: str


@dataclass(frozen=True, slots=True)
class FunnelPage:
    """Everything about a measure over the units of one tier below a unit."""

    possible: bool
    asked: Asked
    tiers: Sequence[tuple[int, str]]
    groups: Sequence[tuple[str, str, Sequence[str]]]  # code and name of a dimension, its groups
    period: str
    chart: Mapping[str, Any]
    rows: Sequence[FunnelRow]
    average: str
    sentence: str
    spread: str  # what the switch for more variation than chance changes
    may_widen: bool
    hidden: Sequence[str]  # units that do not tell the group
    silent: Sequence[str]  # units without a case
    unseen: int
    held: Sequence[str] = ()  # units that are left out where they report along a second line
    untold_group: str = ""  # a group that was asked for, but is not told over these months
    partly: Sequence[str] = ()  # units that told the group in some of the months only, with how many


@dataclass(frozen=True, slots=True)
class _Counted:
    """Units with their counts, aligned; `seen`: the reader may open them."""

    units: Sequence[Unit]
    x: Floats
    n: Floats


def period_of(today: date, months: int) -> tuple[date, date]:
    """The last `months` whole months before `today`, first and last day."""
    last = today.replace(day=1) - timedelta(days=1)
    number = last.year * 12 + last.month - months
    return date(number // 12, number % 12 + 1, 1), last


def funnel_page(unit: Unit, measure: Measure, asked: Asked, today: date, user: "User") -> FunnelPage:
    """The funnel of `measure` over units below `unit`. A constant number of statements."""
    below = Unit.objects.open().below(unit)
    tiers = [
        (level, name)
        for level, name, units in below.values_list("tier__level", "tier__name")
        .annotate(units=Count("pk"))
        .order_by("-tier__level")
        if units > 1
    ]
    tier = asked.tier if asked.tier in dict(tiers) else (tiers[0][0] if tiers else 0)
    first, last = period_of(today, asked.months)
    groups = _groups(unit, measure, first, last) if measure.stratifiable else []
    wanted, asked = asked.group, _settled(asked, tier, groups)
    possible = measure.kind in KINDS and bool(tiers)
    units = list(below.filter(tier__level=tier).order_by("name", "pk")) if possible else []
    held = held_of(units, last)
    places = [u.pk for own in (units, *held.values()) for u in own]
    seen = set(Unit.objects.filter(pk__in=places).visible_to(user).values_list("pk", flat=True))
    hidden: list[str] = []
    partly: dict[int, str] = {}
    if asked.group:
        told, hidden, partly = _told(units, held, measure, asked, first, last)
        units = [u for u in units if u.pk in seen]
        hidden = [name for name in hidden if name in {u.name for u in units}]
    else:
        told = without(_totals([*units, *(u for own in held.values() for u in own)], measure, first, last), held)
    counted = _counted(units, told, measure)
    found = _page(
        measure, asked, tiers, groups, words.months(first, last), counted, units, seen, hidden, possible
    )  # fmt: skip
    others = {other for own in held.values() for other in own if other.pk in seen}
    return replace(
        found,
        held=sorted(other.name for other in others if asked.group or other.pk in told),
        untold_group="" if asked.group else wanted,
        partly=[partly[u.pk] for u in counted.units if u.pk in partly],
    )


def _settled(asked: Asked, tier: int, groups: Sequence[tuple[str, str, Sequence[str]]]) -> Asked:
    names = {code: own for code, _name, own in groups}
    group = asked.group if asked.group in names.get(asked.dimension, ()) else ""
    return Asked(tier, asked.months, asked.wide, asked.dimension if group else "", group)


def _groups(unit: Unit, measure: Measure, first: date, last: date) -> list[tuple[str, str, Sequence[str]]]:
    """The groups that were told of at the unit, by dimension. Two statements."""
    names: dict[int, dict[str, None]] = {}
    for block in blocks([unit.pk], [measure.pk], first=first, last=last):
        own = names.setdefault(block.dimension_id, {})
        own.update(dict.fromkeys((*(p.name for p in block.parts if p.state == rules.CategoryState.KNOWN),)))
    dimensions = Dimension.objects.filter(pk__in=names).order_by("position", "code")
    return [(d.code, d.name, list(names[d.pk])) for d in dimensions]


def _told(
    units: Sequence[Unit], held: Mapping[int, Sequence[Unit]], measure: Measure, asked: Asked, first: date, last: date
) -> tuple[dict[int, tuple[float, float]], list[str], dict[int, str]]:
    """Counts of the group at each unit that tells it, the names of those that do not, and how many months are in the
    counts of those that told it in some only. Two statements.

    Where a group is not told in every month of twelve, the newest year of the unit that tells it stands for them.
    """
    dimension = Dimension.objects.filter(organisation=measure.organisation_id, code=asked.dimension).values_list("pk")
    places = {unit.pk for each in (units, *held.values()) for unit in each}
    every = blocks(places, [measure.pk], dimensions=[pk for (pk,) in dimension], last=last, stretch=None)
    of_unit: dict[int, list[Block]] = {}
    for block in every:
        of_unit.setdefault(block.unit_id, []).append(block)
    months: dict[int, list[Block]] = {}
    years: dict[int, Block] = {}
    for told_block in every:  # in order of time
        block = once(told_block, [of_unit.get(other.pk, []) for other in held.get(told_block.unit_id, ())])
        if block.stretch == rules.Stretch.BLOCK and block.first >= first:
            months.setdefault(block.unit_id, []).append(block)
        elif block.stretch == rules.Stretch.YEAR and block.last > last - timedelta(days=_YEAR_AGE):
            years[block.unit_id] = block
    found, hidden, partly = {}, [], {}
    for unit in units:
        told = [pooled(months.get(unit.pk, ())), years.get(unit.pk) if asked.months == MONTHS[-1] else None]
        parts = [part for whole in told if whole is not None and (part := whole.part(asked.group)) is not None]
        if parts:
            found[unit.pk] = (parts[0].numerator, parts[0].denominator)
            covered = sum(words.number_of_months(b.first, b.last) for b in months.get(unit.pk, ()))
            if told[0] is not None and told[0].part(asked.group) is not None and covered < asked.months:
                partly[unit.pk] = _("%(unit)s (%(n)s of %(all)s months)") % {
                    "unit": unit.name, "n": covered, "all": asked.months,
                }  # fmt: skip
        elif any(whole is not None for whole in told):
            hidden.append(unit.name)
    return found, hidden, partly


def _totals(units: Sequence[Unit], measure: Measure, first: date, last: date) -> dict[int, tuple[float, float]]:
    """Sums of all patients over the days. One statement: a descent of the index for each day and unit."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, sum(numerator), sum(denominator) FROM boards_snapshot WHERE day = ANY(%s) "
            "AND unit_id = ANY(%s) AND measure_id = %s AND numerator IS NOT NULL AND denominator IS NOT NULL "
            "GROUP BY unit_id",
            [days, [unit.pk for unit in units], measure.pk],
        )
        return {unit: (float(x), float(n)) for unit, x, n in cursor.fetchall()}


def _counted(units: Sequence[Unit], told: Mapping[int, tuple[float, float]], measure: Measure) -> _Counted:
    """Units with cases; counts that a share cannot have are left out with the unit."""
    fits = [
        unit
        for unit in units
        if (own := told.get(unit.pk)) is not None
        and own[1] > 0
        and own[0] >= 0
        and (measure.kind != rules.Kind.PROPORTION or own[0] <= own[1])
    ]
    x, n = (np.array([told[unit.pk][i] for unit in fits], float) for i in (0, 1))
    return _Counted(fits, x, n)


@dataclass(frozen=True, slots=True)
class _Funnel:
    levels: NDArray[np.int8]
    center: float
    lines: Sequence[FunnelLine]
    spread: str


def _page(
    measure: Measure,
    asked: Asked,
    tiers: Sequence[tuple[int, str]],
    groups: Sequence[tuple[str, str, Sequence[str]]],
    period: str,
    counted: _Counted,
    units: Sequence[Unit],
    seen: set[int],
    hidden: Sequence[str],
    possible: bool,
) -> FunnelPage:
    some = [unit.pk in seen for unit in counted.units]
    funnel = _funnel(counted, measure, wide=asked.wide) if any(some) else None
    rows, points = _rows(counted, funnel, measure, some) if funnel else ([], [])
    told = {unit.pk for unit in counted.units}
    per = measure.multiplier
    chart = (
        funnel_chart(
            points,
            funnel.lines,
            unit_text=measure.unit_text,
            size_text=measure.denominator_text or _("Cases"),
            decimals=measure.decimals,
        )
        if funnel
        else {}
    )
    return FunnelPage(
        possible,
        asked,
        tiers,
        groups,
        period,
        chart,
        rows,
        f"{words.number(funnel.center * per, measure.decimals)} {measure.unit_text}".strip() if funnel else "",
        _sentence(rows) if funnel else "",
        funnel.spread if funnel else "",
        measure.kind == rules.Kind.PROPORTION,
        hidden,
        [u.name for u in units if u.pk in seen and u.pk not in told and u.name not in hidden],
        sum(u.pk not in seen for u in units),
    )


def _funnel(counted: _Counted, measure: Measure, *, wide: bool) -> _Funnel:
    x, n = counted.x, counted.n
    center = float(x.sum() / n.sum())
    if measure.kind == rules.Kind.RATE:
        levels = ratio_significance(x, center * n).level
        return _Funnel(levels, center, _rate_lines(center, n, measure.multiplier), "")
    sizes = np.unique(np.geomspace(max(n.min() / 3, 1.0), n.max() * 1.1, _LINE_POINTS))
    spread = overdispersed_funnel(x, n)
    tau2 = float(spread.tau2) if np.isfinite(spread.tau2) else 0.0
    if wide:
        limits, own = overdispersed_limits(sizes, center, tau2), overdispersed_limits(n, center, tau2)
        levels = _levels(x / n, own.lower, own.upper)
    else:
        limits, levels = proportion_limits(sizes, center), proportion_significance(x, n).level
    lines = [
        _line(_("average"), "mean", sizes, np.full_like(sizes, center), measure.multiplier),
        *_four(sizes, limits.lower, limits.upper, measure.multiplier),
    ]
    return _Funnel(levels, center, lines, _spread_text(float(spread.phi), tau2, wide=wide))


def _levels(rates: Floats, lower: Floats, upper: Floats) -> NDArray[np.int8]:
    """Where each unit lies between lines (j, 2) from inside to outside."""
    return np.select(
        [rates > upper[:, 1], rates < lower[:, 1], rates > upper[:, 0], rates < lower[:, 0]],
        [Level.HIGH_OUTER, Level.LOW_OUTER, Level.HIGH_INNER, Level.LOW_INNER],
        Level.USUAL,
    ).astype(np.int8)


def _line(text: str, style: str, xs: Floats, ys: Floats, per: float) -> FunnelLine:
    known = np.isfinite(xs) & np.isfinite(ys)
    order = np.argsort(xs[known])
    return FunnelLine(text, style, list(zip(xs[known][order].tolist(), (ys[known][order] * per).tolist(), strict=True)))


def _four(sizes: Floats, lower: Floats, upper: Floats, per: float) -> list[FunnelLine]:
    """The inner and outer lines (s, 2) on both sides."""
    names = (("95 %", "note"), ("99.8 %", "limit"))
    return [
        _line(f"{words.number(95 if place == 0 else 99.8, place)} %", style, sizes, side[:, place], per)
        for side in (upper, lower)
        for place, (_text, style) in enumerate(names)
    ]


def _rate_lines(center: float, n: Floats, per: float) -> list[FunnelLine]:
    """Lines of a funnel of rates: where as many events as seen are only just not too many, or too few."""
    if center <= 0:
        return [_line(_("average"), "mean", np.array([0.0, n.max() * 1.08]), np.zeros(2), per)]
    widest = center * n.max() * 1.1
    events = np.unique(np.round(np.linspace(1, widest + 5 * np.sqrt(widest) + 20, 2 * _LINE_POINTS)))
    curves = ratio_curves(np.append(0.0, events))
    out = [_line(_("average"), "mean", np.array([0.0, n.max() * 1.08]), np.full(2, center), per)]
    for expected, ratio in ((curves.high_expected, curves.high_ratio), (curves.low_expected, curves.low_ratio)):
        for place, style in enumerate(("note", "limit")):
            text = f"{words.number(95 if place == 0 else 99.8, place)} %"
            out.append(_line(text, style, expected[:, place] / center, ratio[:, place] * center, per))
    return out


_WHERE: Final = {
    Level.USUAL: lambda: _("where chance alone would put it"),
    Level.HIGH_INNER: lambda: _("above the inner line, within the outer one"),
    Level.LOW_INNER: lambda: _("below the inner line, within the outer one"),
    Level.HIGH_OUTER: lambda: _("above the outer line: more than chance explains"),
    Level.LOW_OUTER: lambda: _("below the outer line: more than chance explains"),
}


def _style(level: Level, direction: str) -> str:
    if level == Level.USUAL:
        return "usual"
    if abs(level) == 1:
        return "reference"
    if direction not in {rules.Direction.HIGHER, rules.Direction.LOWER}:
        return "unusual"
    return "better" if (level > 0) == (direction == rules.Direction.HIGHER) else "worse"


def _rows(
    counted: _Counted, funnel: _Funnel, measure: Measure, some: Sequence[bool]
) -> tuple[list[FunnelRow], list[FunnelPoint]]:
    rows, points = [], []
    for i, unit in enumerate(counted.units):
        if not some[i]:
            continue
        level = Level(int(funnel.levels[i]))
        value = float(counted.x[i] / counted.n[i]) * measure.multiplier
        text = f"{words.number(value, measure.decimals)} {measure.unit_text}".strip()
        behind = words.counts(counted.x[i], counted.n[i])
        where = _WHERE[level]()
        url = reverse("boards:measure", args=[unit.pk, measure.pk])
        rows.append(FunnelRow(unit.name, url, text, behind, level, where))
        points.append(
            FunnelPoint(
                unit.name,
                float(counted.n[i]),
                value,
                _style(level, measure.direction),
                abs(level) > 1,
                text,
                behind,
                where,
            )
        )
    return rows, points


def _sentence(rows: Sequence[FunnelRow]) -> str:
    """The funnel in words: who lies beyond the outer line, by name; who lies within."""
    high = [row.name for row in rows if row.level == Level.HIGH_OUTER]
    low = [row.name for row in rows if row.level == Level.LOW_OUTER]
    within = len(rows) - len(high) - len(low)
    said = [
        ngettext(
            "%(n)s of %(all)s units lies within the outer lines.",
            "%(n)s of %(all)s units lie within the outer lines.",
            within,
        )
        % {"n": within, "all": len(rows)}
    ]
    if high:
        said.append(_("Above, more than chance explains: %(names)s.") % {"names": ", ".join(high)})
    if low:
        said.append(_("Below, more than chance explains: %(names)s.") % {"names": ", ".join(low)})
    return " ".join(said)


def _spread_text(phi: float, tau2: float, *, wide: bool) -> str:
    if tau2 <= 0:
        return _("The units vary no more than chance alone brings, so both kinds of lines are alike.")
    times = {"times": words.number(phi, 1)}
    if wide:
        return (
            _(
                "The units vary %(times)s times as much as chance alone brings. The lines allow for that: beyond them "
                "lies who differs even so."
            )
            % times
        )
    return (
        _(
            "The units vary %(times)s times as much as chance alone brings: many lie outside for reasons that they "
            "share, such as their patients."
        )
        % times
    )
