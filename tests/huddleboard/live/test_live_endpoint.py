"""Who gets a stream, which one, and for how long."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from org import live
from tests.live_stage import Endpoint


def _token(topics, subject, *, seconds=900.0, ago=0.0):
    return live.live_token(topics, subject, timedelta(seconds=seconds), at=datetime.now(UTC) - timedelta(seconds=ago))


def _status(endpoint, request):
    with socket.create_connection(("127.0.0.1", endpoint.port), 10) as one:
        one.sendall(request.encode() + b"\r\nHost: b\r\nConnection: close\r\n\r\n")
        return int(one.recv(4096).split()[1])


def test_stream_has_the_headers_that_proxies_need(endpoint):
    board = endpoint.open(["unit:1"])
    assert board.status == 200
    assert board.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert board.headers["cache-control"] == "no-store"
    assert board.headers["x-accel-buffering"] == "no"


def test_event_reaches_those_who_listen_to_its_topic_and_nobody_else(endpoint, publish):
    one, two = endpoint.open(["unit:1"], "person:1"), endpoint.open(["unit:2", "org:9"], "person:2")
    publish("unit:1", measures=[1, 2], day="2026-11-22")
    publish("org:9", measures=[3])
    event = one.next()
    assert (event.name, event.data) == (
        "change",
        '{"topic":"unit:1","unit":1,"measures":[1,2],"day":"2026-11-22"}',
    )
    assert two.next().measures == [3]
    assert one.silent_for(0.5)


def test_several_tokens_share_one_stream(endpoint, publish):
    tokens = "&".join(f"token={_token([f'unit:{n}'], 'person:1')}" for n in (1, 2, 3))
    board = endpoint.visit(f"/live/?{tokens}")
    Endpoint.settle(lambda: len(endpoint.hub) == 1)
    publish("unit:3", measures=[3])
    publish("unit:1", measures=[1])
    assert [board.next().measures, board.next().measures] == [[3], [1]]


def test_ping_shows_that_the_board_is_up_to_date(endpoint, publish):
    board = endpoint.open(["unit:1"])
    publish("unit:2", measures=[1])
    Endpoint.settle(lambda: board.next(skip=()).id != "0-0")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /live/ HTTP/1.1", 403),
        ("GET /live/?token= HTTP/1.1", 403),
        ("GET /live/?token=forged HTTP/1.1", 403),
        ("GET /live HTTP/1.1", 404),
        ("GET /live/x HTTP/1.1", 404),
        ("GET / HTTP/1.1", 404),
        ("POST /live/ HTTP/1.1", 405),
        ("HEAD /live/ HTTP/1.1", 405),
        ("GET /live/?token=%ff%fe HTTP/1.1", 403),
    ],
)
def test_refusals(endpoint, request_line, status):
    assert _status(endpoint, request_line) == status


@pytest.mark.parametrize(
    ("query", "status"), [("&last=nonsense", 400), ("&since=soon", 400), ("&since=-1", 200), ("&last=1-1", 200)]
)
def test_start_is_checked(endpoint, query, status):
    board = endpoint.visit(f"/live/?token={_token(['unit:1'], 'person:1')}{query}")
    assert board.status == status


def test_nine_tokens_are_too_many(endpoint):
    tokens = "&".join(f"token={_token(['unit:1'], 'person:1')}" for _ in range(9))
    assert _status(endpoint, f"GET /live/?{tokens} HTTP/1.1") == 403


def test_expired_token_is_refused(endpoint):
    assert _status(endpoint, f"GET /live/?token={_token(['unit:1'], 'person:1', seconds=5, ago=6)} HTTP/1.1") == 403


def test_stream_ends_with_its_token_and_says_so(endpoint):
    board = endpoint.visit(f"/live/?token={_token(['unit:1'], 'person:1', seconds=1)}")
    assert board.next().name == "expired"
    assert board.ends()
    Endpoint.settle(lambda: len(endpoint.hub) == 0)


def test_revoked_display_is_cut_off_and_cannot_come_back_with_its_token(
    endpoint, publish, django_capture_on_commit_callbacks
):
    wall, neighbour = endpoint.open(["unit:1"], "device:7"), endpoint.open(["unit:1"], "device:8")
    old = _token(["unit:1"], "device:7")
    with django_capture_on_commit_callbacks(execute=True):
        live.publish_close(live.device(7), at=datetime.now(UTC))
    assert wall.next().name == "closed"
    assert wall.ends()
    assert _status(endpoint, f"GET /live/?token={old} HTTP/1.1") == 403
    publish("unit:1", measures=[4])
    assert neighbour.next().measures == [4]
    again = endpoint.open(["unit:1"], "device:7")
    assert again.status == 200  # paired again: a token that was made after the revocation


def test_one_person_cannot_take_every_stream(endpoint, monkeypatch):
    monkeypatch.setattr("huddleboard.live.application.MOST_STREAMS_OF_ONE", 3)
    boards = [endpoint.open(["unit:1"], "person:1") for _ in range(4)]
    assert [board.status for board in boards] == [200, 200, 200, 429]
    other = endpoint.open(["unit:1"], "person:2")
    assert other.status == 200


def test_closed_browser_is_forgotten(endpoint):
    board = endpoint.open(["unit:1"])
    board.close()
    Endpoint.settle(lambda: len(endpoint.hub) == 0)


def test_server_that_goes_says_so(serve):
    served = serve()
    board = served.open(["unit:1"])
    served.stop()
    assert board.next().name == "restart"
    assert board.ends()


def test_other_http_implementations_get_the_same_stream(serve, publish):
    served = serve(http="h11")
    board = served.open(["unit:1"])
    publish("unit:1", measures=[5])
    assert board.next().measures == [5]
    served.stop()
    assert board.next().name == "restart"
