"""Routes of several units, and the secret address of a person's calendar."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from org import audit
from org.models import Unit, User
from org.rules import NotAllowed
from org.tokens import token_hash
from rounding.models import CalendarAddress, Route, RouteStop
from rounding.rules import routes as rules


@dataclass(frozen=True, slots=True)
class Terms:
    """What a route says. `units` in their order; `starts_at` is wall-clock time where the house is."""

    name: str
    leader: User
    partner: User | None
    weekday: int
    starts_at: time
    minutes: int
    no_meetings: bool
    units: Sequence[Unit]


@transaction.atomic
def make_route(*, terms: Terms, by: User, at: datetime) -> Route:
    """A new route. Raises NotAllowed."""
    name = _checked(terms)
    house = terms.units[0].organisation_id
    if Route.objects.in_use().filter(organisation=house, leader=terms.leader, name__iexact=name).exists():
        raise NotAllowed(_("They lead a route of this name already."), field="name")
    made = Route.objects.create(
        organisation_id=house,
        name=name,
        leader=terms.leader,
        partner=terms.partner,
        weekday=terms.weekday,
        starts_at=terms.starts_at,
        minutes=terms.minutes,
        no_meetings=terms.no_meetings,
        made_by=by,
    )
    _stops(made, terms.units)
    _record("route.made", made, by, at)
    return made


@transaction.atomic
def change_route(*, route: Route, terms: Terms, by: User, at: datetime) -> Route:
    """Say anew what a route is. Raises NotAllowed."""
    route = Route.objects.select_for_update(of=("self",)).get(pk=route.pk)
    route.name = _checked(terms)
    route.leader, route.partner = terms.leader, terms.partner
    route.weekday, route.starts_at, route.minutes = terms.weekday, terms.starts_at, terms.minutes
    route.no_meetings = terms.no_meetings
    route.save(update_fields=["name", "leader", "partner", "weekday", "starts_at", "minutes", "no_meetings"])
    route.stops.all().delete()
    _stops(route, terms.units)
    _record("route.changed", route, by, at)
    return route


@transaction.atomic
def use_route(*, route: Route, active: bool, by: User, at: datetime) -> None:
    """Give a route up, or take it up again."""
    found = Route.objects.filter(pk=route.pk, retired_at__isnull=active is False)
    if found.update(retired_at=None if active else at):
        _record("route.brought_back" if active else "route.given_up", route, by, at)


@transaction.atomic
def renew_address(*, person: User, at: datetime) -> str:
    """A new secret for the calendar of `person`; the one before leads nowhere any more. It is shown once: only its hash
    is kept.
    """
    token = secrets.token_urlsafe(32)
    made, _fresh = CalendarAddress.objects.update_or_create(
        person=person, defaults={"token_hash": token_hash(token), "made_at": at}
    )
    audit.record("calendar_address.made", subject=made, by=person, at=at, organisation_id=None)
    return token


@transaction.atomic
def withdraw_address(*, person: User, at: datetime) -> None:
    """No calendar program gets anything any more."""
    found = CalendarAddress.objects.filter(person=person).first()
    if found is not None:
        audit.record("calendar_address.withdrawn", subject=found, by=person, at=at, organisation_id=None)
        found.delete()


def _checked(terms: Terms) -> str:
    name = " ".join(terms.name.replace("\x00", "").split())
    if not name or len(name) > rules.NAME_LENGTH:
        raise NotAllowed(_("A name has 1 to %(n)s signs.") % {"n": rules.NAME_LENGTH}, field="name")
    if not terms.units:
        raise NotAllowed(_("Choose at least one unit."), field="units")
    if len(terms.units) > rules.MOST_STOPS:
        raise NotAllowed(_("A route has at most %(n)s units.") % {"n": rules.MOST_STOPS}, field="units")
    if len({unit.pk for unit in terms.units}) < len(terms.units):
        raise NotAllowed(_("A unit stands on a route once."), field="units")
    if len({unit.organisation_id for unit in terms.units}) > 1:
        raise NotAllowed(_("A route stays in one house."), field="units")
    if terms.partner is not None and terms.partner.pk == terms.leader.pk:
        raise NotAllowed(_("A pair is two people."), field="partner")
    if not 0 <= terms.weekday <= 6:
        raise NotAllowed(_("Choose a day of the week."), field="weekday")
    if not 1 <= terms.minutes <= rules.LONGEST_MINUTES:
        raise NotAllowed(_("A route takes 1 to %(n)s minutes.") % {"n": rules.LONGEST_MINUTES}, field="minutes")
    return name


def _stops(route: Route, units: Sequence[Unit]) -> None:
    RouteStop.objects.bulk_create(
        RouteStop(route=route, unit=unit, position=place) for place, unit in enumerate(units, start=1)
    )


def _record(verb: str, route: Route, by: User, at: datetime) -> None:
    audit.record(verb, subject=route, by=by, at=at, organisation_id=route.organisation_id, label=f"Route {route.pk}")
