"""The audit trail: one call for every thing that happened. Labels and ids only, never free text or counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from org.models import Event

if TYPE_CHECKING:
    from org.models import User, WallDevice

Fact = str | int | float | bool | None


def record(
    verb: str,
    *,
    subject: models.Model,
    by: "User | WallDevice | None",
    at: datetime,
    organisation_id: int | None,
    unit_id: int | None = None,
    label: str = "",
    facts: Mapping[str, Fact] | None = None,
) -> Event:
    """Write one event. `by` None is the system itself. `facts` are codes, ids and dates as text."""
    kind = "system" if by is None else ("person" if by._meta.model_name == "user" else "device")
    return Event.objects.create(
        organisation_id=organisation_id,
        at=at,
        actor_kind=kind,
        actor_id=None if by is None else by.pk,
        actor_label="huddleboard" if by is None else str(by)[:120],
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=(label or str(subject))[:160],
        unit_id=unit_id,
        facts=dict(facts or {}),
    )
