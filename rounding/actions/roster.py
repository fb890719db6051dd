"""Bringing a roster, all of it or nothing; letting go of old shifts."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from boards.feeds.mapping import Order
from org import audit
from org.models import Organisation, Unit, User
from org.rules import NotAllowed
from rounding.models import Colleague, Shift
from rounding.queries.roster import staffed, units_of
from rounding.roster import Plan, plan_roster
from rounding.rules import roster as rules


@transaction.atomic
def apply_roster(*, unit: Unit, content: bytes, order: Order, fingerprint: str, by: User, at: datetime) -> Plan:
    """Make the roster of `unit`, and of units below it that the file names, what the file says. Whoever is not in it
    any more is ended, not deleted.

    Raises NotAllowed where the file has problems or would now do something else than what `fingerprint` was shown for.
    """
    Organisation.objects.select_for_update().get(pk=unit.organisation_id)
    units = units_of(by)
    plan = plan_roster(content, staffed(unit, units), unit=unit.code, order=order)
    if plan.problems:
        raise NotAllowed(_("The file has problems: nothing was changed."))
    if plan.fingerprint != fingerprint:
        raise NotAllowed(_("The roster has changed since you looked: look again before you apply the file."))
    if plan.is_empty:
        return plan
    rows = _people(plan, unit, {one.code: one for one in units if one.organisation_id == unit.organisation_id}, at)
    _shifts(plan, rows)
    audit.record(
        "roster.applied",
        subject=unit,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
    )
    return plan


def _people(plan: Plan, unit: Unit, units: dict[str, Unit], at: datetime) -> dict[str, Colleague]:
    """Write the people; give all whom the plan touches, by number."""
    emails = {person.email for person in plan.people if person.email}
    accounts = {
        user.email.lower(): user
        for user in User.objects.annotate(address=Lower("email"))
        .filter(address__in=emails, is_active=True, memberships__unit__organisation=unit.organisation_id)
        .distinct()
    }
    Colleague.objects.bulk_create(
        Colleague(
            organisation_id=unit.organisation_id,
            unit=units[person.unit],
            external_id=person.key,
            name=person.name,
            person=accounts.get(person.email),
            started_on=person.began,
            added_on=at.astimezone(unit.organisation.zone).date(),
        )
        for person in plan.added
    )
    rows = {
        row.external_id: row
        for row in Colleague.objects.select_for_update(of=("self",)).filter(organisation=unit.organisation_id)
    }
    touched = [*(after for _before, after in plan.changed), *plan.back]
    for person in touched:
        row = rows[person.key]
        row.name, row.unit, row.started_on, row.ended_at = person.name, units[person.unit], person.began, None
        row.person = accounts.get(person.email) if person.email else row.person
    for person in plan.ended:
        rows[person.key].ended_at = at
    Colleague.objects.bulk_update(
        [rows[person.key] for person in (*touched, *plan.ended)],
        ["name", "unit", "started_on", "ended_at", "person"],
        batch_size=1000,
    )
    return rows


def _shifts(plan: Plan, rows: dict[str, Colleague]) -> None:
    known = {
        (shift.colleague_id, shift.starts_at): shift.pk
        for shift in Shift.objects.filter(colleague__in={rows[time.key].pk for time in plan.gone_times})
    }
    Shift.objects.filter(pk__in=[known[rows[time.key].pk, time.starts_at] for time in plan.gone_times]).delete()
    Shift.objects.bulk_create(
        (Shift(colleague=rows[time.key], starts_at=time.starts_at, ends_at=time.ends_at) for time in plan.new_times),
        batch_size=2000,
    )


def let_go_of_shifts(*, at: datetime) -> int:
    """Forget shifts that ended long ago; give how many."""
    count, _each = Shift.objects.filter(ends_at__lt=at - rules.KEPT_FOR).delete()
    return count
