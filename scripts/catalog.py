"""Catalogs of translated messages: read and write `.po`, write `.mo`. Pure Python, no gettext tools needed.

Formats: GNU gettext manual, "The Format of PO Files" and "The Format of GNU MO Files" (little endian, no hash table).
"""

import ast
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MO_MAGIC = 0x950412DE
MO_HEADER_BYTES = 28


@dataclass(frozen=True, order=True)
class Key:
    """What a message is looked up by: context ("" for none), text, plural text ("" for none)."""

    context: str
    text: str
    plural: str = ""


@dataclass
class Message:
    """A message: its translations (one, or one a plural form), where it stands and whether its text is a format."""

    key: Key
    translations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    flags: frozenset[str] = field(default_factory=frozenset)

    @property
    def translated(self) -> bool:
        """Whether every form has a text and nobody marked it as a guess."""
        return bool(self.translations) and all(self.translations) and "fuzzy" not in self.flags


@dataclass
class Catalog:
    """The messages of one language and the catalog's header (names to values)."""

    header: dict[str, str]
    messages: dict[Key, Message]


class CatalogError(ValueError):
    """A `.po` file that cannot be read; names the line."""


def read(text: str) -> Catalog:
    """Parse a `.po` file. Obsolete entries (`#~`) are left out; a key that stands twice raises `CatalogError`."""
    header: dict[str, str] = {}
    messages: dict[Key, Message] = {}
    for number, block in _blocks(text):
        fields, places, comments, flags = _entry(number, block)
        if "msgid" not in fields:
            continue
        if not fields["msgid"] and "msgctxt" not in fields:
            lines = (line.partition(":") for line in fields.get("msgstr", "").splitlines())
            header = {name.strip(): value.strip() for name, _, value in lines}
            continue
        key = Key(fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", ""))
        if key in messages:
            raise CatalogError(f"line {number}: {key.text!r} stands twice")
        forms = tuple(value for name, value in sorted(fields.items()) if name.startswith("msgstr"))
        messages[key] = Message(key, forms, tuple(places), tuple(comments), frozenset(flags))
    return Catalog(header, messages)


def _blocks(text: str) -> Iterable[tuple[int, list[str]]]:
    block: list[str] = []
    began = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            began = began if block else number
            block.append(line.strip())
        elif block:
            yield began, block
            block = []


def _entry(began: int, block: list[str]) -> tuple[dict[str, str], list[str], list[str], list[str]]:
    fields: dict[str, str] = {}
    places: list[str] = []
    comments: list[str] = []
    flags: list[str] = []
    name = ""
    for number, line in enumerate(block, start=began):
        if line.startswith("#~"):
            continue
        if line.startswith("#:"):
            places.extend(line[2:].split())
        elif line.startswith("#,"):
            flags.extend(flag.strip() for flag in line[2:].split(","))
        elif line.startswith("#"):
            comments.append(line.removeprefix("#").strip())
        else:
            word, _, rest = line.partition(" ")
            if not line.startswith('"'):
                name, line = word, rest.strip()
                fields[name] = ""
            try:
                fields[name] += ast.literal_eval(line)
            except (KeyError, SyntaxError, ValueError) as error:
                raise CatalogError(f"line {number}: {line[:60]!r} is no text in quotes") from error
    return fields, places, comments, flags


def write(catalog: Catalog) -> str:
    """The `.po` file of a catalog, its messages in the order of their keys, so that a change is a short difference."""
    head = "".join(f"{name}: {value}\n" for name, value in catalog.header.items())
    parts = [f'msgid ""\nmsgstr {_quoted(head)}\n']
    for message in sorted(catalog.messages.values(), key=lambda one: (one.key.text.casefold(), one.key)):
        key = message.key
        lines = [f"# {comment}" for comment in message.comments]
        lines += [f"#: {place}" for place in message.places]
        lines += [f"#, {', '.join(sorted(message.flags))}"] if message.flags else []
        lines += [f"msgctxt {_quoted(key.context)}"] if key.context else []
        lines.append(f"msgid {_quoted(key.text)}")
        if key.plural:
            lines.append(f"msgid_plural {_quoted(key.plural)}")
            forms = message.translations or ("", "")
            lines += [f"msgstr[{index}] {_quoted(form)}" for index, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(message.translations[0] if message.translations else '')}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    """A text in quotes; one with line breaks over several lines."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    if "\n" not in escaped:
        return f'"{escaped}"'
    pieces = [piece.replace("\n", "\\n") for piece in escaped.splitlines(keepends=True)]
    return "\n".join(['""', *(f'"{piece}"' for piece in pieces)])


def compiled(catalog: Catalog) -> bytes:
    """The `.mo` file of what is translated: sorted keys, NUL between plural forms, EOT after a context."""
    head = "".join(f"{name}: {value}\n" for name, value in catalog.header.items())
    pairs: dict[bytes, bytes] = {b"": head.encode()}
    for message in catalog.messages.values():
        if message.translated:
            key = message.key
            asked = f"{key.context}\x04{key.text}" if key.context else key.text
            asked += f"\x00{key.plural}" if key.plural else ""
            pairs[asked.encode()] = "\x00".join(message.translations).encode()
    return _packed(pairs)


def _packed(pairs: Mapping[bytes, bytes]) -> bytes:
    keys = sorted(pairs)
    count = len(keys)
    begin = MO_HEADER_BYTES + 16 * count
    tables: list[bytes] = []
    blob = b""
    for texts in (keys, [pairs[key] for key in keys]):
        for text in texts:
            tables.append(struct.pack("<II", len(text), begin + len(blob)))
            blob += text + b"\x00"
    header = struct.pack("<IIIIIII", MO_MAGIC, 0, count, MO_HEADER_BYTES, MO_HEADER_BYTES + 8 * count, 0, begin)
    return header + b"".join(tables) + blob


def load(path: Path) -> Catalog:
    """The catalog in a file, or an empty one where there is none yet."""
    if path.exists():
        return read(path.read_text(encoding="utf-8"))
    return Catalog({}, {})
