"""Rows of the access table about desk and tier health."""

from tests.huddleboard.access_rows import GOES, Row, row

UNIT = {"unit_id": "unit"}
WORKS = {"unit_lead": 200, "manager": 200, "executive": 200, "outsider": 404}
SEES = {"manager": 200, "executive": 200, "equity_officer": 200, "coach": 200, "administrator": 200, "outsider": 404}

DESK: tuple[Row, ...] = (
    row("huddles:desk", 403, arguments=UNIT, **WORKS),
    row("huddles:desk-silence", 403, arguments=UNIT, **WORKS),
    row(
        "huddles:desk-say",
        403,
        "post",
        arguments={**UNIT, "pk": "desk_issue", "outcome": "declined"},
        data={"declined-tell_staff": "There is none to be had."},
        **dict.fromkeys(("unit_lead", "manager", "executive"), GOES),
        outsider=404,
    ),
    row("huddles:stoplight", 200, arguments=UNIT, outsider=404),
    row("huddles:tier-health", 403, arguments=UNIT, **SEES),
    row("huddles:tier-health-file", 403, arguments=UNIT, **{**SEES, "coach": 403}),
)
