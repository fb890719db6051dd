"""Rows of a paper: causes, countermeasures, steps of the plan – added, written, taken away and put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from improvement.actions.papers import ROWS, locked, require_own, tell
from improvement.models import Cause, Countermeasure, Driver, Paper, PlanStep
from improvement.queries.ticket_people import owners_for
from improvement.rules import papers as rules
from improvement.rules.papers import Course, Place, Section, Standing
from org import audit
from org.models import User
from org.rules import NotAllowed

#: The field of a refusal because somebody else was there meanwhile.
MEANWHILE: Final = "seen"

Row = Cause | Countermeasure | PlanStep | Driver
Values = Mapping[str, Any]

#: The section in which the rows of a kind stand, how many fit, and what each may be told.
SECTION_OF: Final[Mapping[type[models.Model], Section]] = {
    Cause: Section.CAUSES,
    Countermeasure: Section.COUNTERMEASURES,
    PlanStep: Section.PLAN,
    Driver: Section.DRIVERS,
}
_MOST: Final[Mapping[type[models.Model], int]] = {
    Cause: rules.MOST_CAUSES,
    Countermeasure: rules.MOST_COUNTERMEASURES,
    PlanStep: rules.MOST_STEPS,
    Driver: rules.MOST_DRIVERS,
}
FIELDS: Final[Mapping[type[models.Model], tuple[str, ...]]] = {
    Cause: ("text", "branch", "reason", "standing", "fact"),
    Countermeasure: ("text", "cause", "effect", "effort", "side_effects", "loses", "course", "cycle"),
    PlanStep: ("what", "owner", "due_on"),
    Driver: ("text", "place", "measure", "part", "course", "ticket"),
}


@transaction.atomic
def add(
    *,
    paper: Paper,
    kind: type[Row],
    uid: UUID,
    said: Values,
    of: Cause | Driver | None = None,
    by: User,
    at: datetime,
) -> Row:
    """Add a row; a cause may answer "why?" `of` another one, a driver hang on another. The same `uid` again gives the
    one that is there. Raises NotAllowed.
    """
    paper = locked(paper)
    every = cast("models.Manager[Any]", kind._default_manager)
    known = every.filter(uid=uid).first()
    if known is not None:
        require_own(known.paper_id, paper)
        return cast("Row", known)
    rows = every.filter(paper=paper)
    _check_room(paper, kind)
    row = kind(paper=paper, uid=uid, made_at=at, made_by=by)
    row.position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
    if isinstance(of, Cause):
        cast("Cause", row).of = _asked_why(paper, of)
    elif of is not None:
        cast("Driver", row).of = _standing(paper, of)
    _put(row, said, by, at)
    row.save(force_insert=True)
    _record("paper_row.added", row, paper, by, at)
    return row


@transaction.atomic
def write(*, row: Row, said: Values, seen: int, by: User, at: datetime) -> Row:
    """Write a row. `seen` is the revision that the writer had before their eyes. Raises NotAllowed, also where somebody
    else has changed it since (with the field MEANWHILE): nothing is written over unseen. What somebody has taken away
    comes back.
    """
    paper, row = _locked_row(row)
    before = {name: getattr(row, name) for name in FIELDS[type(row)]}
    _put(row, said, by, at)
    changed = [name for name, value in before.items() if getattr(row, name) != value]
    back = row.gone_at is not None
    if not changed and not back:
        return row
    if seen != row.revision:
        raise NotAllowed(_gone_meanwhile() if back else _changed_meanwhile(), field=MEANWHILE)
    row.gone_at = None
    row.revision += 1
    row.save()
    _record("paper_row.written", row, paper, by, at, fields=", ".join(changed))
    return row


@transaction.atomic
def tick(*, step: PlanStep, done: bool, by: User, at: datetime) -> PlanStep:
    """Say that a step is done, or that it is not."""
    paper, row = _locked_row(step)
    found = cast("PlanStep", row)
    if done != (found.done_at is not None):
        found.done_at, found.done_by = (at, by) if done else (None, None)
        found.revision += 1
        found.save(update_fields=["done_at", "done_by", "revision"])
        _record("paper_row.done" if done else "paper_row.opened", found, paper, by, at)
    return found


@transaction.atomic
def take_away(*, row: Row, gone: bool = True, by: User, at: datetime) -> Row:
    """Take a row away, or put it back as it was. Answers to "why?" go and come with their question. Raises NotAllowed
    where there is no room for what comes back.
    """
    paper, row = _locked_row(row)
    if gone != (row.gone_at is not None):
        if not gone:
            _check_room(paper, type(row))
        row.gone_at = at if gone else None
        row.revision += 1
        row.save(update_fields=["gone_at", "revision"])
        _record("paper_row.taken_away" if gone else "paper_row.put_back", row, paper, by, at)
    return row


def _check_room(paper: Paper, kind: type[Row]) -> None:
    rows = cast("models.Manager[Any]", kind._default_manager).filter(paper=paper, gone_at__isnull=True)
    if rows.count() >= _MOST[kind]:
        raise NotAllowed(_("%(most)s fit on one page. Take one away first.") % {"most": _MOST[kind]})


def _changed_meanwhile() -> str:
    return _("Somebody else has changed this meanwhile. Look at what stands, and keep yours again.")


def _gone_meanwhile() -> str:
    return _("Somebody else has taken this away meanwhile. Keep yours again to put it back.")


def _locked_row(row: Row) -> tuple[Paper, Row]:
    paper = locked(row.paper)
    found = cast("models.Manager[Any]", type(row)._default_manager).get(pk=row.pk)
    return paper, cast("Row", found)


def _put(row: Row, said: Values, by: User, at: datetime) -> None:
    """Set what is said, checked. Raises NotAllowed with the field."""
    unknown = set(said) - set(FIELDS[type(row)])
    if unknown:
        raise TypeError(f"not of a {type(row).__name__}: {unknown}")
    before = {name: getattr(row, name) for name in said}
    for name, value in said.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if isinstance(row, Cause):
        _check_cause(row, before, by, at)
    elif isinstance(row, Countermeasure):
        _check_countermeasure(row)
    elif isinstance(row, Driver):
        _check_driver(row)
    else:
        _check_step(row, before)


def _line(row: Row, name: str, required: str = "") -> None:
    setattr(row, name, checked_text(getattr(row, name), rules.LINE, required=required, field=name))


def _check_cause(row: Cause, before: Values, by: User, at: datetime) -> None:
    _line(row, "text", _("Say what the cause is."))
    _line(row, "fact")
    if row.of_id is not None:
        row.branch = ""
    elif not row.branch:
        raise NotAllowed(_("Choose where the cause lies."), field="branch")
    if row.reason is not None and row.reason.organisation_id != row.paper.ticket.organisation_id:
        raise NotAllowed(_("Choose a reason of this organization."), field="reason")
    if row.standing != Standing.GUESS and not row.fact:
        raise NotAllowed(_("Say how it was checked: what was seen, counted or asked?"), field="fact")
    if row.standing != before.get("standing", row.standing):
        row.checked_at, row.checked_by = (None, None) if row.standing == Standing.GUESS else (at, by)


def _check_countermeasure(row: Countermeasure) -> None:
    _line(row, "text", _("Say what is to be done."))
    _line(row, "side_effects")
    _line(row, "loses")
    if row.cause is not None and row.cause.paper_id != row.paper_id:
        raise NotAllowed(_("Choose a cause of this page."), field="cause")
    if row.cycle is not None and row.cycle.ticket_id != row.paper.ticket_id:
        raise NotAllowed(_("Choose a cycle of this ticket."), field="cycle")
    if row.course not in {Course.IDEA, Course.DROPPED} and not row.loses:
        text = _("Before it is chosen: who may be worse off by it? “Nobody that we know of” is an answer.")
        raise NotAllowed(text, field="loses")


def _check_step(row: PlanStep, before: Values) -> None:
    _line(row, "what", _("Say what is to be done."))
    if row.owner is None or row.owner == before.get("owner"):
        return
    if not owners_for(row.paper.ticket.unit).filter(pk=row.owner.pk).exists():
        raise NotAllowed(_("Choose somebody who works on improvements of this unit."), field="owner")


def _check_driver(row: Driver) -> None:
    _line(row, "text", _("Say what it is."))
    organisation = row.paper.ticket.organisation_id
    fits = rules.BELOW[row.of.place] if row.of is not None else (Place.PRIMARY,)
    if row.place not in fits:
        raise NotAllowed(_("An idea hangs on a driver, a secondary driver on a primary one."), field="place")
    if row.measure is not None and row.measure.organisation_id != organisation:
        raise NotAllowed(_("Choose a measure of this organization."), field="measure")
    if row.ticket is not None and row.ticket.organisation_id != organisation:
        raise NotAllowed(_("This belongs to another organization."), field="ticket")
    if row.place != Place.IDEA:
        row.course, row.ticket = "", None
    else:
        row.course = row.course or Course.IDEA


def _standing(paper: Paper, of: Driver) -> Driver:
    if of.paper_id != paper.pk or of.gone_at is not None:
        raise NotAllowed(_("This driver is no longer there."))
    return of


def _asked_why(paper: Paper, of: Cause) -> Cause:
    """The cause that is asked, where it and everything above it is still there."""
    depth = 0
    asked: int | None = of.pk
    while asked is not None:
        above = Cause.objects.filter(paper=paper, pk=asked, gone_at__isnull=True).first()
        if above is None:
            raise NotAllowed(_("This cause is no longer there."))
        asked, depth = above.of_id, depth + 1
    if depth > rules.DEEPEST:
        raise NotAllowed(_("Five times why is deep enough: look for a fact here."))
    return of


def _record(verb: str, row: Row, paper: Paper, by: User, at: datetime, **facts: audit.Fact) -> None:
    ticket = paper.ticket
    audit.record(
        verb,
        subject=row,
        by=by,
        at=at,
        organisation_id=ticket.organisation_id,
        unit_id=ticket.unit_id,
        facts={"ticket": ticket.number, **facts},
    )
    tell(paper, ROWS, SECTION_OF[type(row)])
