"""Larger charts, each as one Vega-Lite specification built by a pure function.

The specification names what each mark is (`boards.chart_style.STYLES`); who draws it – the browser or the server – adds
the configuration that says how that looks. Numbers that come here are guarded already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from operator import itemgetter
from typing import Any, Final

from django.utils.translation import gettext as _

from boards.chart_style import tick_decimals
from boards.pages import StrataTable

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
KINDS: Final = ("usual", "better", "worse", "unusual")
ROW_HEIGHT: Final = 34
SHOWN_POINTS: Final = 120
#: Rows in which words on a chart stand, and pixels between them.
FLAG_ROWS: Final = 3
FLAG_HEIGHT: Final = 15


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period on a chart. None is "no number", "no limit", "no target"; all in the measure's own unit."""

    day: date
    value: float | None
    lower: float | None
    mean: float | None
    upper: float | None
    target: float | None
    kind: str  # one of KINDS
    period_text: str
    value_text: str
    counts: str = ""
    flag: str = ""


def _moment(day: date) -> str:
    """Local midnight: a bare date would be read as UTC and fall on the evening before, west of Greenwich."""
    return f"{day.isoformat()}T00:00:00"


def _line(field: str, style: str) -> dict[str, Any]:
    return {
        "mark": {"type": "line", "style": style, "interpolate": "linear", "invalid": "break-paths-filter-domains"},
        "encoding": {"y": {"field": field, "type": "quantitative"}},
    }


def _zoom(points: Sequence[ChartPoint]) -> dict[str, Any]:
    """Drag to look back, wheel with shift to zoom (the wheel alone scrolls the page), double click to return.

    A long story opens at its last part, where the limits stand and single days can be told apart.
    """
    zoom: dict[str, Any] = {
        "name": "zoom",
        "select": {"type": "interval", "encodings": ["x"], "zoom": "wheel![event.shiftKey]"},
        "bind": "scales",
    }
    if (opens := _opens(points)) is not None:
        shown = (opens, points[-1].day + timedelta(days=2))
        zoom["value"] = {"x": [{"year": day.year, "month": day.month, "date": day.day} for day in shown]}
    return zoom


def _opens(points: Sequence[ChartPoint]) -> date | None:
    """The day with which a long story opens; None of one that is shown whole."""
    long = len(points) > SHOWN_POINTS * 3 // 2
    return points[-SHOWN_POINTS].day - timedelta(days=2) if long else None


#: A tick says its day; the first of January says the year, so that a chart of years can be told from one of months.
_DAY_LABEL: Final = "timeFormat(datum.value, month(datum.value) == 0 && date(datum.value) == 1 ? '%Y' : '%-d %b')"


def control_chart(
    points: Sequence[ChartPoint], *, unit_text: str, target_text: str, notes: Sequence[tuple[date, str]] = ()
) -> dict[str, Any]:
    """The wide chart of a measure: line, mean, dashed limits, labelled target, signals by shape, notes as flags.

    `points` are in order of time, at least one. In the browser the chart moves and zooms along time.
    """
    rows = [
        {
            "day": _moment(point.day),
            "value": point.value,
            "lower": point.lower,
            "mean": point.mean,
            "upper": point.upper,
            "target": point.target,
            "kind": point.kind,
            _("Period"): point.period_text,
            _("Value"): point.value_text,
            _("Counts"): point.counts,
            _("Signal"): point.flag,
        }
        for point in points
    ]
    tooltip = [{"field": name, "type": "nominal"} for name in (_("Period"), _("Value"), _("Counts"), _("Signal"))]
    lines = (("upper", "limit"), ("lower", "limit"), ("mean", "mean"), ("target", "target"))
    layers: list[dict[str, Any]] = [
        _line(name, style) for name, style in lines if any(getattr(point, name) is not None for point in points)
    ]
    layers.append({**_line("value", "series"), "params": [_zoom(points)]})
    layers.extend(
        {
            "transform": [{"filter": {"and": [{"field": "kind", "equal": kind}, {"field": "value", "valid": True}]}}],
            "mark": {"type": "point", "style": kind, "filled": True, "opacity": 1, "clip": True},
            "encoding": {"y": {"field": "value", "type": "quantitative"}, "tooltip": tooltip},
        }
        for kind in KINDS
        if any(point.kind == kind and point.value is not None for point in points)
    )
    layers.extend(_end_labels(points, target_text))
    if notes:
        layers.extend(_flags(notes, points[-max(min(len(points), SHOWN_POINTS) // 3, 1)].day, _opens(points)))
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": 340,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "right": 8, "top": 24, "bottom": 4},
        "data": {"values": rows},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "scale": {"padding": 8},
                "axis": {"title": None, "grid": False, "labelExpr": _DAY_LABEL, "labelOverlap": True, "tickCount": 8},
            },
            "y": {
                "type": "quantitative",
                "scale": {"zero": False, "nice": True, "padding": 7},
                "axis": {"title": unit_text, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end",
                         "titleX": 4, "titleY": -12, "tickCount": 6, "domain": False, "ticks": False},
            },
        },
        "layer": layers,
    }  # fmt: skip


def _end_labels(points: Sequence[ChartPoint], target_text: str) -> list[dict[str, Any]]:
    """Direct labels at the right end of mean, limits and target, instead of a legend; close ones give way."""
    last = points[-1]
    wanted = [
        (last.target, target_text, "target-label"),
        (last.mean, _("usual level"), "label"),
        (last.upper, _("upper limit"), "label"),
        (last.lower, _("lower limit"), "label"),
    ]
    levels = [
        number
        for point in points
        for number in (point.value, point.upper, point.lower, point.target)
        if number is not None
    ]
    room = (max(levels) - min(levels)) * 0.055 if levels else 0
    placed: list[float] = []
    layers: list[dict[str, Any]] = []
    for level, text, style in wanted:
        if level is None or not text or any(abs(level - other) < room for other in placed):
            continue
        placed.append(level)
        layers.append(
            {
                "data": {"values": [{"level": level, "text": text}]},
                "mark": {"type": "text", "style": style, "align": "left", "baseline": "middle", "dx": 8, "clip": False},
                "encoding": {
                    "x": {"value": "width"},
                    "y": {"field": "level", "type": "quantitative"},
                    "text": {"field": "text", "type": "nominal"},
                },
            }
        )
    return layers


def _flags(notes: Sequence[tuple[date, str]], late: date, opens: date | None) -> list[dict[str, Any]]:
    """What people wrote on the chart: a thin line on the day and the text beside it, on its left from `late` on; one
    after the other in rows, so that neighbors do not lie on each other.

    So is it before the day with which the chart `opens`, or its end would stand in the picture without its line.
    """
    across = {"x": {"field": "day", "type": "temporal"}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"day": _moment(day), "note": text} for day, text in notes]},
            "mark": {"type": "rule", "style": "note", "clip": True},
            "encoding": {
                **across,
                "tooltip": {"field": "note", "type": "nominal"},
                "y": {"value": 0},
                "y2": {"value": "height"},
            },
        }
    ]
    for (align, shift, wanted), row in product((("left", 5, False), ("right", -5, True)), range(FLAG_ROWS)):
        values = [
            {"day": _moment(day), "note": text}
            for number, (day, text) in enumerate(sorted(notes, key=itemgetter(0)))
            if (day >= late or day < (opens or day)) is wanted and number % FLAG_ROWS == row
        ]
        if values:
            layers.append(
                {
                    "data": {"values": values},
                    "mark": {"type": "text", "style": "label", "align": align, "baseline": "top", "dx": shift,
                             "limit": 240, "clip": True},
                    "encoding": {**across, "y": {"value": 2 + FLAG_HEIGHT * row},
                                 "text": {"field": "note", "type": "nominal"}},
                }
            )  # fmt: skip
    return layers


def strata_chart(table: StrataTable, *, unit_text: str, decimals: int = 0) -> Mapping[str, Any] | None:
    """Groups as dots with intervals on one scale, in the order of the table; None when fewer than two may be shown.

    Hidden groups keep their place and say that they are hidden; who fares worse is a diamond, as on the cards; the
    whole is a thin line through all groups, but of counts, which begin at 0.
    """
    shown = [row for row in table.rows if row.point is not None and not row.hidden]
    if len(shown) < 2:
        return None
    order = [row.name for row in table.rows]
    hidden = [row.name for row in table.rows if row.hidden]
    behind = _("Share of all") if table.counted else _("Counts")
    values = [
        {"group": row.name, "low": row.low, "point": row.point, "high": row.high,
         "kind": "reference" if row.reference else "fares-worse" if row.sign == "worse" else "dot",
         _("Value"): row.value, behind: row.share if table.counted else f"{row.numerator} / {row.denominator}"}
        for row in shown
    ]  # fmt: skip
    groups_axis = {"title": None, "domain": False, "ticks": False, "grid": True, "labelPadding": 10, "labelLimit": 260}
    down = {"field": "group", "type": "nominal", "sort": order, "scale": {"domain": order}, "axis": groups_axis}
    reach = [x for row in shown for x in (row.low, row.point, row.high) if x is not None]
    if table.counted:
        reach.append(0.0)
    elif table.total.point is not None:
        reach.append(table.total.point)
    places = tick_decimals(min(reach), max(reach), 5, decimals)
    across = {"type": "quantitative", "scale": {"zero": table.counted, "nice": True}, "axis": {
        "title": unit_text, "grid": False, "tickCount": 5, "format": f",.{places}f"}}  # fmt: skip
    tooltip = [{"field": name, "type": "nominal"} for name in ("group", _("Value"), behind)]
    layers: list[dict[str, Any]] = []
    if table.total.point is not None and not table.total.hidden and not table.counted:
        layers.append(
            {
                "data": {"values": [{"point": table.total.point}]},
                "mark": {"type": "rule", "style": "mean"},
                "encoding": {"x": {"field": "point", **across}},
            }
        )
    layers.append(
        {
            "transform": [{"filter": {"field": "low", "valid": True}}],
            "mark": {"type": "rule", "style": "interval"},
            "encoding": {"y": down, "x": {"field": "low", **across}, "x2": {"field": "high"}, "tooltip": tooltip},
        }
    )
    layers.extend(
        {
            "transform": [{"filter": {"field": "kind", "equal": style}}],
            "mark": {"type": "point", "style": style, "filled": True, "opacity": 1},
            "encoding": {"y": down, "x": {"field": "point", **across}, "tooltip": tooltip},
        }
        for style in ("dot", "reference", "fares-worse")
        if any(value["kind"] == style for value in values)
    )
    if hidden:
        layers.extend(
            {
                "data": {"values": [{"group": name, "text": _("hidden")} for name in hidden]},
                "mark": {"type": "text", "style": style, "align": "left", "baseline": "middle"},
                "encoding": {"y": down, "x": {"value": 6}, "text": {"field": "text", "type": "nominal"}},
            }
            for style in ("halo", "label")  # or the lines of the chart would strike the word out
        )
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": ROW_HEIGHT * len(order),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": values},
        "layer": layers,
    }
