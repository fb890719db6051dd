"""Pages of signals: the list of an officer or a board, the whole path of one. Figures are those that were published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Final

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.signals import State
from analytics.signals.machine import OPEN
from boards.models import Measure, Signal, SignalChange
from boards.queries import published
from boards.queries.published import Block, Part
from boards.queries.words import counts, number, short_day
from boards.rules import Direction
from huddles.models import Issue, IssueEvent, SignalIssue
from huddles.queries import signal_words as words
from huddles.queries.issues_words import due, status_word
from huddles.rules.issues import Act
from org.models import Membership, Unit, User
from org.rules import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Groups of states by which a list is narrowed.
SHOWN: Final = {
    "open": (gettext_lazy("Open"), tuple(sorted(state.value for state in OPEN))),
    "waiting": (gettext_lazy("Waiting to be taken"), (State.ESCALATED.value,)),
    "work": (gettext_lazy("In work"), (State.ACKNOWLEDGED.value, State.COUNTERMEASURE.value)),
    "monitoring": (gettext_lazy("Done, being watched"), (State.MONITORING.value,)),
    "watch": (gettext_lazy("Watched"), (State.WATCH.value,)),
    "closed": (gettext_lazy("Closed"), (State.CLOSED.value,)),
}
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
class SignalRow:
    """A signal in a list. `sign`: how loud it is; `why`: its last step in words."""

    pk: int
    url: str
    measure: str
    group: str
    dimension: str
    unit: str
    state: str
    state_text: str
    sign: str
    tier: str
    age: str
    why: str
    place: str  # where its issue is, or ""
    due: str


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
    direction: str
    may_work: bool
    may_dismiss: bool


def tier_names(organisation_id: int) -> dict[int, str]:
    """Tier level → its name. One statement."""
    tiers = Unit.objects.filter(organisation=organisation_id).values_list("tier__level", "tier__name").distinct()
    return dict(tiers)


def sought(user: User, permission: Permission, *, shown: str, tier: str, unit: Unit | None) -> "QuerySet[Signal]":
    """Signals of the units at which `user` may do `permission`, the oldest that wait first."""
    units = Unit.objects.with_permission(user, permission)
    found = Signal.objects.filter(unit__in=units, state__in=SHOWN.get(shown, SHOWN["open"])[1])
    if unit is not None:
        found = found.filter(unit=unit)
    if tier.isascii() and tier.isdigit():
        found = found.filter(tier=int(tier))
    order = ("-changed_on", "-pk") if shown == "closed" else ("since", "pk")
    return found.select_related("measure", "unit", "dimension").order_by(*order)


def rows_of(signals: Collection[Signal], today: date) -> list[SignalRow]:
    """Signals of a list in words. Three statements."""
    if not signals:
        return []
    newest = SignalChange.objects.filter(signal=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    last = Signal.objects.filter(pk__in=[s.pk for s in signals]).annotate(newest=Subquery(newest)).values("newest")
    steps = {change.signal_id: change for change in SignalChange.objects.filter(pk__in=last)}
    links = SignalIssue.objects.filter(signal__in=[s.pk for s in signals], is_open=True).select_related("issue__place")
    issues = {link.signal_id: link.issue for link in links}
    tiers = tier_names(next(iter(signals)).organisation_id)
    return [_row(s, steps.get(s.pk), issues.get(s.pk), tiers, today) for s in signals]


def _row(
    signal: Signal, last: SignalChange | None, issue: Issue | None, tiers: dict[int, str], today: date
) -> SignalRow:
    days = max((today - signal.since).days, 0)
    late = signal.due is not None and signal.due < today
    return SignalRow(
        pk=signal.pk,
        url=reverse("huddles:signal", args=[signal.pk]),
        measure=signal.measure.name,
        group=signal.group,
        dimension=signal.dimension.name,
        unit=signal.unit.name,
        state=signal.state,
        state_text=words.state(signal.state),
        sign=_SIGNS[State(signal.state)],
        tier=tiers.get(signal.tier, str(signal.tier)),
        age=ngettext("%(n)s day", "%(n)s days", days) % {"n": days},
        why=words.cause(last, signal.measure.cadence) if last else "",
        place=issue.place.name if issue else "",
        due=_due(signal, today, late=late),
    )


def _due(signal: Signal, today: date, *, late: bool) -> str:
    if signal.due is None:
        return ""
    day = short_day(signal.due, today)
    return _("late – promised for %(day)s") % {"day": day} if late else _("promised for %(day)s") % {"day": day}


#: How a state is signed; words stand beside every sign.
_SIGNS: Final = {
    State.NONE: "met",
    State.WATCH: "seen",
    State.ESCALATED: "missed",
    State.ACKNOWLEDGED: "at_risk",
    State.COUNTERMEASURE: "at_risk",
    State.MONITORING: "seen",
    State.CLOSED: "met",
}


def signal_page(signal: Signal, now: datetime, allowed: Collection[str]) -> SignalPage:
    """The path of a signal, its issues and what was published of its gap. Nine statements.

    `now`: aware, in the zone of the unit. `allowed`: what the reader may do at the unit.
    """
    today = now.date()
    steps = list(signal.changes.all())
    links = list(signal.issues.select_related("issue__place", "issue__merged_into").order_by("issue__raised_at"))
    tiers = tier_names(signal.organisation_id)
    open_issue = next((link.issue for link in links if link.is_open), None)
    may_work = Permission.ISSUE_WORK in allowed
    return SignalPage(
        row=_row(signal, steps[-1] if steps else None, open_issue, tiers, today),
        unit_id=signal.unit_id,
        measure_url=reverse("boards:measure", args=[signal.unit_id, signal.measure_id])
        + f"?by={signal.dimension.code}#groups",
        unit_url=reverse("boards:board", args=[signal.unit_id]),
        steps=[_step(change, signal, tiers, today) for change in reversed(steps)],
        issues=_issues([link.issue for link in links], now),
        told=_told(signal, today),
        direction=str(Direction(signal.measure.direction).label),
        may_work=may_work and signal.state in OPEN,
        may_dismiss=may_work and signal.state in {State.WATCH, *OPEN},
    )


def _step(change: SignalChange, signal: Signal, tiers: dict[int, str], today: date) -> Step:
    return Step(
        day=change.day,
        when=short_day(change.day, today),
        state_text=words.state(change.after),
        why=words.cause(change, signal.measure.cadence),
        tier=tiers.get(change.tier, str(change.tier)),
        by=words.actor(change.role),
        reason=change.reason,
    )


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


def _told(signal: Signal, today: date) -> list[Told]:
    """What was published of the gap, newest first. One statement."""
    found = published.blocks([signal.unit_id], [signal.measure_id], dimensions=[signal.dimension_id])
    return [_block(block, signal, today) for block in reversed(found[-BLOCKS:])]


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


#: How many signals a huddle looks at: more than that is a list, not a step.
MOST_IN_A_HUDDLE: Final = 12


def gaps_below(unit: Unit, now: datetime) -> list[SignalRow]:
    """Open signals of `unit` and below, for a step of its huddle: those of the highest tier first. Five statements."""
    found = Signal.objects.open().filter(unit__path__startswith=unit.path, organisation=unit.organisation_id)
    nearest = found.select_related("measure", "unit", "dimension").order_by("-tier", "since", "pk")
    return rows_of(list(nearest[:MOST_IN_A_HUDDLE]), now.date())
