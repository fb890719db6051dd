"""The closed loop: raising, taking, handing on, answering, confirming; joining what is the same; clocks that ring."""

from huddles.actions.issues.answering import answer, decline, finish, settle
from huddles.actions.issues.closing import confirm, read_out, reopen, reporter_says
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
from huddles.actions.issues.looking import look_in
from huddles.actions.issues.planning import drop_check_in, move_check_in, plan_check_in
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
    "drop_check_in",
    "edit",
    "escalate",
    "finish",
    "inherit",
    "look_in",
    "merge",
    "move_check_in",
    "park",
    "pass_on",
    "plan_check_in",
    "raise_issue",
    "read_out",
    "reopen",
    "reporter_says",
    "resume",
    "ring",
    "ring_due",
    "settle",
    "transfer",
    "unmerge",
]
