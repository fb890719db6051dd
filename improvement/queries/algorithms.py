"""The registry of guidelines that use race, as its pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from improvement.models import Algorithm
from improvement.rules import algorithms as rules
from improvement.rules.starter import guidelines
from org.models import Organisation


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the registry."""

    pk: int
    name: str
    kind: str
    place: str
    uses: str
    source: str
    now: str
    status: str
    status_text: str
    owner: str
    last_review: date | None
    next_review: date | None
    decision: str
    replaced_by: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Registry:
    """The whole registry: overdue first, then by state. `counts` by state, all of them; `not_taken` of the list."""

    entries: Sequence[Entry]
    counts: Mapping[str, int]
    overdue: int
    not_taken: int


@dataclass(frozen=True, slots=True)
class Look:
    """One review that was written down."""

    at: datetime
    by: str
    before_text: str
    status_text: str
    decision: str
    replaced_by: str
    next_review: date | None


def entry_of(found: Algorithm, today: date) -> Entry:
    """A guideline as a line; unit and owner were read with it."""
    return Entry(
        found.pk,
        found.name,
        str(rules.Kind(found.kind).label),
        " · ".join(text for text in (found.unit.name if found.unit else "", found.place) if text),
        found.uses,
        found.source,
        found.now,
        found.status,
        str(rules.Review(found.status).label),
        str(found.owner) if found.owner else "",
        found.last_review,
        found.next_review,
        found.decision,
        found.replaced_by,
        rules.is_overdue(rules.Review(found.status), found.next_review, today),
    )


def algorithms_of(organisation: Organisation) -> "QuerySet[Algorithm]":
    """Guidelines of an organisation with unit and owner."""
    return organisation.algorithms.select_related("unit", "owner")


def registry(organisation: Organisation, today: date, *, status: str = "") -> Registry:
    """The registry, narrowed to a state where one is named. One statement."""
    rows = list(algorithms_of(organisation))
    codes = {found.code for found in rows}
    every = [entry_of(found, today) for found in rows]
    every.sort(key=lambda one: (not one.overdue, rules.ORDER[rules.Review(one.status)], one.name.casefold()))
    counts = {code: sum(one.status == code for one in every) for code in rules.Review.values}
    shown = [one for one in every if not status or one.status == status]
    not_taken = sum(one.code not in codes for one in guidelines())
    return Registry(shown, counts, sum(one.overdue for one in every), not_taken)


def looks_at(algorithm: Algorithm) -> Sequence[Look]:
    """Its reviews, the newest first. One statement."""
    return [
        Look(
            one.at,
            str(one.by) if one.by else "",
            str(rules.Review(one.before).label),
            str(rules.Review(one.status).label),
            one.decision,
            one.replaced_by,
            one.next_review,
        )
        for one in algorithm.reviews.select_related("by")
    ]
