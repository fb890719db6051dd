"""Promises and thanks in words. `now` is aware and local to the unit."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from boards.queries.words import short_day
from org.models import User
from rounding.models import Promise, Recognition
from rounding.rules.rounds import PromiseState

#: The sign of each state. One that is open has none while there is time; a late one has its own.
SIGNS = {PromiseState.OPEN: "", PromiseState.KEPT: "met", PromiseState.WITHDRAWN: "missed"}
LATE = "missed"


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise and where it stands; `sign` is "" while there is time. `mine`: the reader made it, and says what came
    of it.
    """

    pk: int
    text: str
    unit: str
    unit_id: int
    by: str
    state: str
    sign: str
    stands: str
    answer: str
    late: bool
    mine: bool
    revision: int


@dataclass(frozen=True, slots=True)
class ThanksLine:
    """Thanks to a colleague. `read_out`: when a huddle heard them, "" where they wait."""

    pk: int
    name: str
    text: str
    by: str
    when: str
    read_out: str


def promise_line(row: Promise, user: User, now: datetime) -> PromiseLine:
    """A promise, with unit and who made it, for `user`."""
    late = row.state == PromiseState.OPEN and row.due_on < now.date()
    return PromiseLine(
        pk=row.pk,
        text=row.text,
        unit=row.unit.name,
        unit_id=row.unit_id,
        by=row.by.name,
        state=row.state,
        sign=LATE if late else SIGNS[PromiseState(row.state)],
        stands=_stands(row, late, now),
        answer=row.answer,
        late=late,
        mine=row.by_id == user.pk,
        revision=row.revision,
    )


def _stands(row: Promise, late: bool, now: datetime) -> str:
    day = short_day(row.due_on, now.date())
    if row.ended_at is not None:
        ended = {"day": _day(row.ended_at, now)}
        if row.state == PromiseState.KEPT:
            return _("kept %(day)s") % ended
        return _("could not be kept, said %(day)s") % ended
    if late:
        return _("late since %(when)s") % {"when": day}
    return _("today") if row.due_on == now.date() else _("by %(when)s") % {"when": day}


def thanks_line(row: Recognition, now: datetime) -> ThanksLine:
    """Thanks, with who said them."""
    return ThanksLine(
        pk=row.pk,
        name=row.name,
        text=row.text,
        by=row.by.name,
        when=_day(row.at, now),
        read_out="" if row.read_out_at is None else _day(row.read_out_at, now),
    )


def _day(at: datetime, now: datetime) -> str:
    return short_day(at.astimezone(now.tzinfo).date(), now.date())
