"""Rows of the access table about huddles."""

from tests.huddleboard.access_rows import GOES, Row, row

WARD = {"unit_id": "unit"}
RUNNING = {"pk": "running"}
COMING = {"pk": "coming"}
#: Who may look at huddles and not run them.
LOOKING = ("workforce", "equity_officer", "coach", "data_steward", "administrator")


def readers(name: str, code: int = 200, **arguments: str) -> Row:
    """Every role at the ward, and the administrator above it; nothing is there for somebody outside."""
    return row(name, code, outsider=404, arguments=arguments)


def runners(name: str, code: int, method: str = "post", **more) -> Row:
    """Whoever runs huddles at the ward; others who may look get 403."""
    return row(name, code, method, outsider=404, **dict.fromkeys(LOOKING, 403), **more)


HUDDLES: tuple[Row, ...] = (
    row("huddles:today", 200),
    row("huddles:today-live", 200),
    readers("huddles:unit-huddles", **WARD),
    readers("huddles:before", **WARD),
    readers("huddles:sheet", **WARD),
    readers("huddles:huddle", **RUNNING),
    readers("huddles:huddle-state", **RUNNING),
    readers("huddles:huddle-live", **RUNNING),
    readers("huddles:wall-huddle-view", **WARD),
    Row("huddles:wall-huddle", WARD, "get", {"device": 200}, GOES),
    readers("huddles:wall-answers-view", 204, **WARD),
    Row("huddles:wall-answers", WARD, "get", {"device": 204}, GOES),
    runners("huddles:call", 422, arguments=WARD),  # one is running there
    runners("huddles:huddle-start", GOES, arguments=COMING),
    runners("huddles:huddle-step", GOES, arguments=RUNNING, data={"step": "1"}),
    runners("huddles:huddle-end", GOES, arguments=RUNNING),
    runners("huddles:huddle-call-off", 422, arguments=RUNNING),  # it is planned
    runners("huddles:huddle-not-held", 422, arguments=COMING),
    runners("huddles:huddle-entries", GOES, arguments=RUNNING, data={"kind": "step", "step": "2", "shown": "2"}),
    runners("huddles:huddle-send-up", 200, "get", arguments={**RUNNING, "issue_pk": "issue"}),
    runners("huddles:huddle-send-up", 422, arguments={**RUNNING, "issue_pk": "issue"}),
    runners("huddles:huddle-paper", 200, "get", arguments=COMING),
)
