"""Cycles as pages show them: the ramp of a ticket, one cycle with its result beside its prediction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from boards.queries.words import short_day
from improvement.models import Cycle, Ticket
from improvement.rules.cycles import Decision, Scale, State

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


def number(value: float | None) -> str:
    """A number as the reader's language writes it, without needless zeros."""
    return "" if value is None else formats.number_format(f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}")


def numbers_of(cycle: Cycle, today: date) -> Sequence[tuple[str, str, str, str]]:
    """Numbers that were collected: day, number, note, and the day as a form writes it. One statement."""
    return [
        (short_day(row.day, today), number(row.value), row.said, row.day.isoformat())
        for row in cycle.numbers.order_by("day")
    ]
