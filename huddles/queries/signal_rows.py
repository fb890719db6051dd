"""Lists of signals: of an officer, of a board, of a huddle. One gap is one row, where somebody is asked about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Case, Exists, OuterRef, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.signals import State
from analytics.signals.machine import OPEN
from boards.models import Signal, SignalChange
from boards.queries.words import short_day
from huddles.models import Issue, SignalIssue
from huddles.queries import signal_words as words
from org.models import Unit, User
from org.rules import Permission, ancestor_ids

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
#: How many signals a huddle looks at: more than that is a list, not a step.
MOST_IN_A_HUDDLE: Final = 12
#: How a state is signed; words stand beside every sign.
SIGNS: Final = {
    State.NONE: "met",
    State.WATCH: "seen",
    State.ESCALATED: "missed",
    State.ACKNOWLEDGED: "at_risk",
    State.COUNTERMEASURE: "at_risk",
    State.MONITORING: "seen",
    State.CLOSED: "met",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A tier that was asked, and since when."""

    tier: str
    day: str


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal in a list. `sign`: how loud it is; `why`: its last step in words; `age`: how long ago help was asked
    for, or since when it is seen where nobody is asked; `seen`: how long ago it was seen first. `path`: the tiers that
    were asked one after the other, where there was more than one; `wider`: units above with the same gap.
    """

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
    seen: str
    why: str
    place: str  # where its issue is, or ""
    due: str
    path: Sequence[Stop] = ()
    wider: Sequence[str] = ()

    @property
    def waits(self) -> bool:
        """Whether nobody has taken it yet."""
        return self.state == State.ESCALATED


def tier_names(organisation_id: int) -> dict[int, str]:
    """Tier level → its name. One statement."""
    tiers = Unit.objects.filter(organisation=organisation_id).values_list("tier__level", "tier__name").distinct()
    return dict(tiers)


def _asked_below() -> Q:
    """Signals that wait for nobody: of the same gap a unit below is asked already, and they have no issue."""
    own = SignalIssue.objects.filter(signal=OuterRef("pk"), is_open=True)
    below = SignalIssue.objects.filter(
        is_open=True,
        signal__measure=OuterRef("measure"),
        signal__dimension=OuterRef("dimension"),
        signal__group=OuterRef("group"),
        signal__unit__path__startswith=OuterRef("unit__path"),
    )
    return Q(state=State.ESCALATED) & Q(Exists(below)) & ~Q(Exists(own))


def sought(user: User, permission: Permission, *, shown: str, tier: str, unit: Unit | None) -> "QuerySet[Signal]":
    """Signals of the units at which `user` may do `permission`, the oldest that wait first. Over several units one gap
    stands once: where somebody is asked about it.
    """
    units = Unit.objects.with_permission(user, permission)
    found = Signal.objects.filter(unit__in=units, state__in=SHOWN.get(shown, SHOWN["open"])[1])
    found = found.exclude(_asked_below()) if unit is None else found.filter(unit=unit)
    if tier.isascii() and tier.isdigit():
        found = found.filter(tier=int(tier))
    order = ("-changed_on", "-pk") if shown == "closed" else ("since", "pk")
    return found.select_related("measure", "unit", "dimension", "organisation").order_by(*order)


def longest_waiting(signals: "QuerySet[Signal]") -> "QuerySet[Signal]":
    """What nobody has taken before what is in work, the highest tier first."""
    return signals.order_by(Case(When(state=State.ESCALATED, then=0), default=1), "-tier", "since", "pk")


def rows_of(signals: Collection[Signal], today: date, user: User | None = None) -> list[SignalRow]:
    """Signals of a list in words; for `user` also in which units above, of those whose groups she sees, the same gap is
    open. Three statements, with `user` four, where their organisation comes with them.
    """
    if not signals:
        return []
    ids = [s.pk for s in signals]
    steps: dict[int, list[SignalChange]] = {}
    for change in SignalChange.objects.filter(signal__in=ids).order_by("at", "pk"):
        steps.setdefault(change.signal_id, []).append(change)
    links = SignalIssue.objects.filter(signal__in=ids, is_open=True).select_related("issue__place")
    issues = {link.signal_id: link.issue for link in links}
    tiers = tier_names(next(iter(signals)).organisation_id)
    wider = _wider(signals, issues.keys(), user) if user is not None else {}
    return [row_of(s, steps.get(s.pk, ()), issues.get(s.pk), tiers, today, wider.get(s.pk, ())) for s in signals]


def _wider(signals: Collection[Signal], asked: Collection[int], user: User) -> dict[int, list[str]]:
    """Signal id → units above it in which the same gap is open, from the nearest up. One statement."""
    mine = [s for s in signals if s.pk in asked]
    above = {unit for s in mine for unit in ancestor_ids(s.unit.path)}
    seen = Unit.objects.with_permission(user, Permission.STRATA_VIEW).filter(pk__in=above)
    same = Signal.objects.filter(
        unit__in=seen, state__in=[state.value for state in OPEN], measure__in={s.measure_id for s in mine}
    ).select_related("unit")
    found: dict[tuple[int, int, str], list[Signal]] = {}
    for one in same:
        found.setdefault((one.measure_id, one.dimension_id, one.group), []).append(one)
    return {
        s.pk: [
            one.unit.name
            for one in sorted(
                found.get((s.measure_id, s.dimension_id, s.group), ()), key=lambda one: -len(one.unit.path)
            )
            if one.unit_id in ancestor_ids(s.unit.path)
        ]
        for s in mine
    }


def row_of(
    signal: Signal,
    steps: Sequence[SignalChange],
    issue: Issue | None,
    tiers: Mapping[int, str],
    today: date,
    wider: Sequence[str] = (),
) -> SignalRow:
    """One signal in words; `steps`: all of its own, the oldest first."""
    asked = _asked(signal, steps, today)
    seen = _ago(signal.since, today)
    return SignalRow(
        pk=signal.pk,
        url=reverse("huddles:signal", args=[signal.pk]),
        measure=signal.measure.name,
        group=signal.group,
        dimension=signal.dimension.name,
        unit=signal.unit.name,
        state=signal.state,
        state_text=words.state(signal.state),
        sign=SIGNS[State(signal.state)],
        tier=tiers.get(signal.tier, str(signal.tier)),
        age=asked or seen,
        seen=seen,
        why=words.cause(steps[-1], signal.measure.cadence) if steps else "",
        place=issue.place.name if issue else "",
        due=_due(signal, today),
        path=_path(signal, steps, tiers, today),
        wider=wider,
    )


def morning(signal: Signal, step: SignalChange) -> date:
    """The day on which a step was taken: for rules the morning after the numbers that they read, or later."""
    return step.at.astimezone(signal.organisation.zone).date()


def _ago(day: date, today: date) -> str:
    days = max((today - day).days, 0)
    return ngettext("first seen %(n)s day ago", "first seen %(n)s days ago", days) % {"n": days}


def _asked(signal: Signal, steps: Sequence[SignalChange], today: date) -> str:
    """How long ago help was asked for; "" where nobody is asked."""
    if signal.state not in OPEN:
        return ""
    first: SignalChange | None = None
    for step in steps:
        first = None if step.after not in OPEN else first or step
    if first is None:
        return ""
    days = max((today - morning(signal, first)).days, 0)
    return ngettext("help asked for %(n)s day ago", "help asked for %(n)s days ago", days) % {"n": days}


def _path(signal: Signal, steps: Sequence[SignalChange], tiers: Mapping[int, str], today: date) -> Sequence[Stop]:
    """The tiers that were asked since it was open, each with the day on which it was; nothing for a single one."""
    if signal.state not in OPEN:
        return ()
    stops: list[Stop] = []
    last: int | None = None
    for step in steps:
        if step.after not in OPEN:
            stops, last = [], None
        elif step.tier != last:
            stops.append(Stop(tiers.get(step.tier, str(step.tier)), short_day(morning(signal, step), today)))
            last = step.tier
    return stops if len(stops) > 1 else ()


def _due(signal: Signal, today: date) -> str:
    if signal.due is None:
        return ""
    said = {"day": short_day(signal.due, today)}
    return _("late – promised for %(day)s") % said if signal.due < today else _("promised for %(day)s") % said


def gaps_below(unit: Unit, now: datetime) -> list[SignalRow]:
    """Open signals of `unit` and below, for a step of its huddle: those of the highest tier first, each gap once."""
    found = Signal.objects.open().filter(unit__path__startswith=unit.path, organisation=unit.organisation_id)
    found = found.exclude(_asked_below())
    nearest = found.select_related("measure", "unit", "dimension", "organisation").order_by("-tier", "since", "pk")
    return rows_of(list(nearest[:MOST_IN_A_HUDDLE]), now.date())
