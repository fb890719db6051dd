"""Rows of the access table about standard work, the roster, what is due and routes."""

from tests.huddleboard.access_rows import GOES, Row, public, row
from tests.rounding.access_rounds import LEADS

_GO = dict.fromkeys(LEADS, GOES)
_REFUSED = dict.fromkeys(LEADS, 422)


def editors(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """Whoever edits the lists of the whole organisation; the coach is a ward's here."""
    return row(name, 403, method, administrator=code, outsider=404, arguments={"slug": "slug", **arguments})


def leaders(name: str, others: int, method: str = "get", **arguments: str) -> Row:
    """Whoever leads rounds at the ward."""
    return row(name, others, method, **LEADS, arguments=arguments)


STANDARD: tuple[Row, ...] = (
    leaders("rounding:standard-work", 403),
    row("rounding:standard-work-shares", 403, coach=200),
    # The task is one of unit leads: nobody else has it on their list.
    row("rounding:standard-work-done", 404, "post", unit_lead=422, arguments={"pk": "standard_task"}),
    row("rounding:standard-work-why-not", 404, "post", unit_lead=422, arguments={"pk": "standard_task"}),
    row("rounding:standard-work-undo", 404, "post", unit_lead=GOES, arguments={"pk": "standard_task"}),
    editors("rounding:setup-standard-work"),
    editors("rounding:setup-standard-list", role="manager"),
    editors("rounding:setup-standard-task", pk="standard_task"),
    editors("rounding:setup-standard-task-move", GOES, "post", pk="standard_task"),
    editors("rounding:setup-standard-task-use", GOES, "post", pk="standard_task"),
    leaders("rounding:due", 403),
    leaders("rounding:cadences", 403),
    row("rounding:cadence-set", 404, "post", **_REFUSED, arguments={"unit_id": "unit"}),
    row("rounding:roster", 403, **LEADS, administrator=200, outsider=200),
    row("rounding:roster-apply", 403, "post", **_GO, administrator=GOES, outsider=GOES),
    leaders("rounding:routes", 403),
    leaders("rounding:route-new", 403),
    leaders("rounding:route", 404, pk="route"),
    row("rounding:route-use", 404, "post", **_GO, arguments={"pk": "route"}),
    leaders("rounding:calendar-address", 403, "post"),
    public("rounding:calendar", 404, token="token"),
)
