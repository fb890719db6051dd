"""Rows of the access table about signals."""

from tests.huddleboard.access_rows import GOES, Row, row

SIGNAL = {"pk": "signal"}
WORKS = dict.fromkeys(("unit_lead", "manager", "executive"), GOES)
SLUG = {"slug": "slug"}
OF_STAFF = {"pk": "staff_signal"}
#: Whoever is on the list of readers of groups of staff.
READERS = {"workforce": 200, "equity_officer": 200}
DESK = {"equity_officer": 200, "executive": 200}

SIGNALS: tuple[Row, ...] = (
    row("huddles:signals", 403, **DESK),
    row("huddles:unit-signals", 200, workforce=403, arguments={"unit_id": "unit"}, outsider=404),
    row("huddles:signal", 200, workforce=404, arguments=SIGNAL, outsider=404),
    row(
        "huddles:signal-dismiss",
        403,
        "post",
        arguments=SIGNAL,
        data={"reason": "The clinic has moved."},
        **WORKS,
        workforce=404,
        outsider=404,
    ),
    row("huddles:signal-harm", 403, "post", arguments=SIGNAL, **WORKS, workforce=404, outsider=404),
    row("huddles:signal-answer", 404, "post", arguments=SIGNAL),
    row("huddles:workforce", 403, **READERS),
    row("huddles:signal", 404, arguments=OF_STAFF, **READERS),
    row(
        "huddles:signal-answer",
        404,
        "post",
        arguments=OF_STAFF,
        data={"event": "acknowledge"},
        **dict.fromkeys(READERS, GOES),
    ),
    row(
        "huddles:signal-dismiss",
        404,
        "post",
        arguments=OF_STAFF,
        data={"reason": "The clinic has moved."},
        **dict.fromkeys(READERS, GOES),
    ),
    row("huddles:signal-harm", 404, "post", arguments=OF_STAFF, **dict.fromkeys(READERS, 403)),
    row("huddles:setup-signals", 403, arguments=SLUG, outsider=404),
    row("huddles:setup-limit-new", 403, "post", arguments=SLUG, outsider=404),
    row("huddles:setup-limit-end", 403, "post", arguments={**SLUG, "pk": "1"}, outsider=404),
)
