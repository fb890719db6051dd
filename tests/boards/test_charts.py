"""Larger charts: one specification each, in names of styles only."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import vl_convert
from django.utils import translation

from boards import render
from boards.chart_style import STYLES, chart_config, time_locale
from boards.charts import KINDS, SHOWN_POINTS, ChartPoint, control_chart, strata_chart
from boards.pages import StrataTable, StratumRow

FIRST = date(2026, 9, 1)
CHART_JS = Path(__file__).resolve().parents[2] / "static" / "js" / "chart.js"


def points(values: list[float | None], **others: Any) -> list[ChartPoint]:
    return [
        ChartPoint(
            FIRST + timedelta(days=index),
            value,
            40.0,
            60.0,
            80.0,
            75.0,
            "usual",
            f"day {index}",
            f"{value} %",
            **others,
        )
        for index, value in enumerate(values)
    ]


def row(name: str, point: float | None, *, hidden: str = "", reference: bool = False) -> StratumRow:
    low, high = (None, None) if point is None else (point - 5, point + 5)
    shown = "" if point is None else f"{point:.0f} %"
    return StratumRow(name, "known", "30", "50", shown, low, point, high, hidden, reference)


def table(*rows: StratumRow) -> StrataTable:
    return StrataTable("Language", "language", "last 28 days", rows, row("All", 60.0), "", "96 %")


def walk(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from walk(value)
    elif isinstance(part, list):
        for value in part:
            yield from walk(value)


def styles(spec: Any) -> set[str]:
    return {part["mark"]["style"] for part in walk(spec) if "mark" in part}


def texts(spec: Any) -> list[str]:
    svg = vl_convert.vegalite_to_svg({**spec, "width": 800, "config": chart_config()})
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_every_mark_names_a_known_style() -> None:
    rows = [replace(point, kind=kind) for point, kind in zip(points([50.0, 60.0, 70.0, 55.0]), KINDS, strict=True)]
    spec = control_chart(rows, unit_text="%", target_text="target 75 %", notes=[(FIRST, "new rota")])
    assert styles(spec) <= set(STYLES)
    assert set(KINDS) <= styles(spec)
    assert styles(strata_chart(table(row("A", 50.0), row("B", 70.0)), unit_text="%")) <= set(STYLES)


def test_no_specification_writes_a_color() -> None:
    spec = control_chart(points([50.0, 60.0]), unit_text="%", target_text="t", notes=[(FIRST, "x")])
    text = json.dumps([spec, strata_chart(table(row("A", 50.0), row("B", 70.0)), unit_text="%")])
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b", text) == []


def test_browser_and_server_know_the_same_styles() -> None:
    block = re.search(r"style: \{\n(.*?)\n    \},", CHART_JS.read_text(), re.DOTALL)
    assert block is not None
    names = re.findall(r'^      "?([a-z-]+)"?: \{', block.group(1), re.MULTILINE)
    assert names == list(STYLES)


def test_kinds_that_do_not_occur_make_no_layer() -> None:
    spec = control_chart(points([50.0, None, 60.0]), unit_text="%", target_text="")
    assert styles(spec) & set(KINDS) == {"usual"}


def test_lines_are_labelled_at_their_ends_and_close_ones_give_way() -> None:
    drawn = texts(control_chart(points([50.0, 60.0]), unit_text="%", target_text="target 75 %"))
    assert {"target 75 %", "usual level", "upper limit", "lower limit"} <= set(drawn)
    near = [replace(point, target=79.9) for point in points([50.0, 60.0])]
    drawn = texts(control_chart(near, unit_text="%", target_text="target 79.9 %"))
    assert "target 79.9 %" in drawn
    assert "upper limit" not in drawn


def test_without_limits_or_target_only_the_line_is_drawn() -> None:
    bare = [replace(p, lower=None, mean=None, upper=None, target=None) for p in points([50.0, 61.0, 58.0])]
    drawn = texts(control_chart(bare, unit_text="%", target_text=""))
    assert {"usual level", "upper limit", "lower limit"} & set(drawn) == set()
    assert styles(control_chart(bare, unit_text="%", target_text="")) & {"limit", "mean", "target"} == set()


def test_a_note_stands_on_the_chart() -> None:
    spec = control_chart(
        points([50.0] * 30), unit_text="%", target_text="", notes=[(FIRST, "early"), (FIRST + timedelta(28), "late")]
    )
    assert {"early", "late"} <= set(texts(spec))
    aligned = {
        value["note"]: part["mark"]["align"]
        for part in spec["layer"]
        if part["mark"]["type"] == "text" and "values" in part.get("data", {})
        for value in part["data"]["values"]
        if "note" in value
    }
    assert aligned == {"early": "left", "late": "right"}


def test_the_end_of_a_note_does_not_stand_in_a_picture_that_opens_after_it():
    days = 3 * SHOWN_POINTS
    notes = [(FIRST, "before"), (FIRST + timedelta(days - SHOWN_POINTS + 9), "within")]
    spec = control_chart(points([50.0] * days), unit_text="%", target_text="", notes=notes)
    aligned = {
        value["note"]: layer["mark"]["align"]
        for layer in spec["layer"]
        if layer["mark"]["type"] == "text"
        for value in layer.get("data", {}).get("values", ())
        if "note" in value
    }
    assert aligned == {"before": "right", "within": "left"}


def test_a_chart_of_years_names_them_and_one_of_weeks_its_days() -> None:
    weeks = [replace(p, day=FIRST + timedelta(weeks=i)) for i, p in enumerate(points([50.0, 60.0] * 40))]
    named = texts(control_chart(weeks, unit_text="%", target_text=""))
    assert {"2027", "2028"} <= set(named)
    assert "1 Jan" not in named
    days = texts(control_chart(points([50.0, 60.0] * 10), unit_text="%", target_text=""))
    assert any(label.endswith(" Sep") for label in days)
    assert not any(label.startswith("20") and len(label) == 4 for label in days)


def test_days_are_local_midnights() -> None:
    spec = control_chart(points([50.0]), unit_text="%", target_text="")
    assert spec["data"]["values"][0]["day"] == "2026-09-01T00:00:00"


@pytest.mark.parametrize("rows", [(), (("A", 50.0),)])
def test_fewer_than_two_groups_are_no_comparison(rows: tuple[tuple[str, float], ...]) -> None:
    assert strata_chart(table(*(row(*one) for one in rows)), unit_text="%") is None


def test_who_fares_worse_is_a_diamond_and_the_reference_a_ring() -> None:
    rows = (row("English", 76.0, reference=True), replace(row("Spanish", 53.0), sign="worse"), row("Chinese", 70.0))
    spec = strata_chart(table(*rows), unit_text="%")
    assert {value["group"]: value["kind"] for value in spec["data"]["values"]} == {
        "English": "reference", "Spanish": "fares-worse", "Chinese": "dot",
    }  # fmt: skip
    assert {"reference", "fares-worse", "dot"} <= styles(spec) <= set(STYLES)
    assert STYLES["fares-worse"]["shape"] == "diamond"
    drawn = [name for name in texts(spec) if name in {"English", "Spanish", "Chinese"}]
    assert drawn == ["English", "Spanish", "Chinese"]


def narrow(low: float, high: float) -> StrataTable:
    """Two groups without intervals, and all patients as the first of them."""
    one, two = (replace(row(name, point), low=None, high=None) for name, point in (("A", low), ("B", high)))
    return replace(table(one, two), total=one)


@pytest.mark.parametrize(
    ("low", "high", "decimals", "format_"), [(17.6, 19.4, 0, ",.1f"), (10.0, 60.0, 0, ",.0f"), (0.91, 0.93, 1, ",.3f")]
)
def test_an_axis_has_decimals_enough_that_no_two_ticks_read_the_same(low, high, decimals, format_) -> None:
    spec = strata_chart(narrow(low, high), unit_text="min", decimals=decimals)
    axes = [layer["encoding"]["x"]["axis"] for layer in spec["layer"] if "axis" in layer["encoding"]["x"]]
    assert {axis["format"] for axis in axes} == {format_}


def test_ticks_of_a_drawn_axis_are_told_apart() -> None:
    ticks = [text for text in texts(strata_chart(narrow(17.6, 19.4), unit_text="min")) if re.fullmatch(r"[\d.]+", text)]
    assert len(ticks) == len(set(ticks)) > 2


def test_hidden_groups_keep_their_place_and_carry_no_number() -> None:
    secret = replace(row("Haitian Creole", 42.0), hidden="small")
    spec = strata_chart(table(row("English", 76.0, reference=True), secret, row("Spanish", 53.0)), unit_text="%")
    assert spec is not None
    assert "42" not in json.dumps(spec["data"])
    drawn = texts(spec)
    assert drawn.count("hidden") == 2, "once as its own patch of paper, once as the word on it"
    assert [name for name in drawn if name in {"English", "Haitian Creole", "Spanish"}] == [
        "English",
        "Haitian Creole",
        "Spanish",
    ]


def test_one_hidden_of_two_is_no_comparison() -> None:
    assert strata_chart(table(row("A", 50.0), row("B", None, hidden="small")), unit_text="%") is None


def drawn(spec: Any) -> list[str]:
    svg = render.draw({**spec, "width": 800, "config": chart_config()}, "svg").decode()
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_downloaded_chart_speaks_the_language_of_its_reader() -> None:
    waits = [replace(p, value=1200.0 + 0.5 * i, lower=None, mean=None, upper=None, target=None)
             for i, p in enumerate(points([50.0] * 10))]  # fmt: skip
    spring = [replace(p, day=date(2027, 4, 1) + timedelta(days=i)) for i, p in enumerate(waits)]
    small = [replace(p, value=i / 20) for i, p in enumerate(spring)]
    english = drawn(control_chart(spring, unit_text="min", target_text=""))
    assert "1,200" in english
    assert any(label.endswith(" Apr") for label in english)
    assert "0.2" in drawn(control_chart(small, unit_text="min", target_text=""))
    with translation.override("es"):
        spanish = drawn(control_chart(spring, unit_text="min", target_text=""))
        assert "1\u00a0200" in spanish
        assert any(label.endswith(" abr") for label in spanish)
        assert [label for label in spanish if "," in label or label.endswith(" Apr")] == []
        assert "0,2" in drawn(control_chart(small, unit_text="min", target_text=""))


def test_a_picture_is_drawn_in_the_same_way() -> None:
    picture = render.draw(control_chart(points([50.0, 60.0]), unit_text="%", target_text=""), "png")
    assert picture.startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(render.NotDrawn, match="no svg within"):
        render.draw({"mark": {"type": "nonsense"}}, "svg")


@pytest.mark.parametrize(("language", "january", "monday"), [("en", "Jan", "Mon"), ("es", "ene", "lun")])
def test_months_and_days_of_charts_are_spelled_as_on_pages(language: str, january: str, monday: str) -> None:
    with translation.override(language):
        locale = time_locale()
    assert (locale["shortMonths"][0], locale["shortDays"][1]) == (january, monday)
    assert {name: len(locale[name]) for name in ("days", "shortDays", "months", "shortMonths")} == {
        "days": 7,
        "shortDays": 7,
        "months": 12,
        "shortMonths": 12,
    }


def test_words_of_neighboring_days_stand_in_rows_of_their_own():
    notes = [(FIRST + timedelta(day), f"note {day}") for day in (12, 10, 11)]
    spec = control_chart(points([50.0] * 60), unit_text="%", target_text="", notes=notes)
    rows = {
        layer["data"]["values"][0]["note"]: layer["encoding"]["y"]["value"]
        for layer in spec["layer"]
        if layer.get("mark", {}).get("type") == "text" and "note" in layer["data"]["values"][0]
    }
    assert sorted(rows) == ["note 10", "note 11", "note 12"]
    assert rows["note 10"] < rows["note 11"] < rows["note 12"]
