"""Floor pages: what one would write down first, behind the same sign-in and middleware as ours.

The board: the same thirty tiles. No permission, no calendar letters, no reasons, no limits, no way up or down, no live
address: one query, a plain loop, a plain Django template. `points` asks for all 2,700 points and draws the lines from
them, as the bar has it; `tiles` reads ready-made tails, the least that a page of thirty lines can read. `empty` is the
frameless page of somebody who has signed in. `issues` and `insert`: what waits at a unit, and the least that a form can
do.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from boards import rules
from huddles.models import Issue

WIDTH, HEIGHT = 360, 72
DAYS = 90
POINTS = """
    SELECT m.id, m.name, m.unit_text, s.day, s.value, s.target, s.status
    FROM boards_snapshot s JOIN boards_measure m ON m.id = s.measure_id
    WHERE s.unit_id = %s AND s.day > %s ORDER BY m.id, s.day
"""
TILES = """
    SELECT m.id, m.name, m.unit_text, t.day, t.value, t.target, t.status, t.tail_values
    FROM boards_tile t JOIN boards_measure m ON m.id = t.measure_id WHERE t.unit_id = %s ORDER BY m.id
"""


def line(values: Sequence[float | None]) -> str:
    """The path of a line through `values`, drawn by a plain loop."""
    known = [v for v in values if v is not None]
    low, high = min(known), max(known)
    up = (HEIGHT / (high - low)) if high > low else 0
    across = WIDTH / (len(values) - 1)
    return "M" + "L".join(
        f"{i * across:.0f} {HEIGHT - (v - low) * up:.0f}" for i, v in enumerate(values) if v is not None
    )


def shown(
    tiles: Iterable[tuple[int, str, str, date, float, float, int, Sequence[float | None]]],
) -> list[dict[str, Any]]:
    """What the template needs of each tile."""
    return [
        {
            "id": pk,
            "name": name,
            "value": value,
            "unit": unit,
            "target": target,
            "status": rules.STATUS_OF_CODE[status].label,
            "day": day,
            "path": line(values),
        }
        for pk, name, unit, day, value, target, status, values in tiles
    ]


def points(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Thirty tiles drawn from 2,700 points."""
    with connection.cursor() as cursor:
        cursor.execute(POINTS, [unit_id, timezone.localdate() - timedelta(days=DAYS + 1)])
        rows = cursor.fetchall()
    found = []
    for (pk, name, unit), group in groupby(rows, key=lambda row: row[:3]):
        mine = list(group)
        _pk, _name, _unit, day, value, target, status = mine[-1]
        found.append((pk, name, unit, day, value, target, status, [row[4] for row in mine]))
    return render(request, "bench/floor.html", {"tiles": shown(found), "who": request.user})


def tiles(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Thirty tiles drawn from their ready-made tails."""
    with connection.cursor() as cursor:
        cursor.execute(TILES, [unit_id])
        rows = cursor.fetchall()
    return render(request, "bench/floor.html", {"tiles": shown(rows), "who": request.user})


def issues(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What waits at a unit as one would write it down first: rows of the ORM with what they name, a plain template."""
    found = (
        Issue.objects.filter(place=unit_id, status__in=["raised", "acknowledged"])
        .select_related("origin", "place", "owner", "category")
        .order_by("needed_by", "raised_at")
    )
    return render(request, "bench/issues.html", {"issues": found, "who": request.user})


def insert(request: HttpRequest) -> HttpResponse:
    """The least that a form can do: one row of a plain table, and on to the next page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO floor_note (title, unit_id, by_id, at) VALUES (%s, %s, %s, %s)",
            [request.POST["title"], int(request.POST["unit"]), request.user.pk, timezone.now()],
        )
    return redirect("/floor/empty/")


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing but who asks."""
    return render(request, "bench/empty.html", {"who": request.user})
