"""The board page beside floor pages with the same sign-in; after one value changed; and when nothing changed.

One server process as `make run` starts it, one kept connection, gzip, warm; every kind in turn, in one run. Ours is the
whole page: letters, reds first, limits and signals, reasons, units below, live address. Nothing comes from a whole-page
cache; a tile that says the same as before is not drawn again, which is why a changed value is measured too: before it
and before the unchanged page compared with it one number is entered by the ordinary action, at a ward of this board or
of another one. Answers are checked: status, tiles, the value that was entered.
"""

import statistics

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.server import Answer, Reader, pages
from bench.system import MEASURES, own_database
from bench.ward import DAYS, Board, build_board
from boards.models import BoardMeasure, Tile
from huddleboard.run.prepare import collect_static

ROUNDS = 60
WARM = 5


def run(*, small: bool = False) -> dict[str, object]:
    """Medians in milliseconds, ratios, statements and whether every answer was right."""
    collect_static()
    with own_database():
        board = build_board(8 if small else DAYS)
        statements = _statements(board, MEASURES)
        with pages() as server:
            reader = Reader(server.port, board.sign_in())
            times, right = _measured(board, reader, 3 if small else ROUNDS)
            wire = reader.get(board.url).wire
        fewer = _statements_of_few(board)
    ms = {name: statistics.median(taken) * 1000 for name, taken in times.items()}
    return {
        "ours_ms": round(ms["ours"], 2),
        "floor_points_ms": round(ms["points"], 2),
        "floor_tiles_ms": round(ms["tiles"], 2),
        "changed_ms": round(ms["changed"], 2),
        "unchanged_ms": round(ms["unchanged"], 2),
        "not_modified_ms": round(ms["not_modified"], 2),
        "empty_ms": round(ms["empty"], 2),
        "ratio": round(ms["ours"] / ms["points"], 2),
        "ratio_ready_made": round(ms["ours"] / ms["tiles"], 2),
        "changed_ratio": round(ms["changed"] / ms["unchanged"], 2),
        "not_modified_ratio": round(ms["not_modified"] / ms["empty"], 2),
        "statements": statements,
        "statements_of_three_tiles": fewer,
        "html_gzip_kb": round(wire / 1000, 1),
        "answers_right": right,
    }


def _measured(board: Board, reader: Reader, rounds: int) -> tuple[dict[str, list[float]], bool]:
    floors = {name: f"/floor/{name}/{board.unit.pk}/" for name in ("points", "tiles")}
    times: dict[str, list[float]] = {
        name: [] for name in ("ours", *floors, "changed", "unchanged", "not_modified", "empty")
    }
    right = True
    for number in range(-WARM, rounds):
        measure = board.system.measures[number % MEASURES]
        round_: dict[str, Answer] = {}
        for name, url in floors.items():
            round_[name] = reader.get(url)
        round_["ours"] = reader.get(board.url)
        round_["empty"] = reader.get("/floor/empty/")
        round_["not_modified"] = reader.get(board.url, If_None_Match=round_["ours"].headers["etag"])
        board.change(board.other_ward, measure, 600 + number)
        round_["unchanged"] = reader.get(board.url)
        board.change(board.ward, measure, 600 + number)
        round_["changed"] = reader.get(board.url)
        right = right and _right(board, measure.pk, round_)
        if number >= 0:
            for name, answer in round_.items():
                times[name].append(answer.seconds)
    return times, right


def _right(board: Board, measure_id: int, found: dict[str, Answer]) -> bool:
    """Whether a round's answers say what they must."""
    tile = Tile.objects.get(unit=board.unit, measure_id=measure_id)
    of = '<article class="tile is-'
    own = [found[name] for name in ("ours", "unchanged", "changed")]
    value = f"{tile.value:.1f}</b>"
    after = found["changed"].text.partition(f'id="m{measure_id}"')[2]
    return (
        all(answer.status == 200 and answer.text.count(of) == MEASURES for answer in own)
        and all(found[name].text.count("<article") == MEASURES for name in ("points", "tiles"))
        and all(found[name].text.count("<path") == MEASURES for name in ("points", "tiles"))
        and value in after[:1000]
        and found["changed"].headers["etag"] != found["unchanged"].headers["etag"] == found["ours"].headers["etag"]
        and (found["not_modified"].status, found["not_modified"].body) == (304, b"")
        and (found["empty"].status, "ok, Rae Reader" in found["empty"].text) == (200, True)
    )


def _statements(board: Board, tiles: int) -> int:
    """SQL statements of a warm page, with those of session, person and access. Raises where the page is not right."""
    client = Client(headers={"host": "localhost"})
    client.force_login(board.reader)
    client.get(board.url)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(board.url)
    if answer.content.count(b"<article") != tiles:
        raise RuntimeError(f"The board does not show {tiles} tiles.")
    return len(asked)


def _statements_of_few(board: Board) -> int:
    BoardMeasure.objects.filter(unit=board.unit).exclude(measure__in=board.system.measures[:3]).delete()
    return _statements(board, 3)
