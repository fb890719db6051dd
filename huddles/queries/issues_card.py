"""One issue as its page shows it: where it is, how it got there, what was answered, who has said what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from boards.models import Signal
from boards.queries.words import short_day
from huddles.models import Comment, Issue, IssueEvent, SignalIssue
from huddles.queries import words
from huddles.queries.attachments import AttachmentRow, attachment_rows
from huddles.queries.check_ins import CheckInRow, check_in_rows
from huddles.queries.issues import SIGNS
from huddles.queries.issues_history import JOININGS, Happening, Station, TierTime, happening, stations, tier_times
from huddles.queries.issues_words import deadline, due, status_word, told_word
from huddles.queries.strata import named
from huddles.rules.issues import (
    IN_WORK,
    LOOKS,
    Act,
    Ask,
    Harm,
    Outcome,
    Size,
    Source,
    Status,
    Urgency,
    people_told,
    verdict_text,
)
from org.models import User

#: What is needed of an issue for its page, in one statement.
LOADED: Final = (
    "organisation",
    "place__tier",
    "origin__tier",
    "owner",
    "raised_by",
    "answered_by",
    "answered_from",
    "category",
    "letter",
    "measure",
    "cannot",
    "verdict_by",
)
#: What is needed of the issue that it was joined to, where it was.
LOADED_OF_WHOLE: Final = ("place__tier", "origin", "owner", "answered_by", "answered_from")


@dataclass(frozen=True, slots=True)
class Origin:
    """A unit where this began, or where one that joined it did, with its word."""

    pk: int
    number: int
    url: str
    unit: str
    raised_by: str
    raised: str
    word: str
    told: str  # the word of whoever told it without an account
    read_out: str
    itself: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    outcome: str
    tell_staff: str
    by: str
    unit: str
    when: str
    due: str
    late: bool
    declined: bool
    before: str  # what was answered before it was done, where that was another sentence


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the unit that has it."""

    kind: str
    line: str
    why: str
    needed_by: str
    late: bool


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment. `removed` shows that there was one, without its words."""

    pk: int
    text: str
    by: str
    when: str
    mine: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class IssueCard:
    """An issue on its page. `whole_url` leads to the issue of which it is part."""

    pk: int
    number: int
    version: str
    title: str
    detail: str
    tried: str
    spot: str
    status: str
    status_text: str
    sign: str
    place: str
    place_tier: str
    place_id: int
    origin: str
    origin_id: int
    owner: str
    since: str
    age: str
    due: str
    due_late: bool
    check_in: str
    check_in_late: bool
    late: bool
    urgent: bool
    size_text: str
    confidential: bool
    unnamed: bool
    told_by: str
    signal_url: str
    facts: Sequence[tuple[str, str]]
    request: Request | None
    answer: Answer | None
    stations: Sequence[Station]
    origins: Sequence[Origin]
    tiers: Sequence[TierTime]
    history: Sequence[Happening]
    check_ins: Sequence[CheckInRow]
    newest: int  # the last thing in its history: what a form that was sent from this page has seen
    copies: Sequence[str]
    comments: Sequence[CommentRow]
    attachments: Sequence[AttachmentRow]
    climbs: int
    reopened: int
    whole_url: str
    whole_number: int
    whole_place: str
    whole_owner: str


def found_issue(user: User, pk: int) -> Issue | None:
    """The issue with all that its page needs, when `user` may see it. One statement, two where it was joined to another
    one: tables that most issues do not need would take longer to plan than to read.
    """
    issue = Issue.objects.visible_to(user).select_related(*LOADED).filter(pk=pk).first()
    if issue is not None and issue.merged_into_id is not None:
        issue.merged_into = Issue.objects.select_related(*LOADED_OF_WHOLE).get(pk=issue.merged_into_id)
    return issue


def _told_by(issue: Issue) -> str:
    if issue.source == Source.RULE and issue.raised_by is None:
        return _("a rule")
    return str(issue.raised_by) if issue.raised_by else issue.reporter or _("somebody who gave no name")


def _signal_url(issue: Issue, user: User) -> str:
    """Where the path of the signal stands by which it was raised, for whoever may see it; "" for all others."""
    if issue.source != Source.RULE:
        return ""
    own = SignalIssue.objects.filter(issue=issue, signal__in=Signal.objects.visible_to(user))
    signal = own.values_list("signal", flat=True).first()
    return reverse("huddles:signal", args=[signal]) if signal else ""


def issue_card(issue: Issue, user: User, now: datetime, zone: tzinfo) -> IssueCard:
    """The page of an issue that was found by `found_issue`. A handful of statements, however much happened."""
    now = now.astimezone(zone)
    everything = list(
        IssueEvent.objects.filter(Q(issue=issue) | Q(other=issue, act__in=JOININGS))
        .select_related("issue", "by", "from_place", "to_place__tier", "owner", "choice", "other")
        .order_by("at", "pk")
    )
    events = [event for event in everything if event.issue_id == issue.pk]
    joined = list(issue.joined.select_related("origin", "raised_by", "verdict_by").order_by("raised_at", "pk"))
    whole = issue.merged_into or issue
    status = Status(issue.status)
    comments = _comments(issue, user, now)
    attachments = attachment_rows(issue, user, now, zone)
    due_late = issue.clock_at is not None and issue.clock_at <= now
    check_in_late = issue.check_in_at is not None and issue.check_in_at <= now
    return IssueCard(
        pk=issue.pk,
        number=issue.number,
        version=_version(issue, whole, joined, [*comments, *attachments], now),
        title=issue.title,
        detail=issue.detail,
        tried=issue.tried,
        spot=issue.spot,
        status=issue.status,
        status_text=status_word(issue),
        sign=SIGNS[status],
        place=whole.place.name,
        place_tier=whole.place.tier.name,
        place_id=whole.place_id,
        origin=issue.origin.name,
        origin_id=issue.origin_id,
        owner=str(whole.owner),
        since=words.span(now - whole.arrived_at),
        age=words.span((issue.closed_at or now) - issue.raised_at),
        due=due(issue.status, issue.clock_at, now),
        due_late=due_late,
        check_in=words.check_in(issue.check_in_at, now),
        check_in_late=check_in_late,
        late=due_late or check_in_late,
        urgent=issue.urgency == Urgency.URGENT,
        size_text="" if issue.size == Size.UNSORTED else str(Size(issue.size).label),
        confidential=issue.confidential,
        unnamed=issue.raised_by is None and not issue.reporter,
        told_by=_told_by(issue),
        signal_url=_signal_url(issue, user),
        facts=_facts(issue, now),
        request=_request(issue, now) if whole is issue else None,
        answer=_answer(whole, events if whole is issue else (), now),
        stations=stations(issue, whole, events, now),
        origins=_origins(issue, whole, joined, now),
        tiers=tier_times(events, issue, now),
        history=[happening(event, now, issue) for event in reversed(everything)],
        check_ins=check_in_rows(issue, now) if any(event.act in LOOKS for event in events) else (),
        newest=events[-1].pk if events else 0,
        copies=list(issue.copies.order_by("unit__name").values_list("unit__name", flat=True)),
        comments=comments,
        attachments=attachments,
        climbs=issue.climbs,
        reopened=whole.reopened,
        whole_url=reverse("huddles:issue", args=[whole.pk]) if whole.pk != issue.pk else "",
        whole_number=whole.number,
        whole_place=whole.place.name,
        whole_owner=str(whole.owner),
    )


def _version(
    issue: Issue, whole: Issue, joined: Sequence[Issue], beside: Sequence[CommentRow | AttachmentRow], now: datetime
) -> str:
    """What an open page compares: another one where anything that it shows is another one."""
    late = sum(1 for at in (issue.clock_at, issue.check_in_at) if at is not None and at <= now)
    words_gone = sum(1 for one in beside if isinstance(one, CommentRow) and one.removed)
    parts = (issue.revision, whole.revision, sum(one.revision for one in joined), len(beside), words_gone, late)
    return "-".join(str(part) for part in parts)


def _facts(issue: Issue, now: datetime) -> list[tuple[str, str]]:
    seen = issue.first_seen_on
    people = people_told(issue.people_touched, issue.groups, issue.organisation.small_cell_threshold)
    said = (
        (_("Where exactly"), issue.spot),
        (_("First seen"), short_day(seen, now.date()) if seen else ""),
        (_("Already tried"), issue.tried),
        (_("About"), issue.category.name if issue.category else ""),
        (_("Letter"), str(issue.letter) if issue.letter else ""),
        (_("Measure"), issue.measure.name if issue.measure else ""),
        (_("People affected"), str(people) if people else ""),
        (_("Groups affected"), "; ".join(named(issue.organisation_id, issue.groups))),
        (_("Harm so far"), str(Harm(issue.harm).label) if issue.harm else ""),
        (_("Comes back"), _("yes, it keeps coming back") if issue.recurring else ""),
    )  # fmt: skip
    return [(label, text) for label, text in said if text]


def _request(issue: Issue, now: datetime) -> Request | None:
    if not issue.ask or issue.place_id == issue.origin_id:
        return None
    return Request(
        kind=str(Ask(issue.ask).label),
        line=issue.asked,
        why=issue.cannot.name if issue.cannot else "",
        needed_by=deadline(issue.needed_by, now) if issue.needed_by else "",
        late=issue.needed_by is not None and issue.needed_by <= now and issue.status in IN_WORK,
    )


def _answer(issue: Issue, events: Sequence[IssueEvent], now: datetime) -> Answer | None:
    """What staff hear: what was answered; once it is done, what was done, with what was answered before. `events`: its
    history, where that is at hand.
    """
    if not issue.outcome or issue.answered_at is None:
        return None
    declined = issue.outcome == Outcome.DECLINED
    done = None
    before = ""
    if issue.done_at is not None and not declined:
        done = next((event for event in reversed(events) if event.act == Act.FINISH), None)
        said = next((event.note for event in reversed(events) if event.act == Act.ANSWER), "")
        before = said if done is not None and done.note and said != issue.tell_staff else ""
    is_done = issue.done_at is not None and not declined
    return Answer(
        outcome=str(Act.FINISH.label if is_done else Outcome(issue.outcome).label),
        tell_staff=issue.tell_staff,
        by=str((done.by if done is not None else issue.answered_by) or ""),
        unit=issue.answered_from.name if issue.answered_from else "",
        when=words.clock(issue.done_at if is_done and issue.done_at else issue.answered_at, now),
        due=deadline(issue.due_at, now) if issue.due_at else "",
        late=issue.status == Status.ANSWERED and issue.due_at is not None and issue.due_at <= now,
        declined=declined,
        before=before,
    )


def _origins(issue: Issue, whole: Issue, joined: Sequence[Issue], now: datetime) -> list[Origin]:
    return [
        Origin(
            pk=one.pk,
            number=one.number,
            url=reverse("huddles:issue", args=[one.pk]),
            unit=one.origin.name,
            raised_by=str(one.raised_by) if one.raised_by else one.reporter,
            raised=words.clock(one.raised_at, now),
            word=verdict_text(one.verdict, whole.outcome) if one.verdict else "",
            told=told_word(one, whole.outcome),
            read_out=words.clock(one.read_out_at, now) if one.read_out_at else "",
            itself=one.pk == issue.pk,
        )
        for one in [issue, *joined]
    ]


def _comments(issue: Issue, user: User, now: datetime) -> list[CommentRow]:
    found = Comment.objects.filter(issue=issue).select_related("by").order_by("at", "pk")
    return [
        CommentRow(
            pk=one.pk,
            text="" if one.removed_at else one.text,
            by=str(one.by or ""),
            when=words.moment(one.at, now),
            mine=one.by_id == user.pk,
            removed=one.removed_at is not None,
        )
        for one in found
    ]
