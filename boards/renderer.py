"""The drawing process: `python -m boards.renderer svg|png` reads a specification and its locale from standard input."""

import json
import sys
from typing import Final

import vl_convert

#: Two pixels a unit: sharp in print.
SCALE: Final = 2.0


def main(kind: str) -> None:
    """Read what to draw from standard input, write the drawing to standard output.

    What to draw is an object: `specification` (Vega-Lite), `format_locale` and `time_format_locale` (of d3). With
    `specifications` instead, a list, all are drawn as SVG and written as a JSON list: the first costs ten times as much
    as the others.
    """
    given = json.load(sys.stdin)
    locale = {name: given[name] for name in ("format_locale", "time_format_locale")}
    if "specifications" in given:
        json.dump([vl_convert.vegalite_to_svg(one, **locale) for one in given["specifications"]], sys.stdout)
        return
    if kind == "png":
        sys.stdout.buffer.write(vl_convert.vegalite_to_png(given["specification"], scale=SCALE, **locale))
    else:
        sys.stdout.buffer.write(vl_convert.vegalite_to_svg(given["specification"], **locale).encode())


if __name__ == "__main__":
    main(sys.argv[1])
