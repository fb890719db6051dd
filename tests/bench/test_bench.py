"""Every bench runs at a tiny size and finds the right answers; what it measures is for `make bench` to judge."""

import os
import subprocess
import sys

import pytest

from bench.bars import BARS, holds, wrong
from bench.report import report
from huddleboard.embedded.state import PROJECT

#: All but `memory`, which starts the whole house, `weight`, which needs a browser, and `signals_year`, whose nights
#: `tests/boards/signals` walks through.
SMALL = (
    "board", "snapshots", "feeds", "spc", "disparity", "suppression", "push", "issues", "equity", "signals",
    "rounds",
)  # fmt: skip


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    """Where the first bench with pages puts their files; the others find them."""
    return tmp_path_factory.mktemp("static")


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_a_small_bench_finds_the_right_answers(name, static, migrated_database):
    environment = os.environ | {
        "STATIC_ROOT": str(static),
        "BENCH_DATABASE": f"huddleboard_bench_{os.getpid()}",
        "BENCH_TEMPLATE": migrated_database,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--small"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for bar in BARS:
        assert (bar.what in done.stdout) == (bar.bench == name)


def test_a_bar_holds_up_to_its_limit_and_no_further():
    bar = next(bar for bar in BARS if bar.limit == 1.3)
    assert holds(bar, {bar.figure: 1.3})
    assert not holds(bar, {bar.figure: 1.31})


def test_a_failed_check_of_answers_is_named():
    assert wrong({"ratio": 0.5, "same_sums": False, "all_arrived": True, "lost": 0}) == ["same_sums"]


def test_the_report_tells_what_holds_what_is_missed_and_what_was_not_measured():
    bars = [bar for bar in BARS if bar.bench == "spc"]
    figures = {bar.figure: bar.limit / 2 for bar in bars} | {bars[1].figure: bars[1].limit * 2, "same": False}
    text = report({"spc": {"at": "2026-11-22 12:00 UTC", "load": "0.5", "machine": "one", "figures": figures}})
    lines = {bar.what: next(line for line in text.splitlines() if bar.what in line) for bar in BARS}
    assert lines[bars[0].what].endswith("holds |")
    assert lines[bars[1].what].endswith("**missed** |")
    assert all(lines[bar.what].endswith("not measured | |") for bar in BARS if bar.bench != "spc")
    assert "Wrong answers: same" in text


def test_figures_of_several_machines_say_on_which_each_was_taken():
    one = {"at": "2026-11-22 12:00 UTC", "load": "0.5", "machine": "two cores", "figures": {"ratio": 1}}
    alone = report({"spc": one, "push": one})
    assert alone.count("Machine: two cores.") == 1
    assert alone.index("Machine: ") < alone.index("| what |")
    mixed = report({"spc": one, "push": one | {"machine": "four cores"}})
    assert "Machine: four cores." in mixed[mixed.index("## push") :]
    assert "Machine: two cores." in mixed[mixed.index("## spc") : mixed.index("## push")]
    assert "Machine: " not in mixed[: mixed.index("| what |")]
