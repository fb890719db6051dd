"""What stands beside the board of a unit: what came back, what waits here, what was promised, where its issues are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.models import AlertReceipt, Huddle, Issue
from huddles.queries import words
from huddles.queries.issues_words import told_word
from huddles.queries.stoplight import Count, light_counts
from huddles.rules.issues import OPEN, Outcome, Status, Verdict
from org.models import Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet


#: How many lines of each list stand beside the board; the rest is one tap away.
MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Line:
    """An issue in one line: its own words, and a sentence of ours about where it stands."""

    number: int
    title: str
    url: str
    says: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that the unit has not said to have read."""

    pk: int
    title: str
    sent: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A huddle of today."""

    url: str
    when: str
    state: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything beside a board. `more`: lines that did not find room, by list."""

    unit_id: int
    alerts: Sequence[Alert]
    huddles: Sequence[Meeting]
    came_back: Sequence[Line]
    waiting: Sequence[Line]
    promised: Sequence[Line]
    elsewhere: Sequence[Line]
    lights: Sequence[Count]
    more: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no issue to show."""
        return not (self.came_back or self.waiting or self.promised or self.elsewhere)


def beside(unit: Unit, readable: "QuerySet[Issue]", now: datetime) -> Beside:
    """What stands beside the board of `unit` at `now`, of the issues that somebody may read. Four statements.

    `now` is local to the unit. Confidential issues never stand beside a board.
    """
    joined = Q(status=Status.MERGED, merged_into__status__in=sorted(OPEN))
    issues = (
        readable.filter(Q(origin=unit) | Q(place=unit), Q(status__in=sorted(OPEN)) | joined, confidential=False)
        .select_related("place", "origin", "owner", "answered_from", "merged_into__place", "merged_into__answered_from")
        .order_by("-urgency", "clock_at", "pk")
    )
    came_back: list[Line] = []
    waiting: list[Line] = []
    promised: list[Line] = []
    elsewhere: list[Line] = []
    for issue in issues:
        if issue.origin_id == unit.pk and _came_back(issue):
            came_back.append(_answer_line(issue))
        elif issue.status == Status.MERGED or issue.place_id != unit.pk:
            if issue.origin_id == unit.pk:
                elsewhere.append(_elsewhere_line(issue, now))
        elif issue.status in {Status.RAISED, Status.ACKNOWLEDGED}:
            waiting.append(_waiting_line(issue, now))
        elif issue.status == Status.ANSWERED:
            promised.append(_promise_line(issue, now))
    lists = (came_back, waiting, promised, elsewhere)
    return Beside(
        unit_id=unit.pk,
        alerts=_alerts(unit, now),
        huddles=_meetings(unit, now),
        came_back=came_back[:MOST],
        waiting=waiting[:MOST],
        promised=promised[:MOST],
        elsewhere=elsewhere[:MOST],
        lights=light_counts(unit, readable, now),
        more=sum(max(0, len(part) - MOST) for part in lists),
    )


def _url(issue: Issue) -> str:
    return reverse("huddles:issue", args=[issue.pk])


def _came_back(issue: Issue) -> bool:
    """Whether the origin has an answer to hear, or a word to say about what was done."""
    whole = issue.merged_into or issue
    if whole.status == Status.DONE:
        return issue.verdict not in {Verdict.SOLVED, Verdict.PARTLY}
    return whole.status == Status.ANSWERED and issue.read_out_at is None and whole.answered_from_id != issue.origin_id


def _answer_line(issue: Issue) -> Line:
    whole = issue.merged_into or issue
    source = whole.answered_from.name if whole.answered_from is not None else whole.place.name
    told = {"unit": source, "words": whole.tell_staff}
    if whole.status == Status.DONE and whole.outcome != Outcome.DECLINED:
        says = _("Done, says %(unit)s: “%(words)s” Is it solved here?") % told
    elif whole.status == Status.DONE:
        says = _("Not possible, says %(unit)s: “%(words)s” Is this answer accepted?") % told
    else:
        says = _("%(unit)s: “%(words)s”") % told
    word = told_word(issue, whole.outcome)
    return Line(issue.number, issue.title, _url(issue), f"{says} {word}" if word else says)


def _elsewhere_line(issue: Issue, now: datetime) -> Line:
    whole = issue.merged_into or issue
    says = _("At %(unit)s since %(when)s") % {
        "unit": whole.place.name,
        "when": words.moment(whole.arrived_at, now),
    }
    return Line(issue.number, issue.title, _url(issue), says)


def _waiting_line(issue: Issue, now: datetime) -> Line:
    late = issue.clock_at is not None and issue.clock_at <= now
    if issue.status == Status.RAISED:
        says = _("Waits to be taken, %(until)s") % {"until": words.until(issue.clock_at, now)}
    else:
        says = _("%(name)s is on it; answer %(until)s") % {
            "name": issue.owner.get_short_name(),
            "until": words.until(issue.clock_at, now),
        }
    says, late = _looked_at(issue, says, now, late=late)
    return Line(issue.number, issue.title, _url(issue), says, late)


def _promise_line(issue: Issue, now: datetime) -> Line:
    late = issue.due_at is not None and issue.due_at <= now
    says = _("%(name)s, %(until)s") % {
        "name": issue.owner.get_short_name(),
        "until": words.until(issue.due_at, now),
    }
    says, late = _looked_at(issue, says, now, late=late)
    return Line(issue.number, issue.title, _url(issue), says, late)


def _looked_at(issue: Issue, says: str, now: datetime, *, late: bool) -> tuple[str, bool]:
    """With the day on which a big one is looked at next."""
    if issue.check_in_at is None:
        return says, late
    return f"{says}; {words.check_in(issue.check_in_at, now)}", late or issue.check_in_at <= now


def _alerts(unit: Unit, now: datetime) -> list[Alert]:
    unread = AlertReceipt.objects.filter(unit=unit, read_at__isnull=True, alert__ended_at__isnull=True)
    return [
        Alert(receipt.alert_id, receipt.alert.title, words.moment(receipt.alert.sent_at, now))
        for receipt in unread.select_related("alert").order_by("-alert__sent_at")
    ]


def _meetings(unit: Unit, now: datetime) -> list[Meeting]:
    found = Huddle.objects.filter(unit=unit, day=now.date()).select_related("not_held_reason").order_by("planned_at")
    meetings = []
    for huddle in found:
        state = huddle.state_at(now)
        url = reverse("huddles:huddle", args=[huddle.pk])
        text = str(state.label)
        if huddle.not_held_reason is not None:
            text = _("Not held: %(reason)s") % {"reason": huddle.not_held_reason.name}
        meetings.append(Meeting(url, words.clock(huddle.planned_at, now), state, text))
    return meetings
