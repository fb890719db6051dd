"""A program of its own that draws one picture anew: bytes in on standard input, bytes out on standard output.

It runs apart from the house (see ADR 15): a decoder with a fault, or a picture that is a bomb, ends this process and
nothing else, and the house does not carry the decoders in its memory. It knows nothing of ours and no Django.

The first line of the answer is the media type, the width and the height; the picture follows. It ends with 3 for too
many pixels, and with any other number but 0 for what is no picture.
"""

import io
import resource
import sys
import warnings
from typing import Final

from PIL import Image, ImageOps

#: What browsers and phones send; no other decoder is ever opened.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
MAX_SIDE: Final = 2000
#: More pixels than the cameras of phones take are a bomb: refused before any of them is decoded. A JPEG is decoded at
#: the size that is needed; the others are decoded whole, and no camera makes them.
MAX_PIXELS: Final = 50_000_000
MAX_PIXELS_WHOLE: Final = 25_000_000
TOO_MANY: Final = 3
#: Bytes of address space, and seconds of the processor.
MEMORY: Final = 1_500_000_000
SECONDS: Final = 15
_QUALITY: Final = 85


def draw(content: bytes) -> tuple[bytes, str, int, int]:
    """New bytes, media type, width and height of the picture in `content`. Raises whatever the decoder raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a decompression bomb is told as a warning first
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > (MAX_PIXELS if opened.format == "JPEG" else MAX_PIXELS_WHOLE):
                sys.exit(TOO_MANY)
            opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
            turned = ImageOps.exif_transpose(opened)
            turned.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
            return _written(turned)


def _written(picture: Image.Image) -> tuple[bytes, str, int, int]:
    """A new image that holds the pixels and nothing else."""
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
    return buffer.getvalue(), "image/png" if clear else "image/jpeg", plain.width, plain.height


def main() -> int:
    """Draw what comes in."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        content, media_type, width, height = draw(sys.stdin.buffer.read())
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises, it is no picture
        sys.stderr.write(type(error).__name__)
        return 1
    sys.stdout.buffer.write(f"{media_type} {width} {height}\n".encode())
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
