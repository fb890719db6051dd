"""How an issue got where it is: its stations, its time at each tier, and everything that happened to it, in words.

`now` is aware and local, as in `words`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.models import Issue, IssueEvent
from huddles.queries import words
from huddles.queries.issues_words import deadline, end_day
from huddles.rules.clocks import Clock
from huddles.rules.issues import CLOSED, LOOKS, OPEN, Act, Ask, Outcome, Seen, Status, Verdict, verdict_text


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the loop. `state` is past, here or ahead; `when` is empty where it has not been reached."""

    name: str
    state: str
    when: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, for people to read."""

    when: str
    stamp: datetime
    act: str
    what: str
    by: str
    note: str
    other_url: str
    other_text: str


@dataclass(frozen=True, slots=True)
class TierTime:
    """How long the issue was at a unit."""

    tier: str
    unit: str
    lasted: str
    now: bool


def stations(issue: Issue, whole: Issue, events: Sequence[IssueEvent], now: datetime) -> list[Station]:
    """Raised, taken, answered, done, read out, confirmed: reached since it came to its place, or was reopened."""
    taken = next(
        (e.at for e in reversed(events) if e.act in {Act.ACKNOWLEDGE, Act.ASSIGN} and e.at >= whole.arrived_at), None
    )
    closed = CLOSED | {Status.DONE}
    taken_at = taken or (whole.answered_at if whole.status in {Status.ANSWERED, *closed} else None)
    if taken_at is not None and whole is not issue:
        taken_at = max(taken_at, issue.raised_at)  # by whoever had the other one then
    declined = whole.outcome == Outcome.DECLINED
    confirmed = issue.verdict_at if issue.verdict in {Verdict.SOLVED, Verdict.PARTLY} else None
    reached = [
        (_("Raised"), issue.raised_at, issue.origin.name),
        (_("Taken"), taken_at, whole.place.name if taken_at else ""),
        (
            _("Declined") if declined else _("Answered"),
            whole.answered_at,
            whole.answered_from.name if whole.answered_from else "",
        ),
        (_("Done"), whole.done_at, ""),
        (_("Read out"), issue.read_out_at, ""),
        (_("Accepted") if declined else _("Confirmed"), confirmed, ""),
    ]
    if declined:
        del reached[3]  # nothing was done, and nothing will be
    if whole.status == Status.UNCONFIRMED and confirmed is None:
        reached[-1] = (_("Closed, not confirmed"), whole.closed_at, "")
    last = max((i for i, (_name, at, _note) in enumerate(reached) if at is not None), default=0)
    # The answer may be read out before it is done: what comes next is the first station that is missing.
    ahead = next((i for i, (_name, at, _note) in enumerate(reached) if at is None), len(reached))
    open_now = whole.status in OPEN
    found = []
    for index, (name, at, note) in enumerate(reached):
        state = "past" if at is not None else "here" if index == ahead and open_now else "ahead"
        if at is None and index < last and state != "here":
            state = "skipped"
        found.append(Station(name, state, words.clock(at, now) if at else "", note))
    return found


def tier_times(events: Sequence[IssueEvent], issue: Issue, now: datetime) -> list[TierTime]:
    """The units where it was, in order, with how long; where it came back to one it stands again."""
    stays: list[tuple[IssueEvent, datetime]] = []
    for event in events:
        if event.to_place is not None and (not stays or stays[-1][0].to_place_id != event.to_place_id):
            stays.append((event, event.at))
    ends = [start for _event, start in stays[1:]] + [issue.closed_at or now]
    rows = []
    for (event, start), end in zip(stays, ends, strict=True):
        place = event.to_place
        assert place is not None
        here = end == now and issue.closed_at is None and place.pk == stays[-1][0].to_place_id
        rows.append(TierTime(place.tier.name, place.name, words.span(max(end - start, timedelta(0))), here))
    return rows


#: What happens to an issue that joins, and is told in the history of the other one too.
JOININGS: Final = (Act.MERGE, Act.UNMERGE)


def happening(event: IssueEvent, now: datetime, of: Issue) -> Happening:
    """One event for people to read in the history of `of`; what joined it is told there too."""
    act = Act(event.act)
    if event.issue_id != of.pk:
        joined = act == Act.MERGE
        return Happening(
            when=words.clock(event.at, now),
            stamp=event.at.astimezone(now.tzinfo),
            act=event.act,
            what=_("Another one joined:") if joined else _("Stands by itself again:"),
            by=str(event.by) if event.by else "",
            note="",
            other_url=reverse("huddles:issue", args=[event.issue_id]),
            other_text=f"#{event.issue.number}",
        )
    return Happening(
        when=words.clock(event.at, now),
        stamp=event.at.astimezone(now.tzinfo),
        act=event.act,
        what=_what(event, act, now),
        by=str(event.by) if event.by else "",
        note=event.note,
        other_url=reverse("huddles:issue", args=[event.other_id]) if event.other_id else "",
        other_text=f"#{event.other.number}" if event.other else "",
    )


#: Things that happened meanwhile, told beside what was not stored.
_MEANWHILE: Final = 3


def happened_since(issue: Issue, newest: int, now: datetime) -> list[Happening]:
    """What happened to `issue` after its event `newest`, the last of it. One statement. `now` is aware."""
    later = issue.events.filter(pk__gt=newest).select_related(
        "by", "from_place", "to_place", "owner", "choice", "other"
    )
    local = now.astimezone(issue.organisation.zone)
    return [happening(event, local, issue) for event in reversed(later.order_by("-pk")[:_MEANWHILE])]


def _what(event: IssueEvent, act: Act, now: datetime) -> str:
    place = event.to_place.name if event.to_place else ""
    owner = str(event.owner or "")
    if act in {Act.ESCALATE, Act.DELEGATE, Act.TRANSFER, Act.CLIMB}:
        told = _("%(act)s to %(unit)s; %(owner)s owns it") % {"act": act.label, "unit": place, "owner": owner}
        if event.ask:
            told = f"{told} – {Ask(event.ask).label}"
        return f"{told} ({event.choice.name})" if event.choice else told
    if act == Act.ASSIGN:
        return _("Given to %(owner)s") % {"owner": owner}
    if act in {Act.ANSWER, Act.DECLINE, Act.FINISH} and event.outcome:
        due = f" – {deadline(event.due_at, now)}" if event.due_at else ""
        return f"{act.label}: {Outcome(event.outcome).label}{due}"
    if act in {Act.CONFIRM, Act.REOPEN, Act.WORD} and event.verdict:
        return f"{act.label}: {verdict_text(event.verdict, event.outcome)}"
    if act == Act.PARK and event.choice:
        return f"{act.label}: {event.choice.name}"
    if act in LOOKS and event.due_at:
        day = end_day(event.due_at, now)
        told = _("Looked at: %(seen)s") % {"seen": Seen(event.seen).label} if event.seen else str(act.label)
        return f"{told} ({day})"
    if act == Act.REMIND:
        why = {Clock.ACKNOWLEDGE: _("nobody has taken it"), Clock.ANSWER: _("no answer"), Clock.PROMISE: _("late")}
        return f"{act.label}: {why.get(Clock(event.clock), '')}" if event.clock else str(act.label)
    return str(act.label)
