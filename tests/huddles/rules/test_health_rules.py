"""When a coach is given something to ask."""

from dataclasses import replace

import pytest

from huddles.rules.health import CLASSES, LIMITS, Hint, Signs, hints

CALM = Signs(
    held=20, raised=20, arrived=20, escalated=4, climbed=1, closed=10, unconfirmed=1, is_top=False, is_front=True
)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"escalated": 0, "climbed": 0}, Hint.NOTHING_UP),
        ({"escalated": 16}, Hint.EVERYTHING_UP),
        ({"raised": 0}, Hint.NOTHING_RAISED),
        ({"climbed": 6}, Hint.SILENT),
        ({"unconfirmed": 5}, Hint.UNCONFIRMED),
    ],
)
def test_a_hint_is_given_at_its_limit_and_not_before(change, hint):
    assert hints(CALM) == []
    assert hints(replace(CALM, **change)) == [hint]


def test_with_few_of_them_nothing_is_asked():
    few = Signs(
        held=9, raised=0, arrived=2, escalated=2, climbed=2, closed=2, unconfirmed=2, is_top=False, is_front=True
    )
    assert hints(few) == []


def test_only_the_front_line_is_asked_why_nothing_is_raised():
    assert hints(replace(CALM, raised=0, is_front=False)) == []


def test_nothing_goes_up_from_the_top():
    assert hints(replace(CALM, escalated=0, climbed=0, is_top=True)) == []


def test_every_hint_has_limits_and_is_a_question_and_classes_grow():
    assert set(LIMITS) == set(Hint)
    assert all(str(hint.label).endswith("?") for hint in Hint)
    assert list(CLASSES) == sorted(CLASSES)
