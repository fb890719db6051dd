"""Goals with two halves, voices, reviews; guidelines that use race; who leads the work on equity, what was told."""

from improvement.models.accountability import EquityLeader, YearlyReport
from improvement.models.algorithms import Algorithm, AlgorithmReview
from improvement.models.goals import Goal, Review, Voice

__all__ = ["Algorithm", "AlgorithmReview", "EquityLeader", "Goal", "Review", "Voice", "YearlyReport"]
