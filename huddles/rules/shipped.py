"""What this room puts there for a start: agendas and lists of words, marked for translation (`org.shipped`)."""

from typing import Any

from huddles.rules.agendas import DEFAULT_AGENDAS
from huddles.rules.issues import DEFAULT_CHOICES


def shipped_texts() -> list[Any]:
    """Titles and questions of the agendas, and the words to choose from."""
    lines = [line for agenda in DEFAULT_AGENDAS.values() for line in agenda]
    words = [word for rows in DEFAULT_CHOICES.values() for _code, word in rows]
    return [*(line.title for line in lines), *(line.prompt for line in lines), *words]
