"""Files that hang on an issue: pictures are drawn anew, documents kept, everything else refused with a sentence."""

import struct
import zlib

import pytest

from huddles import pictures
from huddles.actions.attachments import checked_content, plain_name
from org.rules import NotAllowed
from tests.huddles.phone import SECRET, phone_picture, saved


def test_nothing_that_a_phone_wrote_into_a_picture_goes_on():
    content = phone_picture()
    assert SECRET in content
    kept, _kind = checked_content(content)
    assert SECRET not in kept


def test_what_hangs_behind_a_picture_stays_behind():
    drawn = pictures.draw_anew(saved("PNG") + b"<script>alert(1)</script>")
    assert b"script" not in drawn.content


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (saved("JPEG"), "image/jpeg"),
        (saved("PNG"), "image/jpeg"),
        (saved("PNG", "RGBA"), "image/png"),
        (saved("PNG", "P"), "image/jpeg"),
        (saved("PNG", "I;16"), "image/jpeg"),
        (saved("WEBP"), "image/jpeg"),
        (saved("GIF", "P"), "image/jpeg"),
        (saved("JPEG", "CMYK"), "image/jpeg"),
        (b"%PDF-1.7 anything", "application/pdf"),
    ],
)
def test_what_phones_and_browsers_send_is_taken(content, media_type):
    kept, kind = checked_content(content)
    assert kind == media_type
    assert kept.startswith({"image/jpeg": b"\xff\xd8", "image/png": b"\x89PNG", "application/pdf": b"%PDF-"}[kind])


def test_a_large_picture_is_made_smaller():
    drawn = pictures.draw_anew(saved("JPEG", size=(4000, 1000)))
    assert (drawn.width, drawn.height) == (2000, 500)


def bomb() -> bytes:
    """A PNG that says it is 60,000 by 60,000 and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"MZ" + b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 100,
        b"\xff\xd8\xff\xe0 cut off",
        b"\x89PNG\r\n\x1a\n cut off",
        saved("JPEG")[:200],
        saved("BMP"),
        saved("TIFF"),
        bomb(),
        saved("PNG", size=(8000, 7000), mode="L"),
        b"%PDF-" + b"x" * (10 * 1024 * 1024),
    ],
    ids=["empty", "text", "svg", "exe", "zip", "jpeg", "png", "half", "bmp", "tiff", "bomb", "pixels", "large"],
)
def test_everything_else_is_refused_with_a_sentence(content):
    with pytest.raises(NotAllowed) as refusal:
        checked_content(content)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("IMG_1.HEIC", "IMG_1.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\photos\\a.png", "a.jpg"),
        ("a\u202egnp.exe", "agnp.jpg"),
        ('x"\r\nSet-Cookie: a.jpg', 'x"Set-Cookie: a.jpg'),
        ("", "picture.jpg"),
        ("…" * 300, "…" * 116 + ".jpg"),
    ],
)
def test_names_are_plain_and_end_with_what_the_file_is_now(name, kept):
    assert plain_name(name, "image/jpeg") == kept
