"""Sparklines."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.sparks import Point, spark_svg

WIDTH, HEIGHT = 360, 72


def draw(values: list[float | None], **others: object) -> str:
    given_ = {"lower": None, "mean": None, "upper": None, "target": None, **others}
    return spark_svg(values, **given_)  # type: ignore[arg-type]


def path(svg: str, name: str) -> str:
    found = re.search(rf'<path class="{name}" d="([^"]*)"', svg)
    return found.group(1) if found else ""


def walk(d: str) -> list[tuple[int, int]]:
    """Absolute places that a path of M, l and h steps visits."""
    x = y = 0
    out = []
    for command, body in re.findall(r"([Mlh])([-\d ]+)", d):
        numbers = [int(n) for n in re.findall(r"-?\d+", body)]
        if command == "M":
            x, y = numbers
        elif command == "l":
            x, y = x + numbers[0], y + numbers[1]
        elif numbers == [0]:
            continue
        else:
            x += numbers[0]
        out.append((x, y))
    return out


def test_higher_values_stand_higher_and_later_ones_further_right() -> None:
    places = walk(path(draw([1.0, 3.0, 2.0]), "sp"))
    (x1, y1), (x2, y2), (x3, y3) = places
    assert x1 < x2 < x3
    assert y2 < y3 < y1


def test_a_missing_value_is_a_gap() -> None:
    line = path(draw([1.0, 2.0, None, 4.0, float("nan"), 5.0]), "sp")
    assert line.count("M") == 3
    assert len(walk(line)) == 4


def test_a_lone_value_is_a_dot() -> None:
    assert path(draw([None, 5.0, None]), "sp").endswith("h0")
    assert path(draw([5.0]), "sp").endswith("h0")


def test_nothing_known_is_an_empty_drawing() -> None:
    assert "<path" not in draw([None, float("nan")], mean=3.0)
    assert "<path" not in draw([])


def test_equal_values_stand_in_the_middle() -> None:
    assert {y for _x, y in walk(path(draw([4.0, 4.0, 4.0]), "sp"))} == {HEIGHT // 2}


def test_limits_mean_and_target_are_lines_of_their_own() -> None:
    svg = draw([5.0, 6.0], lower=1.0, mean=5.0, upper=9.0, target=7.0)
    (_a, upper), (_b, lower) = sorted([place for place in walk(path(svg, "sl")) if place[0] == 0], key=lambda p: p[1])
    mean, target = walk(path(svg, "sm"))[0][1], walk(path(svg, "st"))[0][1]
    assert upper < target < mean < lower


def test_without_limits_there_is_no_line_for_them() -> None:
    svg = draw([5.0, 6.0])
    assert [path(svg, name) for name in ("sl", "sm", "st")] == ["", "", ""]


def test_each_kind_of_point_has_its_own_shape() -> None:
    svg = draw([1.0, 2.0, 3.0, 4.0], flags=[Point.USUAL, Point.BETTER, Point.WORSE, Point.UNUSUAL])
    assert path(svg, "sb").endswith("h0")
    assert path(svg, "sw").endswith("z")
    assert path(svg, "su").endswith("h0")


def test_a_flag_on_a_missing_value_marks_nothing() -> None:
    svg = draw([1.0, None, 3.0], flags=[0, Point.WORSE, 0])
    assert path(svg, "sw") == ""


def test_ninety_days_stay_below_a_kilobyte_and_a_fifth() -> None:
    values = [60 + 20 * math.sin(day * 1.7) for day in range(90)]
    svg = draw(values, lower=35.0, mean=60.0, upper=85.0, target=70.0, flags=[0] * 82 + [2] * 8)
    assert len(svg) <= 1200
    assert "style=" not in svg
    ET.fromstring(svg)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_the_drawing_does_not_depend_on_the_unit(scale: float) -> None:
    assert draw([3.0 * scale, 7.0 * scale, 5.0 * scale]) == draw([3.0, 7.0, 5.0])


numbers = st.one_of(st.none(), st.just(float("nan")), st.floats(-1e6, 1e6))


@given(st.lists(numbers, max_size=120), numbers, numbers, numbers, st.lists(st.integers(0, 3), max_size=120))
def test_everything_stays_inside_the_frame(values, mean, upper, target, flags) -> None:
    svg = draw(values, lower=None, mean=mean, upper=upper, target=target, flags=flags)
    for name in ("sp", "sl", "sm", "st"):
        for x, y in walk(path(svg, name)):
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    known = [value for value in values if value is not None and not math.isnan(value)]
    assert len(walk(path(svg, "sp"))) == len(known)
