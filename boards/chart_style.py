"""How every larger chart looks: one Vega configuration, named styles instead of colors in specifications.

A specification says *what* a mark is (`"style": "limit"`); this configuration says how that looks on paper, and
`static/js/chart.js` gives the same names the colors of the reader's theme. So one definition serves screen, dark
screen, print and download.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from django.utils import formats
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR

#: More decimals than this no axis needs.
_MOST_DECIMALS: Final = 4
INK: Final = "#1b1d20"
QUIET: Final = "#585c63"
RULE: Final = "#dfdbd2"
EDGE: Final = "#85827b"
ACCENT: Final = "#1f4f8f"
SPARK: Final = "#4a4e55"
BETTER: Final = "#0072b8"
WORSE: Final = "#c95a00"
OTHER: Final = "#6b2c91"
MISSED: Final = "#b43c00"
PAPER: Final = "#ffffff"

#: Style names that specifications may use, with the paper values.
STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "series": {"color": SPARK, "strokeWidth": 1.75, "strokeJoin": "round"},
    "usual": {"color": SPARK, "shape": "circle", "size": 22},
    "better": {"color": BETTER, "stroke": PAPER, "strokeWidth": 1, "shape": "circle", "size": 90},
    "worse": {"color": WORSE, "stroke": PAPER, "strokeWidth": 1, "shape": "diamond", "size": 120},
    "unusual": {"color": OTHER, "stroke": PAPER, "strokeWidth": 1, "shape": "square", "size": 80},
    "mean": {"color": QUIET, "strokeWidth": 1.25},
    "limit": {"color": EDGE, "strokeWidth": 1.25, "strokeDash": [6, 5]},
    "target": {"color": ACCENT, "strokeWidth": 1.75, "strokeDash": [1, 4], "strokeCap": "round"},
    "note": {"color": QUIET, "strokeWidth": 1, "strokeDash": [2, 2]},
    "label": {"color": QUIET, "fontSize": 13},
    "halo": {"color": PAPER, "stroke": PAPER, "strokeWidth": 5, "strokeJoin": "round", "fontSize": 13},
    "target-label": {"color": ACCENT, "fontSize": 13, "fontWeight": 600},
    "interval": {"color": SPARK, "strokeWidth": 2},
    "dot": {"color": INK, "size": 90},
    "reference": {"color": PAPER, "stroke": INK, "strokeWidth": 2, "size": 90},
    "fares-worse": {"color": MISSED, "shape": "diamond", "size": 130},
    "gap": {"color": OTHER, "strokeWidth": 3},
}


def chart_config() -> dict[str, Any]:
    """The Vega-Lite `config` for print, download and e-mail: ink on paper."""
    return {
        "font": "Inter, Liberation Sans, sans-serif",
        "background": PAPER,
        "view": {"stroke": None},
        "axis": {
            "labelColor": QUIET,
            "titleColor": QUIET,
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": 400,
            "domainColor": EDGE,
            "tickColor": EDGE,
            "gridColor": RULE,
            "gridOpacity": 0.6,
        },
        "title": {"color": INK, "fontSize": 16, "fontWeight": 600, "anchor": "start"},
        "header": {"labelColor": INK, "labelFontSize": 13, "titleColor": QUIET},
        "style": {name: dict(style) for name, style in STYLES.items()},
    }


def number_locale() -> dict[str, Any]:
    """Separators of numbers in the present language, as d3-format wants them; in the browser `chart.js` makes them."""
    return {
        "decimal": formats.get_format("DECIMAL_SEPARATOR"),
        "thousands": formats.get_format("THOUSAND_SEPARATOR"),
        "grouping": [3],
        "currency": ["", ""],
    }


def time_locale() -> dict[str, Any]:
    """Months and days of the week in the present language, as d3-time-format wants them: Sunday first."""
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    months = [str(MONTHS[month]) for month in range(1, 13)]
    # Django writes short months small in every language; English begins them as it begins the long ones.
    short = [str(MONTHS_3[i]).title() if name.istitle() else str(MONTHS_3[i]) for i, name in enumerate(months, 1)]
    return {
        "dateTime": "%x %X",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": [str(WEEKDAYS[day]) for day in sunday_first],
        "shortDays": [str(WEEKDAYS_ABBR[day]) for day in sunday_first],
        "months": months,
        "shortMonths": short,
    }


def tick_decimals(low: float, high: float, ticks: int, decimals: int) -> int:
    """Decimals of an axis from `low` to `high` with about so many ticks: those of the measure, or as many more as keep
    two ticks from reading the same.
    """
    if not high > low:
        return decimals
    step = (high - low) / ticks
    power = math.floor(math.log10(step))
    needed = -power - (step / 10**power >= math.sqrt(50))  # the drawing library takes a step of 1, 2, 5 or 10
    return max(decimals, min(needed, _MOST_DECIMALS))
