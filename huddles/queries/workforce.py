"""Gaps between groups of staff: what waits, and the measures of staff by groups, for their readers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from analytics.signals import Event, State
from analytics.signals.machine import TRANSITIONS
from boards.queries.equity import EquityPage, equity_page
from boards.rules import About
from huddles.queries.signal_rows import sought
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from boards.models import Signal
    from org.models import User


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a reader may do about a gap between groups of staff: its code, what it is called, what is to be
    said ("" where nothing is), whether until when, and its button.
    """

    code: str
    name: Any
    said: Any
    button: Any
    until: bool = False


ACTS: Final[Mapping[Event, Act]] = {
    act.code: act  # type: ignore[misc]
    for act in (
        Act(Event.ACKNOWLEDGE, _("I look into it"), "", _("I look into it")),
        Act(Event.START, _("Say what is done, and until when"), _("What is done"), _("Keep"), until=True),
        Act(Event.FINISH, _("It is done"), _("What was done"), _("It is done")),
        Act(Event.CLOSE, _("Close it"), _("What became of it"), _("Close it")),
        Act(Event.REOPEN, _("It is not solved"), _("What is still so"), _("Ask anew")),
    )
}


def acts_of(state: State) -> list[Act]:
    """What may be done about a gap that stands so; one that is only watched can be dismissed and no more."""
    if state is State.WATCH:
        return []
    return [act for event, act in ACTS.items() if event in TRANSITIONS[state]]


@dataclass(frozen=True, slots=True)
class Split:
    """A way to split staff: a tab."""

    name: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WorkforcePage:
    """`units`: where groups of staff may be seen and a measure of staff stands: id, name, chosen. `equity`: what was
    told of `unit`; None where no such unit is.
    """

    units: Sequence[tuple[int, str, bool]]
    unit: Unit | None
    equity: EquityPage | None
    splits: Sequence[Split]


def units_of_staff(user: "User") -> "QuerySet[Unit]":
    """The units on whose boards a measure of staff stands by groups that `user` may see, the highest first."""
    seen = Unit.objects.with_permission(user, Permission.WORKFORCE_VIEW)
    placed = {"board_measures__measure__about": About.STAFF, "board_measures__measure__stratifiable": True}
    return seen.filter(**placed).select_related("organisation", "tier").distinct().order_by("-tier__level", "path")


def waiting(user: "User", organisation_id: int, shown: str) -> "QuerySet[Signal]":
    """Signals about staff that `user` may read: each gap where it asks for help, the lowest unit first of the same."""
    found = sought(user, Permission.WORKFORCE_VIEW, shown=shown, tier="", unit=None, about=About.STAFF)
    return found.filter(organisation=organisation_id)


def workforce_page(units: Sequence[Unit], asked: str, by: str, today: date, kept: Mapping[str, str]) -> WorkforcePage:
    """Measures of staff by groups, of the asked unit or the first of `units`. `kept`: what links keep of the query."""
    unit = next((one for one in units if str(one.pk) == asked), units[0] if units else None)
    if unit is None:
        return WorkforcePage([], None, None, [])
    equity = equity_page(unit, [], today, by, [About.STAFF])
    stay = {**kept, "unit": str(unit.pk)}
    return WorkforcePage(
        units=[(one.pk, one.name, one is unit) for one in units],
        unit=unit,
        equity=equity,
        splits=[
            Split(name, "?" + urlencode({**stay, "by": code}) + "#groups", chosen)
            for code, name, _url, chosen in equity.dimensions
        ],
    )
