"""In which order tests run: each process begins with files that take long, and ends with tests that take a moment.

A file that is begun early is not shared out between processes, so what it makes once is made once; and at the end
nobody waits for one long test.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

Test = TypeVar("Test")


def dealt(
    tests: Sequence[Test], workers: int, file_of: Callable[[Test], str], is_slow: Callable[[Test], bool]
) -> list[Test]:
    """The same `tests`, files with slow ones dealt out to the fronts of as many equal parts as there are `workers`.

    The parts are those into which xdist's `worksteal` cuts the list before anybody takes work from another.
    """
    files = [list(group) for _file, group in groupby(tests, file_of)]
    slow = [file for file in files if any(is_slow(test) for test in file)]
    quick = iter([test for file in files if not any(is_slow(test) for test in file) for test in file])
    found: list[Test] = []
    left = len(tests)
    for worker in range(workers):
        size = left // (workers - worker)
        mine = [test for file in slow[worker::workers] for test in file]
        mine += [test for _place, test in zip(range(max(0, size - len(mine))), quick, strict=False)]
        found += mine
        left -= len(mine)
    return [*found, *quick]
