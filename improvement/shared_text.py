"""Texts that several people write at once: a document that merges every change in any order to the same words.

The document is a Yjs one (see ADR 24); here it is bytes that come in and go out, and one text for each section. Two
changes at once are both kept; the same change twice is once. Pure functions.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final

from pycrdt import Doc, Text

_WORDS: Final = re.compile(r"\w+|\W")
#: What a document says that nobody has written in yet.
EMPTY: Final = Doc[Text]().get_update()


class BadChange(ValueError):  # noqa: N818 - a refusal
    """What came is no change of such a document."""


def _read(state: bytes) -> "Doc[Text]":
    document: Doc[Text] = Doc()
    try:
        document.apply_update(state)
    except ValueError as error:
        raise BadChange("unreadable") from error
    return document


def merged(state: bytes, change: bytes) -> bytes:
    """The document with a change in it. Raises BadChange."""
    document = _read(state)
    try:
        document.apply_update(change)
    except ValueError as error:
        raise BadChange("unreadable") from error
    return document.get_update()


def missing(state: bytes, vector: bytes) -> bytes:
    """What a reader lacks who knows the document as far as `vector` says; b"" knows nothing. Raises BadChange."""
    document = _read(state)
    if not vector:
        return document.get_update()
    try:
        return document.get_update(vector)
    except ValueError as error:
        raise BadChange("unreadable") from error


def texts_of(state: bytes, names: Iterable[str]) -> dict[str, str]:
    """The texts of the document by their names."""
    document = _read(state)
    return {name: str(document.get(name, type=Text)) for name in names}


def rewritten(state: bytes, texts: Mapping[str, str]) -> bytes:
    """The document after its texts have been changed to these, as if somebody had typed the differences: what others
    type meanwhile is kept beside them.
    """
    document = _read(state)
    for name, wanted in texts.items():
        text = document.get(name, type=Text)
        _rewrite(document, text, str(text), wanted)
    return document.get_update()


def _rewrite(document: "Doc[Text]", text: Text, old: str, new: str) -> None:
    """Change `old` to `new` from the end, so that places in front stay where they are. Places are counted in bytes."""
    place = len(old.encode())
    with document.transaction():
        for gone, come in reversed(differences(old, new)):
            start = place - len(gone.encode())
            if gone != come:
                if gone:
                    del text[start:place]
                if come:
                    text.insert(start, come)
            place = start


def differences(old: str, new: str) -> list[tuple[str, str]]:
    """How `old` becomes `new`, word by word: pieces in their order, each with what stood and what stands there; the
    same where nothing changed.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [("".join(before[a:b]), "".join(after[c:d])) for _step, a, b, c, d in steps]
