"""Draw a Vega-Lite specification as SVG or PNG, in a process of its own.

The renderer (`boards.renderer`) brings a JavaScript engine of some hundred megabytes; a process that ends gives them
back, and a page server never holds them.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from boards.chart_style import number_locale, time_locale

#: Seconds after which a drawing is given up.
PATIENCE: Final = 30


class NotDrawn(RuntimeError):  # noqa: N818 - a refusal with a sentence
    """The chart could not be drawn."""


def draw(specification: Mapping[str, object], kind: str) -> bytes:
    """The chart as "svg" or "png", its axes with the months and separators of the present language.

    Raises NotDrawn where the renderer fails or takes too long.
    """
    return _drawn({"specification": specification}, kind)


def draw_all(specifications: Sequence[Mapping[str, object]]) -> list[bytes]:
    """Several charts as SVG in one process, in their order. Raises NotDrawn as `draw` does, for all of them."""
    if not specifications:
        return []
    return [svg.encode() for svg in json.loads(_drawn({"specifications": list(specifications)}, "svg"))]


def _drawn(what: Mapping[str, object], kind: str) -> bytes:
    given = {**what, "format_locale": number_locale(), "time_format_locale": time_locale()}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "boards.renderer", kind],
            input=json.dumps(given).encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        message = f"no {kind} within {PATIENCE} s, or the renderer failed"
        raise NotDrawn(message) from error
    return done.stdout
