from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards import setup_rules
from boards.rules import ROLL_UPS, Direction, Kind, RollUp, TargetLine, statuses
from org.rules import NotAllowed


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("roll_up", list(RollUp))
def test_roll_up_is_refused_exactly_where_the_table_has_it_not(kind, roll_up):
    if roll_up in ROLL_UPS[kind]:
        setup_rules.check_roll_up(kind, roll_up)
        return
    with pytest.raises(NotAllowed) as refusal:
        setup_rules.check_roll_up(kind, roll_up)
    for choice in ROLL_UPS[kind]:
        assert str(choice.label) in str(refusal.value)


@pytest.mark.parametrize(
    ("direction", "line", "refused"),
    [
        (Direction.HIGHER, TargetLine(90), ""),
        (Direction.HIGHER, TargetLine(90, warning=92), ""),
        (Direction.HIGHER, TargetLine(90, warning=88), "above the target"),
        (Direction.HIGHER, TargetLine(90, warning=90), "above the target"),
        (Direction.HIGHER, TargetLine(90, high=95), "inside a band"),
        (Direction.LOWER, TargetLine(4), ""),
        (Direction.LOWER, TargetLine(4, warning=3), ""),
        (Direction.LOWER, TargetLine(4, warning=5), "below the target"),
        (Direction.BAND, TargetLine(60, high=80), ""),
        (Direction.BAND, TargetLine(60), "lower and its upper end"),
        (Direction.BAND, TargetLine(60, high=60), "above its lower end"),
        (Direction.BAND, TargetLine(60, high=80, warning=70), "no “at risk from”"),
        (Direction.CONTEXT, TargetLine(60), "context only"),
        (Direction.HIGHER, TargetLine(101), "between 0 and 100"),
        (Direction.LOWER, TargetLine(-1), "never below 0"),
    ],
)
def test_target_is_checked_by_direction(direction, line, refused):
    if not refused:
        setup_rules.check_target(Kind.PROPORTION, 100, direction, line)
        return
    with pytest.raises(NotAllowed, match=refused):
        setup_rules.check_target(Kind.PROPORTION, 100, direction, line)


@given(st.sampled_from([Direction.HIGHER, Direction.LOWER]), st.floats(1, 99), st.floats(1, 99), st.floats(0, 100))
def test_a_warning_that_is_allowed_can_put_a_number_at_risk(direction, value, warning, number):
    """What the check lets through and what the status says fit: between target and warning is met, at risk."""
    import numpy as np

    try:
        setup_rules.check_target(Kind.PROPORTION, 100, direction, TargetLine(value, warning=warning))
    except NotAllowed:
        return
    between = min(value, warning) < number < max(value, warning)
    code = statuses(np.array([number]), direction, np.array([value]), np.array([np.nan]), np.array([warning]))[0]
    assert (code == 4) == (between or number == value)


def test_days_again_are_bounded_and_end_yesterday():
    yesterday = date(2026, 11, 21)
    assert setup_rules.days_again(date(2026, 11, 20), yesterday, 92) == (date(2026, 11, 20), yesterday)
    assert setup_rules.days_again(yesterday, yesterday, 92) == (yesterday, yesterday)
    assert setup_rules.days_again(date(2026, 11, 22), yesterday, 92) is None
    first, last = setup_rules.days_again(date(2020, 1, 1), yesterday, 92)
    assert (last - first).days == 91


@given(st.lists(st.integers(), unique=True), st.integers(), st.booleans())
def test_moving_keeps_everything_and_moves_one_place(ids, pk, up):
    after = setup_rules.moved(ids, pk, up=up)
    assert sorted(after) == sorted(ids)
    if pk in ids:
        step = after.index(pk) - ids.index(pk)
        assert step in ({0, -1} if up else {0, 1})
        assert setup_rules.moved(after, pk, up=not up) == ids or step == 0


def test_meaning_is_kind_per_direction_and_roll_up():
    before = {"kind": "count", "multiplier": 1.0, "direction": "lower", "roll_up": "sum", "name": "a"}
    assert setup_rules.meaning_changes(before, before | {"name": "b"}) == []
    assert setup_rules.meaning_changes(before, before | {"roll_up": "none", "kind": "mean"}) == ["kind", "roll_up"]
