"""The drawing process: `python -m boards.renderer svg|png` reads a specification from standard input."""

import json
import sys
from typing import Final

import vl_convert

#: Two pixels a unit: sharp in print.
SCALE: Final = 2.0


def main(kind: str) -> None:
    """Read a specification from standard input, write the drawing to standard output."""
    specification = json.load(sys.stdin)
    if kind == "png":
        sys.stdout.buffer.write(vl_convert.vegalite_to_png(specification, scale=SCALE))
    else:
        sys.stdout.buffer.write(vl_convert.vegalite_to_svg(specification).encode())


if __name__ == "__main__":
    main(sys.argv[1])
