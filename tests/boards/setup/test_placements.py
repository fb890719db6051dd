import pytest

from boards.actions import placements, schedule
from boards.models import BoardMeasure, DueSnapshot, Tile
from boards.queries import board as boards
from boards.queries import setup
from boards.rules import MeasureRole
from org.models import Event
from org.rules import NotAllowed
from tests.boards.snapshots.house import AT, DAY


def order(unit):
    return [row.name for row in setup.placements(unit)]


@pytest.fixture
def ward(house):
    return house.units["m1"]


def put(unit, *measures, by, role=MeasureRole.DRIVER, reports=True):
    return placements.place_measures(unit=unit, measures=measures, role=role, reports=reports, by=by, at=AT)


def test_a_measure_that_is_taken_off_and_put_back_shows_its_tile_at_once(house, ward, steward):
    bundle = house.measures["bundle"]
    before = Tile.objects.get(unit=ward, measure=bundle).value
    placements.take_off(placement=BoardMeasure.objects.get(unit=ward, measure=bundle), by=steward, at=AT)
    assert not Tile.objects.filter(unit=ward, measure=bundle).exists()
    assert Tile.objects.filter(unit=ward, measure=house.measures["falls"]).exists()
    put(ward, bundle, by=steward)
    assert Tile.objects.get(unit=ward, measure=bundle).value == before == 75
    assert order(ward) == ["falls", "bundle"]
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        "board.measure_taken_off",
        "board.measures_placed",
    ]


def test_a_measure_without_a_number_yet_waits_as_no_data_when_yesterday_was_taken_again(house, ward, steward):
    fresh = house.measure("fresh")
    BoardMeasure.objects.filter(measure=fresh).delete()
    put(ward, fresh, by=steward)
    assert list(DueSnapshot.objects.values_list("unit", "day")) == [(ward.pk, DAY)]
    schedule.take_due(house.organisation, at=AT, limit=5)
    assert Tile.objects.get(unit=ward, measure=fresh).value is None


def test_what_stands_is_left_and_what_does_not_belong_is_refused(house, ward, steward):
    bundle, falls = house.measures["bundle"], house.measures["falls"]
    assert put(ward, bundle, falls, by=steward) == []
    bundle.is_active = False
    bundle.save()
    BoardMeasure.objects.filter(unit=ward).delete()
    with pytest.raises(NotAllowed, match="not in use"):
        put(ward, falls, bundle, by=steward)
    assert order(ward) == []
    ward.closed_on = DAY
    ward.save()
    with pytest.raises(NotAllowed, match="closed"):
        put(ward, falls, by=steward)


def test_a_board_is_copied_with_roles_and_order_and_nothing_is_taken_away(house, ward, steward):
    other = house.units["s1"]
    extra = house.measure("extra")
    BoardMeasure.objects.filter(measure=extra).delete()
    put(ward, extra, by=steward, role=MeasureRole.BALANCING, reports=False)
    BoardMeasure.objects.filter(unit=other, measure=house.measures["falls"]).delete()
    made = placements.copy_board(unit=other, source=ward, by=steward, at=AT)
    assert [(p.measure.code, p.role, p.reports) for p in made] == [
        ("falls", "driver", True),
        ("extra", "balancing", False),
    ]
    assert order(other) == ["bundle", "falls", "extra"]
    with pytest.raises(NotAllowed, match="another unit"):
        placements.copy_board(unit=ward, source=ward, by=steward, at=AT)


def test_moving_stays_within_the_letter_and_the_board_shows_the_same_order(house, ward, steward):
    safety = house.organisation.letters.create(code="S", name="Safety", position=0)
    harm = house.measure("harm")
    harm.letter = safety
    harm.save()
    house.letter.position = 1
    house.letter.save()
    assert order(ward) == ["harm", "bundle", "falls"]
    version = Tile.objects.get(unit=ward, measure=house.measures["bundle"]).version
    falls = BoardMeasure.objects.get(unit=ward, measure=house.measures["falls"])
    placements.move_placement(placement=falls, up=True, by=steward, at=AT)
    assert order(ward) == ["harm", "falls", "bundle"]
    assert [p.measure.code for p in boards.placements(ward)] == ["harm", "falls", "bundle"]
    placements.move_placement(placement=falls, up=True, by=steward, at=AT)
    assert order(ward) == ["harm", "falls", "bundle"]
    assert Event.objects.filter(verb="board.measure_moved").count() == 1
    assert Tile.objects.get(unit=ward, measure=house.measures["bundle"]).version > version


def test_role_and_sending_change_with_a_record(house, ward, steward):
    placement = BoardMeasure.objects.get(unit=ward, measure=house.measures["bundle"])
    changed = placements.change_placement(placement=placement, role=MeasureRole.WATCH, reports=True, by=steward, at=AT)
    assert (changed.role, DueSnapshot.objects.count()) == ("watch", 0)
    placements.change_placement(placement=placement, role=MeasureRole.WATCH, reports=False, by=steward, at=AT)
    assert DueSnapshot.objects.count() == 1
    assert Event.objects.filter(verb="board.measure_changed").count() == 2
