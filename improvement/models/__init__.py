"""Goals with two halves, voices, reviews."""

from improvement.models.goals import Goal, Review, Voice

__all__ = ("Goal", "Review", "Voice")
