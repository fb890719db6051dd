"""From the bytes of a file to UTF-8, whatever wrote it: byte order marks, UTF-16 of Tableau, code pages."""

import codecs
from dataclasses import dataclass
from typing import Final

import charset_normalizer

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ARCHIVES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf")
_CANDIDATES: Final = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman"]
_SAMPLE: Final = 4096
#: Fewer letters beyond ASCII tell Spanish from Polish by chance only.
_FEW_LETTERS: Final = 30
_ASCII: Final = 127


class Unreadable(Exception):  # noqa: N818 - a finding about a file, with the code of its sentence
    """The bytes are no text that can be read. `code` is one of `problems`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 without byte order mark; `encoding` as found; `guessed` when nothing in the file says it."""

    content: bytes
    encoding: str
    guessed: bool = False


def to_utf8(content: bytes, declared: str = "") -> Text:
    """The content as UTF-8. `declared` goes before every guess but a byte order mark. Raises Unreadable."""
    if content.startswith(_ARCHIVES):
        raise Unreadable("not_text")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Text(_recode(content[len(mark) :], encoding), encoding)
    if declared:
        return Text(_recode(content, declared), declared)
    if wide := _without_mark(content[:_SAMPLE]):
        return Text(_recode(content, wide), wide, guessed=True)
    if b"\0" in content:
        raise Unreadable("nul_bytes")
    if content.isascii():
        return Text(content, "utf-8")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding = _code_page(content[error.start :])
        return Text(_recode(content, encoding), encoding, guessed=True)
    return Text(content, "utf-8")


def _recode(content: bytes, encoding: str) -> bytes:
    if encoding in {"utf-8", "utf8"} and content.isascii():
        out = content
    else:
        try:
            out = content.decode(encoding).encode("utf-8")
        except (UnicodeError, LookupError) as error:
            raise Unreadable("encoding_unreadable") from error
    if b"\0" in out:
        raise Unreadable("nul_bytes")
    return out


def _without_mark(sample: bytes) -> str:
    """UTF-16 without its mark: mostly Latin letters leave a zero in every other byte."""
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    if sample[1 : pairs * 2 : 2].count(0) > 0.7 * pairs and sample[: pairs * 2 : 2].count(0) == 0:
        return "utf-16-le"
    if sample[: pairs * 2 : 2].count(0) > 0.7 * pairs and sample[1 : pairs * 2 : 2].count(0) == 0:
        return "utf-16-be"
    return ""


def _code_page(content: bytes) -> str:
    """The likeliest code page: what the lines with letters beyond ASCII look like; cp1252 where they are few."""
    if sum(byte > _ASCII for byte in content[: _SAMPLE * 16]) < _FEW_LETTERS and _decodes(content, "cp1252"):
        return "cp1252"
    lines = [line for line in content[: _SAMPLE * 16].splitlines() if not line.isascii()]
    found = charset_normalizer.from_bytes(b"\n".join(lines[:200]), cp_isolation=_CANDIDATES).best()
    if found is None:
        raise Unreadable("encoding_unreadable")
    return found.encoding


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
