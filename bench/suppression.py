"""Complementary suppression of tables of 6 × 6 × 3 with all their margins, from nearly empty to large.

Figures are milliseconds of processor time a table (one core): the median and the slowest of all tables, and the median
of each kind. A table counts with the fastest of three runs, so that what else the machine does is not measured.
"""

import statistics
import time

import numpy as np

from analytics.small_cells import suppress_crossing

SHAPE, TABLES = (6, 6, 3), 40
MEANS = {"empty": 3, "sparse": 12, "mixed": 40, "dense": 150, "large": 1000}


def run(*, small: bool = False) -> dict[str, object]:
    """Milliseconds a table, and how many cells of all were small and hidden besides."""
    rng = np.random.default_rng(20260115)
    count = 4 if small else TABLES
    taken: dict[str, list[float]] = {name: [] for name in MEANS}
    cells = few = further = 0
    suppress_crossing(rng.poisson(5, SHAPE))
    for name, mean in MEANS.items():
        for _ in range(count):
            counts = rng.poisson(rng.gamma(0.6, mean, SHAPE))
            runs = []
            for _ in range(3):
                begun = time.process_time()
                mask = suppress_crossing(counts)
                runs.append(time.process_time() - begun)
            taken[name].append(min(runs) * 1000)
            cells += mask.codes.size
            few += int((mask.codes == 1).sum())
            further += int((mask.codes == 2).sum())
    every = [value for values in taken.values() for value in values]
    return {
        "tables": len(every),
        "median_ms": round(statistics.median(every), 1),
        "slowest_ms": round(max(every), 1),
        **{f"{name}_ms": round(statistics.median(values), 1) for name, values in taken.items()},
        "small_share": round(few / cells, 3),
        "further_share": round(further / cells, 3),
    }
