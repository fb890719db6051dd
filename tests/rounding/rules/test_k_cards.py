"""Which side shows, how often a card is pulled, and in what time."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.rules import NotAllowed
from rounding.rules import k_cards as rules
from rounding.rules.k_cards import ENOUGH, GREEN_AGAIN, Harm, Pace, Per, Side, Tally, Why
from rounding.rules.questions import K_CARD_FEWEST, K_CARD_MOST, AnswerKind, SetKind, advice, check_set
from rounding.rules.starting_sets import STARTING_CARDS, shipped_texts

STEADY = Tally(20, 19, 12)


@pytest.mark.parametrize(
    ("answers", "side"),
    [
        (["yes", "yes"], Side.GREEN),
        (["yes", "none"], Side.GREEN),
        (["yes", "no"], Side.RED),
        (["no", "none"], Side.RED),
    ],
)
def test_a_card_is_green_where_everything_that_applies_is_kept(answers, side):
    assert rules.side_of(answers) == side


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["yes", ""], "Answer every line."),
        (["yes", "partly"], "Answer every line."),
        (["none", "none"], "Nothing on this card applies just now. Pull it another time."),
        ([], "Nothing on this card applies just now. Pull it another time."),
    ],
)
def test_what_is_not_answered_or_does_not_apply_turns_no_card(answers, told):
    with pytest.raises(NotAllowed, match=told):
        rules.side_of(answers)


@pytest.mark.parametrize(
    ("often", "per", "pace"),
    [
        (1, Per.WEEK, (1, 2)),
        (2, Per.WEEK, (1, 1)),
        (3, Per.WEEK, (2, 1)),
        (5, Per.MONTH, (3, 1)),
        (1, Per.MONTH, (1, 2)),
    ],
)
def test_a_steady_process_is_pulled_half_as_often(often, per, pace):
    assert rules.pace_of(often, per, STEADY, Harm.NONE) == Pace(pace[0], per, pace[1], Why.STEADY)


@pytest.mark.parametrize(
    ("tally", "harm", "why"),
    [
        (Tally(ENOUGH - 1, ENOUGH - 1, ENOUGH - 1), Harm.NONE, Why.FEW),
        (Tally(ENOUGH, ENOUGH, ENOUGH), Harm.NONE, Why.STEADY),
        (Tally(ENOUGH, ENOUGH, ENOUGH), Harm.NOT_LINKED, Why.STEADY),
        (Tally(20, 18, 10), Harm.NONE, Why.NOT_STEADY),  # 90 % is not over 90 %
        (Tally(20, 19, 10), Harm.NONE, Why.STEADY),
        (Tally(20, 19, 0), Harm.NONE, Why.RED_LATELY),
        (Tally(20, 19, GREEN_AGAIN - 1), Harm.NONE, Why.RED_LATELY),
        (Tally(20, 19, GREEN_AGAIN), Harm.NONE, Why.STEADY),
        (Tally(20, 20, 20), Harm.SOME, Why.HARM),
        (Tally(20, 20, 20), Harm.UNKNOWN, Why.HARM_UNKNOWN),
    ],
)
def test_over_ninety_percent_green_and_no_harm_make_it_steady(tally, harm, why):
    pace = rules.pace_of(2, Per.WEEK, tally, harm)
    assert pace == Pace(1 if why == Why.STEADY else 2, Per.WEEK, 1, why)


@given(
    st.integers(1, rules.MOST_OFTEN),
    st.sampled_from(Per),
    st.lists(st.booleans(), max_size=60),
    st.sampled_from(Harm),
)
def test_a_red_brings_all_cards_back_at_once_and_there_are_never_fewer_than_half(often, per, greens, harm):
    row = next((n for n, green in enumerate(reversed(greens)) if not green), len(greens))
    pace = rules.pace_of(often, per, Tally(len(greens), sum(greens), row), harm)
    assert often / pace.often / pace.apart <= 2
    after = rules.pace_of(often, per, Tally(len(greens) + 1, sum(greens), 0), harm)
    assert (after.often, after.apart) == (often, 1)


@pytest.mark.parametrize(
    ("pace", "today", "first"),
    [
        (Pace(2, Per.WEEK, 1, Why.FEW), date(2026, 11, 24), date(2026, 11, 23)),
        (Pace(2, Per.WEEK, 1, Why.FEW), date(2026, 11, 23), date(2026, 11, 23)),
        (Pace(1, Per.WEEK, 2, Why.STEADY), date(2026, 11, 29), date(2026, 11, 16)),
        (Pace(4, Per.MONTH, 1, Why.FEW), date(2026, 11, 24), date(2026, 11, 1)),
        (Pace(1, Per.MONTH, 2, Why.STEADY), date(2027, 1, 31), date(2026, 12, 1)),
    ],
)
def test_weeks_begin_on_monday_and_months_on_the_first(pace, today, first):
    assert rules.first_day(pace, today) == first


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_thirteen_weeks_end_with_the_present_one(today):
    weeks = rules.weeks_until(today)
    assert len(weeks) == rules.WEEKS == 13
    assert all(day.weekday() == 0 for day in weeks)
    assert weeks[-1] <= today < weeks[-1] + timedelta(days=7)
    assert {(later - day).days for day, later in pairwise(weeks)} == {7}


@pytest.mark.parametrize(("often", "per"), [(0, "week"), (rules.MOST_OFTEN + 1, "week"), (1, "day")])
def test_nobody_is_asked_to_pull_a_card_never_or_every_hour(often, per):
    with pytest.raises(NotAllowed, match="A card is pulled 1 to 31 times"):
        rules.check_often(often, per)
    rules.check_often(rules.MOST_OFTEN, "month")


@pytest.mark.parametrize("card", STARTING_CARDS, ids=[str(name) for name, _minutes, _lines in STARTING_CARDS])
def test_every_starting_card_is_one_that_turns_green_or_red(card):
    name, minutes, lines = card
    check_set(lines)
    assert advice(SetKind.K_CARD, lines) == []
    assert K_CARD_FEWEST <= len(lines) <= K_CARD_MOST
    assert {line.kind for line in lines} == {AnswerKind.YES_NO}
    assert minutes <= 5
    assert {str(name), *(str(line.text) for line in lines)} <= {str(text) for text in shipped_texts()}


def test_starting_cards_ask_for_whom_a_standard_works_less_well():
    assert sum(any(line.equity for line in lines) for _name, _minutes, lines in STARTING_CARDS) >= 3
    assert len({str(name) for name, _minutes, _lines in STARTING_CARDS}) == len(STARTING_CARDS)
