"""Groups of patients beside the people who live in the catchment, as one Vega-Lite specification by a pure function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from boards.charts import ROW_HEIGHT, SCHEMA


@dataclass(frozen=True, slots=True)
class CommunityDot:
    """A group: its share of patients with the interval, and among the people who live here; in percent.

    `share` None: not told, `share_text` says it in a word. `community` None: nobody has said it.
    """

    name: str
    share: float | None
    low: float | None
    high: float | None
    community: float | None
    share_text: str
    community_text: str


def community_chart(dots: Sequence[CommunityDot]) -> dict[str, Any]:
    """Dots with intervals for patients, a bar for the community, on one scale from 0, in the order given."""
    order = [dot.name for dot in dots]
    names = (_("Group"), _("Patients"), _("Live here"))
    values = [
        {"low": dot.low, "share": dot.share, "high": dot.high, "community": dot.community,
         **dict(zip(names, (dot.name, dot.share_text, dot.community_text), strict=True))}
        for dot in dots
    ]  # fmt: skip
    axis = {"title": None, "domain": False, "ticks": False, "grid": True, "labelPadding": 10, "labelLimit": 260}
    down = {"field": names[0], "type": "nominal", "sort": order, "scale": {"domain": order}, "axis": axis}
    across = {"type": "quantitative", "scale": {"zero": True, "nice": True}, "axis": {
        "title": "%", "grid": False, "tickCount": 5}}  # fmt: skip
    tooltip = [{"field": name, "type": "nominal"} for name in names]

    def mark(kind: dict[str, Any], field: str, **more: Any) -> dict[str, Any]:
        return {
            "transform": [{"filter": {"field": field, "valid": True}}],
            "mark": kind,
            "encoding": {"y": down, "x": {"field": field, **across}, "tooltip": tooltip, **more},
        }

    layers = [
        mark({"type": "tick", "style": "target", "thickness": 3, "size": 22, "opacity": 1}, "community"),
        mark({"type": "rule", "style": "interval"}, "low", x2={"field": "high"}),
        mark({"type": "point", "style": "dot", "filled": True, "opacity": 1}, "share"),
    ]
    hidden = [
        {names[0]: dot.name, "text": dot.share_text, "x": dot.community or 0} for dot in dots if dot.share is None
    ]
    if hidden:
        layers.append(
            {
                "data": {"values": hidden},
                "mark": {"type": "text", "style": "label", "align": "left", "baseline": "middle", "dx": 10},
                "encoding": {"y": down, "x": {"field": "x", **across}, "text": {"field": "text", "type": "nominal"}},
            }
        )
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": ROW_HEIGHT * len(order),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": values},
        "layer": layers,
    }
