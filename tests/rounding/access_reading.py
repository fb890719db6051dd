"""Rows of the access table about what comes back from rounds."""

from tests.huddleboard.access_rows import GOES, Row, row

WARD = {"unit_id": "unit"}
ROUND = {"pk": "round"}
NOTE = {**ROUND, "note_pk": "round_note"}
#: Who does not read what rounds noted.
NOT = {"workforce": 403, "data_steward": 403, "administrator": 403, "outsider": 404}
NO_ROUND = {"workforce": 404, "data_steward": 404, "administrator": 404, "outsider": 404}
NOWHERE = {**NOT, "outsider": 403}


def readers(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """Whoever reads what rounds noted at the ward."""
    return row(name, code, method, **NOT, arguments=arguments)


READING: tuple[Row, ...] = (
    row("rounding:mine", 200),
    readers("rounding:unit", **WARD),
    readers("rounding:unit-line", GOES, **WARD),
    readers("rounding:unit-thanks", **WARD),
    row("rounding:read-out", GOES, "post", equity_officer=403, coach=403, **NOT, arguments=WARD),
    row("rounding:round", 200, **NO_ROUND, arguments=ROUND),
    row("rounding:comment", GOES, "post", **NO_ROUND, arguments=ROUND, data={"text": "It came back"}),
    row("rounding:own-comment", 404, "post", arguments={"pk": "round_comment"}),  # only whoever said it
    row("rounding:note-words", 422, "post", **NO_ROUND, arguments={**ROUND, "note_pk": "round_note"}),
    row("rounding:photo", 200, **NO_ROUND, arguments={"uid": "round_photo"}),
    row("rounding:note-themes", GOES, "post", staff=403, **NO_ROUND, arguments=NOTE, data={"tag": "pumps"}),
    row("rounding:themes", 200, **NOWHERE),
    row("rounding:promises", 200, **NOWHERE),
    row("rounding:themes-file", 200, staff=403, coach=403, **NOWHERE),
    row("rounding:photo-remove", 404, "post", arguments={"uid": "round_photo"}),  # only whoever led the round
    row("rounding:recording", 404, arguments={"uid": "round_voice"}),  # only whoever led the round hears it
    row("rounding:transcribe", 404, "post", arguments={"uid": "round_voice"}),
    row("rounding:promise", 404, "post", arguments={"pk": "promise"}),  # only whoever made it answers it
)
