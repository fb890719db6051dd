"""Rounds in tier health: the counts of the pages of units, summed over tiers, for whoever looks."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huddles.models import Issue
from huddles.queries.health import tier_health
from huddles.queries.health_added import added_to
from huddles.queries.health_page import health_page
from huddles.rules.issues import Status
from org.rules import Role
from rounding.actions import follow_ups
from rounding.queries.health import rounds_of_health
from rounding.queries.reading import unit_page
from rounding.rules.questions import SetKind
from rounding.rules.rounds import PromiseState
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_note, make_promise, make_round, make_set

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = AT + 9 * DAY


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def version(house):
    return make_set(house.ward)


def led_at(unit, leader, version, *, kept=None, at=AT):
    """A round that promised something, kept after so many days, or not at all."""
    led = make_round(unit, leader, version, began_at=at, at=at)
    said = {"of_round": led, "said_at": at, "at": at, "due_on": (at + 3 * DAY).date()}
    promise = make_promise(unit, leader, **said)
    if kept is not None:
        follow_ups.answer_promise(
            promise=promise, state=PromiseState.KEPT, answer="", revision=1, by=leader, at=at + kept * DAY
        )
    return led


def with_issue(led):
    noted = make_note(led, said_at=led.began_at, at=led.began_at)
    follow_ups.raise_from(observation=noted, title="Pump", client_id=uuid4(), by=led.leader, at=led.began_at)
    noted.refresh_from_db()
    return noted


def report(house, unit=None, days=28, now=NOW):
    unit = unit or house.top
    zone = house.organisation.zone
    return added_to(tier_health(unit, now.astimezone(zone).date(), days, now), unit, now)


def told(health):
    kinds = ("rounds", "rounds_asking", "rounds_with_feedback", "rounds_notes_due", "rounds_notes_in_time")
    return tuple(map(health.count, kinds))


def test_units_tiers_and_all_count_rounds_with_feedback_and_what_was_answered_in_time(house, version):
    lead, other = house.lead(house.ward), house.lead(house.other_ward)
    led_at(house.ward, lead, version, kept=2)
    led_at(house.ward, lead, version, kept=8)
    make_round(house.ward, lead, version)
    led_at(house.other_ward, other, version)
    found, _added = report(house)
    assert told(found.whole) == (4, 3, 2, 3, 1)
    front = found.tiers[0]
    assert told(front.health) == (4, 3, 2, 3, 1)
    assert {unit.name: told(unit.health) for unit in front.units if unit.health.count("rounds")} == {
        "5 West": (3, 2, 2, 2, 1),
        "4 East": (1, 1, 0, 1, 0),
    }
    assert told(report(house, house.support)[0].whole) == (0, 0, 0, 0, 0)


def test_the_numbers_are_those_of_the_page_of_the_unit(house, version):
    lead = house.lead(house.ward)
    led_at(house.ward, lead, version, kept=2)
    with_issue(led_at(house.ward, lead, version))
    make_promise(house.ward, lead, "With time", of_round=make_round(house.ward, lead, version),
                 due_on=(NOW + DAY).date())  # fmt: skip
    counts = unit_page(house.ward, lead, NOW.astimezone(house.organisation.zone)).counts
    assert told(report(house, house.ward)[0].whole) == (
        counts.rounds, counts.asking, counts.with_feedback, counts.due, counts.in_time,
    ) == (3, 3, 1, 3, 1)  # fmt: skip


def test_only_rounds_that_began_in_the_period_by_the_clock_of_the_house_are_counted(house, version):
    lead, zone = house.lead(house.ward), house.organisation.zone
    first = (NOW.astimezone(zone) - 6 * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    for at in (first - timedelta(seconds=1), first, NOW):
        make_round(house.ward, lead, version, began_at=at, at=at)
    assert told(report(house, days=7)[0].whole)[0] == 2
    assert told(report(house, days=28)[0].whole)[0] == 3


def test_what_is_between_two_or_confidential_or_joined_to_that_is_not_counted(house, version):
    lead = house.lead(house.ward)
    between = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    led_at(house.ward, lead, between)
    assert told(report(house)[0].whole) == (0, 0, 0, 0, 0)
    secret, joined = (with_issue(make_round(house.ward, lead, version)) for _twice in range(2))
    assert told(report(house)[0].whole) == (2, 2, 0, 2, 0)
    Issue.objects.filter(pk=secret.issue_id).update(confidential=True)
    Issue.objects.filter(pk=joined.issue_id).update(status=Status.MERGED, merged_into=secret.issue, clock_at=None)
    assert told(report(house)[0].whole) == (2, 0, 0, 0, 0)


def test_an_issue_that_joined_another_one_is_answered_with_it(house, version):
    lead = house.lead(house.ward)
    joined = with_issue(make_round(house.ward, lead, version))
    whole = with_issue(make_round(house.ward, lead, version))
    Issue.objects.filter(pk=joined.issue_id).update(status=Status.MERGED, merged_into=whole.issue, clock_at=None)
    Issue.objects.filter(pk=whole.issue_id).update(answered_at=AT + DAY)
    assert told(report(house)[0].whole) == (2, 2, 2, 2, 2)


def test_more_rounds_cost_no_more_statements(house, version):
    lead = house.lead(house.ward)
    counts = []
    for _number in range(3):
        with_issue(led_at(house.ward, lead, version, kept=1))
        with CaptureQueriesContext(connection) as statements:
            rounds_of_health(house.top, AT - DAY, NOW, NOW)
        counts.append(len(statements))
    assert counts == [3, 3, 3]


def test_a_house_without_rounds_has_no_table_of_them(house, version):
    def names(found):
        page = health_page(*found, coaching=False)
        return [table.name for table in page.tables], page.lines

    assert "Rounds" not in names(report(house))[0]
    led_at(house.ward, house.lead(house.ward), version, kept=2)
    tables, lines = names(report(house))
    assert tables[-1] == "Rounds"
    assert lines[-2:] == [
        "Rounds with feedback: 100 % (1 of 1)",
        "Noted on rounds and answered in time: 100 % (1 of 1)",
    ]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COACH, Role.ADMINISTRATOR])
def test_every_reader_of_tier_health_sees_the_same_rounds_and_nobodys_name(house, version, role):
    now = timezone.now()
    led_at(house.ward, house.lead(house.ward), version, kept=0, at=now)
    client = signed_in(make_user(role, house.top))
    page = client.get(reverse("huddles:tier-health", args=[house.top.pk])).content.decode()
    assert "<li>Rounds with feedback: 100 % (1 of 1)</li>" in page
    assert page.count('<td class="num">100 % (1 of 1)</td>') == 6  # in all, at the tier, at the unit
    assert "what still has time is not counted" in page
    assert house.lead(house.ward).name not in page


def test_the_file_ends_with_what_rounds_count(house, version):
    led_at(house.ward, house.lead(house.ward), version, at=timezone.now())
    client = signed_in(house.lead(house.top))
    answer = client.get(reverse("huddles:tier-health-file", args=[house.top.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    kinds = ["rounds", "rounds_asking", "rounds_with_feedback", "rounds_notes_due", "rounds_notes_in_time"]
    assert rows[0][-5:] == kinds
    assert {len(row) for row in rows} == {len(rows[0])}
    assert rows[1][-5:] == ["1", "1", "0", "0", "0"]
    assert [row[-5] for row in rows if row[1] == "WARD"] == ["1"]
