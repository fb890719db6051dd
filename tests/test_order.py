"""Long tests begin first, each file in one part, and no test is lost."""

import pytest

from tests.order import dealt

TESTS = [f"{name}{number}" for name in "abcdefgh" for number in range(6)]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 60])
def test_every_test_runs_once_and_long_files_stay_whole(workers):
    found = dealt(TESTS, workers, file_of=lambda test: test[0], is_slow=lambda test: test in {"b3", "d0", "g5", "h1"})
    assert sorted(found) == sorted(TESTS)
    for name in "bdgh":
        places = [found.index(test) for test in TESTS if test[0] == name]
        assert places == list(range(places[0], places[0] + 6))
    if workers <= 4:
        parts = [found[part * 48 // workers : (part + 1) * 48 // workers] for part in range(workers)]
        assert all(part[0][0] in "bdgh" for part in parts)
