"""The quadrant as a specification: what it says, and that it can be drawn."""

import pytest

from analytics.disparity import Quadrant
from boards import render
from boards.chart_style import STYLES, chart_config
from improvement.charts import FARTHEST, Mark, quadrant_chart


def mark(number=1, quadrant=Quadrant.RAISED_WIDENED, raised=14.8, narrowed=-27.8, other=-5.0):
    return Mark(number, "Pain relief · ED", quadrant, raised, narrowed, other, f"{raised} %", f"{narrowed} %")


def texts(spec):
    rows = [row for layer in spec["layer"] for row in layer.get("data", {}).get("values", [])]
    return [row["text"] for row in rows if "text" in row]


def test_the_four_fields_have_their_names_in_words():
    assert texts(quadrant_chart([mark()])) == [
        ["Raised and", "narrowed"],
        ["the goal"],
        ["Raised but", "widened"],
        ["rising tide,", "growing gap"],
        ["Fell,", "narrowed"],
        ["leveling down"],
        ["Fell and", "widened"],
        ["alarm"],
    ]


def test_a_goal_stands_where_its_halves_are_with_the_other_form_of_its_gap():
    [row] = quadrant_chart([mark()])["data"]["values"]
    assert (row["x"], row["y"], row["other"], row["number"]) == (14.8, -27.8, -5.0, "1")


def test_what_lies_beyond_the_edge_stands_at_it_and_says_its_number():
    spec = quadrant_chart([mark(narrowed=-300.0, other=float("nan"))])
    [row] = spec["data"]["values"]
    assert (row["y"], row["other"], row["Gap: narrower by"]) == (-FARTHEST, None, "-300.0 %")


def test_nothing_that_could_not_be_told_is_drawn():
    assert quadrant_chart([]) is None
    assert quadrant_chart([mark(quadrant=Quadrant.NONE)]) is None


def test_styles_are_those_of_the_house_and_fields_differ_by_shape():
    spec = quadrant_chart([mark(i, field) for i, field in enumerate(Quadrant) if field])
    used = [layer["mark"]["style"] for layer in spec["layer"]]
    assert set(used) <= set(STYLES)
    shapes = {STYLES[style]["shape"] for style in used if style in {"better", "worse", "unusual"}}
    assert shapes == {"circle", "diamond", "square"}


@pytest.mark.slow
def test_the_server_draws_it():
    spec = {**quadrant_chart([mark()]), "width": 600, "height": 380, "config": chart_config()}
    assert b"rising tide," in render.draw(spec, "svg")
