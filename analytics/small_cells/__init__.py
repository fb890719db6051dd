"""Which numbers of a table may be shown, so that no count of 1 to 10 people can be read, subtracted or squeezed out."""

from analytics.small_cells.cells import THRESHOLD, Cell, Mask
from analytics.small_cells.crossings import suppress_crossing, with_totals
from analytics.small_cells.houses import House
from analytics.small_cells.judgement import Judged, gap_reasons, judged_rate
from analytics.small_cells.pooling import Pooled, pool_until, windows_of_place, windows_of_time
from analytics.small_cells.publication import Protection, protect, suppress_table
from analytics.small_cells.strata import Table, suppress
from analytics.small_cells.views import Cells, View

__all__ = (
    "THRESHOLD",
    "Cell",
    "Cells",
    "House",
    "Judged",
    "Mask",
    "Pooled",
    "Protection",
    "Table",
    "View",
    "gap_reasons",
    "judged_rate",
    "pool_until",
    "protect",
    "suppress",
    "suppress_crossing",
    "suppress_table",
    "windows_of_place",
    "windows_of_time",
    "with_totals",
)
