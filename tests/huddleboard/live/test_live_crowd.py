"""Many boards at once, and one that does not read."""

import resource
import selectors
import socket
from datetime import UTC, datetime

import pytest

from org import live
from tests.live_stage import Endpoint

BOARDS = 1000
EVENTS = 20


@pytest.mark.slow
def test_a_thousand_boards_lose_nothing(endpoint, publish):
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    boards = BOARDS if soft > 3 * BOARDS else soft // 3  # both ends of each stream are in this process
    url = live.live_url(["unit:1"], "device:1", at=datetime.now(UTC))
    selector = selectors.DefaultSelector()
    texts = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huddleboard.live.application.MOST_STREAMS_OF_ONE", BOARDS)
        for _ in range(boards):
            one = socket.create_connection(("127.0.0.1", endpoint.port))
            one.sendall(f"GET {url} HTTP/1.1\r\nHost: b\r\n\r\n".encode())
            one.setblocking(False)
            selector.register(one, selectors.EVENT_READ)
            texts[one] = ""
        Endpoint.settle(lambda: len(endpoint.hub) == boards, 30)
    for number in range(EVENTS):
        publish("unit:1", measures=[number])
    wanted = [f'"measures":[{number}]' for number in range(EVENTS)]
    waiting = set(texts)
    while waiting:
        ready = selector.select(timeout=10)
        assert ready, f"{len(waiting)} boards wait for ever"
        for key, _ in ready:
            texts[key.fileobj] += key.fileobj.recv(65536).decode()
            if wanted[-1] in texts[key.fileobj]:
                waiting.discard(key.fileobj)
    for one, text in texts.items():
        found = [part.split("}")[0] for part in text.split('"unit":1,')[1:]]
        assert found == wanted
        one.close()
    selector.close()


def test_board_that_does_not_read_is_let_go_and_disturbs_nobody(endpoint, publish, django_capture_on_commit_callbacks):
    stuck, reader = endpoint.open(["unit:1"], "person:1", buffer=4096), endpoint.open(["unit:1"], "person:2")
    many = list(range(1000))
    read = 0
    while endpoint.hub.streams_of("person:1"):
        with django_capture_on_commit_callbacks(execute=True):
            live.publish_many([("unit:1", {"measures": many})] * 10)
        for _ in range(10):
            assert reader.next().measures == many
            read += 1
        assert read < 20_000, "it is never let go"
    assert endpoint.hub.streams_of("person:2") == 1
    publish("unit:1", measures=[1])
    assert reader.next().measures == [1]
    with pytest.raises((ConnectionError, EOFError)):
        stuck.next(skip=("ping", "check", "change"))
    stuck.close()
    reader.close()
