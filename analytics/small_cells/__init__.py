"""Which numbers of a table may be shown, so that no count of 1 to 10 people can be read, subtracted or squeezed out."""

from analytics.small_cells.cells import THRESHOLD, Cell, Mask
from analytics.small_cells.crossings import suppress_crossing, with_totals
from analytics.small_cells.strata import Table, suppress

__all__ = ("THRESHOLD", "Cell", "Mask", "Table", "suppress", "suppress_crossing", "with_totals")
