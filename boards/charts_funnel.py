"""The funnel of units as one Vega-Lite specification, built by a pure function. No league table: no order, no rank.

Numbers that come here may be told already. How marks look says `boards.chart_style`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _

from boards.chart_style import tick_decimals
from boards.charts import SCHEMA


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A unit: how much it rests on, its number, and where it lies, in words."""

    name: str
    size: float
    value: float
    style: str  # of boards.chart_style.STYLES
    loud: bool  # beyond the outer line: its name stands beside it
    value_text: str
    counts: str
    where: str


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """A line through (size, value); `text` stands at its right end."""

    text: str
    style: str
    points: Sequence[tuple[float, float]]


#: Sizes of the marks: a unit that lies where chance would put it stays quiet.
_SIZES: Final = {"usual": 60, "reference": 70}


def funnel_chart(
    points: Sequence[FunnelPoint], lines: Sequence[FunnelLine], *, unit_text: str, size_text: str, decimals: int = 0
) -> dict[str, Any]:
    """Units by size and number between the lines; at least one point. What lies beyond the outer line says its name."""
    widest = max(point.size for point in points) * 1.08
    bottom, top = _reach(points, lines)
    places = tick_decimals(bottom, top, 6, decimals)
    across = {
        "type": "quantitative",
        "scale": {"domain": [0, widest], "nice": False},
        "axis": {"title": size_text, "grid": False, "tickCount": 5, "format": ",d", "labelOverlap": True},
    }
    down = {
        "type": "quantitative",
        "scale": {"domain": [bottom, top], "nice": False, "zero": False},
        "axis": {"title": unit_text, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 4,
                 "titleY": -12, "tickCount": 6, "domain": False, "ticks": False, "format": f",.{places}f"},
    }  # fmt: skip
    names = (_("Unit"), _("Value"), _("Counts"), _("Lies"))
    layers: list[dict[str, Any]] = []
    for line in lines:
        layers.append(
            {
                "data": {"values": [{"x": x, "y": y} for x, y in line.points]},
                "mark": {"type": "line", "style": line.style, "clip": True},
                "encoding": {"x": {"field": "x", **across}, "y": {"field": "y", **down}},
            }
        )
        end = _height(line.points, widest)
        if line.text and end is not None and bottom <= end <= top:
            layers.append(_end(line.text, (widest, end), across, down))
    values = [
        {
            "size": point.size, "value": point.value, "style": point.style, "loud": point.loud,
            **dict(zip(names, (point.name, point.value_text, point.counts, point.where), strict=True)),
        }
        for point in points
    ]  # fmt: skip
    place = {"x": {"field": "size", **across}, "y": {"field": "value", **down}}
    tooltip = [{"field": name, "type": "nominal"} for name in names]
    for style in dict.fromkeys(point.style for point in points):
        mark: dict[str, Any] = {"type": "point", "style": style, "filled": True, "opacity": 1}
        if style in _SIZES:
            mark["size"] = _SIZES[style]
        layers.append(
            {
                "transform": [{"filter": {"field": "style", "equal": style}}],
                "mark": mark,
                "encoding": {**place, "tooltip": tooltip},
            }
        )
    if any(point.loud for point in points):
        layers.extend(
            {
                "transform": [{"filter": {"field": "loud", "equal": True}}],
                "mark": {"type": "text", "style": style, "align": "center", "baseline": "bottom", "dy": -9},
                "encoding": {**place, "text": {"field": names[0], "type": "nominal"}},
            }
            for style in ("halo", "label")
        )
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": 380,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "right": 8, "top": 24, "bottom": 4},
        "data": {"values": values},
        "layer": layers,
    }


def _end(text: str, at: tuple[float, float], across: dict[str, Any], down: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"values": [{"x": at[0], "y": at[1], "text": text}]},
        "mark": {"type": "text", "style": "label", "align": "left", "baseline": "middle", "dx": 6, "clip": False},
        "encoding": {
            "x": {"field": "x", **across},
            "y": {"field": "y", **down},
            "text": {"field": "text", "type": "nominal"},
        },
    }


def _height(points: Sequence[tuple[float, float]], x: float) -> float | None:
    """Where a line, from left to right, stands at `x`; None where it does not reach so far."""
    for (before, low), (after, high) in pairwise(points):
        if before <= x <= after:
            return low + (high - low) * ((x - before) / (after - before) if after > before else 0.0)
    return None


def _reach(points: Sequence[FunnelPoint], lines: Sequence[FunnelLine]) -> tuple[float, float]:
    """Lowest and highest of the drawing: all points and the lines where the points are, not the mouth of the funnel."""
    least = min(point.size for point in points)
    levels = [point.value for point in points]
    levels += [y for line in lines for x, y in line.points if x >= least]
    low, high = min(levels), max(levels)
    room = (high - low or abs(high) or 1.0) * 0.08
    return max(low - room, 0.0) if low >= 0 else low - room, high + room
