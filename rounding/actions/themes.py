"""Themes of what was noted: set and taken away by whoever led the round or leads rounds at the unit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from org import access, audit
from org.models import User
from org.rules import NotAllowed, Permission
from rounding.models import Observation, Round
from rounding.rules import themes


def may_tag(user: User, of_round: Round) -> bool:
    """Whoever led the round; where the unit reads it, also whoever leads rounds at the unit. The version is loaded."""
    if user.pk in (of_round.leader_id, of_round.partner_id):
        return True
    return of_round.version.shared and access.has(user, Permission.ROUND_LEAD, of_round.unit)


@transaction.atomic
def tag(*, observation: Observation, word: str, by: User, at: datetime) -> Observation:
    """Set a theme of a note; one that it has already changes nothing. Raises NotAllowed."""
    found = _locked(observation, by)
    return _write(found, themes.added(found.tags, word), "round.tagged", by, at)


@transaction.atomic
def untag(*, observation: Observation, word: str, by: User, at: datetime) -> Observation:
    """Take a theme of a note away; one that it has not changes nothing. Raises NotAllowed."""
    found = _locked(observation, by)
    return _write(found, [each for each in found.tags if each != word], "round.untagged", by, at)


def _locked(observation: Observation, by: User) -> Observation:
    found = Observation.objects.select_for_update(of=("self",)).select_related("round__version", "round__unit")
    noted = found.get(pk=observation.pk)
    if not may_tag(by, noted.round):
        raise NotAllowed(_("Whoever leads rounds here names the themes."))
    return noted


def _write(found: Observation, tags: Sequence[str], verb: str, by: User, at: datetime) -> Observation:
    if found.tags == tags:
        return found
    found.tags = list(tags)
    found.save(update_fields=["tags"])
    audit.record(
        verb,
        subject=found.round,
        by=by,
        at=at,
        organisation_id=found.round.organisation_id,
        unit_id=found.round.unit_id,
    )
    return found
