"""The audit trail and the outbox as lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from org import rules
from org.models import Event, Message, Organisation, Unit

MESSAGE_ATTEMPTS = rules.MESSAGE_ATTEMPTS


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as it is read: when at the organisation, who, what, about what, where."""

    at: datetime
    who: str
    what: str
    subject: str
    unit: str
    facts: tuple[tuple[str, str], ...]


def verbs_of(organisation: Organisation) -> list[str]:
    """What has happened at the organisation so far, each kind once. One statement."""
    with_verb = Event.objects.filter(organisation_id=organisation.pk).order_by("verb")
    return list(with_verb.values_list("verb", flat=True).distinct())


def event_rows(events: Sequence[Event], organisation: Organisation) -> list[EventRow]:
    """Events with the present names of their units. One statement."""
    ids = {event.unit_id for event in events if event.unit_id is not None}
    names = dict(Unit.objects.filter(pk__in=ids, organisation=organisation).values_list("pk", "name"))
    zone = organisation.zone
    return [
        EventRow(
            at=event.at.astimezone(zone),
            who=event.actor_label,
            what=words(event.verb),
            subject=event.subject_label,
            unit=names.get(event.unit_id, "") if event.unit_id else "",
            facts=tuple((words(key), str(value)) for key, value in event.facts.items() if value not in {None, ""}),
        )
        for event in events
    ]


def words(code: str) -> str:
    """A code as words: "unit.second_line_set" is "unit · second line set"."""
    return code.replace(".", " · ").replace("_", " ")


def in_need_first(messages: "QuerySet[Message]") -> "QuerySet[Message]":
    """Given-up messages first, then the newest."""
    return messages.order_by(F("failed_at").desc(nulls_last=True), "-queued_at", "-pk")
