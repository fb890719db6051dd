"""Targets of measures: setting one from a day on, ending and removing one; statuses follow."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from boards import rules, setup_rules
from boards.actions import again
from boards.models import Measure, Target
from boards.rules import TargetLine
from org import audit
from org.models import Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _yesterday(measure: Measure, at: datetime) -> date:
    return at.astimezone(measure.organisation.zone).date() - timedelta(days=1)


def _again(measure: Measure, unit: Unit | None, first: date | None, last: date | None, at: datetime) -> int:
    """Mark the days from `first` to `last` (None: open) whose statuses may change; returns how many unit-days."""
    days = setup_rules.days_again(first or date.min, _yesterday(measure, at), setup_rules.TARGET_DAYS)
    if days is None or (last is not None and last < days[0]):
        return 0
    until = days[1] if last is None else min(last, days[1])
    return again.mark_due(measure, days[0], until, path=unit.path if unit else "", at=at)


def _record(verb: str, target: Target, measure: Measure, by: "User", at: datetime) -> None:
    day_after = target.valid.upper
    audit.record(
        verb,
        subject=target,
        by=by,
        at=at,
        organisation_id=measure.organisation_id,
        unit_id=target.unit_id,
        label=measure.name,
        facts={
            "measure": measure.code,
            "from": target.valid.lower.isoformat() if target.valid.lower else None,
            "until": day_after.isoformat() if day_after else None,
            "target": target.value,
            "high": target.high,
            "at_risk_from": target.warning,
        },
    )


def _make_room(measure: Measure, unit: Unit | None, first: date, after: date | None) -> date | None:
    """End what runs at `first`, and give way to what begins later; returns the day after the new target's last.

    A target that begins on `first` is replaced: it was a mistake of the same day.
    """
    others = list(
        Target.objects.select_for_update().filter(measure=measure, unit=unit).order_by("valid")
        if unit is not None
        else Target.objects.select_for_update().filter(measure=measure, unit__isnull=True).order_by("valid")
    )
    for other in others:
        lower, upper = other.valid.lower, other.valid.upper
        if upper is not None and upper <= first:
            continue
        if lower is not None and lower > first:
            if after is None or after > lower:
                after = lower
        elif lower == first:
            other.delete()
        else:
            other.valid = DateRange(lower, first)
            other.save(update_fields=["valid"])
    return after


@transaction.atomic
def set_target(
    *,
    measure: Measure,
    unit: Unit | None,
    line: TargetLine,
    first: date,
    last: date | None,
    by: "User",
    at: datetime,
) -> tuple[Target, int]:
    """Set a target from `first` to `last` (None: until another begins), for `unit` and those below it or for all.

    The one that runs then ends the day before; one that begins on the same day is replaced; one that begins later
    stays and ends this one. Returns the target and how many unit-days are taken again: those from `first` to
    yesterday, at most `setup_rules.TARGET_DAYS` days. Raises NotAllowed where the numbers make no sense.
    """
    measure = Measure.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=measure.pk)
    if unit is not None and unit.organisation_id != measure.organisation_id:
        raise NotAllowed(_("This unit belongs to another organization."))
    setup_rules.check_target(rules.Kind(measure.kind), measure.multiplier, rules.Direction(measure.direction), line)
    if last is not None and last < first:
        raise NotAllowed(_("The last day lies before the first."))
    after = _make_room(measure, unit, first, None if last is None else last + timedelta(days=1))
    target = Target.objects.create(
        measure=measure,
        unit=unit,
        valid=DateRange(first, after),
        value=line.value,
        high=line.high,
        warning=line.warning,
    )
    _record("target.set", target, measure, by, at)
    # What ran before and was cut short leaves days without it behind `last`: they are taken again, too.
    return target, _again(measure, unit, first, None, at)


@transaction.atomic
def end_target(*, target: Target, last: date, by: "User", at: datetime) -> int:
    """Let a target hold up to `last` and no longer; returns how many unit-days are taken again."""
    target = (
        Target.objects.select_for_update(of=("self",)).select_related("measure__organisation", "unit").get(pk=target.pk)
    )
    measure = target.measure
    if target.valid.lower is not None and last < target.valid.lower:
        raise NotAllowed(_("The last day lies before the first. To take the target away, remove it."))
    before = target.valid.upper
    after = last + timedelta(days=1)
    if before is not None and after > before:
        raise NotAllowed(_("The target ends earlier already. Set a new one from the day after."))
    target.valid = DateRange(target.valid.lower, after)
    target.save(update_fields=["valid"])
    _record("target.ended", target, measure, by, at)
    return _again(measure, target.unit, after, None if before is None else before - timedelta(days=1), at)


@transaction.atomic
def remove_target(*, target: Target, by: "User", at: datetime) -> int:
    """Take a target away, as if it had never been set; returns how many unit-days are taken again."""
    target = (
        Target.objects.select_for_update(of=("self",)).select_related("measure__organisation", "unit").get(pk=target.pk)
    )
    measure, unit, valid = target.measure, target.unit, target.valid
    _record("target.removed", target, measure, by, at)
    target.delete()
    last = None if valid.upper is None else valid.upper - timedelta(days=1)
    return _again(measure, unit, valid.lower, last, at)
