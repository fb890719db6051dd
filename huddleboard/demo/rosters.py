"""Who works at two units of the demo hospital and when, and the weekly walk of its executives."""

from datetime import date, datetime, time, timedelta
from typing import Final

from org.models import Membership, Organisation, Unit
from org.rules import Role
from rounding.actions.standard_work import furnish
from rounding.models import Colleague, Route, RouteStop, Shift

#: Units with a roster, and who works there (invented names).
STAFFED: Final = {
    "ED": ("Alba Castellanos", "Bo Lindqvist", "Chidi Obi", "Dana Weiss", "Emre Yildiz", "Farah Haddad"),
    "5W": ("Gio Marchetti", "Hana Novak", "Ines Duarte", "Jonas Berg", "Kamala Rao"),
}
#: Hour at which each works, in turn, and for how long.
TURNS: Final = (7, 15, 23)
HOURS: Final = 8
AHEAD: Final = 6
WALK: Final = ("ED", "5W")


def make_rosters(organisation: Organisation, last: date, at: datetime) -> int:
    """Colleagues with their shifts for six days, one of them new; standard work; a route. How many colleagues."""
    furnish(organisation=organisation, at=at)
    units = {unit.code: unit for unit in Unit.objects.filter(organisation=organisation, code__in=STAFFED)}
    people = []
    for code, unit in units.items():
        for number, name in enumerate(STAFFED[code], start=1):
            began = last - timedelta(days=27 if number == 1 else 400 + 30 * number)
            said = {"name": name, "external_id": f"{code}-{number}", "started_on": began, "added_on": began}
            people.append(Colleague(organisation=organisation, unit=unit, **said))
    Colleague.objects.bulk_create(people)
    shifts = []
    for place, one in enumerate(people):
        for day in range(1 + place % 3, AHEAD, 2 + place % 2):
            starts = datetime.combine(last + timedelta(days=day), time(TURNS[place % len(TURNS)]), organisation.zone)
            shifts.append(Shift(colleague=one, starts_at=starts, ends_at=starts + timedelta(hours=HOURS)))
    Shift.objects.bulk_create(shifts)
    _route(organisation, units)
    return len(people)


def _route(organisation: Organisation, units: dict[str, Unit]) -> None:
    tops = Membership.objects.filter(
        unit__organisation=organisation, unit__parent__isnull=True, role=Role.EXECUTIVE, ended_on__isnull=True
    )
    seats = list(tops.select_related("user").order_by("pk")[:2])
    if not seats:
        return
    leader, partner = seats[0].user, seats[1].user if len(seats) > 1 else None
    made = Route.objects.create(
        organisation=organisation,
        name="Gemba of the executives",
        leader=leader,
        partner=partner,
        weekday=1,
        starts_at=time(10, 30),
        minutes=45,
        made_by=leader,
    )
    stops = [units[code] for code in WALK if code in units]
    RouteStop.objects.bulk_create(
        RouteStop(route=made, unit=unit, position=place) for place, unit in enumerate(stops, start=1)
    )
