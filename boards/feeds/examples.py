"""A mapping to begin with: weekly emergency attendances, one line per hospital."""

from collections.abc import Mapping
from typing import Any, Final

EXAMPLE: Final[Mapping[str, Any]] = {
    "form": "wide",
    "unit": {"column": "Hospital", "codes": {"A111H": "crosshouse"}},
    "period": {"column": "WeekEnding", "means": "week_ending"},
    "dates": {"order": "dmy"},
    "measures": [
        {
            "measure": "ed_within_4_hours",
            "numerator": {"column": "Attendances", "minus": "Over4Hours"},
            "denominator": {"column": "Attendances"},
        }
    ],
    "ignore": ["Region"],
}
