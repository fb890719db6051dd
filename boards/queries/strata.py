"""Groups of patients beside each other: the only road to stratified numbers, and the small-cell guard on it.

Nothing that leaves this module carries a count of 1 up to the organisation's threshold, nor lets one be worked out from
the other rows of the table or its total. Pages, charts, exports and everything that comes later read from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.intervals import wilson
from boards import rules
from boards.models import Category, Dimension, GroupMember, Layout, Measure, Reading, Snapshot, Stratum
from boards.pages import StrataTable, StratumRow
from boards.queries import guard, words
from org.models import Unit
from org.queries import ever_below

#: How many days are pooled for a table, by cadence: the first window in which two groups may be shown.
WINDOW_DAYS: Final = {
    rules.Cadence.DAILY: (28, 91, 365),
    rules.Cadence.WEEKLY: (91, 364),
    rules.Cadence.MONTHLY: (365,),
    rules.Cadence.QUARTERLY: (365,),
}

_STATE_ORDER: Final = {
    rules.CategoryState.KNOWN: 0,
    rules.CategoryState.UNMAPPED: 1,
    rules.CategoryState.UNKNOWN: 2,
    rules.CategoryState.DECLINED: 3,
    rules.CategoryState.NOT_ASKED: 4,
}


@dataclass(slots=True)
class GroupCounts:
    """Pooled counts of one group before the guard. Never leaves this room."""

    name: str
    state: str
    position: int
    numerator: float = 0.0
    denominator: float = 0.0
    withheld: bool = False


@dataclass(slots=True)
class _Pool:
    """Counts over a window, by stratum id, and of the total."""

    strata: dict[int, tuple[float, float]] = field(default_factory=dict)
    numerator: float = 0.0
    denominator: float = 0.0
    withheld: set[int] = field(default_factory=set)
    days: int = 0
    first: date | None = None
    last: date | None = None


def dimensions_of(unit: Unit, measure: Measure, day: date) -> list[Dimension]:
    """The dimensions by which numbers of this measure came in lately, in their order. Three statements."""
    window = max(WINDOW_DAYS[rules.Cadence(measure.cadence)])
    layouts = Snapshot.objects.filter(
        unit=unit, measure=measure, day__in=[day - timedelta(days=i) for i in range(window)], layout__isnull=False
    ).values_list("layout_id", flat=True)
    strata = Layout.objects.filter(pk__in=set(layouts)).values_list("strata", flat=True)
    used = Stratum.objects.filter(pk__in={s for listed in strata for s in listed}, dimensions__len=1)
    return list(Dimension.objects.filter(pk__in={own[0] for own in used.values_list("dimensions", flat=True)}))


def _withheld(unit: Unit, measure: Measure, day: date, days: int) -> set[int]:
    """The strata of which a source hid a count somewhere in or below the unit: their sums are not whole.

    A unit that moved within the window is below both the old and the new place: rather hidden twice than shown once.
    """
    window = [day - timedelta(days=i) for i in range(days)]
    below = ever_below(unit, window[-1], day)
    hidden = Reading.objects.filter(measure=measure, day__in=window, unit__in=below, suppressed__isnull=False)
    return {stratum for listed in hidden.values_list("suppressed", flat=True) for stratum in listed or ()}


def _pooled(unit: Unit, measure: Measure, day: date, days: int) -> _Pool:
    """Counts summed over the window that ends on `day`; only the latest period where numbers cannot be added up."""
    rows = Snapshot.objects.filter(
        unit=unit, measure=measure, day__in=[day - timedelta(days=i) for i in range(days)], layout__isnull=False
    ).order_by("-day")
    if measure.roll_up in {rules.RollUp.NONE, rules.RollUp.MINIMUM}:
        rows = rows[:1]
    names = ("day", "period_start", "layout_id", "numerator", "denominator", "numerators", "denominators")
    found = list(rows.values_list(*names))
    pool = _Pool(days=days, withheld=_withheld(unit, measure, day, days))
    sums: dict[int, list[tuple[list[float], list[float]]]] = {}
    for point, start, layout, numerator, denominator, numerators, denominators in found:
        pool.first = start if pool.first is None else min(pool.first, start)
        pool.last = point if pool.last is None else max(pool.last, point)
        pool.numerator += numerator or 0.0
        pool.denominator += denominator or 0.0
        sums.setdefault(layout, []).append((numerators, denominators))
    for pk, strata in Layout.objects.filter(pk__in=sums.keys()).values_list("pk", "strata"):
        cells = np.array(sums[pk])
        sent = ~np.isnan(cells).all(axis=(0, 1))
        together = np.nan_to_num(cells).sum(axis=0)
        for i in np.flatnonzero(sent).tolist():
            had = pool.strata.get(strata[i], (0.0, 0.0))
            pool.strata[strata[i]] = (had[0] + float(together[0, i]), had[1] + float(together[1, i]))
    return pool


def _groups(pool: _Pool, dimension: Dimension) -> list[GroupCounts]:
    """The pooled strata of one dimension put together by its default grouping. Three statements."""
    single = {
        pk: categories[0]
        for pk, categories in Stratum.objects.filter(pk__in=pool.strata.keys(), dimensions=[dimension.pk]).values_list(
            "pk", "categories"
        )
    }
    categories = {c.pk: c for c in Category.objects.filter(pk__in=set(single.values()))}
    grouped = {
        member.category_id: member
        for member in GroupMember.objects.filter(grouping__dimension=dimension, grouping__is_default=True)
    }
    groups: dict[str, GroupCounts] = {}
    for stratum, category_id in single.items():
        category, member = categories[category_id], grouped.get(category_id)
        name = member.group if member else category.name
        position = member.position if member else category.position
        group = groups.setdefault(name, GroupCounts(name, category.state, position))
        numerator, denominator = pool.strata.get(stratum, (0.0, 0.0))
        group.numerator += numerator
        group.denominator += denominator
        group.withheld |= stratum in pool.withheld
    return sorted(groups.values(), key=lambda g: (_STATE_ORDER[rules.CategoryState(g.state)], g.position, g.name))


def _row(group: GroupCounts, measure: Measure, *, hidden: bool) -> StratumRow:
    if hidden:
        return StratumRow(group.name, group.state, "", "", "", None, None, None, "guarded")
    value = rules.figures(
        np.array([group.numerator]), np.array([group.denominator]), rules.Kind(measure.kind), measure.multiplier
    )[0]
    low = high = None
    if measure.kind == rules.Kind.PROPORTION and group.denominator > 0 and group.numerator <= group.denominator:
        interval = wilson(group.numerator, group.denominator)
        low, high = float(interval.lower) * measure.multiplier, float(interval.upper) * measure.multiplier
    return StratumRow(
        group.name,
        group.state,
        words.count(group.numerator),
        words.count(group.denominator),
        words.number(value, measure.decimals),
        low,
        None if np.isnan(value) else float(value),
        high,
        "",
    )


def _window_text(pool: _Pool, measure: Measure, today: date) -> str:
    if pool.first is None or pool.last is None:
        return ""
    if measure.roll_up in {rules.RollUp.NONE, rules.RollUp.MINIMUM} or measure.cadence != rules.Cadence.DAILY:
        return words.period(pool.first, pool.last, today, rules.Cadence.WEEKLY)
    return ngettext("last %(n)s day", "last %(n)s days", pool.days) % {"n": pool.days}


def _note(rows: Sequence[StratumRow], threshold: int) -> str:
    if all(row.hidden for row in rows):
        return _("Too few patients to show any group, even over a year. That is not the same as no difference.")
    if not any(row.hidden for row in rows):
        return ""
    return _("Counts from 1 to %(most)s are hidden, and with them what would let them be worked out.") % {
        "most": threshold - 1
    }


def strata_table(unit: Unit, measure: Measure, dimension: Dimension, day: date, today: date) -> StrataTable | None:
    """The groups of `dimension` over the window that ends on `day`, guarded as one table with its total.

    The window grows until at least two groups may be shown, and says so. None where nothing is stratified by this
    dimension. At most six statements for each window.
    """
    table = None
    for days in WINDOW_DAYS[rules.Cadence(measure.cadence)]:
        table = _table(unit, measure, dimension, _pooled(unit, measure, day, days), today)
        if table is not None and sum(not row.hidden for row in table.rows) > 1:
            break
    return table


def _table(unit: Unit, measure: Measure, dimension: Dimension, pool: _Pool, today: date) -> StrataTable | None:
    groups = _groups(pool, dimension)
    if not groups:
        return None
    threshold = unit.organisation.small_cell_threshold
    total = GroupCounts(_("All"), rules.CategoryState.KNOWN, 0, pool.numerator, pool.denominator)
    hidden = guard.hidden_rows(groups, total, rules.Kind(measure.kind), threshold)
    rows = [_row(group, measure, hidden=bool(hides)) for group, hides in zip(groups, hidden, strict=True)]
    everybody = sum(g.denominator for g in groups)
    open_unknown = all(not row.hidden for row in rows if row.state != rules.CategoryState.KNOWN)
    share = ""
    if everybody and open_unknown:
        known = sum(g.denominator for g in groups if g.state == rules.CategoryState.KNOWN)
        share = f"{words.number(100 * known / everybody, 0)} %"
    return StrataTable(
        dimension.name,
        dimension.code,
        _window_text(pool, measure, today),
        rows,
        _row(total, measure, hidden=False),
        _note(rows, threshold),
        share,
    )


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
            "hidden": row.hidden,
        }
