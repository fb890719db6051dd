"""The course of a huddle: begun, led from step to step, ended; called, not held, entered from paper.

Everybody who runs huddles at the unit may do so, also two at once: what was done already is no refusal.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from huddles.actions.defaults import furnish
from huddles.models import AgendaLine, AgendaVersion, Choice, Huddle, HuddleMark, HuddleNote, Issue, IssueEvent
from huddles.queries.agendas import agenda_version_for
from huddles.rules import schedule as rules
from huddles.rules.agendas import Section
from huddles.rules.issues import ChoiceKind
from org import audit, live
from org.models import Unit, User
from org.queries.calendars import zone_of
from org.rules import NotAllowed

MINUTES = 15
NOT_HELD_NOTE = 200


def locked(huddle: Huddle) -> Huddle:
    """The huddle as it stands now, for this transaction alone."""
    return (
        Huddle.objects.select_for_update(of=("self",))
        .select_related("unit__tier", "unit__organisation")
        .get(pk=huddle.pk)
    )


def changed(huddle: Huddle, **values: object) -> None:
    """Write `values` of a locked huddle, count its revision up and tell open pages."""
    for name, value in values.items():
        setattr(huddle, name, value)
    if values:
        huddle.save(update_fields=list(values))
    Huddle.objects.filter(pk=huddle.pk).update(revision=F("revision") + 1)
    huddle.revision += 1
    live.publish(live.unit_topic(huddle.unit_id), {"huddle": huddle.pk})


def agenda_for(unit: Unit, at: datetime) -> AgendaVersion:
    """The agenda of `unit`; where the house has none yet it gets those that a hospital starts with."""
    version = agenda_version_for(unit)
    if version is None:
        furnish(organisation=unit.organisation, at=at)
        version = agenda_version_for(unit)
    if version is None:
        raise NotAllowed(_("This tier has no agenda yet. An administrator writes one under “Agendas”."))
    return version


@transaction.atomic
def start(*, huddle: Huddle, by: User, at: datetime) -> Huddle:
    """Begin a huddle: its agenda is fixed from now on. Begun already it stays as it is. Raises NotAllowed too early, or
    half a day after its time.
    """
    huddle = locked(huddle)
    if huddle.started_at is not None:
        return huddle
    if not rules.may_start(planned_at=huddle.planned_at, now=at):
        raise NotAllowed(
            _("It is too early: a huddle begins at most half an hour before its time.")
            if at < huddle.planned_at
            else _("This huddle is long over. If it was held, enter it from paper.")
        )
    _begin(huddle, by, at)
    _record("huddle.started", huddle, by, at)
    return huddle


def _begin(huddle: Huddle, by: User, at: datetime, **more: object) -> None:
    changed(
        huddle,
        version=agenda_for(huddle.unit, at),
        started_at=at,
        started_by=by,
        step=0,
        step_at=at,
        not_held_reason=None,
        not_held_note="",
        not_held_by=None,
        not_held_at=None,
        **more,
    )


@transaction.atomic
def go_to_step(*, huddle: Huddle, step: int, by: User, at: datetime) -> Huddle:  # noqa: ARG001 - every act says who
    """Lead everybody to a step of the agenda, counted from 0. Raises NotAllowed where it is not running."""
    huddle = locked(huddle)
    _check_running(huddle)
    steps = AgendaLine.objects.filter(version=huddle.version_id, section=Section.STEP).count()
    if not 0 <= step < steps:
        raise NotAllowed(_("The agenda has no such step."))
    if step != huddle.step and (huddle.step_at is None or at >= huddle.step_at):
        changed(huddle, step=step, step_at=at)
    return huddle


@transaction.atomic
def end(*, huddle: Huddle, by: User, at: datetime) -> Huddle:
    """End a huddle; how long it took is kept, whatever was planned. Ended already it stays as it is.

    One that nobody had ended for hours counts as long as planned.
    """
    huddle = locked(huddle)
    if huddle.ended_at is not None:
        return huddle
    _check_running(huddle)
    assert huddle.started_at is not None
    if at - huddle.started_at >= rules.FORGOTTEN:
        at = huddle.started_at + timedelta(minutes=huddle.minutes)
    changed(huddle, ended_at=max(at, huddle.started_at), ended_by=by)
    _record("huddle.ended", huddle, by, at, minutes=_minutes(huddle))
    return huddle


@transaction.atomic
def call_huddle(*, unit: Unit, by: User, at: datetime, minutes: int = MINUTES) -> Huddle:
    """Call a huddle outside the calendar, and begin it. Raises NotAllowed while another one is running."""
    unit = Unit.objects.select_for_update(of=("self",)).select_related("tier", "organisation").get(pk=unit.pk)
    day = at.astimezone(zone_of(unit)).date()
    if unit.closed_on is not None and unit.closed_on <= day:
        raise NotAllowed(_("This unit is closed."))
    if not 1 <= minutes <= 240:
        raise NotAllowed(_("A huddle takes 1 to 240 minutes."))
    running = Huddle.objects.filter(unit=unit, started_at__gt=at - rules.FORGOTTEN, ended_at__isnull=True)
    if running.exists():
        raise NotAllowed(_("This unit is meeting now. Join that huddle instead."))
    try:
        with transaction.atomic():
            huddle = Huddle.objects.create(
                unit=unit, day=day, planned_at=at.replace(second=0, microsecond=0), minutes=minutes, is_extra=True
            )
    except IntegrityError:
        raise NotAllowed(_("A huddle is planned for this minute. Begin that one instead.")) from None
    _record("huddle.called", huddle, by, at, minutes=minutes)
    _begin(huddle, by, at)
    return huddle


@transaction.atomic
def call_off(*, huddle: Huddle, by: User, at: datetime) -> Huddle:
    """Take back that a huddle was called: it is gone, as if nobody had called it. Raises NotAllowed for a planned one,
    after some minutes, and once something was said in it.
    """
    huddle = locked(huddle)
    if not huddle.is_extra:
        raise NotAllowed(_("This huddle is planned. Say why it is not held instead."))
    _check_running(huddle)
    if not rules.may_call_off(is_extra=True, started_at=huddle.started_at, ended_at=None, now=at):
        raise NotAllowed(_("It was called more than ten minutes ago. End it instead."))
    if is_written_in(huddle):
        raise NotAllowed(_("Something was said in it already. End it instead."))
    _record("huddle.called_off", huddle, by, at)
    live.publish(live.unit_topic(huddle.unit_id), {"huddle": huddle.pk})
    Huddle.objects.filter(pk=huddle.pk).delete()
    return huddle


def is_written_in(huddle: Huddle) -> bool:
    """Whether anything was tapped, written, raised or said in a huddle."""
    kinds = (HuddleMark, HuddleNote, Issue, IssueEvent)
    return any(kind.objects.filter(huddle=huddle).exists() for kind in kinds)


@transaction.atomic
def say_not_held(*, huddle: Huddle, reason: Choice | None, note: str, by: User, at: datetime) -> Huddle:
    """Say why a huddle was not held. It blames nobody, and may be changed. Raises NotAllowed where it was held."""
    huddle = locked(huddle)
    if huddle.started_at is not None:
        raise NotAllowed(_("This huddle was begun. It counts as held."))
    if at < huddle.planned_at - rules.EARLY:
        raise NotAllowed(_("It is too early to say so."))
    if (
        reason is None
        or reason.organisation_id != huddle.unit.organisation_id
        or reason.kind != ChoiceKind.NOT_HELD
        or not reason.is_active
    ):
        raise NotAllowed(_("Choose a reason."))
    note = note.strip().replace("\x00", "")
    if len(note) > NOT_HELD_NOTE:
        raise NotAllowed(_("At most %(most)s characters fit.") % {"most": NOT_HELD_NOTE})
    changed(huddle, not_held_reason=reason, not_held_note=note, not_held_by=by, not_held_at=at)
    _record("huddle.not_held", huddle, by, at, not_held=reason.code)
    return huddle


@transaction.atomic
def take_back_not_held(*, huddle: Huddle, by: User, at: datetime) -> Huddle:
    """Take back what was said about why it was not held."""
    huddle = locked(huddle)
    if huddle.not_held_reason_id is not None:
        changed(huddle, not_held_reason=None, not_held_note="", not_held_by=None, not_held_at=None)
        _record("huddle.not_held", huddle, by, at, not_held="")
    return huddle


@transaction.atomic
def enter_from_paper(*, huddle: Huddle, started_at: datetime, ended_at: datetime, by: User, at: datetime) -> Huddle:
    """Enter afterwards a huddle that was held on paper: from when to when. What was written is then typed in as in any
    huddle. Raises NotAllowed where it was begun here, or the times cannot be.
    """
    huddle = locked(huddle)
    if huddle.started_at is not None:
        raise NotAllowed(_("This huddle was begun here. Add to it what is missing."))
    if not started_at < ended_at <= at:
        raise NotAllowed(_("It ended after it began, and not later than now."))
    if ended_at - started_at > rules.LONGEST_HUDDLE:
        raise NotAllowed(_("A huddle takes less than four hours."))
    if not rules.may_start(planned_at=huddle.planned_at, now=started_at):
        raise NotAllowed(_("This is too far from the time for which it was planned."))
    if not rules.may_write(ended_at=ended_at, now=at):
        raise NotAllowed(_("This is more than three days ago."))
    _begin(huddle, by, started_at, ended_at=ended_at, ended_by=by, from_paper=True)
    _record("huddle.from_paper", huddle, by, at, late=True, minutes=_minutes(huddle))
    return huddle


def _minutes(huddle: Huddle) -> int:
    assert huddle.started_at is not None
    assert huddle.ended_at is not None
    return rules.minutes_held(huddle.started_at, huddle.ended_at)


def _check_running(huddle: Huddle) -> None:
    if huddle.started_at is None:
        raise NotAllowed(_("This huddle has not begun yet."))
    if huddle.ended_at is not None:
        raise NotAllowed(_("This huddle has ended."))


def _record(verb: str, huddle: Huddle, by: User, at: datetime, **facts: str | int | bool) -> None:
    audit.record(
        verb,
        subject=huddle,
        by=by,
        at=at,
        organisation_id=huddle.unit.organisation_id,
        unit_id=huddle.unit_id,
        facts=facts,
    )
