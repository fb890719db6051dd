"""The whole path of one signal. Figures are those that were published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.signals import Cause, State
from analytics.signals.machine import OPEN
from boards.models import GapLimit, Signal, SignalChange
from boards.queries.words import short_day
from boards.rules import Direction
from huddles.models import Issue, IssueEvent
from huddles.queries import signal_words as words
from huddles.queries.issues_words import due, status_word
from huddles.queries.signal_figures import Told, ToldAbove, in_short, limit_words, told, told_above
from huddles.queries.signal_rows import SignalRow, morning, row_of, tier_names
from huddles.queries.signals import dismissed_where, role_of
from huddles.rules.issues import Act
from org.models import Membership
from org.rules import Permission

if TYPE_CHECKING:
    from org.models import User

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
    """One step of a signal: when and after the numbers of which day (""), where to, why, on which tier, by whom."""

    day: date
    when: str
    after: str
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
    above: ToldAbove | None
    limit: str
    reference: str
    direction: str
    asked: str
    may_work: bool
    may_dismiss: bool


@dataclass(frozen=True, slots=True)
class GapAsked:
    """The gap for which a rule asks: as far as it is told ("" where it is not), why it asks, the path of the signal."""

    told: str
    why: str
    url: str


def gap_asked(signal_id: int | None, user: "User", today: date) -> GapAsked | None:
    """What the signal of an issue says to `user`; None where there is none or she may not see groups there. At most six
    statements.
    """
    if signal_id is None:
        return None
    seen = Signal.objects.visible_to(user).select_related("measure", "unit", "dimension", "organisation")
    signal = seen.filter(pk=signal_id).first()
    if signal is None:
        return None
    step = signal.changes.filter(after=State.ESCALATED).last()
    why = words.cause(step, signal.measure.cadence) if step else ""
    return GapAsked(in_short(signal, today), why, reverse("huddles:signal", args=[signal.pk]))


def signal_page(signal: Signal, now: datetime, allowed: Collection[str], opened: Collection[int]) -> SignalPage:
    """The path of a signal, its issues and what was published of its gap. At most 14 statements.

    `now`: aware, in the zone of the unit. `allowed`: what the reader may do at the unit. `opened`: units above whose
    groups the reader may open.
    """
    today = now.date()
    steps = list(signal.changes.all())
    links = list(
        signal.issues.select_related(
            "issue__place", "issue__owner", "issue__merged_into__place", "issue__merged_into__owner"
        ).order_by("issue__raised_at")
    )
    tiers = tier_names(signal.organisation_id)
    open_issue = next((link.issue for link in links if link.is_open), None)
    may_work = Permission.ISSUE_WORK in allowed
    limit = GapLimit.objects.filter(
        unit=signal.unit_id, measure=signal.measure_id, dimension=signal.dimension_id, group=signal.group, until=None
    ).first()
    figures = told(signal, limit, today)
    return SignalPage(
        row=row_of(signal, steps, open_issue, tiers, today),
        unit_id=signal.unit_id,
        measure_url=reverse("boards:measure", args=[signal.unit_id, signal.measure_id])
        + f"?by={signal.dimension.code}#groups",
        unit_url=reverse("boards:board", args=[signal.unit_id]),
        steps=[_step(change, signal, tiers, today) for change in reversed(steps)],
        issues=_issues([link.issue for link in links], now),
        told=figures,
        above=None if any(one.group for one in figures) else told_above(signal, today, opened),
        limit=limit_words(limit, signal.measure) if limit else "",
        reference=limit.reference if limit else "",
        direction=str(Direction(signal.measure.direction).label),
        asked=_asked(open_issue),
        may_work=may_work and signal.state in OPEN,
        may_dismiss=may_work and signal.state in {State.WATCH, *OPEN},
    )


def _asked(issue: Issue | None) -> str:
    """Who is asked now, by role, and where; "" where nobody is."""
    if issue is None:
        return ""
    whole = issue.merged_into or issue
    return f"{words.actor(role_of(whole.owner, whole.place))}, {whole.place.name}"


def _step(change: SignalChange, signal: Signal, tiers: dict[int, str], today: date) -> Step:
    """A step stands on the morning on which it was taken; what rules read then are the numbers of a day before."""
    on = morning(signal, change)
    by_rule = change.figures is not None and change.day != on
    return Step(
        day=on,
        when=short_day(on, today),
        after=_("after the numbers of %(day)s") % {"day": short_day(change.day, today)} if by_rule else "",
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
