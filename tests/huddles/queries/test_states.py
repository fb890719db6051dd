"""The state of a huddle in SQL is the rule of `rules.schedule`, for every case."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from huddles.actions import huddles
from huddles.models import Huddle, Issue
from huddles.queries.below import below, meeting_of
from huddles.queries.beside import beside
from huddles.queries.states import BEGAN_ON_TIME, STATE, state_values
from huddles.rules.issues import ChoiceKind
from huddles.rules.schedule import HuddleState, state_of, was_on_time
from org.models import Unit
from tests.huddles.factories import make_choice, make_house
from tests.huddles.huddle_stage import plan_huddle

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
#: Minutes around every border of the rule: planned, its end, on time, the grace after it, a huddle that was forgotten.
NOW = (-40, -1, 0, 1, 5, 6, 10, 14, 15, 24, 25, 26, 29, 30, 31, 175, 179, 180, 181, 200)
BEGUN = (None, -30, -5, 0, 5, 6, 20)
LENGTHS = (None, 0, 9, 170)


def in_sql(rows: list[tuple]) -> list[tuple[str, bool]]:
    """State, and whether it began on time, of rows of planned, minutes, begun, ended, reason, now."""
    found = []
    with connection.cursor() as cursor:
        for planned, minutes, begun, ended, reason, now in rows:
            cursor.execute(
                f"SELECT {STATE}, {BEGAN_ON_TIME} FROM (SELECT %(planned)s::timestamptz AS planned_at, "
                "%(minutes)s::int AS minutes, %(begun)s::timestamptz AS started_at, "
                "%(ended)s::timestamptz AS ended_at, %(reason)s::int AS not_held_reason_id) h",
                {
                    "planned": planned,
                    "minutes": minutes,
                    "begun": begun,
                    "ended": ended,
                    "reason": reason,
                    **state_values(now),
                },
            )
            found.append(cursor.fetchone())
    return found


def test_rule_and_sql_say_the_same_of_every_huddle():
    cases = []
    for now, begun, length, minutes, reason in product(NOW, BEGUN, LENGTHS, (10, 15), (None, 7)):
        if (begun is None and length is not None) or (begun is not None and (reason or begun > now)):
            continue  # the constraints of the table forbid it, or it has not happened yet
        started = None if begun is None else AT + begun * MINUTE
        ended = None if length is None or started is None else started + length * MINUTE
        if ended is None or ended <= AT + now * MINUTE:
            cases.append((AT, minutes, started, ended, reason, AT + now * MINUTE))
    expected = [
        (
            state_of(
                planned_at=planned,
                minutes=minutes,
                started_at=started,
                ended_at=ended,
                not_held=reason is not None,
                now=now,
            ),
            was_on_time(planned_at=planned, started_at=started),
        )
        for planned, minutes, started, ended, reason, now in cases
    ]
    assert in_sql(cases) == expected
    assert {state for state, _on_time in expected} == set(HuddleState)
    assert len(cases) > 300


def test_a_reason_given_before_its_time_counts_at_once_until_somebody_begins_it():
    house = make_house()
    huddle = plan_huddle(house.ward, 20 * MINUTE)
    reason = make_choice(house.organisation, ChoiceKind.NOT_HELD, name="Holiday")
    lead, now = house.lead(house.ward), timezone.now()
    local = now.astimezone(house.organisation.zone)
    assert huddle.state_at(now) == HuddleState.COMING
    huddle = huddles.say_not_held(huddle=huddle, reason=reason, note="", by=lead, at=now)
    assert huddle.state_at(now) == HuddleState.NOT_HELD
    shown = meeting_of(Huddle.objects.select_related("unit__tier", "not_held_reason").get(pk=huddle.pk), local)
    assert (shown.state, shown.says, shown.asks) == (HuddleState.NOT_HELD, "Not held: Holiday", False)
    above = below(Unit.objects.all(), house.line, huddle.day, local).tiers[0]
    assert (above.planned, above.not_held, above.coming) == (1, 1, 0)
    (meeting,) = beside(house.ward, Issue.objects.none(), local).huddles
    assert meeting.state_text == "Not held: Holiday"
    huddle = huddles.start(huddle=huddle, by=lead, at=now)
    assert (huddle.state_at(now), huddle.not_held_reason_id) == (HuddleState.RUNNING, None)
