"""Beginning a ticket of improvement work, writing it, moving it through the kanban, saying what it began from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from boards.models import Measure, ReasonCode, Signal
from huddles.actions.issues.history import checked_text
from huddles.models import Issue
from improvement.actions import word_index
from improvement.models import Goal, Origin, Paper, Ticket, TicketStep, WorkLimit
from improvement.queries.ticket_people import coaches_for, owners_for
from improvement.rules import tickets as rules
from improvement.rules.tickets import From, Size, Stage
from org import audit, live
from org.models import Unit, User
from org.rules import NotAllowed

_NUMBERS: Final = 0x48_42_54_4B  # the name of the lock under which numbers are given, one organisation at a time


@dataclass(frozen=True, slots=True)
class Begun:
    """What a ticket begins from or serves: one thing. `measure` with `day` is a red day; `reason` a bar of the
    Pareto, with `measure` that of this measure alone; `address` is a page of rounds.
    """

    issue: Issue | None = None
    measure: Measure | None = None
    day: date | None = None
    reason: ReasonCode | None = None
    signal: Signal | None = None
    goal: Goal | None = None
    address: str = ""

    @property
    def kind(self) -> From:
        """Which of the things it is."""
        if self.address:
            return From.ROUND
        if self.reason is not None:
            return From.REASON
        if self.measure is not None:
            return From.RED_DAY
        return next(kind for kind in (From.ISSUE, From.SIGNAL, From.GOAL) if getattr(self, kind.value) is not None)


@dataclass(frozen=True, slots=True)
class Words:
    """What a ticket says of itself, who has it in hand, and until when."""

    title: str
    problem: str = ""
    measure: Measure | None = None
    owner: User | None = None
    coach: User | None = None
    due_on: date | None = None


@transaction.atomic
def begin(
    *, uid: UUID, unit: Unit, size: Size, words: Words, origin: Begun | None = None, by: User, at: datetime
) -> Ticket:
    """Begin a ticket at `unit`, among its ideas. The same `uid` again gives the one that is there already. Raises
    NotAllowed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERS, unit.organisation_id])
    known = Ticket.objects.filter(uid=uid).first()
    if known is not None:
        return known
    if unit.closed_on is not None:
        raise NotAllowed(_("This unit is closed."), field="unit")
    theirs = Ticket.objects.filter(organisation=unit.organisation_id)
    ticket = Ticket(
        organisation_id=unit.organisation_id,
        unit=unit,
        number=(theirs.aggregate(last=Max("number"))["last"] or 0) + 1,
        uid=uid,
        size=size,
        position=_top(unit.pk, Stage.IDEA),
        created_at=at,
        created_by=by,
        moved_at=at,
    )
    for name, value in _checked(ticket, words).items():
        setattr(ticket, name, value)
    ticket.save(force_insert=True)
    TicketStep.objects.create(ticket=ticket, stage=ticket.stage, at=at, by=by)
    _record("ticket.begun", ticket, by, at, size=ticket.size)
    if origin is not None:
        link(ticket=ticket, origin=origin, by=by, at=at)
    _tell(ticket)
    return ticket


@transaction.atomic
def write(*, ticket: Ticket, words: Words, size: Size | None = None, by: User, at: datetime) -> Ticket:
    """Write down what a ticket says; None leaves its size. Raises NotAllowed."""
    ticket = _locked(ticket)
    new = _checked(ticket, words) | ({} if size is None else {"size": size})
    changed = [name for name, value in new.items() if getattr(ticket, name) != value]
    for name in changed:
        setattr(ticket, name, new[name])
    if ticket.stage in rules.OWNED and ticket.owner is None:
        raise NotAllowed(_("What is in work has an owner. Choose one."), field="owner")
    if changed:
        ticket.save(update_fields=changed)
        _record("ticket.written", ticket, by, at, fields=", ".join(changed))
        _tell(ticket)
    return ticket


@transaction.atomic
def move(
    *,
    ticket: Ticket,
    to: Stage,
    above: Ticket | None = None,
    outcome: str = "",
    over_reason: str = "",
    by: User,
    at: datetime,
) -> Ticket:
    """Move a ticket to a column, on top or just above another one. Into work it takes an owner – whoever moves it,
    where there is none – and room: over the limit of the unit only with a reason. What ends says what came of it.
    Raises NotAllowed.
    """
    # The unit is locked first, so that two who take the last room at the same moment come one after the other.
    Unit.objects.select_for_update(no_key=True).get(pk=ticket.unit_id)
    ticket = _locked(ticket)
    came, ticket.position = Stage(ticket.stage), _place(ticket, to, above)
    if to == came:
        ticket.save(update_fields=["position"])
        _tell(ticket)
        return ticket
    if to == Stage.WORK:
        ticket.over_reason = _room(ticket, over_reason)
        ticket.begun_at = ticket.begun_at or at
    if to in rules.OWNED and ticket.owner is None:
        if not owners_for(ticket.unit).filter(pk=by.pk).exists():
            raise NotAllowed(_("What is in work has an owner. Choose one."), field="owner")
        ticket.owner = by
    if came in rules.OVER and to not in rules.OVER:
        ticket.outcome = ""  # it stays in the steps: what comes of it now is asked anew
    if to in rules.OVER:
        ticket.outcome = checked_text(outcome, rules.TEXT, required=str(rules.ASKS[to]), field="outcome")
    ticket.ended_at = at if to in rules.OVER else None
    ticket.stage, ticket.moved_at = to, at
    ticket.save()
    said = ticket.outcome if to in rules.OVER else ticket.over_reason if to == Stage.WORK else ""
    TicketStep.objects.create(ticket=ticket, stage=to, said=said, at=at, by=by)
    _record("ticket.moved", ticket, by, at, stage=to.value, came_from=came.value)
    _tell(ticket)
    return ticket


@transaction.atomic
def link(*, ticket: Ticket, origin: Begun, by: User, at: datetime) -> Origin:
    """Say what a ticket began from, or serves. Twice is once. Raises NotAllowed."""
    things = (origin.issue, origin.measure, origin.reason, origin.signal, origin.goal)
    if any(thing is not None and thing.organisation_id != ticket.organisation_id for thing in things):
        raise NotAllowed(_("This belongs to another organization."))
    made, new = Origin.objects.get_or_create(
        ticket=ticket,
        kind=origin.kind,
        issue=origin.issue,
        measure=origin.measure,
        day=origin.day,
        reason=origin.reason,
        signal=origin.signal,
        goal=origin.goal,
        address=origin.address,
        defaults={"added_at": at, "added_by": by},
    )
    if new:
        _record("ticket.linked", ticket, by, at, origin=made.kind)
    return made


@transaction.atomic
def unlink(*, origin: Origin, by: User, at: datetime) -> None:
    """Take away what a ticket was said to have begun from."""
    _record("ticket.unlinked", origin.ticket, by, at, origin=origin.kind)
    origin.delete()


@transaction.atomic
def limit(*, unit: Unit, most: int, by: User, at: datetime) -> WorkLimit:
    """Say how many tickets `unit` has in work at once. Raises NotAllowed."""
    if not 1 <= most <= rules.LARGEST_LIMIT:
        raise NotAllowed(_("Say a number from 1 to %(most)s.") % {"most": rules.LARGEST_LIMIT}, field="most")
    made, _new = WorkLimit.objects.update_or_create(unit=unit, defaults={"most": most})
    audit.record(
        "work_limit.set", subject=unit, by=by, at=at, organisation_id=unit.organisation_id, unit_id=unit.pk,
        facts={"most": most},
    )  # fmt: skip
    live.publish(live.unit_topic(unit.pk), {"work": 1})
    return made


def _checked(ticket: Ticket, words: Words) -> dict[str, Any]:
    if words.measure is not None and words.measure.organisation_id != ticket.organisation_id:
        raise NotAllowed(_("Choose a measure of this organization."), field="measure")
    for name, people in (("owner", owners_for), ("coach", coaches_for)):
        person = getattr(words, name)
        if (
            person is not None
            and person.pk != getattr(ticket, f"{name}_id")
            and not people(ticket.unit).filter(pk=person.pk).exists()
        ):
            raise NotAllowed(_("Choose somebody who works on improvements of this unit."), field=name)
    return {
        "title": checked_text(
            words.title, rules.TITLE, required=_("Say in a few words what it is about."), field="title"
        ),
        "problem": checked_text(words.problem, rules.TEXT, field="problem"),
        "measure": words.measure,
        "owner": words.owner,
        "coach": words.coach,
        "due_on": words.due_on,
    }


def _room(ticket: Ticket, reason: str) -> str:
    """Why there is one more in work than the unit wants; "" where there is room. Raises NotAllowed."""
    in_work = Ticket.objects.filter(unit=ticket.unit_id, stage=Stage.WORK).exclude(pk=ticket.pk).count()
    known = WorkLimit.objects.filter(unit=ticket.unit_id).first()
    most = known.most if known else rules.USUAL_LIMIT
    if not rules.is_over_limit(in_work, most):
        return ""
    full = _("%(n)s of %(most)s are in work here. Finish one or put one back, or say why this one cannot wait.")
    return checked_text(reason, 200, required=full % {"n": in_work, "most": most}, field="over_reason")


def _place(ticket: Ticket, to: Stage, above: Ticket | None) -> int:
    """The position just above another ticket of the column, which with all below it makes room; else on top."""
    column = Ticket.objects.filter(unit=ticket.unit_id, stage=to).exclude(pk=ticket.pk)
    there = column.filter(pk=above.pk).values_list("position", flat=True).first() if above is not None else None
    if there is None:
        return _top(ticket.unit_id, to)
    order = list(column.order_by("position", "pk").values_list("pk", flat=True))
    order.insert(order.index(above.pk), ticket.pk)  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE improvement_ticket AS t SET position = o.place"
            " FROM unnest(%s::int[]) WITH ORDINALITY AS o (id, place) WHERE t.id = o.id",
            [order],
        )
    return order.index(ticket.pk) + 1


def _top(unit_id: int, stage: Stage) -> int:
    first = Ticket.objects.filter(unit=unit_id, stage=stage).aggregate(first=Min("position"))["first"]
    return 0 if first is None else first - 1


def _locked(ticket: Ticket) -> Ticket:
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    return Ticket.objects.whole().get(pk=ticket.pk)


def _tell(ticket: Ticket) -> None:
    word_index.renew(ticket.pk)
    live.publish(live.unit_topic(ticket.unit_id), {"work": ticket.pk})
    for paper in Paper.objects.filter(ticket=ticket.pk).values_list("pk", flat=True):
        live.publish(live.paper_topic(paper), {"head": 0})


def _record(verb: str, ticket: Ticket, by: User, at: datetime, **facts: audit.Fact) -> None:
    audit.record(
        verb,
        subject=ticket,
        by=by,
        at=at,
        organisation_id=ticket.organisation_id,
        unit_id=ticket.unit_id,
        facts={"ticket": ticket.number, **facts},
    )
