"""Sparklines: a pure function from numbers to SVG markup of about a kilobyte, stored with the tile.

All coordinates are integers in a grid twice as fine as the drawing is meant to be seen. Strokes and colors come from
style classes, so that light, dark and paper share one drawing.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from math import isfinite
from typing import Final

from django.utils.safestring import SafeString, mark_safe

PAD: Final = 8
MARK: Final = 6


class Point(IntEnum):
    """What a point of the line says beyond its value; each kind has its own shape and color."""

    USUAL = 0
    BETTER = 1
    WORSE = 2
    UNUSUAL = 3


#: Style classes of marked points.
MARK_CLASSES: Final[dict[int, str]] = {Point.BETTER: "sb", Point.WORSE: "sw", Point.UNUSUAL: "su"}


@lru_cache(maxsize=64)
def _columns(count: int, width: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where the points stand across the drawing, and the start of the step that leads to each.

    A point alone stands at the right end, where the latest one belongs.
    """
    if count == 1:
        return (width - PAD,), ("",)
    columns = tuple(PAD + round(index * (width - 2 * PAD) / (count - 1)) for index in range(count))
    return columns, ("", *(f"l{x - before}" for before, x in pairwise(columns)))


def _line(columns: Sequence[int], steps: Sequence[str], rows: Sequence[int | None]) -> str:
    """A path with relative steps; a missing point is a gap, a lone point a dot (drawn by the round cap)."""
    path: list[str] = []
    add = path.append
    before: int | None = None
    lone = False
    for x, step, y in zip(columns, steps, rows, strict=True):
        if y is None:
            if lone:
                add("h0")
            lone = False
        elif before is None:
            add(f"M{x} {y}")
            lone = True
        else:
            rise = y - before
            add(f"{step} {rise}" if rise >= 0 else f"{step}{rise}")
            lone = False
        before = y
    if lone:
        add("h0")
    return "".join(path)


def _marks(columns: Sequence[int], rows: Sequence[int | None], flags: Sequence[int]) -> str:
    """Marked points: round for better, a diamond for worse, square for unusual."""
    found: dict[int, list[str]] = {}
    for x, y, flag in zip(columns, rows, flags, strict=False):
        if not flag or y is None:
            continue
        diamond = flag == Point.WORSE
        found.setdefault(flag, []).append(
            f"M{x} {y - MARK}l{MARK} {MARK}-{MARK} {MARK}-{MARK}-{MARK}z" if diamond else f"M{x} {y}h0"
        )
    return "".join(
        f'<path class="{MARK_CLASSES[flag]}" d="{"".join(marks)}"/>' for flag, marks in sorted(found.items())
    )


def spark_svg(
    values: Sequence[float | None],
    lower: float | None,
    mean: float | None,
    upper: float | None,
    target: float | None,
    flags: Sequence[int] = (),
    width: int = 360,
    height: int = 72,
    scale_of: tuple[float, float] | None = None,
) -> SafeString:
    """A line of `values` (oldest first; None or NaN is a gap) with mean, limits and target, as SVG markup.

    `flags` holds one `Point` for each value, or nothing. `width` and `height` are grid units; the page scales the
    drawing to its place; `scale_of` is the range of a scale that several drawings share. The drawing is hidden from
    screen readers: the sentence beside it says what it shows.
    """
    opening = f'<svg class="spark" viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMid" aria-hidden="true">'
    known = [value for value in values if value is not None and isfinite(value)]
    if not known:
        return mark_safe(f"{opening}</svg>")  # noqa: S308 - only numbers go in
    edges = [edge for edge in (lower, upper) if edge is not None and isfinite(edge)]
    usual = [mean] if mean is not None and isfinite(mean) else []
    wanted = [target] if target is not None and isfinite(target) else []
    levels = [*known, *edges, *usual, *wanted] if scale_of is None else list(scale_of)
    low, high = min(levels), max(levels)
    scale = (height - 2 * PAD) / (high - low) if high > low else 0.0
    bottom = height - PAD + 0.5 if scale else height / 2 + 0.5

    def across(numbers: Sequence[float]) -> str:
        return "".join([f"M0 {int(bottom - (number - low) * scale)}h{width}" for number in numbers])

    columns, steps = _columns(len(values), width)
    rows = [None if value is None or not isfinite(value) else int(bottom - (value - low) * scale) for value in values]
    parts = [opening]
    if edges:
        parts.append(f'<path class="sl" d="{across(edges)}"/>')
    if usual:
        parts.append(f'<path class="sm" d="{across(usual)}"/>')
    if wanted:
        parts.append(f'<path class="st" d="{across(wanted)}"/>')
    parts.append(f'<path class="sp" d="{_line(columns, steps, rows)}"/>{_marks(columns, rows, flags)}')
    if rows[-1] is not None:
        parts.append(f'<path class="se" d="M{columns[-1]} {rows[-1]}h0"/>')
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308 - only numbers go in
