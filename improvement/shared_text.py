"""Texts that several people write at once: a document that merges every change in any order to the same words.

The document is a Yjs one (see ADR 24); here it is bytes that come in and go out, and one text for each section. Two
changes at once are both kept; the same change twice is once. Pure functions.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final

from pycrdt import Doc, Text, merge_updates

from improvement.shared_changes import BadChange, reach_of, vector_of

__all__ = ["EMPTY", "BadChange", "differences", "merged", "missing", "rewritten", "texts_of"]

_WORDS: Final = re.compile(r"\w+|\W")
#: What a document says that nobody has written in yet.
EMPTY: Final = Doc[Text]().get_update()


def _read(state: bytes) -> "Doc[Text]":
    document: Doc[Text] = Doc()
    try:
        document.apply_update(state)
    except ValueError as error:
        raise BadChange("unreadable") from error
    return document


def merged(state: bytes, change: bytes) -> bytes:
    """The document with a change in it. What leans on words that have not come yet waits in it for them. Raises
    BadChange.
    """
    reach = reach_of(change)
    document = _read(state)
    if document.get_update() == state:  # else something waits in it already
        try:
            document.apply_update(change)
        except ValueError as error:
            raise BadChange("unreadable") from error
        if _complete(document, reach):
            return document.get_update()
    # The library forgets now and then what waits in a document; put together before they are read, all is there.
    both = merge_updates(state, change)
    whole = _read(both)
    return whole.get_update() if _complete(whole, reach_of(both)) else both


def _complete(document: "Doc[Text]", reach: Mapping[int, int]) -> bool:
    known = vector_of(document.get_state())
    return all(end <= known.get(writer, 0) for writer, end in reach.items())


def missing(state: bytes, vector: bytes) -> bytes:
    """What a reader lacks who knows the document as far as `vector` says; b"" knows nothing. Raises BadChange."""
    document = _read(state)
    if not vector:
        return document.get_update()
    vector_of(vector)
    try:
        return document.get_update(vector)
    except ValueError as error:
        raise BadChange("unreadable") from error


def texts_of(state: bytes, names: Iterable[str]) -> dict[str, str]:
    """The texts of the document by their names, without the sign that PostgreSQL keeps in no text (U+0000)."""
    document = _read(state)
    return {name: str(document.get(name, type=Text)).replace("\0", "") for name in names}


def rewritten(state: bytes, texts: Mapping[str, str]) -> bytes:
    """The document after its texts have been changed to these, as if somebody had typed the differences: what others
    type meanwhile is kept beside them.
    """
    document = _read(state)
    before = document.get_state()
    for name, wanted in texts.items():
        text = document.get(name, type=Text)
        _rewrite(document, text, str(text), wanted)
    return merged(state, document.get_update(before))


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
