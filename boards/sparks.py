"""Sparklines: a pure function from numbers to SVG markup of about a kilobyte, stored with the tile.

All coordinates are integers in a grid twice as fine as the drawing is meant to be seen. Strokes and colors come from
style classes, so that light, dark and paper share one drawing.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from math import isfinite
from typing import Final

PAD: Final = 8
MARK: Final = 6


class Point(IntEnum):
    """What a point of the line says beyond its value; each kind has its own shape and color."""

    USUAL = 0
    BETTER = 1
    WORSE = 2
    UNUSUAL = 3


def _line(points: Sequence[tuple[int, int] | None]) -> str:
    """A path with relative steps; a missing point is a gap, a lone point a dot (drawn by the round cap)."""
    path: list[str] = []
    before: tuple[int, int] | None = None
    for index, point in enumerate(points):
        if point is None:
            before = None
            continue
        x, y = point
        if before is None:
            path.append(f"M{x} {y}")
            if index + 1 == len(points) or points[index + 1] is None:
                path.append("h0")
        elif y == before[1]:
            path.append(f"h{x - before[0]}")
        else:
            rise = y - before[1]
            path.append(f"l{x - before[0]}{rise}" if rise < 0 else f"l{x - before[0]} {rise}")
        before = point
    return "".join(path)


def _marks(points: Sequence[tuple[int, int] | None], flags: Sequence[int], kind: Point) -> Iterator[str]:
    for point, flag in zip(points, flags, strict=False):
        if point is None or flag != kind:
            continue
        x, y = point
        if kind is Point.WORSE:
            yield f"M{x} {y - MARK}l{MARK} {MARK}-{MARK} {MARK}-{MARK}-{MARK}z"
        else:
            yield f"M{x} {y}h0"


def spark_svg(
    values: Sequence[float | None],
    lower: float | None,
    mean: float | None,
    upper: float | None,
    target: float | None,
    flags: Sequence[int] = (),
    width: int = 360,
    height: int = 72,
) -> str:
    """A line of `values` (oldest first; None or NaN is a gap) with mean, limits and target, as SVG markup.

    `flags` holds one `Point` for each value, or nothing. `width` and `height` are grid units; the page scales the
    drawing to its place. The drawing is hidden from screen readers: the sentence beside it says what it shows.
    """
    opening = f'<svg class="spark" viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMid" aria-hidden="true">'
    levels = [number for number in (*values, lower, mean, upper, target) if number is not None and isfinite(number)]
    if not any(value is not None and isfinite(value) for value in values):
        return f"{opening}</svg>"
    low, high = min(levels), max(levels)
    reach = (high - low) or 1.0
    flat = high == low

    def vertical(number: float) -> int:
        if flat:
            return height // 2
        return round(height - PAD - (number - low) / reach * (height - 2 * PAD))

    count = len(values)
    points: list[tuple[int, int] | None] = []
    for index, value in enumerate(values):
        across = width - PAD if count == 1 else PAD + round(index * (width - 2 * PAD) / (count - 1))
        points.append((across, vertical(value)) if value is not None and isfinite(value) else None)

    parts = [opening]
    limits = "".join(
        f"M0 {vertical(limit)}h{width}" for limit in (lower, upper) if limit is not None and isfinite(limit)
    )
    if limits:
        parts.append(f'<path class="sl" d="{limits}"/>')
    if mean is not None and isfinite(mean):
        parts.append(f'<path class="sm" d="M0 {vertical(mean)}h{width}"/>')
    if target is not None and isfinite(target):
        parts.append(f'<path class="st" d="M0 {vertical(target)}h{width}"/>')
    parts.append(f'<path class="sp" d="{_line(points)}"/>')
    for kind, name in ((Point.BETTER, "sb"), (Point.WORSE, "sw"), (Point.UNUSUAL, "su")):
        marks = "".join(_marks(points, flags, kind))
        if marks:
            parts.append(f'<path class="{name}" d="{marks}"/>')
    last = points[-1]
    if last is not None:
        parts.append(f'<path class="se" d="M{last[0]} {last[1]}h0"/>')
    parts.append("</svg>")
    return "".join(parts)
