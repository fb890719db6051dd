"""Rows of the access table about completeness and comparisons of groups."""

from tests.huddleboard.access_rows import Row, row

UNIT = {"unit_id": "unit"}
CHART = {**UNIT, "measure_id": "measure"}


def equity_set_up(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """Whoever chooses limits for the whole organisation: nobody here, since the equity officer is a ward's."""
    return row(name, 403, method, outsider=404, arguments={"slug": "slug", **arguments})


EQUITY: tuple[Row, ...] = (
    row("boards:completeness", 403, executive=200, equity_officer=200),
    row("boards:completeness-unit", 200, workforce=403, outsider=404, arguments=UNIT),
    equity_set_up("boards:setup-completeness"),
    row("boards:community", 200, workforce=403, outsider=404, arguments=UNIT),
    equity_set_up("boards:setup-community"),
    equity_set_up("boards:setup-community-table", pk="dimension"),
    row("boards:exact", 403, data_steward=200, outsider=404, arguments=CHART),
    row("boards:exact", 403, "post", data_steward=422, outsider=404, arguments=CHART),
    row("boards:words", 403, administrator=200, outsider=200),
    row("boards:funnel", 200, outsider=404, arguments=CHART),
)
