"""What hangs on a wall of improvement work: what was brought to its end, without a name."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boards.models import Snapshot
from boards.partitions import ensure
from improvement.queries.successes import MOST_ON_WALL, wall_successes
from improvement.rules.tickets import Stage
from org.queries import DEVICE_COOKIE
from org.rules import Role
from tests.factories import make_device, make_unit, make_user, signed_in
from tests.improvement.factories import make_house, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def ended(house, title, days=1, **more):
    given = {"stage": Stage.DONE, "outcome": "It holds.", "ended_at": timezone.now() - timedelta(days=days), **more}
    return make_ticket(given.pop("unit", house.ward), title=title, owner=house.staff, **given)


def on_wall(house):
    _device, token = make_device(make_user(Role.UNIT_LEAD, house.ward), house.ward)
    wall = Client()
    wall.cookies[DEVICE_COOKIE] = token
    return wall


def test_a_display_shows_what_its_unit_brought_to_its_end_and_nobodys_name(house):
    other = make_unit(house.line, name="Intensive care")
    ended(house, "Second label printer")
    ended(house, "Long ago", days=15)
    ended(house, "Louder alarms", stage=Stage.DROPPED)
    ended(house, "Not ours", unit=other)
    wall = on_wall(house)
    shown = wall.get(reverse("improvement:wall-successes", args=[house.ward.pk])).content.decode()
    assert "Second label printer" in shown
    assert "It holds." in shown
    for silent in ("Long ago", "Louder alarms", "Not ours", house.staff.name):
        assert silent not in shown
    assert wall.get(reverse("improvement:wall-successes", args=[other.pk])).status_code == 404
    board = wall.get(reverse("boards:wall-board", args=[house.ward.pk])).content.decode()
    assert f'data-successes-url="{reverse("improvement:wall-successes", args=[house.ward.pk])}"' in board


def test_the_wall_of_a_unit_that_brought_nothing_to_its_end_has_no_such_screen(house):
    there = reverse("improvement:wall-successes-view", args=[house.ward.pk])
    assert signed_in(house.staff).get(there).status_code == 204
    ended(house, "Second label printer")
    assert b"Second label printer" in signed_in(house.staff).get(there).content


def test_words_that_may_tell_who_a_patient_is_do_not_hang_there(house):
    ended(house, "What Mr. Ortega in bed 12 asked for", outcome="MRN 00481516 is settled")
    shown = wall_successes(house.ward, timezone.localtime())
    assert [(one.title, one.outcome) for one in shown] == [("", "")]
    text = on_wall(house).get(reverse("improvement:wall-successes", args=[house.ward.pk])).content.decode()
    assert "What it was is read out in the huddle." in text
    assert "Ortega" not in text


def test_what_became_of_the_measure_stands_beside_it_and_is_told_as_it_is(house):
    today = timezone.localdate()
    begun = timezone.now() - timedelta(days=10)
    better = ended(house, "Better", measure=house.measure, begun_at=begun)
    since = begun.astimezone(better.organisation.zone).date()
    numbers(
        better, since, [60, 62, 59, 61, 60, 63, 58, 61, 60, 62, 59, 61, 60, 62], [75, 77, 74, 76, 75, 78, 74], today
    )
    shown = wall_successes(house.ward, timezone.localtime())[0]
    assert (shown.verdict, shown.sign) == ("It got better", "met")
    assert "% before (14 numbers)" in shown.effect


def numbers(ticket, since: date, before, after, today):
    first = since - timedelta(days=len(before))
    ensure(first, today)
    Snapshot.objects.bulk_create(
        Snapshot(
            day=first + timedelta(days=place),
            period_start=first + timedelta(days=place),
            unit=ticket.unit,
            measure=ticket.measure,
            organisation=ticket.organisation,
            numerator=number,
            denominator=100.0,
            value=number / 100 * ticket.measure.multiplier,
            taken_at=timezone.now(),
        )
        for place, number in enumerate([*before, *after])
    )


def test_a_full_wall_takes_the_same_statements_as_one_with_a_single_line(house):
    ended(house, "First", measure=house.measure, begun_at=timezone.now() - timedelta(days=9))
    now = timezone.localtime()
    with CaptureQueriesContext(connection) as one:
        wall_successes(house.ward, now)
    for place in range(8):
        ended(house, f"More {place}", measure=house.measure, begun_at=timezone.now() - timedelta(days=9))
    with CaptureQueriesContext(connection) as many:
        assert len(wall_successes(house.ward, now)) == MOST_ON_WALL
    assert len(many) == len(one)
