"""When what was noted is answered, and when a round has its feedback."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rounding.rules.feedback import Asked, Feedback, feedback, issue_until, promise_until, unanswered

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BEGAN = NOW - 10 * DAY
UNTIL = issue_until(BEGAN)


def asked(of, answered_after=None, *, of_round=1, began=BEGAN):
    at = None if answered_after is None else began + answered_after
    return Asked(of_round, of, issue_until(began), at)


def test_without_rounds_there_is_nothing_to_count():
    assert feedback(0, [], NOW) == Feedback()


def test_a_round_that_asked_for_nothing_is_in_no_share():
    assert feedback(2, [], NOW) == Feedback(rounds=2)


def test_a_round_has_feedback_when_everything_on_it_is_answered():
    both = [asked("a", DAY), asked("b", 9 * DAY)]
    assert feedback(1, both, NOW) == Feedback(1, asking=1, with_feedback=1, due=2, in_time=1)
    one = [asked("a", DAY), asked("b")]
    assert feedback(1, one, NOW) == Feedback(1, asking=1, with_feedback=0, due=2, in_time=1)


def test_a_note_that_became_two_things_is_answered_when_both_are():
    assert feedback(1, [asked("a", DAY), asked("a")], NOW) == Feedback(1, asking=1, due=1)
    assert feedback(1, [asked("a", DAY), asked("a", 2 * DAY)], NOW) == Feedback(1, 1, 1, 1, 1)


def test_rounds_are_counted_for_themselves():
    rows = [asked("a", DAY), asked("b", of_round=2)]
    assert feedback(3, rows, NOW) == Feedback(3, asking=2, with_feedback=1, due=2, in_time=1)


@pytest.mark.parametrize(
    ("began", "answered_after", "due", "in_time"),
    [
        (BEGAN, 7 * DAY, 1, 1),
        (BEGAN, 7 * DAY + timedelta(seconds=1), 1, 0),
        (NOW - 7 * DAY, None, 0, 0),  # the last moment is still time
        (NOW - 7 * DAY - timedelta(seconds=1), None, 1, 0),
        (NOW - DAY, timedelta(hours=1), 1, 1),
    ],
)
def test_an_answer_has_seven_days_and_what_still_has_time_is_not_counted(began, answered_after, due, in_time):
    found = feedback(1, [asked("a", answered_after, began=began)], NOW)
    assert (found.due, found.in_time) == (due, in_time)


@pytest.mark.parametrize(
    ("due_on", "until"),
    [
        (date(2026, 11, 3), BEGAN + 7 * DAY),
        (date(2026, 11, 30), datetime(2026, 12, 1, 5, 0, tzinfo=UTC)),  # midnight in New York
    ],
)
def test_a_promise_has_until_the_end_of_its_day_where_that_is_later(due_on, until):
    assert promise_until(BEGAN, due_on, ZoneInfo("America/New_York")) == until


def test_what_waits_is_counted_once_for_a_note_that_became_two_things_and_late_or_not():
    rows = [asked("a", DAY), asked("a"), asked("b"), asked("b", of_round=2), asked("c", 9 * DAY)]
    assert unanswered(rows) == 3
    assert unanswered([]) == 0
