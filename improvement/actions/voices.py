"""Recording what the community said, and what changed because of it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from improvement.models import Goal, Voice
from improvement.models.goals import TEXT
from org import audit
from org.models import Organisation, User
from org.rules import NotAllowed


@transaction.atomic
def record(
    *,
    organisation: Organisation,
    heard: str,
    day: date,
    said: str,
    changed: str,
    by: User,
    at: datetime,
    goal: Goal | None = None,
) -> Voice:
    """Keep what was heard, of a goal or of the whole house. Bodies, never names of patients. Raises NotAllowed."""
    if goal is not None and goal.organisation_id != organisation.pk:
        raise NotAllowed(_("This goal is of another organization."))
    if day > at.astimezone(organisation.zone).date():
        raise NotAllowed(_("This day is still to come."), field="day")
    voice = Voice.objects.create(
        organisation=organisation,
        goal=goal,
        heard=checked_text(heard, 120, required=_("Say who was heard."), field="heard"),
        day=day,
        said=checked_text(said, TEXT, required=_("Say what was said."), field="said"),
        changed=checked_text(changed, TEXT, field="changed"),
        recorded_at=at,
        recorded_by=by,
    )
    _record("voice.recorded", voice, by, at)
    return voice


@transaction.atomic
def answer(*, voice: Voice, changed: str, by: User, at: datetime) -> Voice:
    """Say afterwards what changed because of what was said. Raises NotAllowed."""
    voice = Voice.objects.select_for_update().get(pk=voice.pk)
    voice.changed = checked_text(changed, TEXT, required=_("Say what changed because of it."), field="changed")
    voice.save(update_fields=["changed"])
    _record("voice.answered", voice, by, at)
    return voice


def _record(verb: str, voice: Voice, by: User, at: datetime) -> None:
    audit.record(
        verb,
        subject=voice,
        by=by,
        at=at,
        organisation_id=voice.organisation_id,
        unit_id=voice.goal.unit_id if voice.goal is not None else None,
        facts={"goal": voice.goal_id},
    )
