"""Signals beside their issues: which one is to be raised or carried on, whose it is, and what a step says in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from analytics.signals import Cause, Event, State
from boards.models import Category, GroupMember, Published, Signal, SignalChange
from boards.rules import About, CategoryState, Stretch
from huddles.models import SignalIssue
from huddles.queries.strata import groups_of
from huddles.rules.issues import TRANSITIONS, Act, Status
from org.models import Membership, Unit, User
from org.rules import Role, ancestor_ids

E = Event
#: Where an issue stands, and what moves a signal there from its state.
EVENTS: Final[Mapping[Status, Mapping[State, tuple[Event, ...]]]] = {
    Status.RAISED: {
        State.ACKNOWLEDGED: (E.REOPEN,),
        State.COUNTERMEASURE: (E.REOPEN,),
        State.MONITORING: (E.REOPEN,),
        State.CLOSED: (E.REOPEN,),
    },
    Status.ACKNOWLEDGED: {
        State.ESCALATED: (E.ACKNOWLEDGE,),
        State.COUNTERMEASURE: (E.REOPEN, E.ACKNOWLEDGE),
        State.MONITORING: (E.REOPEN, E.ACKNOWLEDGE),
        State.CLOSED: (E.REOPEN, E.ACKNOWLEDGE),
    },
    Status.ANSWERED: {
        State.ESCALATED: (E.START,),
        State.ACKNOWLEDGED: (E.START,),
        State.COUNTERMEASURE: (E.START,),
        State.MONITORING: (E.START,),
        State.CLOSED: (E.REOPEN, E.START),
    },
    Status.DONE: {
        State.ESCALATED: (E.FINISH,),
        State.ACKNOWLEDGED: (E.FINISH,),
        State.COUNTERMEASURE: (E.FINISH,),
    },
    Status.UNCONFIRMED: {
        State.ESCALATED: (E.FINISH,),
        State.ACKNOWLEDGED: (E.FINISH,),
        State.COUNTERMEASURE: (E.FINISH,),
    },
    Status.CONFIRMED: {
        State.ESCALATED: (E.CLOSE,),
        State.ACKNOWLEDGED: (E.CLOSE,),
        State.COUNTERMEASURE: (E.CLOSE,),
        State.MONITORING: (E.CLOSE,),
    },
    Status.PARKED: {},
    Status.MERGED: {},
}


def events_to(state: State, due: date | None, status: Status, promised: date | None) -> tuple[Event, ...]:
    """What has to happen to a signal so that it stands where its issue does; nothing where it stands there."""
    events = EVENTS[status].get(state, ())
    if status == Status.ANSWERED and (promised is None or (state is State.COUNTERMEASURE and promised == due)):
        return ()
    return events


def acts_of(status: Status) -> frozenset[Act]:
    """What may happen to an issue in `status`."""
    return frozenset(TRANSITIONS[status])


def to_raise(most: int) -> list[int]:
    """Ids of signals of patients that ask for help and have no open issue, units of the lowest tier first. One
    statement. An issue is read by everybody of its unit, so a gap between groups of staff never becomes one.
    """
    asked = SignalIssue.objects.filter(signal=OuterRef("pk"), is_open=True)
    waiting = Signal.objects.of(About.PATIENTS).filter(
        ~Exists(asked), state=State.ESCALATED, unit__closed_on__isnull=True
    )
    return list(waiting.order_by("unit__tier__level", "pk").values_list("pk", flat=True)[:most])


def may_raise(signal: Signal) -> bool:
    """Whether a signal may have an issue now: it is about patients, none of its own is open, and no unit below is asked
    about the gap.
    """
    if signal.measure.about != About.PATIENTS:
        return False
    same = SignalIssue.objects.filter(
        is_open=True,
        signal__measure=signal.measure_id,
        signal__dimension=signal.dimension_id,
        signal__group=signal.group,
        signal__unit__path__startswith=signal.unit.path,
    )
    return not same.exists()


def asking_above(signal: Signal) -> list[Signal]:
    """Signals of the same gap at units above that ask for help, from the nearest up. One statement."""
    same = Signal.objects.filter(
        measure=signal.measure_id,
        dimension=signal.dimension_id,
        group=signal.group,
        unit__in=ancestor_ids(signal.unit.path),
        state=State.ESCALATED,
    ).exclude(unit=signal.unit_id)
    return sorted(same.select_related("unit"), key=lambda one: -len(one.unit.path))


def dismissed_where(signal: Signal, change: SignalChange) -> str:
    """The unit below whose dismissal a signal rests with since `change`; "" where it was dismissed itself. One
    statement.
    """
    same = SignalChange.objects.filter(
        cause=Cause.DISMISSED,
        reason=change.reason,
        pk__lt=change.pk,
        signal__measure=signal.measure_id,
        signal__dimension=signal.dimension_id,
        signal__group=signal.group,
        signal__unit__path__startswith=signal.unit.path,
    ).exclude(signal__unit=signal.unit_id)
    return same.order_by("-pk").values_list("signal__unit__name", flat=True).first() or ""


def to_follow(most: int) -> list[int]:
    """Ids of issues that were changed since their signal knows, or whose signal was. One statement."""
    newest = SignalChange.objects.filter(signal=OuterRef("signal")).order_by("-pk").values("pk")[:1]
    links = SignalIssue.objects.filter(is_open=True).annotate(newest=Subquery(newest))
    revision = F("issue__revision") + Coalesce(F("issue__merged_into__revision"), 0)
    moved = links.annotate(revision=revision).filter(~Q(revision=F("followed_to")) | Q(newest__gt=F("told_step")))
    return list(moved.order_by("issue").values_list("issue", flat=True)[:most])


def to_tell(most: int) -> list[tuple[int, date]]:
    """(issue id, last day) where newer figures of the gap were published than its history knows. One statement."""
    links = SignalIssue.objects.filter(is_open=True).annotate(newest=Subquery(_blocks().values("last")[:1]))
    newer = links.filter(newest__isnull=False).filter(Q(told_block=None) | Q(newest__gt=F("told_block")))
    return list(newer.order_by("issue").values_list("issue", "newest")[:most])


def _blocks() -> Any:
    return Published.objects.filter(
        unit=OuterRef("signal__unit"),
        measure=OuterRef("signal__measure"),
        dimension=OuterRef("signal__dimension"),
        stretch=Stretch.BLOCK,
    ).order_by("-last")


def newest_block(signal: Signal) -> date | None:
    """The last day of the newest figures that were published of the gap's unit, measure and dimension."""
    told = Published.objects.filter(
        unit=signal.unit_id, measure=signal.measure_id, dimension=signal.dimension_id, stretch=Stretch.BLOCK
    )
    return told.order_by("-last").values_list("last", flat=True).first()


def group_keys(signal: Signal) -> list[str]:
    """The keys of the group's categories, as issues name groups; none where they cannot be chosen. Four statements."""
    members = GroupMember.objects.filter(
        grouping__dimension=signal.dimension_id, grouping__is_default=True, group=signal.group
    ).values("category")
    grouped = GroupMember.objects.filter(grouping__dimension=signal.dimension_id, grouping__is_default=True)
    own = Q(pk__in=members) | Q(name=signal.group) & ~Q(pk__in=grouped.values("category"))
    codes = Category.objects.filter(own, dimension=signal.dimension_id, state=CategoryState.KNOWN)
    known = {group.key for group in groups_of(signal.organisation_id)}
    keys = [f"{signal.dimension.code}:{code}" for code in codes.values_list("code", flat=True)]
    return [key for key in keys if key in known]


def officers(unit: Unit) -> list[tuple[int, int]]:
    """(person id, unit id) of the equity officers who answer for `unit`, at it or above it. One statement."""
    seats = Membership.objects.current().filter(
        role=Role.EQUITY_OFFICER, unit__in=[*ancestor_ids(unit.path), unit.pk], user__is_active=True
    )
    return list(seats.order_by("pk").values_list("user_id", "unit_id"))


def role_of(person: User | None, unit: Unit) -> str:
    """The role by which somebody acts at `unit`: of the nearest seat there or above it; "" for a rule."""
    if person is None:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.role FROM org_membership m JOIN org_unit u ON u.id = m.unit_id WHERE m.user_id = %s "
            "AND m.ended_on IS NULL AND starts_with(%s, u.path) ORDER BY length(u.path) DESC, m.id LIMIT 1",
            [person.pk, unit.path],
        )
        row = cursor.fetchone()
    return row[0] if row else ""
