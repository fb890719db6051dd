"""Rows of the access table about improvement work."""

from org.rules import Role
from tests.huddleboard.access_rows import GOES, Row, row

TICKET = {"pk": "ticket"}
CYCLE = {"pk": "cycle"}
KANBAN = {"unit_id": "unit"}
WORKS = tuple(
    role.value for role in (Role.STAFF, Role.UNIT_LEAD, Role.MANAGER, Role.EXECUTIVE, Role.EQUITY_OFFICER, Role.COACH)
)
LEADS = (Role.UNIT_LEAD.value, Role.MANAGER.value, Role.EXECUTIVE.value)


def workers(name: str, code: int = 200, method: str = "get", arguments: dict[str, str] = TICKET) -> Row:
    """Only whoever works on improvements of the ward; nothing is there for somebody outside."""
    return row(name, 403, method, arguments=arguments, outsider=404, **dict.fromkeys(WORKS, code))


def pages(name: str, **more: str) -> Row:
    """Of the page of a ticket: for whoever sees the ward's board."""
    return row(f"improvement:{name}", 200, arguments={**TICKET, **more}, outsider=404)


CAUSES = {"section": "causes"}
CAUSE = {**TICKET, **CAUSES, "row_pk": "paper_cause"}
PAPERS: tuple[Row, ...] = (
    pages("paper"),
    workers("improvement:paper-begin", GOES, "post"),
    workers("improvement:paper-text", 422, "post"),
    pages("paper-live"),
    workers("improvement:paper-head"),
    row("improvement:ticket-chart", 404, arguments=TICKET),  # the ticket has no measure
    pages("ticket-effect"),
    row("improvement:ticket-groups", 404, arguments=TICKET),  # the ticket has no measure
    pages("paper-comments", **CAUSES),
    workers("improvement:paper-settle", GOES, "post", {**TICKET, "comment_pk": "paper_comment"}),
    pages("paper-rows", **CAUSES),
    workers("improvement:paper-add", 422, "post", {**TICKET, **CAUSES}),
    workers("improvement:paper-write", 422, "post", CAUSE),
    workers("improvement:paper-gone", GOES, "post", CAUSE),
    workers("improvement:paper-tick", 404, "post"),
    workers("improvement:paper-section", arguments={**TICKET, **CAUSES}),
    pages("paper-versions"),
    workers("improvement:paper-keep", 422, "post"),
    workers("improvement:paper-restore", GOES, "post", {**TICKET, "number": "paper_version"}),
    pages("paper-print"),
    pages("paper-pdf"),
)
TICKETS: tuple[Row, ...] = (
    row("improvement:work", 200),
    row("improvement:ticket-new", 403, **dict.fromkeys(WORKS, 200)),
    row("improvement:search", 200),
    row("improvement:spread", 200),
    row("improvement:offer", 200, arguments=TICKET, outsider=404),
    row("improvement:offers", 200, arguments=KANBAN, outsider=404),
    workers("improvement:offer-take", GOES, "post", {**KANBAN, "pk": "offered"}),
    workers("improvement:offer-decline", 422, "post", {**KANBAN, "pk": "offered"}),
    row("improvement:ticket-before", 200, arguments=KANBAN, outsider=404),
    row("improvement:work-of", GOES),
    row("improvement:kanban", 200, arguments=KANBAN, outsider=404),
    row("improvement:tests-running", 200, arguments=KANBAN, outsider=404),
    row("improvement:wall-successes-view", 204, arguments=KANBAN, outsider=404),
    Row("improvement:wall-successes", KANBAN, "get", {"device": 204}, GOES),
    row("improvement:work-limit", 403, "post", arguments=KANBAN, outsider=404, **dict.fromkeys(LEADS, 422)),
    row("improvement:ticket", 200, arguments=TICKET, outsider=404),
    workers("improvement:ticket-edit"),
    workers("improvement:ticket-move", 422, "post"),
    workers("improvement:cycle-new", GOES, "post"),
    row("improvement:cycle", 200, arguments=CYCLE, outsider=404),
    workers("improvement:cycle-plan", GOES, "post", CYCLE),
    workers("improvement:cycle-find", 422, "post", CYCLE),
    workers("improvement:cycle-count", 422, "post", CYCLE),
    workers("improvement:cycle-equity", 422, "post", CYCLE),
    workers("improvement:ticket-equity", 422, "post"),
    workers("improvement:cycle-drop", GOES, "post", CYCLE),
    workers("improvement:ticket-unlink", GOES, "post", {"pk": "ticket", "origin_pk": "ticket_origin"}),
    *PAPERS,
)
