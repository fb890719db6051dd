"""Twelve simulated months through the real tasks: the rates that docs/methods.md promises.

A night in the database is the rules on whole series (`test_night`); `python -m bench signals_year` runs a larger house.
"""

import pytest

from bench.signals_year import simulate


@pytest.mark.slow
@pytest.mark.django_db
def test_a_year_of_the_real_tasks_gives_the_promised_rates(capsys):
    found = simulate(seed=1, wards=2, measures=5)
    with capsys.disabled():
        print(f"\n{found.words()}")
    assert (found.nights, found.series) == (365, 60)
    # Below one a month for 20 measures × 6 groups of a place; 15 points that begin in a quarter after 18 to 35 days.
    assert found.false_a_month < 1
    assert found.found_share == 1
    assert found.found_after <= 35
