"""Planning a PDSA cycle, starting it with its prediction, collecting, ending it with a decision."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from boards.actions.remarks import annotate
from boards.models import Measure
from boards.queries.words import short_day
from huddles.actions.issues.history import checked_text
from improvement.actions import word_index
from improvement.models import Cycle, CycleNumber, Ticket
from improvement.rules import cycles as rules
from improvement.rules.cycles import Decision, Scale, State
from org import audit, live
from org.models import User
from org.rules import NotAllowed


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written before a cycle starts; it stands while the cycle runs, so that nobody predicts afterwards."""

    question: str = ""
    change: str = ""
    predicted: float | None = None
    why: str = ""
    scale: str = ""
    measure: Measure | None = None
    counted: str = ""
    where: str = ""
    stop_rule: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    why_longer: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is written while a cycle runs and when it ends."""

    done: str = ""
    surprises: str = ""
    result: float | None = None
    no_result: str = ""
    learned: str = ""
    then: str = ""


_LENGTHS: Final = {
    "question": rules.LINE, "change": rules.TEXT, "why": rules.TEXT, "counted": rules.LINE, "where": rules.LINE,
    "stop_rule": rules.LINE, "why_longer": rules.LINE, "done": rules.TEXT, "surprises": rules.TEXT,
    "no_result": rules.LINE, "learned": rules.TEXT, "then": rules.TEXT,
}  # fmt: skip


@transaction.atomic
def plan(
    *, uid: UUID, ticket: Ticket, said: Plan | None = None, follows: Cycle | None = None, by: User, at: datetime
) -> Cycle:
    """Begin to plan a cycle of a ticket; one that `follows` another takes over its question, measure and stop rule, one
    scale larger where that was adopted. The same `uid` again gives the one that is there, and whoever has begun one
    and written nothing finds that. Raises NotAllowed.
    """
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    known = Cycle.objects.filter(uid=uid).first()
    if known is not None:
        if known.ticket_id != ticket.pk:
            raise NotAllowed(_("This form is of another page. Open this page again."))
        return known
    if follows is not None and follows.ticket_id != ticket.pk:
        raise NotAllowed(_("A cycle follows one of the same ticket."), field="follows")
    begun = _checked(ticket, said or _carried(ticket, follows))
    empty = Cycle.objects.filter(ticket=ticket, follows=follows, created_by=by, state=State.PLAN, **begun).first()
    if empty is not None:
        return empty
    number = (Cycle.objects.filter(ticket=ticket).aggregate(last=Max("number"))["last"] or 0) + 1
    cycle = Cycle(ticket=ticket, uid=uid, number=number, follows=follows, created_at=at, created_by=by)
    _put(cycle, begun)
    cycle.save(force_insert=True)
    _record("cycle.planned", cycle, by, at)
    _tell(cycle)
    return cycle


def _carried(ticket: Ticket, follows: Cycle | None) -> Plan:
    if follows is None:
        return Plan(measure=ticket.measure)
    scale = rules.next_scale(follows.scale) if follows.decision == Decision.ADOPT else follows.scale
    return Plan(
        question=follows.question,
        change=follows.change,
        scale=scale,
        measure=follows.measure,
        counted=follows.counted,
        where=follows.where,
        stop_rule=follows.stop_rule,
    )


@transaction.atomic
def write(*, cycle: Cycle, said: Plan, by: User, at: datetime) -> Cycle:
    """Write the plan of a cycle that has not started. Raises NotAllowed."""
    cycle = _locked(cycle)
    if cycle.state != State.PLAN:
        raise NotAllowed(_("The plan stands since the cycle started: a prediction is made before."))
    changed = _put(cycle, _checked(cycle.ticket, said))
    if changed:
        cycle.save(update_fields=changed)
        _record("cycle.written", cycle, by, at, fields=", ".join(changed))
        _tell(cycle)
    return cycle


@transaction.atomic
def start(*, cycle: Cycle, by: User, at: datetime) -> Cycle:
    """Let a cycle start. Without question, prediction, scale, measure, stop rule and end it is refused; it is marked on
    the chart of its measure. Raises NotAllowed with the field that is missing.
    """
    cycle = _locked(cycle)
    if cycle.state != State.PLAN:
        raise NotAllowed(_("This cycle has started."))
    rules.check_start(cycle)
    today = _day(cycle, at)
    assert cycle.starts_on is not None
    if cycle.starts_on > today:
        text = _("It starts on %(day)s. Start it on that day, or plan an earlier one.")
        raise NotAllowed(text % {"day": short_day(cycle.starts_on, today)}, field="starts_on")
    if cycle.starts_on < today - rules.LONGEST_AGO:
        raise NotAllowed(_("Its first day lies more than a year back. Is the year right?"), field="starts_on")
    cycle.state, cycle.started_at = State.DO, at
    cycle.save(update_fields=["state", "started_at"])
    _mark(cycle, cycle.starts_on, str(rules.STARTS), by, at)
    _record("cycle.started", cycle, by, at, scale=cycle.scale)
    _tell(cycle)
    return cycle


@transaction.atomic
def find(*, cycle: Cycle, said: Found, by: User, at: datetime) -> Cycle:
    """Write down what was done and found while a cycle runs. Raises NotAllowed."""
    cycle = _running(cycle)
    changed = _put(cycle, _texts(said))
    if changed:
        cycle.save(update_fields=changed)
        _record("cycle.found", cycle, by, at, fields=", ".join(changed))
        _tell(cycle)
    return cycle


@transaction.atomic
def count(
    *, cycle: Cycle, day: date, value: float | None, said: str = "", by: User, at: datetime
) -> CycleNumber | None:
    """Write down the number of a day, or with None take it away. Raises NotAllowed for a day outside the cycle."""
    cycle = _running(cycle)
    if value is None:
        if cycle.numbers.filter(day=day).delete()[0]:
            _record("cycle.counted", cycle, by, at, day=day.isoformat())
            _tell(cycle)
        return None
    assert cycle.starts_on is not None
    if not cycle.starts_on <= day <= _day(cycle, at):
        raise NotAllowed(_("Choose a day since the cycle started."), field="day")
    line = checked_text(said, rules.LINE, field="said")
    given = {"value": value, "said": line, "entered_at": at, "entered_by": by}
    made, _new = CycleNumber.objects.update_or_create(cycle=cycle, day=day, defaults=given)
    _record("cycle.counted", cycle, by, at, day=day.isoformat())
    _tell(cycle)
    return made


@transaction.atomic
def end(*, cycle: Cycle, decision: Decision | None, said: Found, by: User, at: datetime) -> Cycle:
    """End a cycle: result beside prediction, what was learned, and adopt, adapt or abandon. Raises NotAllowed with the
    field that is missing; what was written is not kept then, since the page has it.
    """
    cycle = _running(cycle)
    changed = _put(cycle, _texts(said) | {"decision": decision.value if decision else ""})
    rules.check_end(cycle)
    cycle.state, cycle.ended_at = State.ENDED, at
    cycle.save(update_fields=[*changed, "state", "ended_at"])
    ended = str(rules.ENDS)
    if decision == Decision.ADOPT:  # what is kept from here on may be a new level: a candidate for new limits
        ended = _("PDSA %(n)s adopted, new limits may begin here: %(title)s")
    _mark(cycle, _day(cycle, at), ended, by, at)
    _record("cycle.ended", cycle, by, at, decision=cycle.decision)
    _tell(cycle)
    return cycle


@transaction.atomic
def drop(*, cycle: Cycle, by: User, at: datetime) -> None:
    """Take away a plan that never started. Raises NotAllowed."""
    cycle = _locked(cycle)
    if cycle.state != State.PLAN:
        raise NotAllowed(_("A cycle that has started is ended, not taken away."))
    _record("cycle.dropped", cycle, by, at)
    _tell(cycle)
    cycle.delete()


def _checked(ticket: Ticket, said: Plan) -> dict[str, Any]:
    new = _texts(said)
    if said.measure is not None and said.measure.organisation_id != ticket.organisation_id:
        raise NotAllowed(_("Choose a measure of this organization."), field="measure")
    if said.scale not in ("", *Scale.values):
        raise NotAllowed(str(rules.BEFORE["scale"]), field="scale")
    if said.starts_on and said.ends_on and said.ends_on < said.starts_on:
        raise NotAllowed(_("The end lies before the start."), field="ends_on")
    return new


def _texts(said: Plan | Found) -> dict[str, Any]:
    new = {each.name: getattr(said, each.name) for each in fields(said)}
    return {
        name: checked_text(value, _LENGTHS[name], field=name) if name in _LENGTHS else value
        for name, value in new.items()
    }


def _put(cycle: Cycle, new: dict[str, Any]) -> list[str]:
    changed = [name for name, value in new.items() if getattr(cycle, name) != value]
    for name in changed:
        setattr(cycle, name, new[name])
    return changed


def _mark(cycle: Cycle, day: date, text: str, by: User, at: datetime) -> None:
    """Draw the cycle on the chart of its measure."""
    if cycle.measure is not None:
        words = text % {"n": cycle.number, "title": cycle.ticket.title}
        annotate(unit=cycle.ticket.unit, measure=cycle.measure, day=day, text=words[:120], by=by, at=at)


def _running(cycle: Cycle) -> Cycle:
    cycle = _locked(cycle)
    require_running(cycle)
    return cycle


def require_running(cycle: Cycle) -> None:
    """Raises NotAllowed where a cycle has not started, or has ended."""
    if cycle.state != State.DO:
        raise NotAllowed(
            _("This cycle has ended.") if cycle.state == State.ENDED else _("This cycle has not started yet.")
        )


def _locked(cycle: Cycle) -> Cycle:
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    return Cycle.objects.select_related("ticket__unit", "ticket__organisation", "measure").get(pk=cycle.pk)


def _day(cycle: Cycle, at: datetime) -> date:
    return at.astimezone(cycle.ticket.organisation.zone).date()


def _tell(cycle: Cycle) -> None:
    word_index.renew(cycle.ticket_id)
    live.publish(live.unit_topic(cycle.ticket.unit_id), {"work": cycle.ticket_id})


def _record(verb: str, cycle: Cycle, by: User, at: datetime, **facts: audit.Fact) -> None:
    ticket = cycle.ticket
    audit.record(
        verb,
        subject=cycle,
        by=by,
        at=at,
        organisation_id=ticket.organisation_id,
        unit_id=ticket.unit_id,
        facts={"ticket": ticket.number, "cycle": cycle.number, **facts},
    )
