"""Tickets of improvement work with papers and cycles; goals with two halves; guidelines that use race; who answers."""

from improvement.models.accountability import EquityLeader, YearlyReport
from improvement.models.algorithms import Algorithm, AlgorithmReview
from improvement.models.analyses import Cause, Countermeasure, PlanStep
from improvement.models.cycles import Cycle, CycleNumber
from improvement.models.drivers import Driver
from improvement.models.equity_checks import EquityCheck
from improvement.models.goals import Goal, Review, Voice
from improvement.models.papers import Paper, PaperComment, PaperVersion, PaperWriter
from improvement.models.spread import Offer, OfferedTo
from improvement.models.tickets import Origin, Ticket, TicketStep, WorkLimit
from improvement.models.words import TicketWords

__all__ = [
    "Algorithm",
    "AlgorithmReview",
    "Cause",
    "Countermeasure",
    "Cycle",
    "CycleNumber",
    "Driver",
    "EquityCheck",
    "EquityLeader",
    "Goal",
    "Offer",
    "OfferedTo",
    "Origin",
    "Paper",
    "PaperComment",
    "PaperVersion",
    "PaperWriter",
    "PlanStep",
    "Review",
    "Ticket",
    "TicketStep",
    "TicketWords",
    "Voice",
    "WorkLimit",
    "YearlyReport",
]
