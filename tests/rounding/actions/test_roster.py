"""Bringing a roster: all of it or nothing, twice the same, ended and not deleted."""

from datetime import UTC, datetime, timedelta

import pytest

from org.models import Event
from org.rules import NotAllowed, Role
from rounding.actions.roster import apply_roster, let_go_of_shifts
from rounding.models import Colleague, Shift
from rounding.queries.roster import rosters_of, staffed, units_of
from rounding.roster import plan_roster
from rounding.tasks import let_go_of_old_shifts
from tests.factories import make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT

pytestmark = pytest.mark.django_db

HEAD = "id,name,unit,start,end,email\n"
FILE = HEAD + (
    "7,Ana Ruiz,WARD,2026-11-24 15:00,2026-11-24 23:00,ana@example.org\n"
    "7,Ana Ruiz,WARD,2026-11-25 15:00,2026-11-25 23:00,ana@example.org\n"
    "8,Ben Cole,WARD,,,\n"
)


@pytest.fixture
def house():
    return make_house()


def brought(house, text, unit=None, by=None, fingerprint=None, at=AT):
    unit, by = unit or house.ward, by or house.lead(house.ward)
    content = text.encode()
    plan = plan_roster(content, staffed(unit, units_of(by)), unit=unit.code)
    return apply_roster(
        unit=unit,
        content=content,
        order="",
        fingerprint=plan.fingerprint if fingerprint is None else fingerprint,
        by=by,
        at=at,
    )


def known():
    return list(Colleague.objects.order_by("external_id").values_list("external_id", "name", "unit__code", "ended_at"))


def test_a_roster_is_written_once_and_the_same_again_changes_nothing(house):
    ana = make_user(Role.STAFF, house.ward, email="Ana@example.org")
    for _turn in range(2):
        brought(house, FILE)
    assert known() == [("7", "Ana Ruiz", "WARD", None), ("8", "Ben Cole", "WARD", None)]
    assert Colleague.objects.get(external_id="7").person == ana
    assert list(Shift.objects.values_list("starts_at", "ends_at")) == [
        (datetime(2026, 11, 24, 20, tzinfo=UTC), datetime(2026, 11, 25, 4, tzinfo=UTC)),
        (datetime(2026, 11, 25, 20, tzinfo=UTC), datetime(2026, 11, 26, 4, tzinfo=UTC)),
    ]
    events = Event.objects.filter(verb="roster.applied")
    assert list(events.values_list("unit_id", "facts")) == [(house.ward.pk, {})]


def test_who_is_missing_is_ended_and_comes_back(house):
    brought(house, FILE)
    later = AT + timedelta(days=7)
    brought(house, HEAD + "8,Ben Cole,,2026-12-01 07:00,2026-12-01 15:00,\n", at=later)
    assert known() == [("7", "Ana Ruiz", "WARD", later), ("8", "Ben Cole", "WARD", None)]
    assert Shift.objects.filter(colleague__external_id="7").count() == 2
    brought(house, FILE)
    assert [ended for *_rest, ended in known()] == [None, None]


def test_a_director_brings_several_wards_and_somebody_moves(house):
    director = house.lead(house.line)
    brought(house, FILE, unit=house.line, by=director)
    moved = FILE.replace("8,Ben Cole,WARD", "8,Ben Cole,OTHER")
    brought(house, moved, unit=house.line, by=director)
    assert known() == [("7", "Ana Ruiz", "WARD", None), ("8", "Ben Cole", "OTHER", None)]


def test_nobody_takes_somebody_from_a_unit_that_is_not_theirs(house):
    brought(house, FILE)
    with pytest.raises(NotAllowed, match="has problems"):
        brought(house, HEAD + "7,Ana Ruiz,,,,\n", unit=house.other_ward, by=house.lead(house.other_ward))
    with pytest.raises(NotAllowed, match="has problems"):
        brought(house, HEAD + "9,Cy Day,OTHER,,,\n")
    assert known()[0] == ("7", "Ana Ruiz", "WARD", None)


def test_who_has_left_another_unit_is_taken_on(house):
    brought(house, FILE)
    brought(house, HEAD + "8,Ben Cole,,,,\n")
    brought(house, HEAD + "7,Ana Ruiz,,,,\n", unit=house.other_ward, by=house.lead(house.other_ward))
    assert known() == [("7", "Ana Ruiz", "OTHER", None), ("8", "Ben Cole", "WARD", None)]


def test_a_file_with_a_problem_and_one_that_was_not_looked_at_change_nothing(house):
    with pytest.raises(NotAllowed, match="has problems"):
        brought(house, FILE + ",,,,,\n9,,,,,\n")
    with pytest.raises(NotAllowed, match="look again"):
        brought(house, FILE, fingerprint="0" * 64)
    assert known() == []


def test_old_shifts_are_let_go_after_sixty_days(house):
    brought(house, FILE)
    first = Shift.objects.order_by("ends_at").first()
    exactly = first.ends_at + timedelta(days=60)
    assert let_go_of_shifts(at=exactly) == 0
    assert let_go_of_shifts(at=exactly + timedelta(seconds=1)) == 1
    assert Shift.objects.count() == 1


def test_the_clock_lets_go_of_old_shifts(house):
    brought(house, FILE.replace("2026-11", "2001-11"))
    assert [let_go_of_old_shifts(), let_go_of_old_shifts()] == [2, 0]


def test_the_units_whose_roster_one_may_bring_are_those_where_one_leads_rounds(house):
    brought(house, FILE)
    assert [(row.unit.code, row.people) for row in rosters_of(house.lead(house.line))] == [
        ("LINE", 0),
        ("WARD", 2),
        ("OTHER", 0),
    ]
    assert rosters_of(house.people["STAFF"]) == []
    until = rosters_of(house.lead(house.ward))[0].until
    assert until == datetime(2026, 11, 26, 4, tzinfo=UTC)
