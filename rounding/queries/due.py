"""Whom a leader talks with next, and to which unit they go next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from org.models import Membership, Unit, User
from org.rules import Permission, roles_with
from rounding.models import Colleague, Round, RoundCadence, Shift
from rounding.queries.roster import units_of, zones_of
from rounding.rules import due as rules
from rounding.rules.due import Due, Place, Span, Walk, Worker
from rounding.rules.questions import SetKind

#: Talks with one person: staff rounds, and those with somebody new.
TALKS: Final = (SetKind.STAFF, SetKind.NEW_STARTER)
#: Of whoever leads more people than these, a device carries the first.
MOST_DUE: Final = 100
#: How many units a page shows to which one goes next.
MOST_WALKS: Final = 10
_SHIFTS_AHEAD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A talk as the page shows it: when one meets, and since when it is due, in words."""

    due: Due
    shift: str
    when: str
    on_shift_today: bool


@dataclass(frozen=True, slots=True)
class WalkRow:
    """A unit to go to, in words."""

    walk: Walk
    when: str


@dataclass(frozen=True, slots=True)
class UnitCadence:
    """How often, at one unit: its colleagues are talked with, and one goes there oneself."""

    unit: Unit
    people: int
    talks: int
    walks: int


@dataclass(frozen=True, slots=True)
class DuePage:
    """What is due for one leader. `unit`: only of this one; `people`: how many colleagues are known there; `elsewhere`:
    there are others at units further below.
    """

    rows: Sequence[DueRow]
    walks: Sequence[WalkRow]
    units: Sequence[Unit]
    unit: Unit | None
    people: int
    more: int
    elsewhere: bool

    @property
    def on_shift(self) -> int:
        """How many of those who are due are on shift today."""
        return sum(row.on_shift_today for row in self.rows)


def due_page(user: User, now: datetime, only: int | None = None) -> DuePage:
    """What is due where `user` leads rounds: colleagues at their own units and right below them, since those further
    down have leaders of their own; or at one unit that is chosen. A constant number of statements.
    """
    led = units_of(user)
    unit = next((one for one in led if one.pk == only), None)
    units = led if unit is None else [unit]
    zones = zones_of(units)
    cadences = _cadences(user, units)
    near = _near(user, led) if unit is None else units
    workers = _workers(user, near, zones, cadences, now)
    known = Colleague.objects.visible_to(user).present().exclude(unit__in=[one.pk for one in near])
    found = rules.due_list(workers, now)
    walks = rules.walks_due(_places(user, units, zones, cadences), now.astimezone(_zone(units, zones)).date())
    return DuePage(
        rows=[_row(due, now) for due in found[:MOST_DUE]],
        walks=[WalkRow(walk, _walked(walk)) for walk in walks[:MOST_WALKS]],
        units=led,
        unit=unit,
        people=len(workers),
        more=max(0, len(found) - MOST_DUE),
        elsewhere=unit is None and known.exists(),
    )


def due_for_device(user: User, now: datetime) -> list[dict[str, Any]]:
    """Whom to talk with, for a device. A constant number of statements."""
    units = _near(user, units_of(user))
    zones = zones_of(units)
    found = rules.due_list(_workers(user, units, zones, _cadences(user, units), now), now)
    return [
        {
            "colleague": due.worker.pk,
            "name": due.worker.name,
            "unit": due.worker.unit,
            "kind": due.kind.value,
            "due_on": due.due_on.isoformat(),
            "shift": shift_text(due, now),
        }
        for due in found[:MOST_DUE]
    ]


def cadences_of(user: User) -> list[UnitCadence]:
    """How often at each unit where `user` leads rounds. Three statements."""
    units = units_of(user)
    cadences = _cadences(user, units)
    people: dict[int, int] = defaultdict(int)
    for unit in Colleague.objects.visible_to(user).present().values_list("unit", flat=True):
        people[unit] += 1
    return [
        UnitCadence(
            unit,
            people[unit.pk],
            cadences.get((unit.pk, SetKind.STAFF), rules.DEFAULT_DAYS),
            cadences.get((unit.pk, SetKind.GEMBA), rules.DEFAULT_DAYS),
        )
        for unit in units
    ]


def shift_text(due: Due, now: datetime) -> str:
    """When one meets a colleague: "on shift today 15:00–23:00", "next shift Thursday", "no shift known"."""
    shift = due.shift
    if shift is None:
        return _("no shift known")
    zone = due.worker.zone
    start, end = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    today = now.astimezone(zone).date()
    hours = f"{date_format(start, 'H:i')}–{date_format(end, 'H:i')}"
    if shift.starts_at <= now:
        return _("on shift now, until %(time)s") % {"time": date_format(end, "H:i")}
    if start.date() == today:
        return _("on shift today %(hours)s") % {"hours": hours}
    if start.date() == today + timedelta(days=1):
        return _("next shift tomorrow %(hours)s") % {"hours": hours}
    if (start.date() - today).days < 7:
        return _("next shift %(day)s") % {"day": date_format(start, "l")}
    return _("next shift %(day)s") % {"day": date_format(start, _("j M"))}


def _row(due: Due, now: datetime) -> DueRow:
    today = now.astimezone(due.worker.zone).date()
    shift = due.shift
    here = shift is not None and (shift.starts_at <= now or shift.starts_at.astimezone(due.worker.zone).date() == today)
    return DueRow(due, shift_text(due, now), _due_text(due, today), here)


def _due_text(due: Due, today: date) -> str:
    days = (due.due_on - today).days
    if due.kind == SetKind.NEW_STARTER and due.worker.started_on is not None:
        return _("%(n)s days after the first day") % {"n": (due.due_on - due.worker.started_on).days}
    if due.last_on is None:
        return _("not talked with yet")
    said = _("last on %(day)s") % {"day": date_format(due.last_on, _("j M"))}
    if days > 0:
        return _("%(last)s, due on %(day)s") % {"last": said, "day": date_format(due.due_on, _("j M"))}
    return said


def _walked(walk: Walk) -> str:
    last = walk.place.last_on
    if last is None:
        return _("no gemba walk of yours there yet")
    return _("your last gemba walk there: %(day)s") % {"day": date_format(last, _("j M"))}


def _near(user: User, led: Sequence[Unit]) -> list[Unit]:
    """Of the units where `user` leads rounds those at which they are seated, and those right below. One statement."""
    seats = Membership.objects.current().filter(user=user, role__in=roles_with(Permission.ROUND_LEAD))
    held = set(seats.values_list("unit", flat=True))
    return [unit for unit in led if held & {unit.pk, unit.parent_id, unit.second_parent_id}]


def _zone(units: Sequence[Unit], zones: Mapping[int, ZoneInfo]) -> ZoneInfo:
    return zones[units[0].pk] if units else ZoneInfo("UTC")


def _cadences(user: User, units: Iterable[Unit]) -> dict[tuple[int, str], int]:
    """(unit, kind) → days: of colleagues what the unit says, of walks what this leader says. One statement."""
    rows = RoundCadence.objects.visible_to(user).filter(unit__in=[unit.pk for unit in units])
    return {(unit, kind): days for unit, kind, days in rows.values_list("unit", "kind", "days")}


def _workers(
    user: User,
    units: Sequence[Unit],
    zones: Mapping[int, ZoneInfo],
    cadences: Mapping[tuple[int, str], int],
    now: datetime,
) -> list[Worker]:
    """Colleagues at `units` but for `user`, with their last talks and coming shifts. Three statements."""
    names = {unit.pk: unit.name for unit in units}
    here = Colleague.objects.visible_to(user).present().filter(unit__in=names).exclude(person=user)
    rows = list(here.values_list("pk", "name", "unit", "added_on", "started_on"))
    talks: dict[int, dict[str, datetime]] = defaultdict(dict)
    # Whoever talked with them: nobody is asked the same twice in a month by two leaders.
    said = Round.objects.filter(
        colleague__unit__in=names, version__question_set__kind__in=TALKS, ended_at__isnull=False
    )
    for colleague, kind, last in (
        said.order_by().values_list("colleague", "version__question_set__kind").annotate(last=Max("began_at"))
    ):
        talks[colleague][kind] = last
    shifts: dict[int, list[Span]] = defaultdict(list)
    coming = Shift.objects.visible_to(user).not_over(now).filter(colleague__unit__in=names)
    for colleague, starts, ends in coming.filter(starts_at__lt=now + _SHIFTS_AHEAD).values_list(
        "colleague", "starts_at", "ends_at"
    ):
        shifts[colleague].append(Span(starts, ends))
    return [
        Worker(
            pk=pk,
            name=name,
            unit=unit,
            unit_name=names[unit],
            zone=zones[unit],
            added_on=added_on,
            started_on=started_on,
            days=cadences.get((unit, SetKind.STAFF), rules.DEFAULT_DAYS),
            talks={kind: last.astimezone(zones[unit]).date() for kind, last in talks[pk].items()},
            shifts=shifts[pk],
        )
        for pk, name, unit, added_on, started_on in rows
    ]


def _places(
    user: User, units: Sequence[Unit], zones: Mapping[int, ZoneInfo], cadences: Mapping[tuple[int, str], int]
) -> list[Place]:
    """Units at which the work itself is done, with when `user` was there last. One statement."""
    mine = Round.objects.visible_to(user).filter(Q(leader=user) | Q(partner=user), unit__in=[one.pk for one in units])
    walked = mine.filter(version__question_set__kind=SetKind.GEMBA, ended_at__isnull=False)
    last = dict(walked.order_by().values_list("unit").annotate(last=Max("began_at")))
    return [
        Place(
            unit.pk,
            unit.name,
            cadences.get((unit.pk, SetKind.GEMBA), rules.DEFAULT_DAYS),
            last[unit.pk].astimezone(zones[unit.pk]).date() if unit.pk in last else None,
        )
        for unit in units
        if not any(other.path.startswith(unit.path) and other != unit for other in units)
    ]


def may_set(user: User, pk: int) -> Unit | None:
    """The unit where `user` says how often; None where they lead no rounds."""
    led = Unit.objects.with_permission(user, Permission.ROUND_LEAD).open()
    return led.select_related("organisation").filter(pk=pk).first()
