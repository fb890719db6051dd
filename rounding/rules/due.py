"""Who is due for a talk, which unit for a walk, and whom one meets next. Pure: no query, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from rounding.rules.questions import SetKind

DEFAULT_DAYS: Final = 30
MOST_DAYS: Final = 366
#: Talks with somebody who is new, counted from their first day.
STARTER_DAYS: Final = (30, 60, 90)
#: A talk with somebody new counts for the day to which it is nearest: it may be this much early.
STARTER_EARLY: Final = timedelta(days=10)
#: After this much it is too late for it: the next one comes.
STARTER_LATE: Final = timedelta(days=30)
#: The list shows what is due until then.
AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """A shift: aware moments, half-open."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Worker:
    """A colleague, with what is known of talks with them. `days`: every how many days; 0 is never. `zone` is that of
    their unit, `shifts` are those that are not over.
    """

    pk: int
    name: str
    unit: int
    unit_name: str
    zone: tzinfo
    added_on: date
    started_on: date | None = None
    days: int = DEFAULT_DAYS
    talks: Mapping[str, date] = field(default_factory=dict)
    shifts: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A talk that is due. `last_on`: when there was one of this kind; `shift`: the one that runs or comes next."""

    worker: Worker
    kind: SetKind
    due_on: date
    last_on: date | None
    shift: Span | None
    overdue: bool


def due_of(worker: Worker, today: date) -> tuple[SetKind, date] | None:
    """Which talk is next with this colleague, and when; None where none is.

    While somebody is new, the talks after 30, 60 and 90 days take the place of the others. With whom nobody has talked
    yet is due within the first days of the cadence, spread by number: a new roster does not make everybody due at once.
    """
    new = _starter_due(worker, today)
    if new is not None:
        return SetKind.NEW_STARTER, new
    if worker.days == 0:
        return None
    last = max(worker.talks.values(), default=None)
    if last is not None:
        return SetKind.STAFF, last + timedelta(days=worker.days)
    return SetKind.STAFF, worker.added_on + timedelta(days=worker.pk % worker.days)


def _starter_due(worker: Worker, today: date) -> date | None:
    if worker.started_on is None:
        return None
    last = worker.talks.get(SetKind.NEW_STARTER)
    for days in STARTER_DAYS:
        wanted = worker.started_on + timedelta(days=days)
        talked = last is not None and last >= wanted - STARTER_EARLY
        if today <= wanted + STARTER_LATE and not talked:
            return wanted
    return None


def next_shift(shifts: Iterable[Span], now: datetime) -> Span | None:
    """The shift that runs, or the next one."""
    return min((one for one in shifts if one.ends_at > now), key=lambda one: one.starts_at, default=None)


def due_list(workers: Iterable[Worker], now: datetime) -> list[Due]:
    """Whom to talk with until a week from now: those whose day has come before the others, whom one meets soonest
    first; whose shifts are not known come last among their like.
    """
    found = []
    for worker in workers:
        today = now.astimezone(worker.zone).date()
        due = due_of(worker, today)
        if due is None or due[1] > today + AHEAD:
            continue
        kind, due_on = due
        shift = next_shift(worker.shifts, now)
        last = worker.talks.get(kind) if kind == SetKind.NEW_STARTER else max(worker.talks.values(), default=None)
        found.append(Due(worker, kind, due_on, last, shift, overdue=due_on <= today))
    return sorted(found, key=_order)


def _order(due: Due) -> tuple[bool, bool, float, date, str]:
    starts = due.shift.starts_at.timestamp() if due.shift is not None else 0.0
    return not due.overdue, due.shift is None, starts, due.due_on, due.worker.name


@dataclass(frozen=True, slots=True)
class Place:
    """A unit to which a leader goes; `last_on`: when they were there last. `days` 0 is never."""

    pk: int
    name: str
    days: int
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk that is due; `due_on` None: they have not been there yet."""

    place: Place
    due_on: date | None


def walks_due(places: Iterable[Place], today: date) -> list[Walk]:
    """Units whose walk is due until a week from now: where one has never been first, then the longest overdue."""
    found = [
        Walk(place, place.last_on and place.last_on + timedelta(days=place.days)) for place in places if place.days
    ]
    wanted = [walk for walk in found if walk.due_on is None or walk.due_on <= today + AHEAD]
    return sorted(wanted, key=lambda walk: (walk.due_on or date.min, walk.place.name))
