"""Organisations, units and people for tests, made with as little as a test wants to say."""

from datetime import UTC, date, datetime
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from org.actions import devices
from org.models import Calendar, Membership, Organisation, ReportingLine, Tier, Unit, User, WallDevice
from org.rules import LineKind, Role, child_path

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PASSWORD = "a long word for tests"

_numbers = count(1)


def make_organisation(name: str = "Test Hospital", *, tiers: int = 4, **fields) -> Organisation:
    """An organisation with `tiers` tiers and no unit."""
    fields = {"slug": f"hospital-{next(_numbers)}", "time_zone": "America/New_York", **fields}
    organisation = Organisation.objects.create(name=name, **fields)
    Tier.objects.bulk_create(
        Tier(organisation=organisation, level=level, name=f"Tier {level}") for level in range(1, tiers + 1)
    )
    return organisation


def make_unit(
    parent: Unit | None = None, *, organisation: Organisation | None = None, level: int | None = None, **fields
) -> Unit:
    """A unit below `parent`, or the top of a (new) organisation, with its reporting line for all days."""
    organisation = organisation or (parent.organisation if parent else make_organisation())
    if level is None:
        level = max(1, parent.tier.level - 1) if parent else organisation.tiers.count()
    number = next(_numbers)
    fields = {"code": f"U{number}", "name": f"Unit {number}", **fields}
    tier = organisation.tiers.get(level=level)
    unit = Unit.objects.create(organisation=organisation, tier=tier, parent=parent, path="", **fields)
    unit.path = child_path(parent.path if parent else "", unit.pk)
    unit.save(update_fields=["path"])
    if parent is not None:
        ReportingLine.objects.create(unit=unit, parent=parent, kind=LineKind.PRIMARY, valid=DateRange(None, None))
    return unit


def make_user(role: Role | None = None, unit: Unit | None = None, *, email: str = "", **fields) -> User:
    """Somebody who may sign in with `PASSWORD`; with `role` and `unit` they hold it there."""
    number = next(_numbers)
    user = User.objects.create_user(
        email or f"person{number}@example.org", PASSWORD, **{"name": f"Person {number}", **fields}
    )
    if role is not None:
        assert unit is not None
        make_membership(user, unit, role)
    return user


def make_membership(user: User, unit: Unit, role: Role, **fields) -> Membership:
    """A role that has held since long ago."""
    return Membership.objects.create(user=user, unit=unit, role=role, **{"started_on": date(2025, 1, 1), **fields})


def make_calendar(organisation: Organisation, **fields) -> Calendar:
    """A calendar of all seven days."""
    return Calendar.objects.create(organisation=organisation, **{"name": f"Calendar {next(_numbers)}", **fields})


def make_device(by: User, *boards: Unit, at: datetime = NOW) -> tuple[WallDevice, str]:
    """A paired display with `boards`, and its token."""
    waiting, token = devices.start_pairing(at=at)
    device = devices.pair_device(
        code=waiting.code, name="Wall", boards=boards, seconds_per_board=30, theme="auto", language="", by=by, at=at
    )
    return device, token


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client


def htmx(**headers: str) -> dict[str, dict[str, str]]:
    """The keyword argument that makes a request of the test client one of htmx."""
    return {"headers": {"HX-Request": "true", **{name.replace("_", "-"): value for name, value in headers.items()}}}
