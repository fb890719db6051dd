"""Pictures drawn anew: only their pixels go on. Bytes in, bytes out; no database, no files (see ADR 15)."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from org.rules import NotAllowed

#: Ends with this number for a picture of too many pixels (`drawing.TOO_MANY`; this module does not load decoders).
_TOO_MANY: Final = 3
_PROGRAM: Final = Path(__file__).with_name("drawing.py")
_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it was drawn anew."""

    content: bytes
    media_type: str
    width: int
    height: int


def draw_anew(content: bytes) -> Drawn:
    """The picture in `content`, turned the way it was held, at most 2,000 pixels wide and high, without anything that
    came with it. Of what moves only the first picture. Raises NotAllowed for what is no picture, damaged or too large.
    """
    try:
        answer = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)], input=content, capture_output=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotAllowed(_("This picture takes too long to read. Send a smaller one.")) from error
    if answer.returncode == _TOO_MANY:
        raise NotAllowed(_("This picture has too many pixels. Send a smaller one."))
    if answer.returncode:
        raise NotAllowed(_("This picture cannot be read. Send a JPEG, PNG, WebP or GIF."))
    head, _line, drawn = answer.stdout.partition(b"\n")
    media_type, width, height = head.decode().split(" ")
    return Drawn(drawn, media_type, int(width), int(height))
