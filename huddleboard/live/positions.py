"""Where in the stream: Redis stream ids as ordered pairs (milliseconds, sequence)."""

import re
from typing import Final

Position = tuple[int, int]

BEGINNING: Final[Position] = (0, 0)

_ID: Final = re.compile(r"(\d{1,15})-(\d{1,15})")


def position(text: str) -> Position:
    """The position that a stream id such as "1763837160000-0" names. Raises ValueError for anything else."""
    match = _ID.fullmatch(text)
    if match is None:
        message = "Not a stream id."
        raise ValueError(message)
    return int(match[1]), int(match[2])


def stream_id(at: Position) -> str:
    """The stream id of a position."""
    return f"{at[0]}-{at[1]}"
