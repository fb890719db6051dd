"""Applying a file with the whole tree: all of it or nothing."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from org import audit, rules
from org.actions import lines
from org.models import Organisation, ReportingLine, Unit, User
from org.queries import house_of
from org.rules import LineKind, NotAllowed
from org.trees import Step, TreePlan, plan_tree


@transaction.atomic
def apply_tree(
    *,
    organisation: Organisation,
    text: str,
    close_missing: bool,
    fingerprint: str,
    from_day: date,
    today: date,
    by: User | None,
    at: datetime,
) -> TreePlan:
    """Make the tree what the file says. Lines that change do so on `from_day`; new units hold for all days.

    Raises NotAllowed where the file has problems or would now do something else than what `fingerprint` was shown for.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    plan = plan_tree(text, house_of(organisation), close_missing=close_missing)
    if plan.problems:
        raise NotAllowed(_("The file has problems: nothing was changed."))
    if plan.fingerprint != fingerprint:
        raise NotAllowed(_("The units have changed since you looked: look again before you apply the file."))
    lines.check_day(from_day, today)
    units = {unit.code: unit for unit in organisation.units.select_for_update()}
    before = {unit.pk: (unit.parent_id, unit.second_parent_id) for unit in units.values()}
    closed = {unit.pk: unit.closed_on for unit in units.values()}
    _fill(organisation, plan, units, today)
    _write_lines(plan, units, before, from_day)
    if plan.count(Step.MOVED):
        lines.check_circles(organisation, from_day, today)
    _note(organisation, plan, units, before, from_day, at)
    for unit in units.values():
        if unit.closed_on is None and (reopened := closed.get(unit.pk)) is not None:
            lines.note_change(organisation, (unit.pk,), reopened, at)
    _record(organisation, plan, units, from_day, by, at)
    return plan


def _fill(organisation: Organisation, plan: TreePlan, units: dict[str, Unit], today: date) -> None:
    """Write the units: new ones first, then what changed and every path, in one statement each."""
    tiers = {tier.level: tier for tier in organisation.tiers.all()}
    calendars = {calendar.name: calendar for calendar in organisation.calendars.all()}
    fresh = [change.after for change in plan.changes if Step.NEW in change.steps]
    made = Unit.objects.bulk_create(
        Unit(organisation=organisation, code=p.code, name=p.name, tier=tiers[p.tier], path=f"new/{p.code}")
        for p in fresh
    )
    units |= {unit.code: unit for unit in made}
    for change in plan.changes:
        unit, place = units[change.code], change.after
        unit.name, unit.kind, unit.tier = place.name, place.kind, tiers[place.tier]
        unit.parent = units[place.parent] if place.parent else None
        unit.second_parent = units[place.second_parent] if place.second_parent else None
        unit.calendar = calendars[place.calendar] if place.calendar else None
        unit.time_zone, unit.position = place.time_zone, place.position
        if place.closed != (unit.closed_on is not None):
            unit.closed_on = today if place.closed else None
    by_id = {unit.pk: unit for unit in units.values()}
    for unit in units.values():
        unit.path = _path(unit, by_id)
    fields = (
        "name",
        "kind",
        "tier",
        "parent",
        "second_parent",
        "calendar",
        "time_zone",
        "position",
        "closed_on",
        "path",
    )
    Unit.objects.bulk_update(units.values(), fields, batch_size=2000)


def _path(unit: Unit, by_id: dict[int, Unit]) -> str:
    ids = [unit.pk]
    while (above := by_id[ids[-1]].parent_id) is not None:
        ids.append(above)
    path = ""
    for pk in reversed(ids):
        path = rules.child_path(path, pk)
    return path


def _write_lines(
    plan: TreePlan, units: dict[str, Unit], before: dict[int, tuple[int | None, int | None]], from_day: date
) -> None:
    fresh: list[ReportingLine] = []
    for change in plan.changes:
        unit = units[change.code]
        pairs = ((LineKind.PRIMARY, unit.parent), (LineKind.SECOND, unit.second_parent))
        if Step.NEW in change.steps:
            fresh += [
                ReportingLine(unit=unit, parent=parent, kind=kind, valid=lines.ALWAYS)
                for kind, parent in pairs
                if parent
            ]
        elif Step.MOVED in change.steps:
            for (kind, parent), old_id in zip(pairs, before[unit.pk], strict=True):
                if old_id != (parent.pk if parent else None):
                    lines.write_line(unit, kind, old_id, parent, from_day)
    ReportingLine.objects.bulk_create(fresh)


def _note(
    organisation: Organisation,
    plan: TreePlan,
    units: dict[str, Unit],
    before: dict[int, tuple[int | None, int | None]],
    from_day: date,
    at: datetime,
) -> None:
    """Leave word of the units that moved, of those that they left and of those that they came to."""
    touched: set[int | None] = set()
    for change in plan.changes:
        if Step.MOVED in change.steps:
            unit = units[change.code]
            touched |= {unit.pk, unit.parent_id, unit.second_parent_id, *before[unit.pk]}
    lines.note_change(organisation, touched, from_day, at)


def _record(
    organisation: Organisation, plan: TreePlan, units: dict[str, Unit], from_day: date, by: User | None, at: datetime
) -> None:
    counts: dict[str, audit.Fact] = {step.value: plan.count(step) for step in Step}
    audit.record("tree.applied", subject=organisation, by=by, at=at, organisation_id=organisation.pk, facts=counts)
    for change in plan.changes:
        unit = units[change.code]
        facts: dict[str, audit.Fact] = {"fields": " ".join(column for column, _old, _new in change.fields)}
        if Step.MOVED in change.steps:
            facts |= {"to": unit.parent_id, "second": unit.second_parent_id, "from_day": from_day.isoformat()}
        for step in change.steps:
            verb = "unit.created" if step is Step.NEW else f"unit.{step}"
            audit.record(
                verb, subject=unit, by=by, at=at, organisation_id=organisation.pk, unit_id=unit.pk, facts=facts
            )
