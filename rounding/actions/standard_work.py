"""Leader standard work: the lists of the roles, and what a person says of their own.

The lists are on record. What a person says of a task is not: it is theirs, and no trail compares people by it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from org import audit
from org.models import Organisation, User
from org.rules import NotAllowed, Permission, Role, roles_with
from rounding.models import StandardTask, TaskMark
from rounding.rules import standard_work as rules
from rounding.rules.questions import SetKind
from rounding.rules.standard_work import Cadence, Counted
from rounding.rules.starting_tasks import STARTING_TASKS

#: Roles that have a list: those that lead rounds, in the order of the access table.
LEADERS: Final = tuple(role for role in Role if role in roles_with(Permission.ROUND_LEAD))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a task says. `counts` and `set_kind` may be empty."""

    text: str
    cadence: Cadence
    times: int = 1
    counts: Counted | str = ""
    set_kind: SetKind | str = ""


@transaction.atomic
def furnish(*, organisation: Organisation, at: datetime) -> int:
    """Put the starting list of each role that never had a task in this house, in its language; give how many tasks
    were put.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    listed = set(organisation.standard_tasks.order_by().values_list("role", flat=True).distinct())
    today = at.astimezone(organisation.zone).date()
    with override(organisation.language):
        made = [
            StandardTask(
                organisation=organisation,
                role=role,
                text=str(task.text),
                cadence=task.cadence,
                times=task.times,
                counts=task.counts,
                set_kind=task.set_kind,
                position=place,
                began_on=today,
            )
            for role, tasks in STARTING_TASKS.items()
            if role not in listed
            for place, task in enumerate(tasks, start=1)
        ]
    return len(StandardTask.objects.bulk_create(made))


@transaction.atomic
def add_task(*, organisation: Organisation, role: Role, terms: Terms, by: User, at: datetime) -> StandardTask:
    """Put a task at the end of the list of `role`. Raises NotAllowed."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if role not in LEADERS:
        raise NotAllowed(_("This role leads no rounds and has no list."))
    terms = _checked(terms)
    listed = organisation.standard_tasks.filter(role=role)
    if listed.filter(retired_at__isnull=True).count() >= rules.MOST_TASKS:
        raise NotAllowed(_("A list has at most %(n)s tasks. Retire one first.") % {"n": rules.MOST_TASKS}, field="text")
    made = StandardTask.objects.create(
        organisation=organisation,
        role=role,
        text=terms.text,
        cadence=terms.cadence,
        times=terms.times,
        counts=terms.counts,
        set_kind=terms.set_kind,
        position=(listed.aggregate(last=Max("position"))["last"] or 0) + 1,
        began_on=at.astimezone(organisation.zone).date(),
    )
    _record("standard_task.added", made, by, at)
    return made


@transaction.atomic
def change_task(*, task: StandardTask, terms: Terms, by: User, at: datetime) -> StandardTask:
    """Change what a task says. Where it begins anew at other times, what was said of it before counts no more, and it
    begins today. Raises NotAllowed.
    """
    task = StandardTask.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=task.pk)
    terms = _checked(terms)
    said = {
        "text": terms.text,
        "cadence": terms.cadence,
        "times": terms.times,
        "counts": terms.counts,
        "set_kind": terms.set_kind,
    }
    if all(getattr(task, name) == value for name, value in said.items()):
        return task
    if (task.cadence, task.times) != (terms.cadence, terms.times):
        task.began_on = at.astimezone(task.organisation.zone).date()
    for name, value in said.items():
        setattr(task, name, value)
    task.save(update_fields=[*said, "began_on"])
    _record("standard_task.changed", task, by, at)
    return task


@transaction.atomic
def move_task(*, task: StandardTask, up: bool, by: User, at: datetime) -> None:
    """One place earlier or later in the list of its role; at the end of it nothing happens."""
    rows = list(
        StandardTask.objects.select_for_update()
        .filter(organisation=task.organisation_id, role=task.role, retired_at__isnull=True)
        .order_by("position", "pk")
    )
    here = next((place for place, row in enumerate(rows) if row.pk == task.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for place, row in enumerate(rows, start=1):
        row.position = place
    StandardTask.objects.bulk_update(rows, ["position"])
    _record("standard_task.moved", task, by, at)


@transaction.atomic
def use_task(*, task: StandardTask, active: bool, by: User, at: datetime) -> None:
    """Retire a task, or bring it back: it is asked from today on."""
    found = StandardTask.objects.filter(pk=task.pk, retired_at__isnull=active is False)
    if active and found.update(retired_at=None, began_on=at.astimezone(task.organisation.zone).date()):
        _record("standard_task.brought_back", task, by, at)
    elif not active and found.update(retired_at=at):
        _record("standard_task.retired", task, by, at)


@transaction.atomic
def say_done(*, task: StandardTask, starts_on: date, done: int, by: User, today: date, at: datetime) -> TaskMark:
    """It was done, for the `done`th time in the period that begins on `starts_on`; a reason said before is gone. The
    same again changes nothing. Raises NotAllowed for another period than the present or the last one.
    """
    _check_period(task, starts_on, today)
    if not 1 <= done <= 2 * rules.MOST_TIMES:
        raise NotAllowed(_("This is no number of times."))
    made, _fresh = TaskMark.objects.update_or_create(
        task=task, person=by, starts_on=starts_on, defaults={"done": done, "reason": "", "at": at}
    )
    return made


@transaction.atomic
def say_why_not(*, task: StandardTask, starts_on: date, reason: str, by: User, today: date, at: datetime) -> TaskMark:
    """It is not done this time, for a reason: nothing of it is carried over. Raises NotAllowed."""
    _check_period(task, starts_on, today)
    made, _fresh = TaskMark.objects.update_or_create(
        task=task, person=by, starts_on=starts_on, defaults={"reason": rules.check_reason(reason), "at": at}
    )
    return made


@transaction.atomic
def take_back(*, task: StandardTask, starts_on: date, by: User, today: date, at: datetime) -> None:
    """Take back what was said last: the reason, else one time done. Raises NotAllowed."""
    _check_period(task, starts_on, today)
    mark = TaskMark.objects.select_for_update().filter(task=task, person=by, starts_on=starts_on).first()
    if mark is None:
        return
    if mark.reason:
        mark.reason = ""
    else:
        mark.done -= 1
    if mark.done < 1:
        mark.delete()
    else:
        mark.at = at
        mark.save(update_fields=["done", "reason", "at"])


def _check_period(task: StandardTask, starts_on: date, today: date) -> None:
    """The page may have been opened before midnight: the period before is taken as well."""
    present = rules.period_of(task.cadence, today)
    if starts_on not in (present, rules.period_of(task.cadence, present - timedelta(days=1))):
        raise NotAllowed(_("This period is over. Open the page again."))


def _checked(terms: Terms) -> Terms:
    text = " ".join(terms.text.replace("\x00", "").split())
    if not text:
        raise NotAllowed(_("Say what is to be done."), field="text")
    if len(text) > rules.TEXT_LENGTH:
        raise NotAllowed(
            _("This has %(n)s characters; at most %(most)s fit.") % {"n": len(text), "most": rules.TEXT_LENGTH},
            field="text",
        )
    if not 1 <= terms.times <= rules.MOST_TIMES:
        raise NotAllowed(_("Say a number from 1 to %(n)s.") % {"n": rules.MOST_TIMES}, field="times")
    kind = terms.set_kind if terms.counts == Counted.ROUND else ""
    return Terms(text, terms.cadence, terms.times, terms.counts, kind)


def _record(verb: str, task: StandardTask, by: User, at: datetime) -> None:
    audit.record(verb, subject=task, by=by, at=at, organisation_id=task.organisation_id, facts={"role": str(task.role)})
