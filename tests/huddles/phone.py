"""Pictures as a phone makes them."""

import io

from PIL import Image

SECRET = b"PHONE-OF-ADA"


def phone_picture(size=(64, 48), *, turned=6) -> bytes:
    """A JPEG as a phone makes it: with a place, a time, a camera, a note, and held upright."""
    picture = Image.new("RGB", size, (200, 30, 30))
    exif = picture.getexif()
    exif[0x0112] = turned
    exif[0x010F] = SECRET.decode()
    exif[0x9003] = "2026:11:24 07:05:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.0), 3: "W", 4: (74.0, 0.0, 21.0)})
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, comment=SECRET, icc_profile=SECRET)
    return buffer.getvalue()


def saved(kind: str, mode="RGB", size=(20, 10), **more) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **more)
    return buffer.getvalue()
