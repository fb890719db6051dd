"""Issues that may be the same as another one, or as what somebody is typing: by trigrams of the title, or all words.

Only what the reader may see, and never a confidential one: a suggestion would tell that it is there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Upper
from django.urls import reverse

from huddles.models import Issue
from huddles.queries import words
from huddles.rules.issues import CLOSED, IN_WORK, OPEN, status_text
from org.models import User

#: Issues further back are other issues.
LOOK_BACK: Final = timedelta(days=30)
#: Answers are worth remembering for longer.
REMEMBER: Final = timedelta(days=365)
MOST: Final = 5
#: Shorter texts are like everything.
SHORTEST: Final = 4


@dataclass(frozen=True, slots=True)
class Similar:
    """An issue that may be the same. `joinable`: another one can become part of it now."""

    pk: int
    number: int
    title: str
    url: str
    place: str
    origin: str
    status_text: str
    age: str
    joinable: bool


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """An issue of the past that was like this one, and what was answered then."""

    number: int
    title: str
    url: str
    origin: str
    answered_by: str
    tell_staff: str
    status_text: str
    closed_text: str


def similar_to_text(
    user: User, organisation_id: int, text: str, now: datetime, *, but: int = 0, most: int = MOST
) -> list[Similar]:
    """Open issues like `text` that `user` may see, the likest first. One statement; none for a text too short."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    found = (
        _like(_readable(user, organisation_id), text)
        .filter(status__in=sorted(OPEN), raised_at__gte=now - LOOK_BACK)
        .exclude(pk=but)
        .values_list(
            "pk",
            "number",
            "title",
            "status",
            "outcome",
            "raised_at",
            "place__name",
            "origin__name",
            "confidential",
            named=True,
        )[:most]
    )
    return [
        Similar(
            pk=row.pk,
            number=row.number,
            title=row.title,
            url=reverse("huddles:issue", args=[row.pk]),
            place=row.place__name,
            origin=row.origin__name,
            status_text=status_text(row.status, row.outcome),
            age=words.span(now - row.raised_at),
            joinable=row.status in IN_WORK,
        )
        for row in found
    ]


def similar_open(issue: Issue, user: User, now: datetime, most: int = MOST) -> list[Similar]:
    """Open issues of the last 30 days that may be the same as `issue`. One statement; none for a confidential one."""
    if issue.confidential:
        return []
    return similar_to_text(user, issue.organisation_id, issue.title, now, but=issue.pk, most=most)


def similar_answered(issue: Issue, user: User, now: datetime, zone: tzinfo, most: int = 3) -> list[PastAnswer]:
    """Closed issues of the last year like `issue`, with the answer given then. One statement."""
    if issue.confidential or len(issue.title.strip()) < SHORTEST:
        return []
    found = (
        _like(_readable(user, issue.organisation_id), issue.title)
        .filter(status__in=sorted(CLOSED), closed_at__gte=now - REMEMBER)
        .exclude(tell_staff="")
        .exclude(pk=issue.pk)
        .values_list(
            "pk", "number", "title", "status", "outcome", "closed_at", "origin__name", "answered_from__name",
            "tell_staff",
            named=True,
        )[:most]
    )  # fmt: skip
    return [
        PastAnswer(
            number=row.number,
            title=row.title,
            url=reverse("huddles:issue", args=[row.pk]),
            origin=row.origin__name,
            answered_by=row.answered_from__name or "",
            tell_staff=row.tell_staff,
            status_text=status_text(row.status, row.outcome),
            closed_text=words.clock(row.closed_at, now.astimezone(zone)) if row.closed_at else "",
        )
        for row in found
    ]


def _readable(user: User, organisation_id: int) -> "QuerySet[Issue]":
    return Issue.objects.visible_to(user).filter(organisation=organisation_id, confidential=False)


def _like(issues: "QuerySet[Issue]", text: str) -> "QuerySet[Issue, Any]":
    """Those like `text`, the likest first. The title in capitals has an index of trigrams, the words have one too."""
    big = text.upper()
    return (
        issues.annotate(
            big=Upper("title"),
            words=SearchVector("title", "detail", config="simple"),
            likeness=Greatest(TrigramSimilarity("title", text), TrigramWordSimilarity(text, "title")),
        )
        .filter(
            Q(big__trigram_similar=big)
            | Q(big__trigram_word_similar=big)
            | Q(words=SearchQuery(text, config="simple", search_type="plain"))
        )
        .order_by("-likeness", "-raised_at")
    )
