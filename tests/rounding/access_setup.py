"""Rows of the access table about question sets: for whoever may edit agendas of the whole organization."""

from tests.huddleboard.access_rows import GOES, Row
from tests.huddles.access_setup import keepers

SET = {"pk": "question_set"}

ROUND_SETUP: tuple[Row, ...] = (
    keepers("rounding:setup-questions"),
    keepers("rounding:setup-questions-missing", GOES, "post"),
    keepers("rounding:setup-questions-new"),
    keepers("rounding:setup-question-set", **SET),
    keepers("rounding:setup-question-set", 422, "post", **SET),
    keepers("rounding:setup-question-preview", **SET),
    keepers("rounding:setup-question-version", number="question_version", **SET),
    keepers("rounding:setup-question-retire", GOES, "post", **SET),
    keepers("rounding:setup-question-bring-back", GOES, "post", **SET),
)
