"""What this room puts there for a start: questions and tasks, marked for translation (`org.shipped`)."""

from typing import Any

from rounding.rules import starting_sets, starting_tasks


def shipped_texts() -> list[Any]:
    """Texts of the question sets and of leader standard work."""
    return [*starting_sets.shipped_texts(), *starting_tasks.shipped_texts()]
