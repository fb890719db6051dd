"""Agendas, huddles and what is said in them; issues, their history and what hangs on them; clocks, words, alerts."""

from huddles.models.agendas import Agenda, AgendaLine, AgendaVersion
from huddles.models.alerts import AlertReceipt, SystemAlert
from huddles.models.choices import Choice, Confidant, ServiceLevel
from huddles.models.huddles import CaptureCode, Huddle, HuddleEntry, HuddleMark, HuddleNote, UnitHabits
from huddles.models.issues import Attachment, CheckIn, Comment, Issue, IssueCopy, IssueEvent
from huddles.models.signals import SignalIssue

__all__ = [
    "Agenda",
    "AgendaLine",
    "AgendaVersion",
    "AlertReceipt",
    "Attachment",
    "CaptureCode",
    "CheckIn",
    "Choice",
    "Comment",
    "Confidant",
    "Huddle",
    "HuddleEntry",
    "HuddleMark",
    "HuddleNote",
    "Issue",
    "IssueCopy",
    "IssueEvent",
    "ServiceLevel",
    "SignalIssue",
    "SystemAlert",
    "UnitHabits",
]
