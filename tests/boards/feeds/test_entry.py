from datetime import date

import pytest

from boards import rules
from boards.actions.entry import Typed, due_measures, enter_numbers
from boards.models import Batch, BoardMeasure, Measure, Snapshot
from org.rules import NotAllowed, Role
from tests.boards import factories
from tests.boards.feeds.place import AT, TODAY

YESTERDAY = date(2026, 11, 21)


@pytest.fixture
def icu(place):
    unit = place.organisation.units.select_related("organisation").get(code="icu")
    for position, code in enumerate(("bundle", "falls", "stay", "wait", "clabsi", "four_hours")):
        BoardMeasure.objects.create(unit=unit, measure=Measure.objects.get(code=code), position=position)
    BoardMeasure.objects.create(unit=unit, measure=Measure.objects.get(code="readmitted"), reports=False)
    return unit


@pytest.fixture
def nurse(icu):
    return factories.make_user(Role.STAFF, icu)


def pk(code: str) -> int:
    return Measure.objects.get(code=code).pk


def enter(icu, nurse, day=YESTERDAY, **typed):
    cells = {pk(code): Typed(*pair) for code, pair in typed.items()}
    return enter_numbers(unit=icu, day=day, typed=cells, by=nurse, at=AT)


def test_what_is_due_ends_on_the_day(icu):
    assert [m.code for m in due_measures(icu, YESTERDAY)] == ["bundle", "falls", "stay", "wait"]
    assert [m.code for m in due_measures(icu, date(2026, 11, 22))] == ["bundle", "falls", "stay", "wait", "four_hours"]
    assert "clabsi" in [m.code for m in due_measures(icu, date(2026, 10, 31))]


def test_numbers_are_stored_and_on_the_board_at_once(place, icu, nurse):
    entered = enter(icu, nurse, bundle=("9", "10"), falls=("2", ""), stay=("4.5", "10"), wait=("37", ""))
    assert (entered.mistakes, entered.result.new) == ({}, 4)
    found = {measure: cells[""][:2] for (measure, _unit, _day), cells in place.stored().items()}
    assert {code: found[code] for code in ("bundle", "stay")} == {"bundle": (9, 10), "stay": (45, 10)}
    assert (found["falls"][0], found["wait"][0]) == (2, 37)
    shown = Snapshot.objects.get(unit=icu, measure__code="bundle", day=YESTERDAY)
    assert shown.value == 90
    batch = Batch.objects.get()
    assert (batch.source.kind, batch.received_by, batch.rows, batch.new_readings) == ("manual", nurse, 4, 4)


def test_a_weekly_number_gets_its_week(place, icu, nurse):
    enter(icu, nurse, day=TODAY, four_hours=("80", "100"))
    assert list(place.stored()) == [("four_hours", "icu", "2026-11-22")]


def test_one_wrong_cell_stores_nothing_and_says_where(place, icu, nurse):
    entered = enter(icu, nurse, bundle=("11", "10"), falls=("two", ""), stay=("4", ""), wait=("=1", ""))
    assert {(Measure.objects.get(pk=m).code, cell) for m, cell in entered.mistakes} == {
        ("bundle", "first"),
        ("falls", "first"),
        ("stay", "second"),
        ("wait", "first"),
    }
    assert (place.stored(), Batch.objects.count()) == ({}, 0)


def test_a_blank_line_keeps_what_stands(place, icu, nurse):
    enter(icu, nurse, bundle=("9", "10"), falls=("2", ""))
    entered = enter(icu, nurse, bundle=("", ""), falls=("3", ""))
    assert (entered.result.new, entered.result.replaced) == (0, 1)
    stored = place.stored()
    assert stored["bundle", "icu", "2026-11-21"][""][:2] == (9, 10)
    assert stored["falls", "icu", "2026-11-21"][""][0] == 3
    assert enter(icu, nurse, bundle=("", "")).result is None


def test_a_total_by_hand_keeps_the_groups_of_the_file(place, icu, nurse):
    rows = [f"bundle,icu,2026-11-21,2026-11-21,{group},5,10" for group in (",", "language,es")]
    place.send("measure,unit,period_start,period_end,stratifier,stratum,numerator,denominator\n" + "\n".join(rows))
    enter(icu, nurse, bundle=("6", "10"))
    assert place.stored()["bundle", "icu", "2026-11-21"] == {"": (6, 10, False), "language:es": (5, 10, False)}


def test_hints_do_not_hold_anything_up(icu, nurse):
    entered = enter(icu, nurse, bundle=("9.5", "10"))
    assert list(entered.hints) == [(pk("bundle"), "first")]
    assert entered.result.new == 1


def test_days_that_cannot_be_entered(icu, nurse):
    with pytest.raises(NotAllowed):
        enter(icu, nurse, day=date(2026, 11, 23), falls=("1", ""))
    icu.closed_on = date(2026, 11, 1)
    with pytest.raises(NotAllowed):
        enter(icu, nurse, falls=("1", ""))


def test_kinds_with_one_number_have_one_number():
    from boards.actions.entry import MEANS, SINGLE

    assert set(rules.Kind) - SINGLE - MEANS == {rules.Kind.PROPORTION, rules.Kind.RATE}
