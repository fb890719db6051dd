"""Rows of the access table about K-cards and stat sheets: for whoever reads what rounds noted at the ward."""

from tests.huddleboard.access_rows import GOES, Row, row

UNIT = {"unit_id": "unit"}
CARD = {"pk": "k_card"}
TOKEN = {"token": "k_token"}
TURNED = {"token": "k_token", "uid": "k_check"}
LEADING = ("unit_lead", "manager", "executive", "equity_officer", "coach")


def readers(name: str, code: int, method: str = "get", *, outside: int = 404, **arguments: str) -> Row:
    """Whoever reads what rounds noted there."""
    codes = dict.fromkeys(("staff", *LEADING), code)
    return row(name, 403, method, arguments=arguments, outsider=outside, **codes)


def leaders(name: str, code: int, **arguments: str) -> Row:
    """Whoever leads rounds there."""
    return row(name, 403, "post", arguments=arguments, outsider=404, **dict.fromkeys(LEADING, code))


K_CARDS: tuple[Row, ...] = (
    readers("rounding:k-cards", 200, outside=403),
    readers("rounding:k-board", 200, **UNIT),
    leaders("rounding:k-put-up", 422, **UNIT),
    row("rounding:k-beside", GOES, arguments=UNIT, outsider=404),
    readers("rounding:k-card", 200, **CARD),
    leaders("rounding:k-card", 422, **CARD),
    leaders("rounding:k-take-away", GOES, **CARD),
    readers("rounding:k-sheet", 200, **CARD),
    readers("rounding:k-pull", 200, **TOKEN),
    readers("rounding:k-pull", 422, "post", **TOKEN),
    readers("rounding:k-turned", 200, **TURNED),
    readers("rounding:k-issue", GOES, "post", **TURNED),
    readers("rounding:stat-sheets", 200, **UNIT),
)
