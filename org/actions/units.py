"""Making, changing, moving and closing units. The tree of every past day stays as it was."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from org import audit, rules
from org.actions import lines
from org.models import Calendar, Organisation, ReportingLine, Tier, Unit, User
from org.rules import LineKind, NotAllowed, UnitKind


@transaction.atomic
def create_unit(
    *,
    organisation: Organisation,
    tier: Tier,
    parent: Unit | None,
    code: str,
    name: str,
    kind: UnitKind | str = UnitKind.OTHER,
    by: User | None,
    at: datetime,
    second_parent: Unit | None = None,
    calendar: Calendar | None = None,
    time_zone: str = "",
    position: int = 0,
) -> Unit:
    """Add a unit. Its lines hold for all days, since nothing else is known of the time before.

    Raises NotAllowed where the unit would be a second top, stand above its parent's tier, or leave the organisation.
    """
    _lock(organisation)
    if parent is None and organisation.units.filter(parent__isnull=True).exists():
        raise NotAllowed(_("An organization has one unit at its top: choose to which unit this one reports."))
    _check_parent(organisation, tier, parent)
    if organisation.units.filter(code=code).exists():
        raise NotAllowed(_("Another unit has the code %(code)s.") % {"code": code})
    unit = Unit.objects.create(
        organisation=organisation,
        tier=tier,
        parent=parent,
        code=code,
        name=name,
        kind=kind,
        path="",
        position=position,
        time_zone=time_zone,
        calendar=calendar,
    )
    unit.path = rules.child_path(parent.path if parent else "", unit.pk)
    unit.save(update_fields=["path"])
    if parent is not None:
        ReportingLine.objects.create(unit=unit, parent=parent, kind=LineKind.PRIMARY, valid=lines.ALWAYS)
    _record("unit.created", unit, by, at, {"code": code, "parent": parent.pk if parent else None})
    if second_parent is not None:
        _check_second(unit, second_parent)
        ReportingLine.objects.create(unit=unit, parent=second_parent, kind=LineKind.SECOND, valid=lines.ALWAYS)
        _set_second(unit, second_parent, None, by, at)
    return unit


@transaction.atomic
def edit_unit(
    *,
    unit: Unit,
    tier: Tier,
    code: str,
    name: str,
    kind: UnitKind | str,
    calendar: Calendar | None,
    time_zone: str,
    position: int,
    by: User | None,
    at: datetime,
) -> Unit:
    """Change what a unit is called and how it works, not to whom it reports."""
    unit = _locked(unit)
    _check_parent(unit.organisation, tier, unit.parent)
    if unit.children.filter(tier__level__gt=tier.level, closed_on__isnull=True).exists():
        raise NotAllowed(_("A unit that reports to this one stands on a higher tier."))
    if unit.organisation.units.filter(code=code).exclude(pk=unit.pk).exists():
        raise NotAllowed(_("Another unit has the code %(code)s.") % {"code": code})
    wanted = {
        "tier_id": tier.pk,
        "code": code,
        "name": name,
        "kind": str(kind),
        "calendar_id": calendar.pk if calendar else None,
        "time_zone": time_zone,
        "position": position,
    }
    changed = [field for field, value in wanted.items() if getattr(unit, field) != value]
    for field in changed:
        setattr(unit, field, wanted[field])
    if changed:
        unit.save(update_fields=changed)
        _record("unit.changed", unit, by, at, {"fields": " ".join(changed)})
    return unit


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, from_day: date, today: date, by: User | None, at: datetime) -> Unit:
    """Let `unit`, with all below it, report to `parent` from `from_day` on; days before keep the old line.

    `today` is the organisation's own. Raises NotAllowed for a circle, for a day to come, and for a day before the
    unit's last move. One UPDATE rewrites the paths of everything below.
    """
    unit = _locked(unit)
    parent = unit.organisation.units.select_related("tier").get(pk=parent.pk)
    if unit.parent_id == parent.pk:
        return unit
    lines.check_day(from_day, today)
    rules.check_move(unit.path, parent.path)
    _check_parent(unit.organisation, unit.tier, parent)
    if unit.second_parent_id == parent.pk:
        raise NotAllowed(
            _("The unit already reports to %(unit)s on its second line; end that first.") % {"unit": parent}
        )
    above = [*rules.ancestor_ids(parent.path), parent.pk]
    if Unit.objects.filter(pk__in=above, second_parent__path__startswith=unit.path).exists():
        raise NotAllowed(_("A unit above the new place reports to this one, or to a unit below it, on a second line."))
    lines.write_line(unit, LineKind.PRIMARY, unit.parent_id, parent, from_day)
    lines.check_circles(unit.organisation, from_day, today)
    before = unit.parent_id
    old = unit.path
    new = rules.child_path(parent.path, unit.pk)
    Unit.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit.refresh_from_db()
    lines.note_change(unit.organisation, (unit.pk, before, parent.pk), from_day, at)
    _record("unit.moved", unit, by, at, {"from": before, "to": parent.pk, "from_day": from_day.isoformat()})
    return unit


@transaction.atomic
def set_second_line(
    *, unit: Unit, parent: Unit | None, from_day: date, today: date, by: User | None, at: datetime
) -> Unit:
    """Let `unit` also report to `parent` from `from_day` on, or to nobody else. Raises as `move_unit` does."""
    unit = _locked(unit)
    if unit.second_parent_id == (parent.pk if parent else None):
        return unit
    lines.check_day(from_day, today)
    if parent is not None:
        parent = unit.organisation.units.get(pk=parent.pk)
        _check_second(unit, parent)
    lines.write_line(unit, LineKind.SECOND, unit.second_parent_id, parent, from_day)
    before = unit.second_parent_id
    lines.note_change(unit.organisation, (unit.pk, before, parent.pk if parent else None), from_day, at)
    _set_second(unit, parent, from_day, by, at)
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, day: date, by: User | None, at: datetime) -> Unit:
    """Close a unit from `day` on. Its history stays. Raises NotAllowed while open units report to it."""
    unit = _locked(unit)
    if unit.closed_on is not None:
        return unit
    if Unit.objects.open().filter(Q(parent=unit) | Q(second_parent=unit)).exists():
        raise NotAllowed(_("Open units still report to this one: move or close them first."))
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])
    lines.note_change(unit.organisation, (unit.pk,), day, at)
    _record("unit.closed", unit, by, at, {"day": day.isoformat()})
    return unit


@transaction.atomic
def reopen_unit(*, unit: Unit, by: User | None, at: datetime) -> Unit:
    """Open a closed unit again. Raises NotAllowed while the unit above it is closed."""
    unit = _locked(unit)
    if unit.closed_on is None:
        return unit
    if unit.parent is not None and unit.parent.closed_on is not None:
        raise NotAllowed(_("The unit to which this one reports is closed: reopen that first, or move this one."))
    closed_on, unit.closed_on = unit.closed_on, None
    unit.save(update_fields=["closed_on"])
    lines.note_change(unit.organisation, (unit.pk,), closed_on, at)
    _record("unit.reopened", unit, by, at, {})
    return unit


def _lock(organisation: Organisation) -> None:
    """One change of a tree at a time: two moves that are right alone can make a circle together."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _locked(unit: Unit) -> Unit:
    _lock(unit.organisation)
    return Unit.objects.select_for_update(of=("self",)).select_related("organisation", "tier", "parent").get(pk=unit.pk)


def _check_parent(organisation: Organisation, tier: Tier, parent: Unit | None) -> None:
    if tier.organisation_id != organisation.pk or (parent is not None and parent.organisation_id != organisation.pk):
        raise NotAllowed(_("Tier and unit above must belong to the same organization."))
    if parent is None:
        return
    if parent.closed_on is not None:
        raise NotAllowed(_("%(unit)s is closed.") % {"unit": parent})
    rules.check_tiers(tier.level, parent.tier.level)


def _check_second(unit: Unit, parent: Unit) -> None:
    if parent.organisation_id != unit.organisation_id:
        raise NotAllowed(_("Both units must belong to the same organization."))
    if parent.closed_on is not None:
        raise NotAllowed(_("%(unit)s is closed.") % {"unit": parent})
    if parent.pk == unit.parent_id:
        raise NotAllowed(_("The unit already reports to %(unit)s.") % {"unit": parent})
    rules.check_move(unit.path, parent.path)


def _set_second(unit: Unit, parent: Unit | None, from_day: date | None, by: User | None, at: datetime) -> None:
    unit.second_parent = parent
    unit.save(update_fields=["second_parent"])
    facts: dict[str, audit.Fact] = {"to": parent.pk if parent else None}
    if from_day is not None:
        facts["from_day"] = from_day.isoformat()
    _record("unit.second_line_set", unit, by, at, facts)


def _record(verb: str, unit: Unit, by: User | None, at: datetime, facts: dict[str, audit.Fact]) -> None:
    audit.record(verb, subject=unit, by=by, at=at, organisation_id=unit.organisation_id, unit_id=unit.pk, facts=facts)
