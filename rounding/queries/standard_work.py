"""One's own standard work: today, this week, month and year, and eight weeks back. Nobody else's is read by name."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from huddles.models import Huddle
from org.models import Membership, Organisation, Unit, User
from org.queries import open_days
from org.rules import ROLES, OpenDays, Permission, Role, ancestor_ids
from rounding.models import KCard, KCheck, Recognition, Round, StandardTask, TaskMark
from rounding.rules import standard_work as rules
from rounding.rules.questions import SetKind
from rounding.rules.standard_work import Asked, Cadence, Counted, IsOpen, Known, Mark, Standing, Week
from rounding.rules.starting_tasks import STARTING_TASKS

#: Days back that a page reads: eight weeks, and the month before the first of them; for yearly tasks the year before.
_BACK = timedelta(days=7 * rules.WEEKS_BACK + 45)
_TITLES = {
    Cadence.DAILY: _lazy("Today"),
    Cadence.WEEKLY: _lazy("This week"),
    Cadence.MONTHLY: _lazy("This month"),
    Cadence.YEARLY: _lazy("This year"),
}
_CARRIED = {
    Cadence.DAILY: _lazy("%(n)s carried over from the last day"),
    Cadence.WEEKLY: _lazy("%(n)s carried over from last week"),
    Cadence.MONTHLY: _lazy("%(n)s carried over from last month"),
    Cadence.YEARLY: _lazy("%(n)s carried over from last year"),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A role that somebody holds at a unit."""

    person: int
    organisation: int
    role: str
    unit: int
    path: str
    since: date


@dataclass(frozen=True, slots=True)
class Row:
    """A task as the page shows it. `next_done` is what one more tap says; `marked`: there is something to take back."""

    pk: int
    text: str
    starts_on: date
    standing: Standing
    next_done: int
    marked: bool
    hint: str
    carried: str


@dataclass(frozen=True, slots=True)
class Part:
    """The tasks of one cadence. `rests`: the unit does not work today, nothing is asked."""

    cadence: Cadence
    title: str
    rows: Sequence[Row]
    rests: bool = False

    @property
    def left(self) -> int:
        """How many are neither done nor explained."""
        return sum(not row.standing.is_settled for row in self.rows)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """The page of one person. `grid`: each task with its weeks, the newest first; `weeks` are their Mondays."""

    today: date
    parts: Sequence[Part]
    weeks: Sequence[date]
    grid: Sequence[tuple[str, Sequence[Week]]]
    roles: Sequence[str]

    @property
    def has_past(self) -> bool:
        """Whether a week is over in which something was asked."""
        return any(week.asked for _text, weeks in self.grid for week in weeks)


def houses_without_tasks(user: User) -> list[Organisation]:
    """Houses in which `user` holds a role that starts with a list and has none yet."""
    listed = StandardTask.objects.filter(organisation=OuterRef("unit__organisation"), role=OuterRef("role"))
    seats = Membership.objects.current().filter(~Exists(listed), user=user, role__in=STARTING_TASKS)
    return list(Organisation.objects.filter(pk__in=seats.values("unit__organisation")))


def today_of(user: User, now: datetime) -> date:
    """The day that it is at the house of the person's oldest role."""
    seats = _seats(Q(user=user))
    return now.astimezone(_zone(seats)).date()


def work_of(user: User, now: datetime) -> WorkPage:
    """The tasks of the roles that `user` holds. A constant number of statements."""
    seats = _seats(Q(user=user))
    zone = _zone(seats)
    today = now.astimezone(zone).date()
    tasks = list(StandardTask.objects.visible_to(user).in_use().order_by("role", "position", "pk"))
    roles = list(dict.fromkeys(str(Role(task.role).label) for task in tasks))
    hung = _hung(tasks, seats)
    tasks = [task for task in tasks if _can_be_done(task, seats, hung)]
    known = _known(seats, tasks, today, zone).get(user.pk, Known({}, {}))
    days = _days(seats, today)
    all_asked = [(task, *_asked(task, seats, days)) for task in tasks]
    parts = []
    for cadence, title in _TITLES.items():
        of_it = [one for one in all_asked if one[0].cadence == cadence]
        rests = cadence == Cadence.DAILY and bool(of_it) and not any(is_open(today) for _t, _a, is_open in of_it)
        rows = [] if rests else [_row(task, asked, known, today, is_open) for task, asked, is_open in of_it]
        parts.append(Part(cadence, str(title), rows, rests))
    monday = rules.period_of(Cadence.WEEKLY, today)
    return WorkPage(
        today=today,
        parts=parts,
        weeks=[monday - timedelta(days=7 * back) for back in range(1, rules.WEEKS_BACK + 1)],
        grid=[(task.text, rules.weeks_back(asked, known, today, is_open)[::-1]) for task, asked, is_open in all_asked],
        roles=roles,
    )


def _row(task: StandardTask, asked: Asked, known: Known, today: date, is_open: IsOpen) -> Row:
    first = rules.period_of(task.cadence, today)
    mark = known.mark(task.pk, first)
    standing = rules.standing_on(asked, known, today, is_open)
    carried = str(_CARRIED[Cadence(task.cadence)]) % {"n": standing.carried} if standing.carried else ""
    return Row(
        pk=task.pk,
        text=task.text,
        starts_on=first,
        standing=standing,
        next_done=mark.done + 1,
        marked=bool(mark.done or mark.reason),
        hint=_counted(standing),
        carried=carried,
    )


def _counted(standing: Standing) -> str:
    if not standing.counted:
        return ""
    if standing.asked <= 1:
        return _("counted by itself")
    return ngettext("%(n)s counted by itself", "%(n)s counted by themselves", standing.counted) % {
        "n": standing.counted
    }


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what a role is asked was done, in tenths; None where nothing was asked, or too few hold the role."""

    role: str
    people: int
    tenths: int | None


@dataclass(frozen=True, slots=True)
class UnitShares:
    """The shares at and below one unit, over the last four whole weeks."""

    unit: str
    shares: Sequence[Share]


#: Whole weeks over which a coach sees shares.
SHARE_WEEKS = 4


def coached_units(user: User) -> list[Unit]:
    """Units at which `user` is seated as a coach; of those that lie over each other the upper one, since two shares
    would tell of the people between them. One statement.
    """
    coaching = [role for role, granted in ROLES.items() if Permission.COACHING in granted]
    held = Membership.objects.current().filter(user=user, role__in=coaching).select_related("unit__organisation")
    units = sorted({seat.unit for seat in held}, key=lambda unit: unit.path)
    return [one for one in units if not any(one != other and one.path.startswith(other.path) for other in units)]


def shares_for(user: User, now: datetime) -> list[UnitShares]:
    """What coaches see: for each unit at which `user` is seated as one, the roles at and below it. Of less than five
    people nothing is told, and the share is in tenths: it speaks of nobody.
    """
    return [_shares_at(unit, now) for unit in coached_units(user)]


def _shares_at(unit: Unit, now: datetime) -> UnitShares:
    seats = _seats(Q(unit__path__startswith=unit.path))
    zone = unit.organisation.zone
    today = now.astimezone(zone).date()
    tasks = list(StandardTask.objects.filter(organisation=unit.organisation_id).in_use())
    known = _known(seats, tasks, today, zone)
    days = _days(seats, today)
    hung = _hung(tasks, seats)
    shares = []
    for role in dict.fromkeys(task.role for task in tasks):
        people = sorted({seat.person for seat in seats if seat.role == role})
        if not people:
            continue
        asked = done = 0
        for person in people if len(people) >= rules.FEWEST_PEOPLE else ():
            own = [seat for seat in seats if seat.person == person]
            for task in tasks:
                if task.role == role and _can_be_done(task, own, hung):
                    one, is_open = _asked(task, own, days)
                    weeks = rules.weeks_back(one, known.get(person, Known({}, {})), today, is_open)[-SHARE_WEEKS:]
                    asked += sum(week.asked for week in weeks)
                    done += sum(week.done for week in weeks)
        shares.append(Share(str(Role(role).label), len(people), rules.share_in_tenths(done, asked)))
    return UnitShares(unit.name, shares)


def _seats(which: Q) -> list[Seat]:
    rows = Membership.objects.current().filter(which, user__is_active=True).order_by("pk")
    found = rows.values_list("user", "unit__organisation", "role", "unit", "unit__path", "started_on")
    return [Seat(*row) for row in found]


def _zone(seats: Sequence[Seat]) -> ZoneInfo:
    if not seats:
        return ZoneInfo("UTC")
    return Organisation.objects.get(pk=seats[0].organisation).zone


def _days(seats: Iterable[Seat], today: date) -> Mapping[int, OpenDays]:
    """Which days count at the units of the seats. Two statements for each house."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for seat in seats:
        wanted[seat.organisation] |= {seat.unit, *ancestor_ids(seat.path)}
    found: dict[int, OpenDays] = {}
    for house in Organisation.objects.filter(pk__in=wanted):
        found |= open_days(house, today - _BACK, today, only=wanted[house.pk])
    return found


def _asked(task: StandardTask, seats: Iterable[Seat], days: Mapping[int, OpenDays]) -> tuple[Asked, IsOpen]:
    """What the task asks of whoever sits there, and on which days one of those units works."""
    mine = [seat for seat in seats if (seat.organisation, seat.role) == (task.organisation_id, task.role)]
    since = max(task.began_on, min((seat.since for seat in mine), default=task.began_on))
    known = [days[seat.unit] for seat in mine if seat.unit in days]
    return Asked(task.pk, task.cadence, task.times, since), _opens(known)


def _hung(tasks: Sequence[StandardTask], seats: Sequence[Seat]) -> frozenset[str]:
    """Paths of units at which a K-card hangs, where a task asks for one. One statement, or none."""
    if not any(task.set_kind == SetKind.K_CARD for task in tasks):
        return frozenset()
    cards = KCard.objects.standing().filter(organisation__in={seat.organisation for seat in seats})
    return frozenset(cards.order_by().values_list("unit__path", flat=True).distinct())


def _can_be_done(task: StandardTask, seats: Iterable[Seat], hung: Collection[str]) -> bool:
    """Whether there is what the task asks for: a card hangs at or below a unit where they hold the role."""
    if task.set_kind != SetKind.K_CARD:
        return True
    mine = [seat.path for seat in seats if (seat.organisation, seat.role) == _key(task)]
    return any(path.startswith(tuple(mine)) for path in hung)


def _opens(days: Sequence[OpenDays]) -> Callable[[date], bool]:
    return lambda day: any(one.is_open(day) for one in days) if days else True


def _known(seats: Sequence[Seat], tasks: Sequence[StandardTask], today: date, zone: ZoneInfo) -> Mapping[int, Known]:
    """What is known of the tasks of everybody who holds one of the seats. Five statements."""
    people = sorted({seat.person for seat in seats})
    first = _first_read(tasks, today)
    since = datetime.combine(first, datetime.min.time(), zone)
    marks: dict[int, dict[tuple[int, date], Mark]] = defaultdict(dict)
    rows = TaskMark.objects.filter(person__in=people, starts_on__gte=first, task__in=[task.pk for task in tasks])
    for person, task, starts_on, done, reason in rows.values_list("person", "task", "starts_on", "done", "reason"):
        marks[person][task, starts_on] = Mark(done, reason)
    counts = _Counts(tasks, seats)
    held = Huddle.objects.filter(unit__in={seat.unit for seat in seats}, day__gte=first, started_at__isnull=False)
    for unit, day in held.values_list("unit", "day"):
        counts.huddle(unit, day)
    led = Round.objects.filter(
        Q(leader__in=people) | Q(partner__in=people), began_at__gte=since, ended_at__isnull=False
    )
    for leader, partner, kind, at in led.values_list("leader", "partner", "version__question_set__kind", "began_at"):
        counts.round({leader, partner}, kind, at.astimezone(zone).date())
    checks = KCheck.objects.filter(by__in=people, at__gte=since)
    for person, at in checks.values_list("by", "at"):
        counts.k_check(person, at.astimezone(zone).date())
    for person, at in Recognition.objects.filter(by__in=people, at__gte=since).values_list("by", "at"):
        counts.thanks(person, at.astimezone(zone).date())
    return {person: Known(marks[person], counts.of(person)) for person in people}


def _first_read(tasks: Iterable[StandardTask], today: date) -> date:
    """The first day of which something is read: that of last year where a task begins anew each year."""
    first = today - _BACK
    if any(task.cadence == Cadence.YEARLY for task in tasks):
        return min(first, date(today.year - 1, 1, 1))
    return first


class _Counts:
    """What counts by itself: person → task → day → how often."""

    def __init__(self, tasks: Sequence[StandardTask], seats: Sequence[Seat]) -> None:
        self._by: dict[str, list[StandardTask]] = defaultdict(list)
        for task in tasks:
            self._by[task.counts].append(task)
        self._roles: dict[int, set[tuple[int, str]]] = defaultdict(set)
        self._at: dict[int, list[Seat]] = defaultdict(list)
        for seat in seats:
            self._roles[seat.person].add((seat.organisation, seat.role))
            self._at[seat.unit].append(seat)
        self._found: dict[int, dict[int, dict[date, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))

    def of(self, person: int) -> Mapping[int, Mapping[date, int]]:
        return self._found[person]

    def huddle(self, unit: int, day: date) -> None:
        for task in self._by[Counted.HUDDLE]:
            for person in {s.person for s in self._at[unit] if (s.organisation, s.role) == _key(task)}:
                self._found[person][task.pk][day] += 1

    def round(self, people: Collection[int | None], kind: str, day: date) -> None:
        for task in self._by[Counted.ROUND]:
            if task.set_kind in ("", kind):
                self._add(task, people, day)

    def k_check(self, person: int, day: date) -> None:
        for task in self._by[Counted.ROUND]:
            if task.set_kind == SetKind.K_CARD:
                self._add(task, (person,), day)

    def thanks(self, person: int, day: date) -> None:
        for task in self._by[Counted.THANKS]:
            self._add(task, (person,), day)

    def _add(self, task: StandardTask, people: Collection[int | None], day: date) -> None:
        for person in people:
            if person is not None and _key(task) in self._roles[person]:
                self._found[person][task.pk][day] += 1


def _key(task: StandardTask) -> tuple[int, str]:
    return task.organisation_id, task.role
