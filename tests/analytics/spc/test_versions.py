"""Limits that a person locked: from which day, how many points, and that nothing changes them afterwards."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import spc
from analytics.outcomes import SettingError, ShapeError
from analytics.spc import Kind, LimitState

RNG = np.random.default_rng(4)
SIZES = RNG.integers(40, 60, 24).astype(float)
EVENTS = np.round(SIZES * 0.8 + RNG.normal(0, 2, 24))
FIRST = date(2026, 3, 1)


def limits(points=24, level=0.0):
    return spc.baseline(Kind.P_PRIME, [EVENTS[:points] - level], [SIZES[:points]])


def test_limits_are_provisional_then_usable_then_offered_for_locking():
    assert spc.limit_state([0, 1, 2, 12, 13, 19, 20, 90]).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert spc.limit_state(20) == LimitState.LOCKABLE
    with pytest.raises(SettingError):
        spc.limit_state([-1])


def test_a_version_holds_from_its_first_day_until_the_next():
    history = spc.locked((), limits(), first=FIRST, by="A. Lead", why="twenty-four stable weeks")
    history = spc.locked(history, limits(level=5), first=date(2026, 6, 1), by="B. Lead", why="new pathway")
    assert [(one.number, one.last) for one in history] == [(1, date(2026, 5, 31)), (2, None)]
    assert spc.holding(history, date(2026, 2, 28)) is None
    assert [spc.holding(history, day).number for day in (FIRST, date(2026, 5, 31), date(2026, 6, 1))] == [1, 1, 2]


def test_a_version_that_had_ended_is_not_taken_up_again():
    (version,) = spc.locked((), limits(), first=FIRST, by="A. Lead", why="stable")
    ended = replace(version, last=date(2026, 3, 31))
    history = spc.locked([ended], limits(), first=date(2026, 6, 1), by="A. Lead", why="ward open again")
    assert history[0] == ended
    assert spc.holding(history, date(2026, 4, 15)) is None


def test_lines_are_those_of_the_version_of_each_day_and_gaps_before_the_first():
    history = spc.locked((), limits(), first=FIRST, by="A. Lead", why="stable")
    history = spc.locked(history, limits(level=5), first=date(2026, 3, 3), by="A. Lead", why="new pathway")
    days = [FIRST + timedelta(days=n) for n in range(-1, 4)]
    sizes = np.array([50.0, 50, 60, 50, 0])
    sheet, numbers = spc.lines_on(history, days, sizes)
    assert numbers.tolist() == [0, 1, 1, 2, 2]
    assert np.isnan(sheet.center[0])
    assert np.isnan(sheet.upper[4])
    for at, base in ((1, limits()), (2, limits()), (3, limits(level=5))):
        one = spc.lines(base, [[sizes[at]]])
        assert (sheet.center[at], sheet.lower[at], sheet.upper[at]) == (
            one.center[0, 0],
            one.lower[0, 0],
            one.upper[0, 0],
        )


def test_a_stored_version_gives_the_same_chart_as_the_limits_it_was_made_of():
    base = limits()
    (version,) = spc.locked((), base, first=FIRST, by="A. Lead", why="stable")
    new, old = (spc.chart(Kind.P_PRIME, EVENTS - 9, SIZES, direction=1, limits=one) for one in (version.baseline, base))
    assert new.lines.lower.tolist() == old.lines.lower.tolist()
    assert new.point_flags.tolist() == old.point_flags.tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        {"limits": limits(19)},
        {"by": " "},
        {"why": ""},
        {"limits": spc.baseline(Kind.XMR, [EVENTS])},
        {"first": FIRST},
        {"limits": spc.baseline(Kind.P_PRIME, [SIZES], [SIZES])},
    ],
)
def test_locking_is_refused_without_points_person_reason_or_order(wrong):
    history = spc.locked((), limits(), first=FIRST, by="A. Lead", why="stable")
    asked = {"limits": limits(), "first": date(2026, 6, 1), "by": "A. Lead", "why": "stable"} | wrong
    with pytest.raises(SettingError):
        spc.locked(history, **asked)
    assert history[0].last is None


def test_limits_of_several_series_are_not_locked_at_once():
    with pytest.raises(ShapeError):
        spc.locked((), spc.baseline(Kind.C, [EVENTS, EVENTS]), first=FIRST, by="A. Lead", why="stable")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(-10, 260))
def test_on_every_day_at_most_one_version_holds(gaps, offset):
    history, day = (), FIRST
    for gap in gaps:
        history = spc.locked(history, limits(), first=day, by="A. Lead", why="again")
        day += timedelta(days=gap)
    asked = FIRST + timedelta(days=offset)
    holds = [one for one in history if one.holds(asked)]
    assert len(holds) == (asked >= FIRST)
    assert spc.holding(history, asked) == (holds[0] if holds else None)
