"""What was said in a huddle about the answers that had come back: each with who, when, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.models import Huddle, IssueEvent
from huddles.queries import words
from huddles.rules.issues import TRANSITIONS, Act, Status, Verdict, closes

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huddles.models import Issue

_ACTS: Final = (Act.READ_OUT, Act.CONFIRM, Act.REOPEN)
_SIGNS: Final[Mapping[str, str]] = {Verdict.SOLVED: "met", Verdict.PARTLY: "seen", Verdict.NOT_SOLVED: "at_risk"}


@dataclass(frozen=True, slots=True)
class Handled:
    """An answer that was dealt with in a huddle. `title` and `note` are people's own words."""

    pk: int
    number: int
    title: str
    url: str
    says: str
    sign: str
    note: str
    by: str
    time: str
    may_reopen: bool  # a word that closed it can be taken back by saying what is left


def handled_in(huddle: Huddle, readable: "QuerySet[Issue]", now: datetime) -> list[Handled]:
    """The last word of each issue's origin in `huddle`, in the order of time, of the issues that somebody may read.
    What was raised in the huddle itself is told elsewhere. One statement. `now` is local.
    """
    told = readable.filter(origin=huddle.unit_id, confidential=False)
    events = (
        IssueEvent.objects.filter(huddle=huddle, act__in=_ACTS, other__isnull=True, issue__in=told)
        .exclude(issue__huddle=huddle)
        .select_related("issue__merged_into", "by")
        .order_by("at", "pk")
    )
    last = {event.issue_id: event for event in events}
    return [_handled(event, now) for event in sorted(last.values(), key=lambda event: (event.at, event.pk))]


def _handled(event: IssueEvent, now: datetime) -> Handled:
    issue = event.issue
    whole = issue.merged_into or issue
    says = str(Verdict(event.verdict).label) if event.verdict else _("Read out")
    return Handled(
        issue.pk,
        issue.number,
        issue.title,
        reverse("huddles:issue", args=[issue.pk]),
        says,
        _SIGNS.get(event.verdict, "met"),
        event.note,
        "" if event.by is None else event.by.get_short_name(),
        words.clock(event.at, now),
        closes(event.verdict) and Act.REOPEN in TRANSITIONS[Status(whole.status)],
    )
