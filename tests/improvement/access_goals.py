"""Rows of the access table about goals, their reviews and voices."""

from org.rules import Role
from tests.huddleboard.access_rows import GOES, Row, row

GOAL = {"pk": "goal"}
REVIEW = {"pk": "goal", "review": "goal_review"}
SLUG = {"slug": "slug"}
SETS = (Role.MANAGER.value, Role.EXECUTIVE.value, Role.EQUITY_OFFICER.value)
DESKS = {Role.EXECUTIVE.value: 200, Role.EQUITY_OFFICER.value: 200}


def setters(name: str, code: int = 200, method: str = "get", arguments: dict[str, str] = GOAL) -> Row:
    """Only whoever may set goals at the ward; nothing is there for somebody outside."""
    return row(name, 403, method, arguments=arguments, outsider=404, **dict.fromkeys(SETS, code))


GOALS: tuple[Row, ...] = (
    row("improvement:goals", 200),
    row("improvement:goal-new", 403, **dict.fromkeys(SETS, 200)),
    row("improvement:goal-report", 403, arguments=SLUG, outsider=404, **DESKS),
    row("improvement:goal", 200, arguments=GOAL, outsider=404),
    row("improvement:goal-charter", 200, arguments=GOAL, outsider=404),
    setters("improvement:goal-edit"),
    setters("improvement:goal-check", 200, "post"),
    setters("improvement:goal-activate", 422, "post"),
    setters("improvement:goal-close"),
    setters("improvement:goal-voice"),
    setters("improvement:goal-plan", 422, "post"),
    setters("improvement:goal-review", arguments=REVIEW),
    setters("improvement:goal-review-drop", GOES, "post", arguments=REVIEW),
    setters("improvement:voice-answer", arguments={"pk": "goal_voice"}),
    setters("improvement:voices", arguments=SLUG),
    setters("improvement:voice-new", arguments=SLUG),
)
