"""Tickets of improvement work; goals with two halves, voices, reviews; guidelines that use race; who answers."""

from improvement.models.accountability import EquityLeader, YearlyReport
from improvement.models.algorithms import Algorithm, AlgorithmReview
from improvement.models.cycles import Cycle, CycleNumber
from improvement.models.equity_checks import EquityCheck
from improvement.models.goals import Goal, Review, Voice
from improvement.models.tickets import Origin, Ticket, TicketStep, WorkLimit

__all__ = [
    "Algorithm",
    "AlgorithmReview",
    "Cycle",
    "CycleNumber",
    "EquityCheck",
    "EquityLeader",
    "Goal",
    "Origin",
    "Review",
    "Ticket",
    "TicketStep",
    "Voice",
    "WorkLimit",
    "YearlyReport",
]
