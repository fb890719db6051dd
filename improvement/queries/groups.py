"""Groups of patients around the change of a ticket or a test, guarded: of published months alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from boards.queries.around import Around, groups_around
from boards.queries.strata import dimensions_of

if TYPE_CHECKING:
    from boards.models import Dimension, Measure
    from boards.queries.board import Reader
    from org.models import Unit


@dataclass(frozen=True, slots=True)
class Split:
    """What is told by the chosen dimension, None where nothing is; `dimensions`: by which one can look."""

    told: Around | None
    dimensions: "Sequence[Dimension]"


def split_around(
    unit: "Unit", measure: "Measure", first: date | None, last: date, reader: "Reader", by: str = ""
) -> Split:
    """The groups of `measure` before `first` and until `last`, by the dimension with the code `by` or the first. Five
    statements at most; nothing for whoever may not see groups.
    """
    if first is None or not measure.stratifiable or not reader.may_see_groups(measure):
        return Split(None, ())
    dimensions = dimensions_of(unit, measure, last)
    chosen = next((one for one in dimensions if one.code == by), dimensions[0] if dimensions else None)
    return Split(groups_around(unit, measure, chosen, first, last) if chosen else None, dimensions)
