"""What pages show of K-cards: sides, weeks, what is due and why, what was said; in a constant number of statements."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.models import BoardMeasure, Snapshot
from boards.partitions import ensure
from boards.rules import STATUS_CODES, Status
from org.rules import Role
from rounding.actions import k_cards as actions
from rounding.models import KCard
from rounding.queries import k_cards as queries
from rounding.rules.k_cards import Per
from tests.boards.factories import make_measure
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_set
from tests.rounding.stage_k_cards import (
    DAY,
    HANDS,
    link_measure,
    make_card,
    make_card_set,
    make_check,
    make_checks,
)

pytestmark = pytest.mark.django_db

#: A Tuesday; its week began the day before.
TODAY = date(2026, 11, 24)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def card(house, lead):
    return make_card(house.ward, lead)


def state(card, today=TODAY):
    return queries.states_of(KCard.objects.filter(pk=card.pk), today)[0]


def reason(card) -> str:
    return state(card).reason


def test_a_card_that_nobody_pulled_shows_no_side_and_is_due(card):
    found = state(card)
    assert (found.side, found.pulled_on, found.due) == ("", None, 2)
    assert (found.due_text, found.pace_text) == ("0 of 2 pulled this week", "twice a week")
    assert found.reason == "New: hung today, not pulled yet. It is pulled twice a week."
    assert state(card, TODAY + 2 * DAY).reason == "Hung on 24 Nov, not pulled yet. It is pulled twice a week."
    later = state(card, TODAY + 100 * DAY).reason
    assert later == "Not pulled in three months. It is pulled twice a week."
    assert [(week.side, week.checks) for week in found.weeks] == [("", 0)] * 13
    assert found.weeks[-1].says == "Week of 23 Nov: not pulled"


def test_the_last_check_shows_and_a_week_is_red_where_one_of_its_checks_was(card, lead):
    make_checks(card, lead, "grg", at=AT - 3 * DAY)  # Thursday to Saturday of the week before
    make_check(card, lead, at=AT)
    make_check(card, lead, "no", "yes", "yes", at=AT - timedelta(weeks=13))  # too long ago
    found = state(card)
    assert (found.side, found.pulled_on, found.due) == ("green", TODAY, 1)
    assert [(week.side, week.checks) for week in found.weeks[-3:]] == [("", 0), ("red", 3), ("green", 1)]
    assert found.weeks[-2].says == "Week of 16 Nov: 2 green, 1 red"
    assert found.weeks[-1].says == "Week of 23 Nov: 1 green"
    assert reason(card) == "Green 3 of 4 times in three months: twice a week, until 10 checks tell more."


def test_a_steady_card_is_pulled_half_as_often_and_says_why(card, lead):
    make_checks(card, lead, "r" + "g" * 19)
    found = state(card)
    assert found.reason == "Green 19 of 20 times in three months: once a week instead of twice a week."
    assert (found.due, found.due_text) == (0, "2 pulled this week")
    make_check(card, lead, "no", "yes", "yes", at=AT + timedelta(hours=1))
    found = state(card)
    assert found.reason == (
        "Green 19 of 21 times in three months, but red lately: twice a week, until it is green 5 times in a row."
    )
    assert (found.side, found.pace_text) == ("red", "twice a week")


def test_the_other_reasons_are_told_too(house, lead):
    mixed = make_card(house.ward, lead, often=1, per=Per.MONTH)
    make_checks(mixed, lead, "gr" * 6)
    assert reason(mixed) == "Green 6 of 12 times in three months: once a month, until more than 90\u00a0% are green."
    monthly = make_card(house.ward, lead, often=1, per=Per.MONTH)
    make_checks(monthly, lead, "g" * 10, at=AT - 40 * DAY)
    found = state(monthly)
    assert found.reason == "Green 10 of 10 times in three months: once in two months instead of once a month."
    assert (found.due, found.due_text) == (0, "10 pulled in two months")
    weekly = make_card(house.ward, lead, often=1)
    make_checks(weekly, lead, "g" * 10, at=AT - 15 * DAY)
    assert (state(weekly).due, state(weekly).due_text) == (1, "0 of 1 pulled in two weeks")
    thrice = make_card(house.ward, lead, often=3, per=Per.MONTH)
    make_check(thrice, lead)
    assert reason(thrice) == "Green 1 of 1 time in three months: 3 times a month, until 10 checks tell more."
    assert state(thrice).due_text == "1 of 3 pulled this month"
    make_checks(thrice, lead, "ggg")
    assert state(thrice).due_text == "4 pulled this month"
    make_checks(weekly, lead, "gg")
    assert state(weekly).due_text == "2 pulled in two weeks"
    bimonthly = make_card(house.ward, lead, often=1, per=Per.MONTH)
    make_checks(bimonthly, lead, "g" * 10, at=AT - 60 * DAY)
    assert (state(bimonthly).due, state(bimonthly).due_text) == (1, "0 of 1 pulled in two months")


def test_a_missed_day_of_the_linked_measure_is_harm(house, lead, card):
    ensure(date(2026, 8, 1), date(2026, 11, 30))
    falls = make_measure(house.organisation, "falls", name="Falls with harm")
    BoardMeasure.objects.create(unit=house.ward, measure=falls)
    link_measure(card, falls)
    make_checks(card, lead, "g" * 10)

    def day(when, status, unit=house.ward):
        Snapshot.objects.create(
            day=when,
            unit=unit,
            measure=falls,
            organisation=house.organisation,
            period_start=when,
            status=STATUS_CODES[status],
            taken_at=AT,
        )

    unknown = "Green 10 of 10 times in three months, but Falls with harm has no numbers to judge by: twice a week."
    none = (
        "Green 10 of 10 times in three months and no missed day of Falls with harm: "
        "once a week instead of twice a week."
    )
    harm = (
        "Green 10 of 10 times in three months, but Falls with harm missed its target: twice a week, "
        "until three months pass without."
    )
    assert reason(card) == unknown
    day(TODAY, Status.NO_DATA)
    day(TODAY, Status.MISSED, house.other_ward)
    day(date(2026, 8, 30), Status.MISSED)  # the Sunday before the thirteen weeks
    assert reason(card) == unknown
    day(TODAY - DAY, Status.MET)
    assert reason(card) == none
    day(date(2026, 8, 31), Status.MISSED)
    assert reason(card) == harm


def test_sides_and_what_is_due_are_counted(house, lead):
    cards = [make_card(house.ward, lead, often=1) for _n in range(3)]
    make_check(cards[0], lead)
    make_check(cards[1], lead, "no", "yes", "yes")
    gone = make_card(house.ward, lead)
    actions.take_away(card=gone, by=lead, at=AT)
    sides = queries.counted(queries.states_of(queries.cards_at(house.ward), TODAY))
    assert (sides.green, sides.red, sides.unturned, sides.due, sides.cards) == (1, 1, 1, 1, 3)


def test_due_cards_are_those_of_units_where_somebody_leads_in_the_order_of_the_tree(house, lead):
    there, here = make_card(house.other_ward, lead, often=1), make_card(house.ward, lead, often=1)
    manager = house.lead(house.line)
    found, cut = queries.due_for(manager, house.organisation.pk, TODAY)
    assert [(one.unit, [state.pk for state in one.cards]) for one in found] == [
        (house.ward, [here.pk]),
        (house.other_ward, [there.pk]),
    ]
    assert not cut
    make_check(here, lead)
    assert [one.unit for one in queries.due_for(manager, house.organisation.pk, TODAY)[0]] == [house.other_ward]
    assert queries.due_for(lead, house.organisation.pk, TODAY) == ([], False)
    assert queries.due_for(house.people["STAFF"], house.organisation.pk, TODAY) == ([], False)


def test_boards_are_those_with_cards_and_those_of_ones_own_seats(house, lead):
    assert list(queries.boards_of(house.lead(house.line))) == [house.line]
    make_card(house.ward, lead)
    assert list(queries.boards_of(house.lead(house.line))) == [house.line, house.ward]
    assert list(queries.boards_of(house.lead(house.other_ward))) == [house.other_ward]
    assert list(queries.boards_of(make_user(Role.DATA_STEWARD, house.ward))) == []
    assert list(queries.without_cards(house.lead(house.line))) == [house.other_ward]
    assert list(queries.without_cards(lead)) == []
    page = signed_in(house.lead(house.line)).get(reverse("rounding:k-cards")).content.decode()
    assert "No card hangs at 1 more unit<" in page


def test_sets_that_may_be_put_up_are_cards_of_the_house_or_of_a_unit_above_that_do_not_hang_there(house, lead):
    hangs, free, above, beside = (make_card_set(house.ward).question_set for _n in range(4))
    above.unit, beside.unit = house.line, house.other_ward
    above.save()
    beside.save()
    make_set(house.ward)
    retired = make_card_set(house.ward).question_set
    retired.retired_at = AT
    retired.save()
    actions.put_up(unit=house.ward, question_set=hangs, often=1, per=Per.WEEK, by=lead, at=AT)
    assert list(queries.sets_to_put_up(house.ward)) == [free, above]
    assert list(queries.sets_to_put_up(house.other_ward)) == [hangs, free, above, beside]


def test_each_line_says_how_often_it_was_kept_of_the_times_that_it_applied(card, lead):
    make_check(card, lead, "yes", "no", "none")
    make_check(card, lead, "yes", "yes", "yes", at=AT - DAY)
    make_check(card, lead, "no", "no", "no", at=AT - timedelta(weeks=14))
    found = queries.elements_with_counts(card, queries.weeks_until(TODAY)[0])
    assert [(one.text, one.kept, one.applied) for one in found] == [
        (HANDS[0].text, 2, 2),
        (HANDS[1].text, 1, 2),
        (HANDS[2].text, 1, 1),
    ]
    assert (found[2].hint, found[2].equity) == ("Look, do not ask.", True)


def test_coach_notes_are_for_whoever_checked_and_whoever_leads_the_unit(house, card, lead):
    staff, other = house.people["STAFF"], make_user(Role.STAFF, house.ward)
    make_check(card, staff, coach_note="Praise the new way")
    make_check(card, staff, "no", "yes", "yes", gets_in_the_way="Empty", coach_note="Ask why", at=AT - DAY)
    make_check(card, lead, at=AT - 2 * DAY)
    since = queries.weeks_until(TODAY)[0]

    def said(reader):
        return [(one.gets_in_the_way, one.coach_note) for one in queries.said_on(card, reader, since)]

    assert said(lead) == said(staff) == [("", "Praise the new way"), ("Empty", "Ask why")]
    assert said(other) == said(house.lead(house.line)) == [("Empty", "")]
    assert said(make_user(Role.COACH, house.ward)) == [("Empty", "")]
    assert said(house.lead(house.other_ward)) == []
    assert queries.said_on(card, other, since)[0].missed == [HANDS[0].text]


@pytest.mark.parametrize("linked", [False, True])
def test_statements_are_constant(house, lead, linked):
    falls = make_measure(house.organisation, "falls")
    BoardMeasure.objects.create(unit=house.ward, measure=falls)

    def statements(look) -> int:
        with CaptureQueriesContext(connection) as found:
            look()
        return len(found)

    def counts() -> list[int]:
        since = queries.weeks_until(TODAY)[0]
        card = KCard.objects.select_related("unit", "question_set").first()
        return [
            statements(lambda: queries.states_of(queries.cards_at(house.ward), TODAY)),
            statements(lambda: queries.due_for(house.lead(house.line), house.organisation.pk, TODAY)),
            statements(lambda: queries.elements_with_counts(card, since)),
            statements(lambda: queries.said_on(card, lead, since)),
        ]

    def add() -> None:
        card = make_card(house.ward, lead, often=9, measure=falls if linked else None)
        for one in {card, KCard.objects.first()}:
            make_check(one, lead, "no", "yes", "yes", gets_in_the_way="Empty")

    add()
    before = counts()
    add()
    add()
    assert counts() == before
    assert before[0] == (3 if linked else 2)
