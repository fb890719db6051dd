"""A board that comes back gets what it missed, once; or is told that it must load itself anew."""

import time
from datetime import UTC, datetime

import pytest

from org import live
from tests.live_stage import Endpoint


def test_what_was_missed_is_replayed_in_order_and_once(endpoint, publish):
    board = endpoint.open(["unit:1"])
    publish("unit:1", measures=[0])
    assert board.next().measures == [0]
    board.close()
    for number in range(1, 30):
        publish(f"unit:{1 + number % 2}", measures=[number])
    back = endpoint.reopen(board, ["unit:1"])
    assert [back.next().measures[0] for _ in range(14)] == list(range(2, 30, 2))
    publish("unit:1", measures=[99])
    assert back.next().measures == [99]
    assert back.silent_for(0.4)


def test_last_id_in_the_address_serves_a_new_event_source(endpoint, publish):
    board = endpoint.open(["unit:1"])
    publish("unit:1", measures=[1])
    board.next()
    board.close()
    publish("unit:1", measures=[2])
    address = live.live_url(["unit:1"], "person:1", at=datetime.now(UTC)).split("&since")[0]
    back = endpoint.visit(f"{address}&last={board.last_id}")
    assert back.next().measures == [2]


def test_header_of_the_browser_goes_before_the_address(endpoint, publish):
    board = endpoint.open(["unit:1"])
    for number in (1, 2, 3):
        publish("unit:1", measures=[number])
    first, second = board.next(), board.next()
    address = live.live_url(["unit:1"], "person:1", at=datetime.now(UTC)).split("&since")[0]
    back = endpoint.visit(f"{address}&last={first.id}", last_event_id=second.id)
    assert back.next().measures == [3]


def test_page_gets_what_happened_while_it_was_being_rendered(endpoint, publish):
    address = live.live_url(["unit:1"], "person:1", at=datetime.now(UTC))
    publish("unit:1", measures=[1])
    board = endpoint.visit(address)
    assert board.next().measures == [1]


def test_new_hub_replays_what_an_older_one_gave_out(serve, publish):
    first = serve()
    board = first.open(["unit:1"])
    publish("unit:1", measures=[1])
    board.next()
    first.stop()
    publish("unit:1", measures=[2])
    second = serve()
    back = second.reopen(board, ["unit:1"])
    assert back.next().measures == [2]
    assert back.silent_for(0.4)


def test_board_that_missed_more_than_is_kept_is_told_to_reset(valkey, serve, publish):
    served = serve(replay_length=10)
    board = served.open(["unit:1"])
    publish("unit:1", measures=[0])
    board.next()
    board.close()
    for number in range(1, 25):
        publish("unit:1", measures=[number])
    client = valkey.client()
    newest = tuple(map(int, client.xrevrange(live.STREAM, count=1)[0][0].decode().split("-")))
    client.close()
    Endpoint.settle(lambda: served.hub._ring.last == newest)
    Endpoint.settle(lambda: len(served.hub._ring.after((0, 0), {"unit:1"})) < 20)
    back = served.reopen(board, ["unit:1"])
    event = back.next()
    assert event.name == "reset"
    publish("unit:1", measures=[99])
    assert back.next().measures == [99]


def test_id_older_than_the_trimmed_stream_is_told_to_reset(valkey, serve, publish):
    for number in range(5):
        publish("unit:1", measures=[number])
    client = valkey.client()
    first_id = client.xrange(live.STREAM)[0][0].decode()
    client.xtrim(live.STREAM, maxlen=2, approximate=False)
    client.close()
    served = serve()
    assert served.open(["unit:1"], last_event_id=first_id).next().name == "reset"


def test_nothing_is_lost_when_valkey_is_killed(valkey, endpoint, publish):
    board = endpoint.open(["unit:1"])
    publish("unit:1", measures=[1])
    assert board.next().measures == [1]
    valkey.kill()
    time.sleep(0.3)
    assert board.silent_for(0.3)  # and not one ping: the board must not believe that it is up to date
    publish("unit:1", measures=[2])  # nobody can take it: told by "check" below
    valkey.start()
    publish("unit:1", measures=[3])
    seen = [board.next(skip=("ping",)) for _ in range(2)]
    assert sorted(event.name for event in seen) == ["change", "check"]
    assert next(event for event in seen if event.name == "change").measures == [3]
    publish("unit:1", measures=[4])
    assert board.next().measures == [4]


def test_stream_is_refused_while_valkey_is_away_and_taken_up_after(valkey, endpoint):
    valkey.kill()
    Endpoint.settle(lambda: not _healthy(endpoint))
    assert endpoint.open(["unit:1"]).status == 503
    valkey.start()
    Endpoint.settle(lambda: _healthy(endpoint))
    board = endpoint.open(["unit:1"])
    assert board.status == 200


def test_boards_are_reset_when_valkey_comes_back_empty(valkey, endpoint, publish):
    board, away = endpoint.open(["unit:1"], "person:1"), endpoint.open(["unit:1"], "person:2")
    publish("unit:1", measures=[1])
    assert board.next().measures == away.next().measures == [1]
    away.close()
    valkey.kill()
    valkey.lose_everything()
    valkey.start()
    assert board.next(skip=("ping", "check")).name == "reset"
    publish("unit:1", measures=[2])
    assert board.next().measures == [2]
    back = endpoint.reopen(away, ["unit:1"], "person:2")
    assert back.next().name == "reset"


def test_hub_that_starts_without_valkey_finds_it_later(valkey, serve, publish):
    valkey.kill()
    served = serve()
    assert served.open(["unit:1"]).status == 503
    valkey.start()
    Endpoint.settle(lambda: _healthy(served))
    board = served.open(["unit:1"])
    publish("unit:1", measures=[1])
    assert board.next().measures == [1]


def _healthy(endpoint):
    return endpoint.hub._heard > float("-inf")


@pytest.mark.parametrize("rounds", [20])
def test_boards_that_come_and_go_all_the_time_miss_nothing(endpoint, publish, rounds):
    board = endpoint.open(["unit:1"])
    seen = []
    for number in range(rounds):
        publish("unit:1", measures=[2 * number])
        if number % 2:
            seen.append(board.next().measures[0])
        board.close()
        publish("unit:1", measures=[2 * number + 1])
        board = endpoint.reopen(board, ["unit:1"])
    while len(set(seen)) < 2 * rounds:
        seen.append(board.next().measures[0])
    assert seen == list(range(2 * rounds))
