"""What a log line may hold: paths without the part that opens an account or a stream."""

import logging
import re
from typing import Final

_SECRET: Final = re.compile(r"(/(?:welcome|c|f|rounds/calendar)/)[^/\s\"']+")


class HideLinks(logging.Filter):
    """Replaces the token in the address of a link, wherever a line mentions one. Every line passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message where it names a link."""
        message = record.getMessage()
        hidden = _SECRET.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
