"""Routes, units that want a visit, and what a person's calendar shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from huddles.models import Huddle, Issue
from org.models import Membership, Unit, User
from org.rules import Permission, roles_with
from org.tokens import token_hash
from rounding.calendars import Entry
from rounding.models import CalendarAddress, Promise, Round, Route, RouteStop
from rounding.queries.roster import units_of
from rounding.rules import routes as rules
from rounding.rules.routes import Heard, Suggestion

#: 1 January 2024 was a Monday.
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - for the names of days only
#: How far ahead a calendar shows routes.
WEEKS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route as the page shows it. `mine`: the reader leads it."""

    route: Route
    day: str
    stops: Sequence[str]
    mine: bool


def weekdays() -> list[tuple[int, str]]:
    """The days of the week, Monday first, in the reader's language."""
    return [(n, date_format(_MONDAY + timedelta(days=n), "l")) for n in range(7)]


def routes_of(user: User, *, in_use: bool = True) -> list[RouteRow]:
    """Routes that concern `user`, those that they lead first. Two statements."""
    rows = Route.objects.visible_to(user).filter(retired_at__isnull=in_use).select_related("leader", "partner")
    found = list(rows.prefetch_related("stops__unit").order_by("weekday", "starts_at", "pk"))
    names = dict(weekdays())
    made = [
        RouteRow(
            one,
            names[one.weekday],
            [stop.unit.name for stop in one.stops.all()],
            user.pk in (one.leader_id, one.partner_id),
        )
        for one in found
    ]
    return sorted(made, key=lambda row: not row.mine)


def routes_for_device(user: User) -> list[dict[str, Any]]:
    """Routes that `user` leads, for a device; `pair`: who leads one with `user`, `with` their name. Two statements."""
    rows = Route.objects.visible_to(user).led_by(user).in_use().select_related("leader", "partner")
    return [
        {
            "route": one.pk,
            "name": one.name,
            "weekday": one.weekday,
            "starts_at": one.starts_at.strftime("%H:%M"),
            "minutes": one.minutes,
            "no_meetings": one.no_meetings,
            "with": [person.name for person in others],
            "pair": others[0].pk if others else None,
            "units": [stop.unit_id for stop in one.stops.all()],
        }
        for one in rows.prefetch_related("stops")
        for others in [[each for each in (one.leader, one.partner) if each is not None and each != user]]
    ]


def stops_of(route: Route) -> list[int]:
    """The units of a route in their order. One statement."""
    return list(RouteStop.objects.filter(route=route).order_by("position").values_list("unit", flat=True))


def people_who_lead(units: Sequence[Unit]) -> "QuerySet[User]":
    """Who may lead a route through houses of `units`: whoever leads rounds somewhere in them."""
    seats = Membership.objects.current().filter(
        unit__organisation__in={unit.organisation_id for unit in units}, role__in=roles_with(Permission.ROUND_LEAD)
    )
    return User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("name", "pk")


def suggestions_for(user: User, now: datetime) -> list[Suggestion]:
    """Units at which `user` leads rounds that were not heard lately, with why. Five statements."""
    led = units_of(user)
    units = [one for one in led if not any(other.path.startswith(one.path) and other != one for other in led)]
    if not units:
        return []
    ids = [unit.pk for unit in units]
    today = now.astimezone(units[0].organisation.zone).date()
    # Any round of anybody counts; only its day is told.
    last = dict(
        Round.objects.filter(unit__in=ids, ended_at__isnull=False)
        .order_by()
        .values_list("unit")
        .annotate(last=Max("began_at"))
    )
    since = today - timedelta(days=rules.HUDDLE_DAYS)
    planned = Huddle.objects.filter(unit__in=ids, day__gte=since, day__lt=today, is_extra=False)
    huddles = {
        unit: (all_, missed)
        for unit, all_, missed in planned.order_by()
        .values_list("unit")
        .annotate(all=Count("pk"), missed=Count("pk", filter=Q(started_at__isnull=True)))
    }
    # What is confidential is counted nowhere.
    late = Issue.objects.visible_to(user).overdue(now).filter(confidential=False, place__in=ids)
    stuck = dict(late.order_by().values_list("place").annotate(n=Count("pk")))
    heard = [
        Heard(
            unit=unit.pk,
            name=unit.name,
            last_on=last[unit.pk].astimezone(unit.organisation.zone).date() if unit.pk in last else None,
            missed=huddles.get(unit.pk, (0, 0))[1],
            planned=huddles.get(unit.pk, (0, 0))[0],
            stuck=stuck.get(unit.pk, 0),
        )
        for unit in units
    ]
    return rules.suggest(heard, today)


def person_of(token: str) -> User | None:
    """Whose calendar a secret opens; None for one that is not known, and for somebody who may sign in no more."""
    found = CalendarAddress.objects.select_related("person").filter(token_hash=token_hash(token)).first()
    return found.person if found is not None and found.person.is_active else None


def has_address(user: User) -> bool:
    """Whether `user` has a calendar address."""
    return CalendarAddress.objects.filter(person=user).exists()


def calendar_of(user: User, now: datetime) -> list[Entry]:
    """What the calendar of `user` shows: routes that they lead, week by week, and days of their promises. Names of
    routes and units, times, nothing else. Three statements.
    """
    found = []
    rows = Route.objects.visible_to(user).led_by(user).in_use().select_related("organisation")
    for route in rows.prefetch_related("stops__unit"):
        zone = ZoneInfo(route.organisation.time_zone)
        units = ", ".join(stop.unit.name for stop in route.stops.all())
        for day in rules.next_days(route.weekday, now.astimezone(zone).date(), WEEKS_AHEAD):
            starts = datetime.combine(day, route.starts_at, zone)
            found.append(
                Entry(
                    uid=f"route-{route.pk}-{day.isoformat()}",
                    title=route.name,
                    where=units,
                    starts_at=starts,
                    minutes=route.minutes,
                    busy=route.no_meetings,
                )
            )
    found += [
        Entry(
            uid=f"promise-{promise.pk}",
            title=_("Promise to %(unit)s") % {"unit": promise.unit.name},
            where=promise.unit.name,
            day=promise.due_on,
        )
        for promise in Promise.objects.visible_to(user).open().filter(by=user).select_related("unit")
    ]
    return found
