"""What became of the measure of a ticket, in a sentence that says how sure it is, and drawn."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from scipy import stats

from boards.models import Snapshot
from boards.partitions import ensure
from boards.rules import Direction, Kind
from improvement.queries.effects import beside_on, changed_on, effect_on
from improvement.rules.cycles import State
from improvement.rules.effects import Verdict
from improvement.rules.tickets import Stage
from tests.boards.factories import make_measure
from tests.improvement.factories import NOW, make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db

SINCE = date(2026, 10, 1)
#: Still the first of October in New York.
BEGUN = datetime(2026, 10, 2, 2, 0, tzinfo=UTC)
USUAL = [60, 62, 59, 61, 60, 63, 58, 61, 60, 62, 59, 61, 60, 62, 59, 61]


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def ticket(house):
    return make_ticket(house.ward, measure=house.measure, stage=Stage.WORK, owner=house.staff, begun_at=BEGUN)


def come(ticket, before, after, of=100.0):
    """Numbers of single days, so that the first of `after` is of the day of the change."""
    first = SINCE - timedelta(days=len(before))
    ensure(first, SINCE + timedelta(days=len(after)))
    measure = ticket.measure
    Snapshot.objects.bulk_create(
        Snapshot(
            day=first + timedelta(days=place),
            period_start=first + timedelta(days=place),
            unit=ticket.unit,
            measure=measure,
            organisation=ticket.organisation,
            numerator=number,
            denominator=of,
            value=number / of * measure.multiplier,
            taken_at=NOW,
        )
        for place, number in enumerate([*before, *after])
    )
    return effect_on(ticket, SINCE + timedelta(days=len(after)))


@pytest.mark.parametrize(
    ("after", "verdict", "sign"),
    [
        ([75, 77, 74, 76, 75, 78, 74, 76], Verdict.BETTER, "far above the usual range"),
        ([45, 47, 44, 46, 45, 48, 44, 46], Verdict.WORSE, "far below the usual range"),
    ],
)
def test_a_change_is_told_with_its_interval_and_what_stands_out(ticket, after, verdict, sign):
    found = come(ticket, USUAL, after)
    assert (found.since, found.verdict, found.title) == (SINCE, verdict, str(verdict.label))
    assert "60.5 % before (16 numbers)" in found.sentence
    assert "(8 numbers)" in found.sentence
    assert sign in found.sentence
    gap = stats.ttest_ind(after, USUAL, equal_var=False).confidence_interval(0.95)
    low, high = (f"{bound:+.1f}".replace("-", "−") for bound in (gap.low, gap.high))
    assert f"between {low} and {high} (95 %)" in found.sentence
    assert found.chart is not None


def test_what_is_noise_is_said_to_be_none(ticket):
    found = come(ticket, USUAL, [61, 60, 62, 59, 61, 60])
    assert found.verdict == Verdict.NOISE
    assert "By itself it varies from" in found.sentence
    assert "nothing since stands out" in found.sentence


def test_a_sign_that_the_mean_does_not_follow_is_not_hidden(ticket):
    found = come(ticket, USUAL, [40, 64, 64, 64, 60, 64, 64, 64, 60, 64, 64, 64])
    assert found.verdict == Verdict.NOISE
    assert "far below the usual range" in found.sentence
    assert "nothing since stands out" not in found.sentence


def test_too_early_and_too_short_say_how_many_are_there(ticket):
    early = come(ticket, USUAL, [75, 77])
    assert early.verdict == Verdict.EARLY
    assert "Since then there are 2 numbers" in early.sentence
    assert early.chart is not None
    ticket.begun_at = BEGUN - timedelta(days=10)
    short = effect_on(ticket, SINCE + timedelta(days=2))
    assert (short.verdict, short.chart) == (Verdict.SHORT, None)
    assert "Only 6 numbers stand from before" in short.sentence


def test_where_no_number_has_come_nothing_is_said_of_rare_events(ticket):
    found = effect_on(ticket, SINCE + timedelta(days=9))
    assert (found.verdict, found.chart) == (Verdict.SHORT, None)
    assert "Only 0 numbers" in found.sentence


def rare(house, ticket, **fields):
    given = {"direction": Direction.LOWER, "multiplier": 1000, "unit_text": "per 1,000", "decimals": 1, **fields}
    ticket.measure = make_measure(house.organisation, "falls", Kind.RATE, **given)
    ticket.save()


def every(days, length):
    return [int(place % days == 0) for place in range(length)]


def test_rare_events_are_summed_by_the_week(house, ticket):
    rare(house, ticket)
    found = come(ticket, [int(place % 7 in {0, 3}) for place in range(140)], [0] * 77)
    assert found.verdict == Verdict.BETTER
    assert "Each number is of a week." in found.sentence
    assert "(20 numbers)" in found.sentence
    assert "(11 numbers)" in found.sentence
    assert "2.9 per 1,000 before" in found.sentence


def test_rarer_ones_by_four_weeks(house, ticket):
    rare(house, ticket)
    with CaptureQueriesContext(connection) as asked:
        found = come(ticket, every(16, 28 * 14), [0] * 28 * 8)
    assert found.verdict == Verdict.BETTER
    assert "each number is of four weeks" in found.sentence
    assert "(14 numbers)" in found.sentence
    assert "(8 numbers)" in found.sentence
    assert sum("boards_snapshot" in one["sql"] and one["sql"].startswith(("SELECT", "WITH")) for one in asked) <= 2


def test_no_week_lies_on_both_sides_and_none_is_told_before_it_is_over(house, ticket):
    rare(house, ticket)
    found = come(
        ticket,
        [int(place % 7 in {0, 3}) for place in range(12 * 7 + 3)],
        [int(place % 7 in {0, 2, 4}) for place in range(48)],
    )
    assert "(12 numbers)" in found.sentence
    assert "(6 numbers)" in found.sentence
    assert found.verdict == Verdict.WORSE


def test_what_is_too_rare_even_so_is_not_told_this_way(house, ticket):
    rare(house, ticket)
    found = come(ticket, [1] + [0] * 400, [0] * 60)
    assert (found.verdict, found.chart) == (Verdict.SILENT, None)
    assert "days between them" in found.sentence


@pytest.mark.parametrize("kind", [Kind.DAYS_SINCE])
def test_days_since_an_event_are_not_told_this_way(house, ticket, kind):
    rare(house, ticket)
    ticket.measure.kind = kind
    assert come(ticket, USUAL, USUAL).verdict == Verdict.SILENT


def lines_of(chart):
    """All numbers that a chart is drawn from, by their names."""
    found = {}

    def look(value):
        if isinstance(value, dict):
            for name, one in value.items():
                if isinstance(one, int | float) and not isinstance(one, bool):
                    found.setdefault(name, []).append(one)
                look(one)
        elif isinstance(value, list | tuple):
            for one in value:
                look(one)

    look(chart)
    return found


def test_limits_lie_where_numbers_can(house, ticket):
    nearly = come(ticket, [99, 96, 100, 95, 100, 97, 99, 95, 100, 96, 99, 97], [100] * 6)
    assert max(lines_of(nearly.chart)["upper"]) == 100
    rare(house, ticket)
    few = come(ticket, [2, 0, 3, 1, 0, 4, 1, 2, 0, 3, 1, 2], [1, 2, 0, 3, 1, 2])
    assert "varies from 0.0 to" in few.sentence
    assert "lower" not in lines_of(few.chart), "a limit at 0 is none"


def test_it_is_counted_from_the_first_test_that_began_or_the_day_of_the_unit(house, ticket):
    assert changed_on(ticket) == SINCE
    make_cycle(ticket, State.PLAN, starts_on=date(2026, 9, 1))
    assert changed_on(ticket) == SINCE
    make_cycle(ticket, State.ENDED, starts_on=date(2026, 10, 9), ends_on=date(2026, 10, 19))
    make_cycle(ticket, State.DO, starts_on=date(2026, 10, 20), ends_on=date(2026, 10, 30))
    assert changed_on(ticket) == date(2026, 10, 9)
    new = make_ticket(house.ward, measure=house.measure)
    assert changed_on(new) is None
    assert effect_on(new, SINCE) is None
    ticket.measure = None
    assert effect_on(ticket, SINCE) is None


def test_a_balancing_measure_is_told_beside_in_words(house, ticket):
    overtime = make_measure(house.organisation, code="overtime", direction=Direction.LOWER)
    assert beside_on(ticket, None, SINCE) is None
    ticket.measure = overtime
    come(ticket, [10, 12, 9, 11, 10, 13, 8, 11, 10, 12, 9, 11, 10, 12], [25, 27, 24, 26, 25, 28])
    ticket.measure = house.measure
    told = beside_on(ticket, overtime, SINCE + timedelta(days=6))
    assert (told.verdict, told.chart) == (Verdict.WORSE, None)
    assert "10.6 % before (14 numbers)" in told.sentence
    assert beside_on(make_ticket(house.ward), overtime, SINCE) is None, "nothing was changed yet"
