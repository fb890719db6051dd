"""Pictures drawn anew: only their pixels go on. Bytes in, bytes out; no database, no files (see ADR 15)."""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from org.rules import NotAllowed

#: What browsers and phones send; no other decoder is ever opened.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
MAX_SIDE: Final = 2000
#: More pixels than the cameras of phones take are a bomb: refused before any of them is decoded.
MAX_PIXELS: Final = 50_000_000
_QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it was drawn anew."""

    content: bytes
    media_type: str
    width: int
    height: int


def draw_anew(content: bytes) -> Drawn:
    """The picture in `content`, turned the way it was held, at most `MAX_SIDE` wide and high, without anything that
    came with it. Of what moves only the first picture. Raises NotAllowed for what is no picture, damaged or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb is told as a warning first
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                _check_pixels(opened)
                opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
                turned = ImageOps.exif_transpose(opened)
                turned.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
                return _written(turned)
    except NotAllowed:
        raise
    except Exception as error:
        raise NotAllowed(_("This picture cannot be read. Send a JPEG, PNG, WebP or GIF.")) from error


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise NotAllowed(_("This picture has too many pixels. Send a smaller one."))


def _written(picture: Image.Image) -> Drawn:
    """New bytes from a new image that holds the pixels and nothing else."""
    clear = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    mode = "RGBA" if clear else "RGB"
    pixels = picture.convert(mode)
    plain = Image.new(mode, pixels.size)
    plain.paste(pixels)
    buffer = io.BytesIO()
    if clear:
        plain.save(buffer, "PNG", optimize=False)
    else:
        plain.save(buffer, "JPEG", quality=_QUALITY)
    return Drawn(buffer.getvalue(), "image/png" if clear else "image/jpeg", plain.width, plain.height)
