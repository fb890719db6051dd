"""Pictures leave everything behind but their pixels, and what is no picture is refused in words."""

import io

import pytest
from PIL import Image

from huddles import drawing
from huddles.pictures import _TOO_MANY, draw_anew
from org.rules import NotAllowed


def photo(size=(60, 40), kind="JPEG", **more) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, kind, **more)
    return buffer.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "Maker of phones"
    tags.get_ifd(0x8825)[2] = (40.0, 26.0, 46.0)
    return tags.tobytes()


def test_place_time_and_camera_stay_behind_and_the_picture_is_turned():
    sent = photo(exif=exif(6), comment=b"room 12")
    assert b"Maker of phones" in sent
    drawn = draw_anew(sent)
    assert (drawn.media_type, drawn.width, drawn.height) == ("image/jpeg", 40, 60)
    with Image.open(io.BytesIO(drawn.content)) as picture:
        assert not picture.getexif()
        assert "comment" not in picture.info
    assert b"Maker of phones" not in drawn.content


def test_large_pictures_shrink_and_clear_ones_stay_clear():
    assert draw_anew(photo((3000, 1500))).width == drawing.MAX_SIDE
    buffer = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(buffer, "PNG")
    assert draw_anew(buffer.getvalue()).media_type == "image/png"


@pytest.mark.parametrize("sent", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
def test_what_is_no_picture_is_refused_in_words(sent):
    with pytest.raises(NotAllowed, match="cannot be read"):
        draw_anew(sent)


def test_a_bomb_is_refused_before_it_is_decoded():
    # 60 million white pixels in a few kilobytes.
    buffer = io.BytesIO()
    Image.new("1", (10_000, 6_000), 1).save(buffer, "PNG")
    assert len(buffer.getvalue()) < 100_000
    with pytest.raises(NotAllowed, match="too many pixels"):
        draw_anew(buffer.getvalue())
    assert drawing.TOO_MANY == _TOO_MANY


def test_the_house_does_not_carry_decoders(tmp_path):
    import subprocess
    import sys

    script = "import sys, huddles.pictures; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
