import numpy as np
import pytest

from analytics.small_cells import Mask, with_totals
from scripts import attack_tables
from tests.analytics.small_cells.attacker import crossing_bounds


def only_small(counts, **_options):
    """What is hidden by those who forget that totals are shown."""
    full = with_totals(counts)
    return Mask(((full > 0) & (full < 11)).astype(np.uint8))


@pytest.mark.slow
def test_attacker_derives_nothing_from_hundreds_of_tables():
    figures = attack_tables.run(400, 20)
    assert figures["tables"] == 400
    assert figures["small"] > 4_000
    assert {name: figures[name] for name in ("exact", "narrowed", "lines", "derived")} == {
        "exact": 0,
        "narrowed": 0,
        "lines": 0,
        "derived": 0,
    }


@pytest.mark.slow
def test_attacker_derives_nothing_from_what_is_shown_on_two_days():
    figures = attack_tables.run_publications(8, 20)
    assert figures["hidden"] > 100
    assert {name: figures[name] for name in ("exact", "narrowed", "unshown", "lines", "derived")} == {
        "exact": 0,
        "narrowed": 0,
        "unshown": 0,
        "lines": 0,
        "derived": 0,
    }


def test_attacker_agrees_with_two_programs_a_cell():
    derived = 0
    for counts, _ in attack_tables.tables(12, 9):
        mask, rows = only_small(counts), attack_tables.margins(counts.shape)
        attack = attack_tables.Attack("", rows, rows @ counts.ravel(), mask.shown.ravel())
        attack_tables.press([attack])
        plain = {index: (value, low, high) for index, value, low, high in crossing_bounds(counts, mask.shown)}
        exact = {tuple(at) for at in np.argwhere(attack.exact().reshape(mask.codes.shape)).tolist()}
        small = {tuple(at) for at in np.argwhere(attack.small().reshape(mask.codes.shape)).tolist()}
        assert exact == {index for index, (_, low, high) in plain.items() if low == high}
        assert small == {index for index, (value, low, high) in plain.items() if 0 < value < 11 and low and high < 11}
        derived += len(small)
    assert derived > 50


def test_command_prints_its_figures(capsys):
    assert attack_tables.main(["--tables", "5", "--seed", "3"]) == 0
    printed = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert printed["tables"] == "5"
    assert printed["derived"] == "0"
