"""Cycles as pages show them: the ramp of a ticket, one cycle with its result beside its prediction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries.words import short_day
from improvement.models import Cycle, Ticket
from improvement.rules.cycles import NUDGED, Decision, Scale, State

if TYPE_CHECKING:
    from org.models import Unit, User

#: Days for which a huddle hears of what ended, and of how many cycles at most.
HEARD: Final = 7
MOST_HEARD: Final = 12

#: Decision → the sign that says it in short.
_SIGNS = {Decision.ADOPT: "met", Decision.ADAPT: "at_risk", Decision.ABANDON: "missed"}


@dataclass(frozen=True, slots=True)
class Rung:
    """A cycle on the ramp of its ticket. `height` 1 .. 5 is its scale; `sign` "" until it is decided."""

    pk: int
    url: str
    number: int
    question: str
    says: str
    scale: str
    height: int
    sign: str
    state: str
    late: bool


def ramp_of(ticket: Ticket, today: date) -> list[Rung]:
    """The cycles of a ticket in their order. One statement."""
    return [_rung(cycle, today) for cycle in Cycle.objects.filter(ticket=ticket).order_by("number")]


def _rung(cycle: Cycle, today: date) -> Rung:
    late = cycle.state == State.DO and cycle.ends_on is not None and cycle.ends_on < today
    return Rung(
        pk=cycle.pk,
        url=reverse("improvement:cycle", args=[cycle.pk]),
        number=cycle.number,
        question=cycle.question or _("Not written yet"),
        says=_says(cycle, today, late=late),
        scale=str(Scale(cycle.scale).label) if cycle.scale else "",
        height=Scale.values.index(cycle.scale) + 1 if cycle.scale else 0,
        sign=_SIGNS[Decision(cycle.decision)] if cycle.decision else "",
        state=cycle.state,
        late=late,
    )


def _says(cycle: Cycle, today: date, *, late: bool) -> str:
    if cycle.state == State.PLAN:
        return _("planned")
    if cycle.state == State.DO:
        assert cycle.ends_on is not None
        text = _("should have ended on %(day)s") if late else _("runs until %(day)s")
        return text % {"day": short_day(cycle.ends_on, today)}
    return f"{Decision(cycle.decision).label}: {beside(cycle)}"


def beside(cycle: Cycle) -> str:
    """The result beside the prediction."""
    given = {"predicted": number(cycle.predicted), "result": number(cycle.result)}
    if cycle.result is None:
        return _("predicted %(predicted)s, no result") % given
    return _("predicted %(predicted)s, found %(result)s") % given


@dataclass(frozen=True, slots=True)
class Running:
    """A cycle as a huddle hears of it. `day` of `days`; `ends`: how near its last day is, in words, "" while far."""

    url: str
    title: str
    unit: str
    question: str
    predicted: str
    says: str
    ends: str
    late: bool


def tests_at(user: "User", unit: "Unit", today: date) -> tuple[list[Running], list[Running]]:
    """Cycles that run at a unit and below it, the one that ends first on top, and those that ended in the last week,
    the newest first. Of tickets that `user` may see. One statement.
    """
    near = Q(state=State.DO) | Q(state=State.ENDED, ended_at__date__gt=today - timedelta(days=HEARD))
    found = (
        Cycle.objects.visible_to(user)
        .filter(near, ticket__organisation=unit.organisation_id, ticket__unit__path__startswith=unit.path)
        .select_related("ticket__unit")
        .order_by("ends_on", "pk")
    )
    rows = [(cycle, _running(cycle, unit, today)) for cycle in found]
    ended = sorted((row for row in rows if row[0].ended_at), key=lambda row: str(row[0].ended_at), reverse=True)
    return [row for cycle, row in rows if not cycle.ended_at][:MOST_HEARD], [row for _c, row in ended][:MOST_HEARD]


def _running(cycle: Cycle, unit: "Unit", today: date) -> Running:
    assert cycle.starts_on is not None
    assert cycle.ends_on is not None
    left = (cycle.ends_on - today).days
    over = cycle.state == State.ENDED
    day = {"n": max(1, (today - cycle.starts_on).days + 1), "all": (cycle.ends_on - cycle.starts_on).days + 1}
    return Running(
        url=reverse("improvement:cycle", args=[cycle.pk]),
        title=cycle.ticket.title,
        unit="" if cycle.ticket.unit_id == unit.pk else cycle.ticket.unit.name,
        question=cycle.question,
        predicted=number(cycle.predicted),
        says=_says(cycle, today, late=left < 0) if over or left < 0 else _("day %(n)s of %(all)s") % day,
        ends="" if over or not 0 <= left <= max(NUDGED) else _near(left),
        late=not over and left < 0,
    )


def _near(left: int) -> str:
    if left == 0:
        return _("ends today: study it and decide")
    return ngettext("ends in %(n)s day", "ends in %(n)s days", left) % {"n": left}


def number(value: float | None) -> str:
    """A number as the reader's language writes it, without needless zeros."""
    return "" if value is None else formats.number_format(f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}")


def numbers_of(cycle: Cycle, today: date) -> Sequence[tuple[str, str, str, str]]:
    """Numbers that were collected: day, number, note, and the day as a form writes it. One statement."""
    return [
        (short_day(row.day, today), number(row.value), row.said, row.day.isoformat())
        for row in cycle.numbers.order_by("day")
    ]
