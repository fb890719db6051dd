"""What the database itself refuses, and that it takes what is right beside it."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from org import audit
from org.models import (
    Calendar,
    CalendarHuddle,
    DeviceBoard,
    Event,
    Holiday,
    Membership,
    Message,
    Organisation,
    ReportingLine,
    Tier,
    Unit,
    User,
    WallDevice,
)
from org.rules import LineKind, Role
from tests.factories import NOW, TODAY, make_calendar, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db


@transaction.atomic
def attempt(act):
    act()
    connection.check_constraints()


def refused(constraint, act):
    with pytest.raises(IntegrityError) as caught:
        attempt(act)
    assert constraint in str(caught.value)


def test_organisation():
    make = Organisation.objects.create
    make(name="A", slug="a", small_cell_threshold=1, idle_minutes=1, hard_hours=1)
    refused("slug", lambda: make(name="B", slug="a"))
    refused("organisation_threshold_positive", lambda: make(name="B", slug="b", small_cell_threshold=0))
    refused("organisation_session_positive", lambda: make(name="B", slug="b", idle_minutes=0))
    refused("organisation_session_positive", lambda: make(name="B", slug="b", hard_hours=0))


def test_tier():
    organisation = make_organisation(tiers=3)
    make = lambda level, where=organisation: Tier.objects.create(organisation=where, level=level, name="T")  # noqa: E731
    make(6)
    make(6, make_organisation(tiers=3))
    refused("tier_level_unique", lambda: make(1))
    refused("tier_level_1_to_6", lambda: make(7))
    refused("tier_level_1_to_6", lambda: make(0))


def test_unit():
    top = make_unit()
    a, b = make_unit(top, code="A"), make_unit(top, code="B")
    make_unit(code="A")
    refused("unit_code_unique", lambda: Unit.objects.filter(pk=b.pk).update(code="A"))
    refused("unit_path_unique", lambda: Unit.objects.filter(pk=b.pk).update(path=a.path))
    refused("unit_parent_not_itself", lambda: Unit.objects.filter(pk=b.pk).update(parent=b))
    Unit.objects.filter(pk=b.pk).update(second_parent=a)
    refused("unit_second_parent_another", lambda: Unit.objects.filter(pk=b.pk).update(second_parent=b))
    refused("unit_second_parent_another", lambda: Unit.objects.filter(pk=b.pk).update(second_parent=top))


def test_paths_may_be_swapped_within_a_transaction():
    top = make_unit()
    a, b = make_unit(top), make_unit(top)
    with transaction.atomic():
        Unit.objects.filter(pk=a.pk).update(path=b.path)
        Unit.objects.filter(pk=b.pk).update(path=a.path)
        connection.check_constraints()
    a.refresh_from_db()
    assert a.path == f"{top.pk}/{b.pk}/"


def test_reporting_line():
    top = make_unit()
    ward, other = make_unit(top), make_unit(top)
    ReportingLine.objects.filter(unit=ward).delete()
    day = timedelta(days=1)

    def make(first, until, kind=LineKind.PRIMARY, parent=top):
        return ReportingLine.objects.create(unit=ward, parent=parent, kind=kind, valid=DateRange(first, until))

    make(None, TODAY)
    make(TODAY, TODAY + day)
    make(TODAY, None, LineKind.SECOND, other)
    refused("line_one_at_a_time", lambda: make(TODAY - day, TODAY + day))
    refused("line_one_at_a_time", lambda: make(None, None, parent=other))
    refused("line_not_to_itself", lambda: make(TODAY + day, None, parent=ward))


def test_calendar():
    organisation = make_organisation()
    first = make_calendar(organisation, name="Week", weekdays=127, is_default=True)
    make_calendar(make_organisation(), name="Week", is_default=True)
    make_calendar(organisation, weekdays=0)
    refused("calendar_name_unique", lambda: make_calendar(organisation, name="Week"))
    refused("calendar_one_default", lambda: make_calendar(organisation, is_default=True))
    refused("calendar_seven_weekdays", lambda: make_calendar(organisation, weekdays=128))
    huddle = lambda **new: CalendarHuddle.objects.create(  # noqa: E731
        calendar=first, **{"weekday": 0, "starts_at": time(7), "minutes": 15, **new}
    )
    huddle()
    huddle(weekday=6, minutes=240)
    huddle(starts_at=time(16), minutes=1)
    refused("huddle_time_unique", huddle)
    refused("huddle_weekday_0_to_6", lambda: huddle(weekday=7))
    refused("huddle_minutes_1_to_240", lambda: huddle(weekday=1, minutes=0))
    refused("huddle_minutes_1_to_240", lambda: huddle(weekday=1, minutes=241))
    holiday = lambda calendar=first: Holiday.objects.create(calendar=calendar, day=TODAY, name="H")  # noqa: E731
    holiday()
    holiday(Calendar.objects.exclude(pk=first.pk).first())
    refused("holiday_day_unique", holiday)


def test_people_and_memberships():
    user = make_user(email="a@example.org")
    refused("user_email_unique", lambda: User.objects.create(email="A@EXAMPLE.ORG", name="B"))
    unit = make_unit()
    make = lambda **new: Membership.objects.create(  # noqa: E731
        user=user, unit=unit, **{"role": Role.STAFF, "started_on": TODAY, **new}
    )
    make(ended_on=TODAY)
    make()
    make(role=Role.COACH)
    refused("membership_unique", make)
    refused("membership_ends_after_start", lambda: make(ended_on=TODAY - timedelta(days=1)))
    refused("membership_role_known", lambda: make(role="king"))


def test_devices():
    organisation = make_organisation()
    make = lambda token, **new: WallDevice.objects.create(token_hash=token, **new)  # noqa: E731
    device = make("a", code="AAAAAA")
    make("b", paired_at=NOW, organisation=organisation)
    make("c", paired_at=NOW, organisation=organisation)
    refused("token_hash", lambda: make("a"))
    refused("device_code_unique", lambda: make("d", code="AAAAAA"))
    refused("device_paired_somewhere", lambda: make("d", paired_at=NOW))
    unit = make_unit(organisation=organisation)
    DeviceBoard.objects.create(device=device, unit=unit)
    refused("device_board_unique", lambda: DeviceBoard.objects.create(device=device, unit=unit))


def test_messages():
    make = lambda key, **new: Message.objects.create(recipient="a@example.org", template="x", dedup_key=key, **new)  # noqa: E731
    make("a", sent_at=NOW)
    make("b", failed_at=NOW)
    refused("dedup_key", lambda: make("a"))
    refused("message_sent_or_failed", lambda: make("c", sent_at=NOW, failed_at=NOW))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE org_event SET verb = 'x'",
        "DELETE FROM org_event",
        "TRUNCATE org_event",
    ],
)
def test_the_audit_trail_can_only_be_added_to(statement):
    unit = make_unit()
    audit.record("unit.looked_at", subject=unit, by=None, at=NOW, organisation_id=unit.organisation_id)
    with (
        pytest.raises((InternalError, ProgrammingError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.get().verb == "unit.looked_at"


def test_an_event_outlives_what_it_is_about():
    user = make_user()
    audit.record("person.seen", subject=user, by=user, at=NOW, organisation_id=None)
    user.delete()
    event = Event.objects.get()
    assert (event.actor_kind, event.subject_kind, event.at.date()) == ("person", "org.user", date(2026, 11, 22))
