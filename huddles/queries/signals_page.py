"""The whole path of one signal. Figures are those that were published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.signals import Cause, State
from analytics.signals.machine import OPEN
from boards.models import GapLimit, Measure, Signal, SignalChange
from boards.queries import published
from boards.queries.published import Block, Part
from boards.queries.words import counts, number, short_day
from boards.rules import Direction
from boards.signals.limits import gap_of
from huddles.models import Issue, IssueEvent
from huddles.queries import signal_words as words
from huddles.queries.issues_words import due, status_word
from huddles.queries.signal_rows import SignalRow, row_of, tier_names
from huddles.queries.signals import dismissed_where
from huddles.rules.issues import Act
from org.models import Membership
from org.rules import Permission

#: How many published blocks stand on the page of a signal.
BLOCKS: Final = 12
#: What happens to an issue that moves it, or says what is done.
_TOLD: Final = frozenset(
    {
        Act.RAISE,
        Act.ACKNOWLEDGE,
        Act.ASSIGN,
        Act.ESCALATE,
        Act.DELEGATE,
        Act.TRANSFER,
        Act.CLIMB,
        Act.REMIND,
        Act.ANSWER,
        Act.DECLINE,
        Act.FINISH,
        Act.CONFIRM,
        Act.REOPEN,
        Act.TIME_OUT,
        Act.PARK,
        Act.RESUME,
        Act.MERGE,
        Act.UNMERGE,
        Act.STILL,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a signal: from where to where, why, on which tier, by whom (a role)."""

    day: date
    when: str
    state_text: str
    why: str
    tier: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Something that happened to the issue of a signal."""

    at: datetime
    when: str
    what: str
    place: str
    by: str


@dataclass(frozen=True, slots=True)
class Told:
    """The gap in one published block. Figures are "" where the group is not told."""

    days: str
    group: str
    group_counts: str
    rest: str
    rest_counts: str
    gap: str
    worse: bool
    limited: str = ""  # the gap to whom the limit compares with
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class IssueView:
    """The issue by which a signal is asked about, and its hand-overs."""

    title: str
    url: str
    status: str
    due: str
    place: str
    events: Sequence[HandOver]


@dataclass(frozen=True, slots=True)
class SignalPage:
    """The whole path of one signal."""

    row: SignalRow
    unit_id: int
    measure_url: str
    unit_url: str
    steps: Sequence[Step]
    issues: Sequence[IssueView]
    told: Sequence[Told]
    limit: str
    reference: str
    direction: str
    may_work: bool
    may_dismiss: bool


def signal_page(signal: Signal, now: datetime, allowed: Collection[str]) -> SignalPage:
    """The path of a signal, its issues and what was published of its gap. Ten statements.

    `now`: aware, in the zone of the unit. `allowed`: what the reader may do at the unit.
    """
    today = now.date()
    steps = list(signal.changes.all())
    links = list(signal.issues.select_related("issue__place", "issue__merged_into").order_by("issue__raised_at"))
    tiers = tier_names(signal.organisation_id)
    open_issue = next((link.issue for link in links if link.is_open), None)
    may_work = Permission.ISSUE_WORK in allowed
    limit = GapLimit.objects.filter(
        unit=signal.unit_id, measure=signal.measure_id, dimension=signal.dimension_id, group=signal.group, until=None
    ).first()
    return SignalPage(
        row=row_of(signal, steps, open_issue, tiers, today),
        unit_id=signal.unit_id,
        measure_url=reverse("boards:measure", args=[signal.unit_id, signal.measure_id])
        + f"?by={signal.dimension.code}#groups",
        unit_url=reverse("boards:board", args=[signal.unit_id]),
        steps=[_step(change, signal, tiers, today) for change in reversed(steps)],
        issues=_issues([link.issue for link in links], now),
        told=_told(signal, limit, today),
        limit=_limit(limit, signal.measure) if limit else "",
        reference=limit.reference if limit else "",
        direction=str(Direction(signal.measure.direction).label),
        may_work=may_work and signal.state in OPEN,
        may_dismiss=may_work and signal.state in {State.WATCH, *OPEN},
    )


def _step(change: SignalChange, signal: Signal, tiers: dict[int, str], today: date) -> Step:
    return Step(
        day=change.day,
        when=short_day(change.day, today),
        state_text=words.state(change.after),
        why=_why(change, signal),
        tier=tiers.get(change.tier, str(change.tier)),
        by=words.actor(change.role),
        reason=change.reason,
    )


def _why(change: SignalChange, signal: Signal) -> str:
    if change.cause == Cause.DISMISSED and (below := dismissed_where(signal, change)):
        return _("It was dismissed at %(unit)s, with a reason. Here the gap is seen only through that unit.") % {
            "unit": below
        }
    return words.cause(change, signal.measure.cadence)


def _issues(issues: Sequence[Issue], now: datetime) -> list[IssueView]:
    """Issues with what happened to them, newest first; whoever acted is told by role. Two statements."""
    happened = IssueEvent.objects.filter(issue__in=issues, act__in=_TOLD).select_related("to_place")
    by_issue: dict[int, list[IssueEvent]] = {}
    for event in happened.order_by("at", "pk"):
        by_issue.setdefault(event.issue_id, []).append(event)
    roles = _roles({e.by_id or 0 for own in by_issue.values() for e in own})
    zone = now.tzinfo
    return [
        IssueView(
            title=issue.title,
            url=reverse("huddles:issue", args=[issue.pk]),
            status=status_word(issue),
            due=due(issue.status, issue.clock_at, now),
            place=issue.place.name,
            events=[_hand_over(event, roles, now, zone) for event in by_issue.get(issue.pk, ())],
        )
        for issue in reversed(issues)
    ]


def _hand_over(
    event: IssueEvent, roles: dict[int, list[tuple[str, str]]], now: datetime, zone: tzinfo | None
) -> HandOver:
    at = event.at.astimezone(zone)
    place = event.to_place
    held = [role for path, role in roles.get(event.by_id or 0, ()) if place and place.path.startswith(path)]
    return HandOver(
        at=at,
        when=short_day(at.date(), now.date()),
        what=str(Act(event.act).label),
        place=place.name if place else "",
        by=words.actor(held[0]) if held else words.actor("") if event.by_id is None else _("Somebody of the house"),
    )


def _roles(people: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Person id → (path, role) of their seats, the nearest to a ward first. One statement."""
    seats = Membership.objects.current().filter(user__in=people).values_list("user_id", "unit__path", "role")
    roles: dict[int, list[tuple[str, str]]] = {}
    for person, path, role in sorted(seats, key=lambda seat: -len(seat[1])):
        roles.setdefault(person, []).append((path, role))
    return roles


def _limit(limit: GapLimit, measure: Measure) -> str:
    """How wide the gap may be, in a sentence."""
    said = {"points": number(limit.points, measure.decimals), "reference": limit.reference}
    if limit.reference:
        return _("Its limit is %(points)s points behind %(reference)s.") % said
    return _("Its limit is %(points)s points behind everyone else.") % said


def _told(signal: Signal, limit: GapLimit | None, today: date) -> list[Told]:
    """What was published of the gap, newest first. One statement."""
    found = published.blocks([signal.unit_id], [signal.measure_id], dimensions=[signal.dimension_id])
    told = []
    for block in reversed(found[-BLOCKS:]):
        one = _block(block, signal, today)
        gap = gap_of(block, limit, signal.measure, signal.organisation.small_cell_threshold) if limit else None
        if limit is not None and gap is not None:
            beyond = gap > limit.points and block.first >= limit.since
            one = replace(one, limited=_points(abs(gap), signal.measure, worse=gap > 0), beyond=beyond)
        told.append(one)
    return told


def _block(block: Block, signal: Signal, today: date) -> Told:
    measure = signal.measure
    days = f"{short_day(block.first, today)} – {short_day(block.last, today)}"
    own = block.part(signal.group)
    if own is None or not own.denominator:
        return Told(days, "", "", "", "", "", worse=False)
    rest = block.everyone_but(signal.group)
    if not rest.denominator:
        return Told(days, _rate(own, measure), counts(own.numerator, own.denominator), "", "", "", worse=False)
    gap = (own.numerator / own.denominator - rest.numerator / rest.denominator) * measure.multiplier
    worse = gap < 0 if measure.direction == Direction.HIGHER else gap > 0
    return Told(
        days=days,
        group=_rate(own, measure),
        group_counts=counts(own.numerator, own.denominator),
        rest=_rate(rest, measure),
        rest_counts=counts(rest.numerator, rest.denominator),
        gap=_points(abs(gap), measure, worse=worse),
        worse=worse,
    )


def _rate(part: Part, measure: Measure) -> str:
    value = number(part.numerator / part.denominator * measure.multiplier, measure.decimals)
    return f"{value} {measure.unit_text}".strip()


def _points(gap: float, measure: Measure, *, worse: bool) -> str:
    points = number(gap, measure.decimals)
    return _("%(n)s points worse") % {"n": points} if worse else _("%(n)s points better or equal") % {"n": points}
