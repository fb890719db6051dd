"""What went wrong with an embedded server, in words for the person at the keyboard."""

from pathlib import Path


class EmbeddedError(RuntimeError):
    """An embedded server could not be started; the message says what to do."""


def end_of(log: Path, lines: int = 12) -> str:
    """The last lines of a log file, indented; says so when there is none."""
    try:
        text = log.read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        text = []
    return "\n".join(f"    {line}" for line in text) or "    (its log is empty)"
