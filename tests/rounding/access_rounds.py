"""Rows of the access table about rounds."""

from tests.huddleboard.access_rows import Row, public, row

LEADS = {"unit_lead": 200, "manager": 200, "executive": 200, "equity_officer": 200, "coach": 200}

ROUNDS: tuple[Row, ...] = (
    row("rounding:package", 403, **LEADS, outsider=403),
    row("rounding:sync", 400, "post"),
    row("rounding:files", 409, "post"),
    row("rounding:thanks", 200),
    row("rounding:shared", 204, "post"),
    public("rounding:session"),
    public("rounding:walk"),
    public("rounding:worker"),
    public("rounding:manifest"),
)
