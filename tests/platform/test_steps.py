import socket
import time

import pytest

from huddleboard.run.ports import free_port
from huddleboard.run.services import DiedError, Running, Service, stop_leftovers
from huddleboard.run.steps import StepError, Steps


def wait_for(condition, seconds=20.0):
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def test_step_shows_its_words_and_time(capsys):
    steps = Steps()
    with steps.step("tables") as words:
        words.append("3 migrations applied")
    assert "tables – 3 migrations applied (0.0 s)\n" in capsys.readouterr().out


def test_failed_step_says_what_to_do(capsys):
    steps = Steps()
    with (
        pytest.raises(StepError, match=r"ValueError: no\nWhat to do: try this"),
        steps.step("tables", advice="try this"),
    ):
        raise ValueError("no")
    assert "tables – FAILED" in capsys.readouterr().out


def test_taken_port_gives_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert number < free_port("127.0.0.1", number) < number + 50


def test_process_that_dies_is_named_with_the_end_of_its_log(tmp_path):
    running = Running(tmp_path)
    running.start(Service("worker", ("json.tool", "/nowhere/at/all")))
    try:
        wait_for(lambda: "nowhere" in (tmp_path / "worker.log").read_text())
        with pytest.raises(DiedError, match=r"(?s)The worker process ended with code [12].*nowhere"):
            wait_for(running.check)
    finally:
        running.stop()


def test_stop_ends_all_processes_and_forgets_their_numbers(tmp_path):
    running = Running(tmp_path)
    running.start(Service("web", ("http.server", str(free_port("127.0.0.1", 21000)), "--bind", "127.0.0.1")))
    assert [path.name for path in tmp_path.glob("*.pid")] == ["web.pid"]
    running.check()
    running.stop()
    assert list(tmp_path.glob("*.pid")) == []


def test_what_a_killed_run_left_is_found_and_ended(tmp_path):
    port = free_port("127.0.0.1", 22000)
    left = Running(tmp_path)
    left.start(Service("web", ("http.server", str(port), "--bind", "127.0.0.1")))
    try:
        wait_for(lambda: free_port("127.0.0.1", port) != port)
        assert stop_leftovers(tmp_path) == ["web"]
        assert stop_leftovers(tmp_path) == []
        with pytest.raises(DiedError):
            wait_for(left.check)
    finally:
        left.stop()


def test_number_that_belongs_to_a_stranger_is_left_alone(tmp_path):
    stranger = Running(tmp_path)
    service = Service("web", ("http.server", str(free_port("127.0.0.1", 23000)), "--bind", "127.0.0.1"))
    stranger.start(service)
    try:
        path = tmp_path / "web.pid"
        path.write_text(f"{path.read_text().split()[0]} uvicorn huddleboard.asgi:application")
        assert stop_leftovers(tmp_path) == []
        stranger.check()
    finally:
        stranger.stop()
