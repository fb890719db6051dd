"""The bars of false alarms and of speed, on a smaller simulation than the command's; the rules on weeks; the screen."""

import math
import subprocess
import sys

import numpy as np
import pytest

from analytics.outcomes import Reason, SettingError, ShapeError
from analytics.signals import DailyCounts, Harm, Policy
from analytics.signals.__main__ import main
from analytics.signals.screening import screen
from analytics.signals.simulation import SCENARIOS, Found, false_calls, found, late_gaps, strata, table
from analytics.signals.weekly import beyond, by_day, cusum, run_of_seven, two_of_three, weekly_z


@pytest.fixture(scope="module")
def results():
    return table(7, runs=800)


#: methods of the design, section 4: false alarm, 8 points (median day), 15 points; shares in per cent
PUBLISHED = {
    "D": (6.2, 98, 29, 100, 28),
    "E": (1.2, 86, 45, 100, 34),
    "F": (2.3, 88, 39, 100, 28),
    "J": (1.4, 93, 36, 100, 12),
}


@pytest.mark.parametrize("rule", PUBLISHED)
def test_the_table_is_found_again(results, rule):
    """Within four standard errors of 800 runs for shares, three days for medians."""
    none, eight, fifteen = results[rule]
    alarm, small, small_day, large, large_day = PUBLISHED[rule]
    for share, expected in ((none.share, alarm), (eight.share, small), (fifteen.share, large)):
        assert abs(share - expected / 100) < 4 * math.sqrt(max(expected * (100 - expected), 100) / 10_000 / 800)
    assert abs(eight.median_day - small_day) <= 3
    assert abs(fifteen.median_day - large_day) <= 3


def test_large_gaps_are_found_in_time(results):
    assert results["E"][2].median_day <= 35
    assert results["J"][2].median_day <= 14
    assert results["policy"][2].median_day <= 35
    assert results["policy"][1].share >= 0.86 - 0.05
    assert results["policy"][1].median_day <= 45


def test_looking_each_day_alone_cries_wolf(results):
    assert results["A"][0].share > 0.8
    assert results["policy"][0].share < results["E"][0].share


@pytest.mark.parametrize("number", [0, 6, 7, 13, 22])
def test_less_than_one_false_escalation_a_month(number):
    """20 measures × 6 groups over a year without a gap; upper end of the 95 % interval over simulated years."""
    calls = false_calls(5, SCENARIOS[number], runs=160)
    for rule in ("policy", "J"):
        mean, error = calls[rule]
        assert mean + 1.96 * error < 1.0, (SCENARIOS[number].name, rule, mean)


def test_without_confirmation_there_would_be_several():
    alone = false_calls(5, SCENARIOS[6], runs=30)
    assert alone["E"][0] > 2
    bare = false_calls(5, SCENARIOS[6], runs=30, policy=Policy(confirm=None))
    assert bare["policy"] == bare["E or F"]


def test_a_late_gap_is_found_because_the_sequence_begins_anew():
    anew = late_gaps(3, [300], runs=200)[300]["policy"]
    never = late_gaps(3, [300], runs=200, policy=Policy(restart=None))[300]["policy"]
    assert anew.share > 0.95
    assert anew.median_day <= 45
    assert never.median_day > anew.median_day


def test_the_same_seed_tells_the_same_story():
    scenario = SCENARIOS[2]
    assert false_calls(9, scenario, runs=5) == false_calls(9, scenario, runs=5)
    assert false_calls(9, scenario, runs=5) != false_calls(10, scenario, runs=5)
    with pytest.raises(SettingError):
        false_calls(9, scenario, runs=1)


def test_groups_of_a_scenario_share_their_patients():
    counts = strata(np.random.default_rng(1), SCENARIOS[3], 2, 30)
    people = (counts.people + counts.rest_people).reshape(2, 6, 30)
    events = (counts.events + counts.rest_events).reshape(2, 6, 30)
    assert (people == people[:, :1]).all()
    assert (events == events[:, :1]).all()


def test_medians_are_among_all_series():
    assert found(np.array([3.0, -1, -1])) == Found(1 / 3, math.inf)
    assert found(np.array([3.0, 5, -1])) == Found(2 / 3, 5.0)


def test_the_command_prints_tables_and_says_whether_the_bars_hold(capsys):
    assert main(["--seed", "4", "--runs", "200", "--years", "40"]) == 0
    said = capsys.readouterr().out
    assert "| E = D on several board days |" in said
    assert "All bars hold." in said
    assert said.count("six groups of") == len(SCENARIOS) - 1


@pytest.mark.parametrize("wrong", [["--runs", "0"], ["--years", "1"], ["--seed", "x"]])
def test_the_command_refuses_nonsense(wrong):
    with pytest.raises(SystemExit):
        main(wrong)


def test_signals_load_no_scipy():
    code = "import sys, analytics.signals; sys.exit(any(name.startswith('scipy') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_weekly_gaps_in_standard_errors():
    counts = DailyCounts.of(np.full(15, 4), 8, np.full(15, 20), 24)
    z = weekly_z(counts, Harm.LOW)
    pooled = 24 / 32
    error = math.sqrt(pooled * (1 - pooled) * (1 / 56 + 1 / 168))
    assert z.tolist() == pytest.approx([(20 / 24 - 4 / 8) / error] * 2)
    assert weekly_z(DailyCounts.of(np.zeros(7), 0, np.zeros(7), 5), Harm.LOW).tolist() == [0.0]


def test_weekly_rules():
    z = np.array([2.5, 0.5, 2.1, 3.5, 1, 1, 1, -1])
    assert beyond(z).tolist() == [False, False, False, True, False, False, False, False]
    assert two_of_three(z).tolist() == [False, False, True, True, True, False, False, False]
    assert run_of_seven(z).tolist() == [False] * 6 + [True, False]
    assert cusum(z).tolist() == [False, False, False, True, True, True, True, True]
    assert np.flatnonzero(by_day(beyond(z), 60)).tolist() == [27]
    with pytest.raises(SettingError):
        cusum(z, limit=-1)


def test_the_screen_flags_what_stands_out_among_many():
    rng = np.random.default_rng(8)
    people, rest = np.full(400, 300), np.full(400, 900)
    events, rest_events = rng.binomial(people, 0.8), rng.binomial(rest, 0.8)
    events[:20] = 195
    result = screen(events, people, rest_events, rest)
    assert result.stands_out[:20].all()
    assert result.stands_out[20:].sum() <= 8
    assert (result.adjusted >= result.p).all()


def test_the_screen_leaves_out_what_cannot_be_judged():
    result = screen([5, 0, 40, np.nan, 2], [20, 50, 100, 50, 50], [80, 0, 90, 5, 1], [100, 50, 100, 50, 50])
    few, same = Reason.TOO_FEW_TO_JUDGE, Reason.ALL_EQUAL
    assert result.reason.tolist() == [few, same, Reason.COMPUTED, Reason.NO_DATA, few]
    assert np.isnan(result.p).tolist() == [True, True, False, True, True]
    assert result.adjusted[2] == result.p[2]
    assert result.stands_out.tolist() == [False, False, True, False, False]
    with pytest.raises(ShapeError):
        screen([], [], [], [])
    with pytest.raises(SettingError):
        screen([5], [20], [80], [100], rate=0)
