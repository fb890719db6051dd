"""What people do about signals and their rules: each act is one step, kept with who by role and why."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.outcomes import SettingError
from analytics.signals import Cause, Decision, Event, Standing, State, act
from analytics.signals.machine import OPEN
from boards.models import GapLimit, Measure, Signal, SignalPolicy
from boards.models.signals import LIVING
from boards.rules import About, Cadence
from boards.signals import decisions, steps
from boards.signals.night import policy_of
from org import audit, live
from org.models import Organisation, Unit, User
from org.rules import NotAllowed

REASON_LENGTH = 300


def locked(signal: Signal) -> Signal:
    """The signal as it stands now, for this transaction alone."""
    return Signal.objects.select_for_update().select_related("measure", "unit__tier", "organisation").get(pk=signal.pk)


@transaction.atomic
def do(
    *,
    signal: Signal,
    event: Event,
    day: date,
    at: datetime,
    by: User | None,
    role: str = "",
    due: date | None = None,
    reason: str = "",
) -> Signal:
    """Let somebody move a signal. `due`: of a countermeasure. Raises NotAllowed where its state does not allow it."""
    signal = locked(signal)
    cadence = Cadence(signal.measure.cadence)
    before = decisions.standing_of(signal, cadence)
    tiers = signal.organisation.tiers.values_list("level", flat=True)
    house = decisions.House(signal.organisation, {signal.unit_id: signal.unit.tier.level}, max(tiers))
    policy = house.policy(steps.policy_for(policy_of(signal.organisation).policy(), cadence), signal.unit_id)
    number = steps.number_of(cadence, day)
    end = None if due is None else max(steps.number_of(cadence, due), number + 1)
    try:
        decision = act(before, event, day=number, policy=policy, due=end)
    except SettingError as error:
        raise NotAllowed(_("This signal cannot be moved so now.")) from error
    if event is Event.REOPEN and signal.state == State.CLOSED and _another(signal):
        return signal
    if event is Event.DISMISS:
        signal.dismissed_gap = _gap(signal)
    _set(signal, decision, day, due)
    _keep(signal, decision, day, at, by=by, role=role, reason=reason)
    return signal


@transaction.atomic
def hand(
    *, signal: Signal, tier: int, cause: Cause, day: date, at: datetime, by: User | None = None, role: str = ""
) -> Signal:
    """Note that what a signal asks for is asked of another tier now: by silence, or since people handed it on."""
    signal = locked(signal)
    if signal.tier == tier or signal.state not in OPEN:
        return signal
    before = decisions.standing_of(signal, Cadence(signal.measure.cadence))
    after = Standing(State.ESCALATED, tier, before.moved, None, before.by_units)
    decision = Decision(before, after, cause, None)
    _set(signal, decision, day, None)
    _keep(signal, decision, day, at, by=by, role=role)
    return signal


def _another(signal: Signal) -> bool:
    """Whether the gap has a younger signal that is not over."""
    same = Signal.objects.filter(
        measure=signal.measure, unit=signal.unit, dimension=signal.dimension_id, group=signal.group
    )
    return same.filter(state__in=LIVING).exclude(pk=signal.pk).exists()


def _gap(signal: Signal) -> float | None:
    """The widest gap that a step of this signal was taken with."""
    kept = signal.changes.filter(figures__isnull=False).values_list("figures", flat=True)
    gaps = [abs(figures["gap"]) for figures in kept if figures and figures.get("gap") is not None]
    return max(gaps, default=0.0)


def _set(signal: Signal, decision: Decision, day: date, due: date | None) -> None:
    after = decision.after
    signal.state, signal.tier, signal.moved, signal.by_units = after.state, after.tier, after.moved, after.by_units
    signal.due = due or (signal.due if after.due is not None else None)
    signal.changed_on = max(day, signal.changed_on)
    if after.state != State.CLOSED:
        signal.dismissed_gap = None
    signal.save()


def _keep(signal: Signal, decision: Decision, day: date, at: datetime, *, by: User | None, **said: Any) -> None:
    decisions.change_of(signal, decision, day, at, by=by, **said).save()
    facts = {"measure": signal.measure.code, "cause": str(decision.cause), "state": str(decision.after.state)}
    record("signal.moved", signal, by, at, facts)
    if (decision.before.state in OPEN) != (decision.after.state in OPEN):
        decisions.mark_tiles([(signal.unit_id, signal.measure_id)])
    if signal.measure.about == About.PATIENTS:  # everybody of a unit listens to its board
        payload: live.Payload = {"measures": [signal.measure_id], "day": day.isoformat()}
        live.publish_many([(live.unit_topic(signal.unit_id), payload)])


def record(verb: str, signal: Signal, by: User | None, at: datetime, facts: Mapping[str, str]) -> None:
    """Write what happened to a signal into the audit trail: of one about staff no more than its number, since the trail
    has readers of its own. What was done stands in the steps of the signal.
    """
    of_staff = signal.measure.about == About.STAFF
    audit.record(
        verb,
        subject=signal,
        by=by,
        at=at,
        organisation_id=signal.organisation_id,
        unit_id=None if of_staff else signal.unit_id,
        label=f"#{signal.pk}" if of_staff else "",
        facts={} if of_staff else facts,
    )


@transaction.atomic
def set_policy(*, organisation: Organisation, values: dict[str, Any], by: User, at: datetime) -> SignalPolicy:
    """Change the rules of an organisation. Raises NotAllowed where they would not be rules.

    Another window is counted anew from snapshots in the next night.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    row = policy_of(organisation)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.policy()
        row.full_clean()
    except Exception as error:
        raise NotAllowed(_("These numbers do not make a rule. Look at them again.")) from error
    row.save()
    audit.record("signal_policy.changed", subject=row, by=by, at=at, organisation_id=organisation.pk, facts={})
    return row


@transaction.atomic
def set_limit(
    *,
    unit: Unit,
    measure: Measure,
    dimension_id: int,
    group: str,
    points: float,
    by: User | None,
    at: datetime,
    since: date,
    reference: str = "",
) -> GapLimit:
    """Say how wide a gap may be from `since` on; the limit before it ends. The same again changes nothing. Raises
    NotAllowed for no points, a group against itself, or a measure of staff.
    """
    if not points > 0:
        raise NotAllowed(_("A limit lies above 0."))
    if measure.about != About.PATIENTS:
        raise NotAllowed(_("Limits are set for gaps between groups of patients."))
    if group == reference:
        raise NotAllowed(_("A group is not compared with itself."))
    Unit.objects.select_for_update().get(pk=unit.pk)
    before = GapLimit.objects.filter(unit=unit, measure=measure, dimension=dimension_id, group=group, until=None)
    for limit in before:
        if (limit.points, limit.reference) == (points, reference):
            return limit
        limit.until = max(since, limit.since)
        limit.save(update_fields=["until"])
    made = GapLimit.objects.create(
        organisation_id=unit.organisation_id,
        unit=unit,
        measure=measure,
        dimension_id=dimension_id,
        group=group,
        reference=reference,
        points=points,
        since=since,
        set_by=by,
        set_at=at,
    )
    _record_limit("gap_limit.set", made, by, at)
    return made


@transaction.atomic
def end_limit(*, limit: GapLimit, day: date, by: User | None, at: datetime) -> GapLimit:
    """Let a limit hold no longer from `day` on. Again changes nothing."""
    limit = GapLimit.objects.select_for_update().select_related("measure").get(pk=limit.pk)
    if limit.until is None:
        limit.until = max(day, limit.since)
        limit.save(update_fields=["until"])
        _record_limit("gap_limit.ended", limit, by, at)
    return limit


def _record_limit(verb: str, limit: GapLimit, by: User | None, at: datetime) -> None:
    audit.record(
        verb,
        subject=limit,
        by=by,
        at=at,
        organisation_id=limit.organisation_id,
        unit_id=limit.unit_id,
        facts={"measure": limit.measure.code, "dimension": limit.dimension.code},
    )


__all__ = ["REASON_LENGTH", "do", "end_limit", "hand", "locked", "record", "set_limit", "set_policy"]
