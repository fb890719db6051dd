"""The audit trail and the outbox as lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.db.models import BooleanField, Case, F, Q, QuerySet, When
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from org import rules
from org.audit import Fact
from org.models import Event, Message, Organisation, Unit

if TYPE_CHECKING:
    from org.models import User

MESSAGE_ATTEMPTS = rules.MESSAGE_ATTEMPTS
_EMPTY: Final = (None, "")


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as it is read: when at the organisation, who, what, about what, where; of one that is kept back from
    the reader only when and what.
    """

    at: datetime
    who: str
    what: str
    subject: str
    unit: str
    facts: tuple[tuple[str, str], ...]


def verbs_of(organisation: Organisation) -> list[tuple[str, str]]:
    """What has happened at the organisation so far, each kind once: its code and its words, by the words.

    One statement.
    """
    with_verb = Event.objects.filter(organisation_id=organisation.pk).order_by("verb")
    found = [(verb, said(verb)) for verb in with_verb.values_list("verb", flat=True).distinct()]
    return sorted(found, key=lambda pair: pair[1])


def with_kept_back(events: QuerySet[Event], organisation: Organisation, user: "User") -> QuerySet[Event]:
    """`events`, each with `kept`: whether a room keeps back from `user` who did it, about what and where. No statement.

    A room says so by the path of a function, which gives kinds of subjects and the ids, as text, of those meant.
    """
    kept = Q(pk__in=[])
    for room in apps.get_app_configs():
        path = getattr(room, "kept_back", "")
        for kind, ids in import_string(path)(organisation, user).items() if path else ():
            kept |= Q(subject_kind=kind, subject_id__in=ids)
    return events.annotate(kept=Case(When(kept, then=True), default=False, output_field=BooleanField()))


def told_whole(events: QuerySet[Event]) -> QuerySet[Event]:
    """Those that `with_kept_back` gave of which nothing is kept back."""
    return events.filter(kept=False)  # type: ignore[misc]


def event_rows(events: Sequence[Event], organisation: Organisation) -> list[EventRow]:
    """Events that `with_kept_back` gave, with the present names of their units. One statement."""
    ids = {event.unit_id for event in events if event.unit_id is not None}
    names = dict(Unit.objects.filter(pk__in=ids, organisation=organisation).values_list("pk", "name"))
    zone = organisation.zone
    return [
        EventRow(event.at.astimezone(zone), "", said(event.verb), gettext("told in confidence"), "", ())
        if event.kept  # type: ignore[attr-defined]
        else EventRow(
            at=event.at.astimezone(zone),
            who=event.actor_label,
            what=said(event.verb),
            subject=event.subject_label,
            unit=names.get(event.unit_id, "") if event.unit_id else "",
            facts=tuple((_called(key), _fact(key, value)) for key, value in event.facts.items() if value not in _EMPTY),
        )
        for event in events
    ]


def said(verb: str) -> str:
    """An event in words, as its room calls it: "unit.second_line_set" is "Second line changed".

    An event that no room knows any more is its code, spelled out.
    """
    for room in apps.get_app_configs():
        words = getattr(room, "verbs", {}).get(verb)
        if words is not None:
            return str(words)
    return verb.replace(".", " · ").replace("_", " ")


def _called(fact: str) -> str:
    for room in apps.get_app_configs():
        words = getattr(room, "facts", {}).get(fact)
        if words is not None:
            return str(words)
    return fact.replace("_", " ")


def _fact(key: str, value: Fact) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if key == "role" and value in rules.Role.values:
        return str(rules.Role(str(value)).label)
    return str(value)


def in_need_first(messages: "QuerySet[Message]") -> "QuerySet[Message]":
    """Given-up messages first, then the newest."""
    return messages.order_by(F("failed_at").desc(nulls_last=True), "-queued_at", "-pk")
