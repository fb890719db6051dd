"""Tables and arithmetic of goals, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.disparity import Quadrant
from improvement.rules import goals as rules
from improvement.rules.goals import MEANINGS, QUADRANTS, Status
from improvement.rules.smart import Baseline, Written, smart_check, unanswered

WRITTEN = Written(
    names_whom=True,
    raise_by=0.2,
    narrow_by=0.2,
    baseline=(date(2025, 7, 1), date(2026, 6, 30)),
    period=(date(2026, 7, 1), date(2027, 6, 30)),
    minimum=11,
    favourable=True,
    sponsor=True,
    owner=True,
    balancing=True,
    reviews=1,
    voices=1,
    if_missed=True,
    source_note=True,
    told=Baseline(rate=0.61, harm=0.18, cases=190, compared=840),
    today=date(2026, 7, 10),
    numbers=True,
)


def test_every_status_and_every_field_is_in_its_tables():
    assert set(rules.TRANSITIONS) == set(Status)
    assert set(rules.WHOLE) | {Status.DRAFT, Status.STOPPED} == set(Status)
    assert set(QUADRANTS) == set(MEANINGS) == set(rules.LOUDEST_FIRST) == set(Quadrant)
    assert str(MEANINGS[Quadrant.RAISED_WIDENED]) == "rising tide, growing gap"


def test_the_aims_of_the_scenario():
    assert rules.aim_of_rate(0.61, 0.2, favourable=True) == pytest.approx(0.732)
    assert rules.aim_of_rate(0.2, 0.2, favourable=False) == pytest.approx(0.16)
    assert rules.gap_limit(0.18, 0.2) == pytest.approx(0.144)
    assert rules.ratio_limit(1.5, 0.2) == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_ends_on_its_last_day(first, last):
    assert rules.month_end(first) == last


def test_a_whole_goal_answers_every_question():
    assert [question.text for question in smart_check(WRITTEN) if not question.answered] == []


@pytest.mark.parametrize(
    ("fields", "begins"),
    [
        ({"names_whom": False}, False),
        ({"raise_by": None}, False),
        ({"narrow_by": None}, False),
        ({"baseline": None}, False),
        ({"period": None}, False),
        ({"today": date(2027, 7, 1)}, False),
        ({"numbers": False}, False),
        ({"sponsor": False}, False),
        ({"owner": False}, False),
        ({"balancing": False}, False),
        ({"reviews": 0}, False),
        ({"voices": 0}, False),
        ({"if_missed": False}, False),
        ({"raise_by": 0.65}, False),
        ({"source_note": False}, True),
        ({"told": None}, True),
        ({"told": Baseline(0.61, -0.02, 190, 840)}, True),
        ({"told": Baseline(0.61, 0.18, 10, 840)}, True),
    ],
)
def test_what_is_missing_is_told_and_some_of_it_keeps_a_goal_from_beginning(fields, begins):
    questions = smart_check(replace(WRITTEN, **fields))
    assert any(not question.answered for question in questions)
    assert (not unanswered(questions)) is begins


def test_a_goal_that_ends_today_may_begin_and_one_of_the_past_is_told_so():
    at = "from when until when"
    last = next(q for q in smart_check(replace(WRITTEN, today=date(2027, 6, 30))) if at in q.text)
    over = next(q for q in smart_check(replace(WRITTEN, today=date(2027, 7, 1))) if at in q.text)
    empty = next(q for q in smart_check(replace(WRITTEN, numbers=False)) if at in q.text)
    assert (last.answered, over.answered, empty.answered) == (True, False, False)
    assert over.missing == "The months of the goal are over. Choose an end that lies ahead."
    assert empty.missing.startswith("The unit has no number of this measure in the months before.")
    [untold] = [q for q in smart_check(replace(WRITTEN, told=None, numbers=False)) if "before be told" in q.text]
    assert untold.missing == "Nothing was told of these groups in these months."
