"""Where goals stand, drawn: one Vega-Lite specification built by a pure function. Numbers that come here are guarded.

Styles are those of `boards.chart_style`; the table behind it stands on the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

from django.utils.translation import gettext as _

from analytics.disparity import Quadrant
from boards.charts import SCHEMA
from boards.queries.terms import AS_SHIPPED, Words
from improvement.rules.goals import MEANINGS, QUADRANTS

#: Per cent from which a mark stands at the edge: one goal far out must not press all others together.
FARTHEST: Final = 60.0
NEAREST: Final = 30.0
#: How much farther than the farthest mark the edge lies: the names in the corners need that room.
ROOM: Final = 2.0
#: Height of a line of the names, in pixels.
LINE: Final = 17
#: Signs of a line of the names that half a phone has room for.
NARROW: Final = 13
_STYLES: Final = {
    Quadrant.RAISED_NARROWED: "better",
    Quadrant.RAISED_WIDENED: "worse",
    Quadrant.FELL_NARROWED: "unusual",
    Quadrant.FELL_WIDENED: "worse",
}
_CORNERS: Final = (
    (Quadrant.RAISED_NARROWED, 1, 1),
    (Quadrant.RAISED_WIDENED, 1, -1),
    (Quadrant.FELL_NARROWED, -1, 1),
    (Quadrant.FELL_WIDENED, -1, -1),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A goal on the chart: by how many per cent its measure got better and its gap narrowed, by the gap that it uses
    and by the other one; its number in the table beside it.
    """

    number: int
    title: str
    quadrant: Quadrant
    raised: float
    narrowed: float
    other: float
    raised_text: str
    narrowed_text: str


def quadrant_chart(marks: Sequence[Mark], said: Words = AS_SHIPPED) -> dict[str, Any] | None:
    """Goals by both halves: up the gap narrows, to the right the measure gets better. None without any.

    A ring shows the gap in the other form, a thin line leads to it. What lies beyond the edge stands at it.
    `said`: what the organisation calls things.
    """
    narrower = f"{said.say('Gap')}: {_('narrower by')}"
    shown = [mark for mark in marks if mark.quadrant in _STYLES]
    if not shown:
        return None
    edge = min(
        FARTHEST,
        max(NEAREST, *(abs(n) * ROOM for mark in shown for n in (mark.raised, mark.narrowed, mark.other) if n == n)),
    )
    values = [
        {
            "x": _inside(mark.raised, edge),
            "y": _inside(mark.narrowed, edge),
            "other": None if mark.other != mark.other else _inside(mark.other, edge),
            "number": str(mark.number),
            "field": str(mark.quadrant),
            _("Goal"): mark.title,
            _("Better by"): mark.raised_text,
            narrower: mark.narrowed_text,
        }
        for mark in shown
    ]
    across = {"field": "x", "type": "quantitative", "scale": {"domain": [-edge, edge], "nice": False},
              "axis": _axis(_("← got worse · got better, % →"))}  # fmt: skip
    up = {"type": "quantitative", "scale": {"domain": [-edge, edge], "nice": False},
          "axis": _axis(f"↑ {said.say('gap')}: {_('narrower by')} %", up=True)}  # fmt: skip
    tooltip = [{"field": name, "type": "nominal"} for name in (_("Goal"), _("Better by"), narrower)]
    layers: list[dict[str, Any]] = [
        {"data": {"values": [{"at": 0}]}, "mark": {"type": "rule", "style": "mean"},
         "encoding": {"x": {"field": "at", "type": "quantitative"}}},
        {"data": {"values": [{"at": 0}]}, "mark": {"type": "rule", "style": "mean"},
         "encoding": {"y": {"field": "at", **up}}},
        *_names(edge),
        {"transform": [{"filter": {"field": "other", "valid": True}}], "mark": {"type": "rule", "style": "note"},
         "encoding": {"x": across, "y": {"field": "y", **up}, "y2": {"field": "other"}}},
        {"transform": [{"filter": {"field": "other", "valid": True}}],
         "mark": {"type": "point", "style": "usual", "filled": False},
         "encoding": {"x": across, "y": {"field": "other", **up}}},
    ]  # fmt: skip
    layers.extend(
        {
            "transform": [{"filter": {"field": "field", "equal": str(quadrant)}}],
            "mark": {"type": "point", "style": style, "filled": True, "opacity": 1},
            "encoding": {"x": across, "y": {"field": "y", **up}, "tooltip": tooltip},
        }
        for quadrant, style in _STYLES.items()
        if any(mark.quadrant == quadrant for mark in shown)
    )
    layers.append(
        {
            "mark": {"type": "text", "style": "label", "align": "left", "baseline": "middle", "dx": 9},
            "encoding": {"x": across, "y": {"field": "y", **up}, "text": {"field": "number", "type": "nominal"}},
        }
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


def _inside(value: float, edge: float) -> float:
    return max(-edge, min(edge, round(value, 4)))


def _axis(title: str, *, up: bool = False) -> dict[str, Any]:
    placed = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 4, "titleY": -12} if up else {}
    return {"title": title, "grid": False, "tickCount": 5, "domain": False, "ticks": False, **placed}


def _names(edge: float) -> list[dict[str, Any]]:
    """The four names in their corners, and under each what it means; a phone is narrow, so each part has a line."""
    layers: list[dict[str, Any]] = []
    for quadrant, right, top in _CORNERS:
        named = wrap(str(QUADRANTS[quadrant]), NARROW)
        means = str(MEANINGS[quadrant]).replace(", ", ",\n").split("\n")
        start = 4 if top > 0 else -4 - LINE * (len(named) + len(means))
        for text, down, weight in ((named, 0, 600), (means, LINE * len(named), 400)):
            layers.append(
                {
                    "data": {"values": [{"x": right * edge, "y": top * edge, "text": text}]},
                    "mark": {
                        "type": "text",
                        "style": "label",
                        "fontWeight": weight,
                        "align": "right" if right > 0 else "left",
                        "baseline": "top",
                        "lineHeight": LINE,
                        "dx": -6 * right,
                        "dy": start + down,
                    },
                    "encoding": {
                        "x": {"field": "x", "type": "quantitative"},
                        "y": {"field": "y", "type": "quantitative"},
                        "text": {"field": "text", "type": "nominal"},
                    },
                }
            )
    return layers
