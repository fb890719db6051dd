"""What the audit trail calls the events of this room, and the facts that they carry."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

_GOALS: Final[Mapping[str, Any]] = {
    "goal.activated": _("Goal begun"),
    "goal.closed": _("Goal ended"),
    "goal.drafted": _("Goal drafted"),
    "goal.written": _("Words of a goal changed"),
    "review.held": _("Review of a goal held"),
    "review.planned": _("Review of a goal planned"),
    "review.taken_off": _("Review of a goal taken off"),
    "voice.answered": _("Answer to a voice written"),
    "voice.recorded": _("Voice of the community recorded"),
}

_TICKETS: Final[Mapping[str, Any]] = {
    "ticket.begun": _("Ticket begun"),
    "ticket.linked": _("Ticket linked with what it began from"),
    "ticket.moved": _("Ticket moved"),
    "ticket.unlinked": _("Link of a ticket taken away"),
    "ticket.written": _("Words of a ticket changed"),
    "work_limit.set": _("Limit of work set"),
}

_CYCLES: Final[Mapping[str, Any]] = {
    "cycle.counted": _("Number of a cycle written"),
    "cycle.dropped": _("Plan of a cycle taken away"),
    "cycle.ended": _("Cycle ended"),
    "cycle.found": _("What a cycle found was written"),
    "cycle.planned": _("Cycle planned"),
    "cycle.started": _("Cycle started"),
    "cycle.written": _("Plan of a cycle changed"),
    "equity_check.written": _("Equity check written"),
}

_PAPERS: Final[Mapping[str, Any]] = {
    "paper.arranged": _("Head of an A3 changed"),
    "paper.begun": _("A3 begun"),
    "paper.comment_opened": _("Comment on an A3 opened again"),
    "paper.comment_settled": _("Comment on an A3 settled"),
    "paper.commented": _("A3 commented on"),
    "paper.kept": _("Version of an A3 kept"),
    "paper.restored": _("Earlier version of an A3 brought back"),
    "paper.written": _("A3 written in"),
    "paper_row.added": _("Row of an A3 added"),
    "paper_row.done": _("Step of a plan done"),
    "paper_row.opened": _("Step of a plan opened again"),
    "paper_row.put_back": _("Row of an A3 put back"),
    "paper_row.taken_away": _("Row of an A3 taken away"),
    "paper_row.written": _("Row of an A3 changed"),
}

_OFFERS: Final[Mapping[str, Any]] = {
    "offer.declined": _("Offered change declined"),
    "offer.made": _("Change offered to other units"),
    "offer.taken": _("Offered change taken up"),
}

VERBS: Final[Mapping[str, Any]] = {
    **_GOALS,
    **_TICKETS,
    **_CYCLES,
    **_PAPERS,
    **_OFFERS,
    "algorithm.added": _("Guideline that uses race added"),
    "algorithm.changed": _("Guideline that uses race changed"),
    "algorithm.reviewed": _("Guideline that uses race reviewed"),
    "algorithms.adopted": _("Starting list of guidelines taken"),
    "equity_leader.ended": _("Leader for equity ended"),
    "equity_leader.named": _("Leader for equity named"),
    "evidence.made": _("Evidence pack made"),
    "yearly_report.told": _("Yearly report told"),
}

FACTS: Final[Mapping[str, Any]] = {
    "audience": _("to whom"),
    "kind": _("kind"),
    "pdf": _("with a PDF"),
    "report_year": _("year"),
    "cycle": _("cycle"),
    "decision": _("decision"),
    "scale": _("scale"),
    "came_from": _("from stage"),
    "most": _("at most"),
    "origin": _("began from"),
    "size": _("size"),
    "stage": _("stage"),
    "ticket": _("ticket"),
    "goal": _("goal"),
    "goal_status": _("status of the goal"),
}
