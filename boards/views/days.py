"""Days as addresses and forms write them."""

from datetime import date
from typing import Final

#: Feeds refuse numbers of earlier days; arithmetic with dates needs room before it.
EARLIEST: Final = date(1900, 1, 1)


def read_day(text: str) -> date:
    """The day of an ISO date such as 2026-11-22. Raises ValueError where there is none, and before 1900."""
    day = date.fromisoformat(text)
    if day < EARLIEST:
        message = f"{text} lies before {EARLIEST.year}"
        raise ValueError(message)
    return day
