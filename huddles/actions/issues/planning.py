"""Days on which a big issue is looked at before it is done.

What is planned belongs to whoever is on it: an issue that goes elsewhere, is done or becomes small has no such days any
more (`history.write`); those on which it was looked at stay.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history
from huddles.actions.issues.history import Said, checked_text
from huddles.models import CheckIn, Issue
from huddles.queries.terms import Terms, terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import Act
from org.models import User
from org.rules import NotAllowed


@transaction.atomic
def plan_check_in(*, issue: Issue, day: date, by: User, at: datetime, look_at: str = "") -> Issue:
    """Plan a day on which a big issue is looked at, and what for. Raises NotAllowed."""
    issue, terms = looked_at(issue, Act.CHECK_ADD, at)
    _check_day(issue, day, terms, at)
    if issue.check_ins.filter(seen="").count() >= rules.MOST_CHECK_INS:
        raise NotAllowed(_("At most %(n)s check-ins are planned at once.") % {"n": rules.MOST_CHECK_INS})
    look_at = checked_text(look_at, rules.LOOK_LENGTH)
    CheckIn.objects.create(issue=issue, day=day, look_at=look_at)
    _write(issue, Act.CHECK_ADD, terms, day, by, at, look_at)
    return issue


@transaction.atomic
def move_check_in(*, issue: Issue, check_in: int, day: date, by: User, at: datetime, look_at: str = "") -> Issue:
    """Move a check-in that is still open to another day, and say what is looked at then. Raises NotAllowed."""
    issue, terms = looked_at(issue, Act.CHECK_MOVE, at)
    found = open_one(issue, check_in)
    look_at = checked_text(look_at, rules.LOOK_LENGTH)
    if (found.day, found.look_at) == (day, look_at):
        return issue
    if found.day != day:
        _check_day(issue, day, terms, at)
    found.day, found.look_at = day, look_at
    found.save()
    _write(issue, Act.CHECK_MOVE, terms, day, by, at, look_at)
    return issue


@transaction.atomic
def drop_check_in(*, issue: Issue, check_in: int, by: User, at: datetime) -> Issue:
    """Take a check-in off that is still open. Raises NotAllowed."""
    issue, terms = looked_at(issue, Act.CHECK_DROP, at)
    found = open_one(issue, check_in)
    found.delete()
    _write(issue, Act.CHECK_DROP, terms, found.day, by, at, found.look_at)
    return issue


def propose(issue: Issue, every: int | None, by: User, at: datetime) -> None:
    """Plan the days on which a big issue that somebody is on is looked at until it is done: each `every` days, or as
    its place usually does. Where some are planned already, and for any other issue, nothing happens.
    """
    if not rules.is_looked_at(issue.status, issue.size) or issue.check_in_at is not None:
        return
    terms = terms_of(issue.place, issue.urgency, at)
    every = terms.level.check_in_days if every is None else every
    for day in terms.looks_at(at, issue.due_at or terms.due(issue.size, at), every):
        CheckIn.objects.create(issue=issue, day=day)
        _write(issue, Act.CHECK_ADD, terms, day, by, at)


def looked_at(issue: Issue, act: Act, at: datetime) -> tuple[Issue, Terms]:
    """The issue for this transaction alone, with the terms of its place. Raises NotAllowed if it has none."""
    issue = history.locked(issue)
    rules.check(issue.status, act)
    if not rules.is_looked_at(issue.status, issue.size):
        raise NotAllowed(_("Only a big issue has check-ins. Say first that it is one."))
    return issue, terms_of(issue.place, issue.urgency, at)


def open_one(issue: Issue, pk: int) -> CheckIn:
    """A check-in of the issue that is still open. Raises NotAllowed."""
    found = issue.check_ins.filter(pk=pk, seen="").first()
    if found is None:
        raise NotAllowed(_("Somebody has looked at it already, or has taken this day off."))
    return found


def _check_day(issue: Issue, day: date, terms: Terms, at: datetime) -> None:
    today = at.astimezone(terms.zone).date()
    if not today <= day <= today + rules.FURTHEST:
        raise NotAllowed(_("Choose today or a later day, within a year."), field="day")
    if issue.check_ins.filter(seen="", day=day).exists():
        raise NotAllowed(_("This day is planned already."), field="day")


def next_look(issue: Issue, terms: Terms) -> datetime | None:
    """The end of the day on which the issue is looked at next."""
    day = issue.check_ins.filter(seen="").order_by("day").values_list("day", flat=True).first()
    return None if day is None else terms.end_of(day)


def _write(issue: Issue, act: Act, terms: Terms, day: date, by: User, at: datetime, note: str = "") -> None:
    said = Said(note=note, due_at=terms.end_of(day))
    history.write(issue, act, by=by, at=at, changes={"check_in_at": next_look(issue, terms)}, clock_at=None, said=said)
