from datetime import timedelta

import pytest

from boards.models import Tile
from boards.snapshots import take_days
from boards.snapshots.gaps import refresh_gaps
from boards.snapshots.tiles import refresh_tiles
from tests.boards.snapshots.house import AT, DAY, House


def with_gap(house: House, english: tuple[int, int], spanish: tuple[int, int], days: int = 10, **fields) -> Tile:
    """Ten days of the same counts a day on one ward; its tile after the marks were set."""
    house.dimension("language", "en", "es")
    m = house.measure("analgesia", **fields)
    for back in range(days):
        total = tuple(map(sum, zip(english, spanish, strict=True)))
        house.send(
            m,
            {"m1": {"": total, "language:en": english, "language:es": spanish}},
            day=DAY - timedelta(days=back),
        )
    take_days(house.organisation, DAY - timedelta(days=days - 1), DAY, AT)
    refresh_tiles(house.organisation, AT)
    refresh_gaps(house.organisation, DAY, AT)
    return Tile.objects.get(unit=house.units["m1"], measure=m)


def test_a_gap_is_marked_with_the_group_that_fares_worse(house):
    tile = with_gap(house, (16, 20), (8, 20))
    assert tile.gap == {"group": "es", "difference": -40.0, "days": 28, "dimension": "language"}


def test_lower_is_better_turns_the_harm_round(house):
    tile = with_gap(house, (16, 20), (8, 20), direction="lower")
    assert (tile.gap["group"], tile.gap["difference"]) == ("en", 40.0)


@pytest.mark.parametrize(
    ("english", "spanish", "days"),
    [
        ((16, 20), (15, 20), 10),  # chance alone explains it
        ((160, 200), (150, 200), 10),  # more than chance, but less than a tenth
        ((16, 20), (1, 2), 10),  # fewer than thirty patients
    ],
)
def test_what_is_no_gap_is_not_marked(house, english, spanish, days):
    assert with_gap(house, english, spanish, days).gap is None


def test_a_group_that_may_not_be_shown_is_not_marked(house):
    house.organisation.small_cell_threshold = 90
    house.organisation.save()
    assert with_gap(house, (16, 20), (8, 20)).gap is None


def test_the_mark_goes_up_the_tree_and_comes_off_again(house):
    tile = with_gap(house, (16, 20), (8, 20))
    above = Tile.objects.get(unit=house.units["medicine"], measure=tile.measure)
    assert above.gap["group"] == "es"
    assert refresh_gaps(house.organisation, DAY, AT) == 0
    refresh_gaps(house.organisation, DAY + timedelta(days=60), AT)
    tile.refresh_from_db()
    assert tile.gap is None
