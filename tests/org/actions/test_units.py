from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from org.actions import units
from org.models import Event, ReportingLine, Unit
from org.queries import Line, lines_on
from org.rules import LineKind, NotAllowed, UnitKind
from tests.factories import NOW, TODAY, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db
PRIMARY, SECOND = LineKind.PRIMARY, LineKind.SECOND


@pytest.fixture
def house():
    top = make_unit(name="Executive team")
    left, right = make_unit(top, name="Medicine"), make_unit(top, name="Surgery")
    return top, left, right


def move(unit, parent, from_day=TODAY):
    return units.move_unit(unit=unit, parent=parent, from_day=from_day, today=TODAY, by=None, at=NOW)


def second(unit, parent, from_day=TODAY):
    return units.set_second_line(unit=unit, parent=parent, from_day=from_day, today=TODAY, by=None, at=NOW)


def parents_on(unit, day):
    return {line.kind: line.parent_id for line in lines_on(unit.organisation_id, day) if line.unit_id == unit.pk}


def create(parent, level=1, **fields):
    organisation = parent.organisation
    tier = organisation.tiers.get(level=level)
    fields = {"code": "NEW", "name": "New", "kind": UnitKind.CLINIC, **fields}
    return units.create_unit(organisation=organisation, tier=tier, parent=parent, by=None, at=NOW, **fields)


def test_create_unit_sets_path_line_and_event(house):
    top, left, _right = house
    unit = create(left)
    assert unit.path == f"{top.pk}/{left.pk}/{unit.pk}/"
    assert Line(unit.pk, left.pk, PRIMARY) in lines_on(top.organisation_id, date(2020, 1, 1))
    event = Event.objects.get(verb="unit.created")
    assert (event.subject_id, event.unit_id, event.facts) == (str(unit.pk), unit.pk, {"code": "NEW", "parent": left.pk})


def test_create_unit_with_second_line_holds_for_all_days(house):
    _top, left, right = house
    unit = create(left, second_parent=right)
    assert parents_on(unit, date(2020, 1, 1)) == {PRIMARY: left.pk, SECOND: right.pk}


def test_create_unit_refuses_a_second_top(house):
    top = house[0]
    with pytest.raises(NotAllowed, match="one unit at its top"):
        units.create_unit(
            organisation=top.organisation, tier=top.tier, parent=None, code="X", name="X", by=None, at=NOW
        )


def test_create_unit_refuses_a_known_code_a_higher_tier_and_a_closed_parent(house):
    _top, left, right = house
    with pytest.raises(NotAllowed, match="has the code"):
        create(left, code=right.code)
    with pytest.raises(NotAllowed, match="higher tier"):
        create(left, level=4)
    units.close_unit(unit=left, day=TODAY, by=None, at=NOW)
    left.refresh_from_db()
    with pytest.raises(NotAllowed, match="is closed"):
        create(left)


def test_create_unit_refuses_a_parent_of_another_organisation(house):
    other = make_unit(organisation=make_organisation())
    with pytest.raises(NotAllowed, match="same organization"):
        units.create_unit(
            organisation=house[0].organisation,
            tier=house[0].organisation.tiers.get(level=1),
            parent=other,
            code="X",
            name="X",
            by=None,
            at=NOW,
        )


def test_move_unit_rewrites_the_paths_of_everything_below_in_the_same_statements(house):
    top, left, right = house
    ward = make_unit(left)
    beds = [make_unit(ward) for _ in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as first:
        move(ward, right)
    ward.refresh_from_db()
    assert ward.path == f"{top.pk}/{right.pk}/{ward.pk}/"
    for bed in beds:
        bed.refresh_from_db()
        assert bed.path == f"{ward.path}{bed.pk}/"
    for _ in range(20):
        make_unit(ward)
    with CaptureQueriesContext(connection) as more:
        move(ward, left)
    # The line of today is replaced instead of cut: one statement each way.
    assert len(more) == len(first)


def test_move_unit_keeps_the_tree_of_days_before(house):
    _top, left, right = house
    ward = make_unit(left)
    move(ward, right, TODAY - timedelta(days=10))
    assert parents_on(ward, TODAY - timedelta(days=11)) == {PRIMARY: left.pk}
    assert parents_on(ward, TODAY - timedelta(days=10)) == {PRIMARY: right.pk}
    assert parents_on(ward, TODAY) == {PRIMARY: right.pk}
    event = Event.objects.get(verb="unit.moved")
    assert event.facts == {"from": left.pk, "to": right.pk, "from_day": "2026-11-12"}


def test_move_unit_writes_the_old_line_of_a_unit_without_history(house):
    _top, left, right = house
    ward = make_unit(left)
    ReportingLine.objects.filter(unit=ward).delete()
    move(ward, right)
    assert parents_on(ward, TODAY - timedelta(days=1)) == {PRIMARY: left.pk}
    assert parents_on(ward, TODAY) == {PRIMARY: right.pk}


def test_move_unit_twice_on_a_day_leaves_one_line(house):
    top, left, right = house
    ward = make_unit(left)
    move(ward, right)
    move(ward, top)
    assert list(ReportingLine.objects.filter(unit=ward).order_by("valid").values_list("parent_id", flat=True)) == [
        left.pk,
        top.pk,
    ]


def test_move_unit_refuses_circles_the_future_and_days_before_the_last_move(house):
    top, left, right = house
    ward = make_unit(left)
    for below in (left, ward):
        with pytest.raises(NotAllowed, match="itself or to a unit below"):
            move(left, below)
    with pytest.raises(NotAllowed, match="today or on a day of the past"):
        move(ward, right, TODAY + timedelta(days=1))
    move(ward, right, TODAY - timedelta(days=5))
    with pytest.raises(NotAllowed, match="already changed on 2026-11-17"):
        move(ward, top, TODAY - timedelta(days=6))


def test_move_unit_refuses_a_circle_on_a_day_in_between():
    top = make_unit(level=4)
    a, b = make_unit(top, level=2), make_unit(top, level=2)
    move(a, b, TODAY - timedelta(days=20))
    move(a, top, TODAY - timedelta(days=10))
    with pytest.raises(NotAllowed, match="On 2026-11-07 the units would report in a circle"):
        move(b, a, TODAY - timedelta(days=15))
    assert parents_on(b, TODAY) == {PRIMARY: top.pk}
    move(b, a, TODAY - timedelta(days=10))
    assert parents_on(b, TODAY) == {PRIMARY: a.pk}


def test_move_unit_refuses_its_second_parent_and_a_circle_over_a_second_line(house):
    _top, left, right = house
    ward = make_unit(left)
    second(ward, right)
    with pytest.raises(NotAllowed, match="on its second line"):
        move(ward, right)
    inner = make_unit(right, level=2)
    outer = make_unit(left, level=2)
    second(inner, outer)
    with pytest.raises(NotAllowed, match="on a second line"):
        move(outer, inner)


def test_second_line_is_dated_and_can_end(house):
    _top, left, right = house
    ward = make_unit(left)
    second(ward, right, TODAY - timedelta(days=3))
    assert parents_on(ward, TODAY - timedelta(days=4)) == {PRIMARY: left.pk}
    assert parents_on(ward, TODAY - timedelta(days=3)) == {PRIMARY: left.pk, SECOND: right.pk}
    second(ward, None)
    assert parents_on(ward, TODAY - timedelta(days=1)) == {PRIMARY: left.pk, SECOND: right.pk}
    assert parents_on(ward, TODAY) == {PRIMARY: left.pk}
    assert Event.objects.filter(verb="unit.second_line_set").count() == 2


def test_second_line_refuses_the_parent_itself_and_what_lies_below(house):
    _top, left, _right = house
    ward = make_unit(left)
    with pytest.raises(NotAllowed, match="already reports"):
        second(ward, left)
    with pytest.raises(NotAllowed, match="itself"):
        second(left, ward)


def test_close_and_reopen_follow_the_tree(house):
    top, left, _right = house
    ward = make_unit(left)
    with pytest.raises(NotAllowed, match="still report"):
        units.close_unit(unit=left, day=TODAY, by=None, at=NOW)
    units.close_unit(unit=ward, day=TODAY, by=None, at=NOW)
    units.close_unit(unit=left, day=TODAY, by=None, at=NOW)
    assert set(Unit.objects.open().filter(organisation=top.organisation)) == {top, house[2]}
    with pytest.raises(NotAllowed, match="reopen that first"):
        units.reopen_unit(unit=ward, by=None, at=NOW)
    units.reopen_unit(unit=left, by=None, at=NOW)
    units.reopen_unit(unit=ward, by=None, at=NOW)
    assert Unit.objects.open().filter(organisation=top.organisation).count() == 4
    assert Event.objects.filter(verb__in=["unit.closed", "unit.reopened"]).count() == 4


def test_edit_unit_names_the_changed_fields_and_writes_no_event_without_a_change(house):
    _top, left, _right = house
    user = make_user()
    same = {
        "tier": left.tier,
        "code": left.code,
        "name": left.name,
        "kind": left.kind,
        "calendar": None,
        "time_zone": "",
        "position": 0,
    }
    units.edit_unit(unit=left, **same, by=user, at=NOW)
    assert not Event.objects.filter(verb="unit.changed").exists()
    units.edit_unit(unit=left, **(same | {"name": "Cardiology", "position": 3}), by=user, at=NOW)
    event = Event.objects.get(verb="unit.changed")
    assert (event.actor_id, event.facts) == (user.pk, {"fields": "name position"})


def test_edit_unit_refuses_a_tier_below_its_children(house):
    top, _left, _right = house
    with pytest.raises(NotAllowed, match="stands on a higher tier"):
        units.edit_unit(
            unit=top,
            tier=top.organisation.tiers.get(level=2),
            code=top.code,
            name=top.name,
            kind=top.kind,
            calendar=None,
            time_zone="",
            position=0,
            by=None,
            at=NOW,
        )
