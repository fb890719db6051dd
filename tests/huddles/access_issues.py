"""Rows of the access table about issues."""

from tests.huddleboard.access_rows import GOES, Row, public, row

ISSUE = {"pk": "issue"}
FILE = {"pk": "issue", "attachment_pk": "attachment"}
#: Whoever has no part in issues but reads them.
READS_ONLY = {"workforce": 403, "data_steward": 403, "administrator": 403, "outsider": 404}
#: Whoever works with them.
WORKS = {"unit_lead": GOES, "manager": GOES, "executive": GOES, "outsider": 404}

ISSUES: tuple[Row, ...] = (
    row("huddles:issues", 200),
    row("huddles:issues-live", 200),
    row("huddles:issue-new", 200, workforce=403, data_steward=403, administrator=403, outsider=403),
    row("huddles:similar", 200, "post"),
    row("huddles:hints", 200, "post"),
    row("huddles:issue", 200, outsider=404, arguments=ISSUE),
    row("huddles:issue-live", 200, outsider=404, arguments=ISSUE),
    row("huddles:issue-act", 403, "post", arguments={**ISSUE, "act": "acknowledge"}, **WORKS),
    row("huddles:comment", 422, "post", arguments=ISSUE, **READS_ONLY),
    row("huddles:comment-remove", 404, "post", arguments={**ISSUE, "comment_pk": "comment"}),
    row("huddles:attach", 422, "post", arguments=ISSUE, **READS_ONLY),
    row("huddles:attachment", 200, outsider=404, arguments=FILE),
    row("huddles:attachment-remove", 403, "post", arguments=FILE, **WORKS),
    row("huddles:mine", 200),
    public("huddles:capture", token="capture_token"),
    public("huddles:capture-hints", 200, "post", token="capture_token"),
    public("huddles:follow", token="follow_token"),
    row(
        "huddles:capture-code",
        403,
        arguments={"unit_id": "unit"},
        **{**WORKS, "unit_lead": 200, "manager": 200, "executive": 200},
    ),
)
