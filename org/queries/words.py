"""What somebody types into a search field, as a question to PostgreSQL's index of words."""

import re
from typing import Final

from django.contrib.postgres.search import SearchQuery

#: Words of a search that are looked for.
MOST_WORDS: Final = 8


def beginning_with(text: str) -> SearchQuery | None:
    """Asks for all words of `text`, or words that begin with them, in any language; None where it has no word."""
    parts = re.findall(r"[^\W_]+", text)[:MOST_WORDS]
    if not parts:
        return None
    return SearchQuery(" & ".join(f"{part}:*" for part in parts), config="simple", search_type="raw")
