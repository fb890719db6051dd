"""The Spanish catalog: take in what the code and the templates say, compile it, check it.

Usage: `python -m scripts.messages` (bring `.po` and `.mo` up to date) or `python -m scripts.messages check`.
How to translate, and with which words: docs/translating.md.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.utils.translation.template import templatize

from scripts import catalog
from scripts.catalog import Catalog, Key, Message

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("analytics", "org", "boards", "huddles", "improvement", "rounding", "huddleboard")
FOLDER = PROJECT / "locale" / "es" / "LC_MESSAGES"
PO = FOLDER / "django.po"
MO = FOLDER / "django.mo"
HEADER = {
    "Project-Id-Version": "huddleboard",
    "Language": "es",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
FORMS = 2
#: How many texts each function of django.utils.translation takes: context, text, plural.
CALLS = {
    "gettext": (False, False),
    "gettext_lazy": (False, False),
    "gettext_noop": (False, False),
    "ngettext": (False, True),
    "ngettext_lazy": (False, True),
    "pgettext": (True, False),
    "pgettext_lazy": (True, False),
    "npgettext": (True, True),
    "npgettext_lazy": (True, True),
}
IN_TEMPLATE = re.compile(r"(?<![\w.])(n?p?gettext|_)\(")
LITERAL = re.compile(r"""\s*,?\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", re.DOTALL)
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([sdifg%]|\.\d+f)|\{(\w*)\}")


def keys_of_python(source: str) -> Iterator[Key]:
    """Every message of a module, by the names that it gives to Django's functions.

    A call whose text is no literal is somebody else's message (a variable that was marked where it was written).
    """
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update({alias.asname or alias.name: alias.name for alias in node.names if alias.name in CALLS})
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in names:
            names.update({to.id: names[node.value.id] for to in node.targets if isinstance(to, ast.Name)})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ""
            if isinstance(node.func, ast.Name):
                name = names.get(node.func.id, "")
            elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                name = node.func.attr if node.func.value.id == "translation" and node.func.attr in CALLS else ""
            if name:
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                yield from _key(name, texts)


def keys_of_template(source: str, origin: str = "") -> Iterator[Key]:
    """Every message of a template: `translate`, `blocktranslate` and `_("…")` in tags and filters."""
    code = templatize(source, origin=origin)
    for match in IN_TEMPLATE.finditer(code):
        texts: list[str] = []
        at = match.end()
        while literal := LITERAL.match(code, at):
            texts.append(ast.literal_eval(literal[1]))
            at = literal.end()
        yield from _key("gettext" if match[1] == "_" else match[1], texts)


def _key(name: str, texts: list[str]) -> Iterator[Key]:
    with_context, with_plural = CALLS[name]
    if len(texts) >= 1 + with_context + with_plural:
        context = texts.pop(0) if with_context else ""
        yield Key(context, texts[0], texts[1] if with_plural else "")


def sources() -> Iterator[tuple[str, str, bool]]:
    """Path from the project's folder, text and whether it is a template, of all that can hold messages."""
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8"), False
    for pattern in ("*.html", "*.txt"):
        for path in sorted((PROJECT / "templates").rglob(pattern)):
            yield path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8"), True


def extracted() -> dict[Key, Message]:
    """The messages of the whole project without translations, with the files in which they stand.

    Django looks a plural up by its singular alone: the same singular with and without plural is one entry.
    """
    places: dict[Key, dict[str, None]] = {}
    for origin, text, is_template in sources():
        found = keys_of_template(text, origin) if is_template else keys_of_python(text)
        for key in found:
            if key.text:
                places.setdefault(key, {})[origin] = None
    with_plural = {(key.context, key.text): key for key in places if key.plural}
    messages: dict[Key, Message] = {}
    for key, origins in places.items():
        kept = with_plural.get((key.context, key.text), key)
        before = messages[kept].places if kept in messages else ()
        flags = frozenset({"python-format"}) if PLACEHOLDER.search(kept.text) else frozenset()
        messages[kept] = Message(kept, places=tuple(sorted({*before, *origins})), flags=flags)
    return messages


def merged(old: Catalog, new: dict[Key, Message]) -> Catalog:
    """The project's messages with the translations that the old catalog has for them; what went is left out."""
    messages: dict[Key, Message] = {}
    for key, message in new.items():
        known = old.messages.get(key)
        if known is not None:
            message.translations, message.comments = known.translations, known.comments
            message.flags |= known.flags & {"fuzzy"}
        messages[key] = message
    return Catalog(dict(HEADER), messages)


def placeholders(text: str) -> Counter[str]:
    """The places of a text that are filled in: `%(name)s`, `%s`, `{name}`; a literal `%%` counts, too."""
    return Counter(match[0] for match in PLACEHOLDER.finditer(text))


def problems(found: Catalog, new: dict[Key, Message]) -> list[str]:
    """What is wrong with a catalog, one sentence each: missing, fuzzy, gone, other placeholders, other spaces."""
    said = [
        f"not in the catalog: {key.text!r} ({', '.join(message.places)})"
        for key, message in new.items()
        if key not in found.messages
    ]
    said += [f"no longer in the code: {key.text!r}" for key in found.messages if key not in new]
    for key, message in found.messages.items():
        if not message.translated:
            said.append(f"not translated: {key.text!r} ({', '.join(message.places)})")
            continue
        if len(message.translations) != (FORMS if key.plural else 1):
            said.append(f"{len(message.translations)} forms, not {FORMS if key.plural else 1}: {key.text!r}")
        for index, form in enumerate(message.translations):
            original = key.plural if index else key.text
            said += [f"{what}: {key.text!r} → {form!r}" for what in _differences(original, form, message, index)]
    return said


def _differences(original: str, form: str, message: Message, index: int) -> Iterator[str]:
    wanted, got = placeholders(original), placeholders(form)
    # "1 day" may say the number or not; everything else is filled in as often as in English.
    may_miss = set(placeholders(message.key.plural)) & {"%(count)s", "%(counter)s"} if not index else set()
    if {one: n for one, n in wanted.items() if one not in may_miss} != {
        one: n for one, n in got.items() if one not in may_miss
    }:
        yield f"placeholders {sorted(got)} for {sorted(wanted)}"
    if original[:1].isspace() != form[:1].isspace() or original[-1:].isspace() != form[-1:].isspace():
        yield "space at an end"
    if original.endswith("\n") != form.endswith("\n"):
        yield "line break at the end"


class BareWords(HTMLParser):
    """Collects what a page shows without having asked for its translation: text, and attributes that are read out."""

    SHOWN = ("placeholder", "title", "aria-label", "alt", "aria-description", "data-label", "label")
    UNSEEN = ("script", "style")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count into what is not seen; look at the attributes that are."""
        self._unseen += tag in self.UNSEEN
        for name, value in attrs:
            if name in self.SHOWN and value:
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        """Count out of what is not seen."""
        self._unseen -= tag in self.UNSEEN

    def handle_data(self, data: str) -> None:
        """Note words of two letters and more."""
        if not self._unseen:
            self._note(data)

    def _note(self, text: str) -> None:
        for word in re.findall(r"[^\W\d_]{2,}(?:['’ -][^\W\d_]+)*", ATTRIBUTE.sub(" ", text)):
            self.found.append((self.getpos()[0], word))


#: What is the same in every language.
NAMES = frozenset({"huddleboard", "CSV", "PNG", "SVG", "Esc", "Enter", "Tab"})
#: A page that shows parts with invented content, in English only.
SAMPLES = "templates/styleguide.html"
#: Attributes that a block adds to a tag of another template.
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"|\bdata-[\w-]+')
TAGS = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans\w*\b.*?endblocktrans\w*\s*%\}", re.DOTALL
)
REST = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def bare_words(source: str) -> list[tuple[int, str]]:
    """Line and words of a template's text that no translate tag holds. Rough: words in a tag's argument stay unseen."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n") or " "

    parser = BareWords()
    parser.feed(REST.sub(blank, TAGS.sub(blank, source)))
    parser.close()
    return [(line, word) for line, word in parser.found if word not in NAMES]


def check() -> list[str]:
    """Everything that is wrong with the catalog in the project; nothing when all is well."""
    found = catalog.load(PO)
    said = problems(found, extracted())
    if not MO.exists() or MO.read_bytes() != catalog.compiled(found):
        said.append("django.mo is not compiled from django.po: make messages")
    return said


def update() -> Catalog:
    """Bring both files up to date; the catalog as it is now."""
    now = merged(catalog.load(PO), extracted())
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_text(catalog.write(now), encoding="utf-8")
    MO.write_bytes(catalog.compiled(now))
    return now


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when something is missing or wrong."""
    if arguments not in ([], ["check"]):
        print(__doc__)
        return 2
    if not arguments:
        now = update()
        print(f"{len(now.messages)} messages, {sum(one.translated for one in now.messages.values())} in Spanish")
    said = check()
    print("\n".join(said) or "The Spanish catalog is complete.")
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
