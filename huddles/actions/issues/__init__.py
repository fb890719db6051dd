"""The closed loop: raising, taking, handing on, answering, confirming; joining what is the same; clocks that ring."""

from huddles.actions.issues.answering import answer, decline, finish, settle
from huddles.actions.issues.closing import confirm, read_out, reopen
from huddles.actions.issues.handing import (
    acknowledge,
    assign,
    copy_to,
    delegate,
    escalate,
    inherit,
    park,
    resume,
    transfer,
)
from huddles.actions.issues.joining import merge, unmerge
from huddles.actions.issues.raising import edit, raise_issue
from huddles.actions.issues.ringing import pass_on, ring, ring_due

__all__ = [
    "acknowledge",
    "answer",
    "assign",
    "confirm",
    "copy_to",
    "decline",
    "delegate",
    "edit",
    "escalate",
    "finish",
    "inherit",
    "merge",
    "park",
    "pass_on",
    "raise_issue",
    "read_out",
    "reopen",
    "resume",
    "ring",
    "ring_due",
    "settle",
    "transfer",
    "unmerge",
]
