"""One road for every file, small or large: bytes → UTF-8 → sheet → facts → checked rows, with all problems at once."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from boards.feeds import encoding, identifiers, long, wide
from boards.feeds.check import Checked, check
from boards.feeds.facts import Facts
from boards.feeds.mapping import Recipe
from boards.feeds.problems import Problems
from boards.feeds.sheet import Sheet, read_sheet
from boards.feeds.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file says. `checked` is None where it could not be read; `rows` counts those below the header."""

    checked: Checked | None
    problems: Problems
    rows: int
    encoding: str = ""
    delimiter: str = ""


def read_file(
    content: bytes, recipe: Recipe, vocabulary: Vocabulary, today: date, *, largest: int | None = None
) -> FileReading:
    """Read and check a file by its recipe. Never raises for what is in the file; all of it is in `problems`."""
    problems = Problems()
    if largest is not None and len(content) > largest:
        problems.add("too_big")
        return FileReading(None, problems, 0)
    if not content.strip(b"\r\n\t ,;" + codecs.BOM_UTF8):
        problems.add("empty_file")
        return FileReading(None, problems, 0)
    try:
        text = encoding.to_utf8(content, recipe.encoding)
    except encoding.Unreadable as unreadable:
        problems.add(unreadable.code)
        return FileReading(None, problems, 0)
    if text.guessed:
        problems.add("encoding_guessed", value=text.encoding)
    header = _Header(recipe, problems)
    sheet = read_sheet(
        text.content, problems, delimiter=recipe.delimiter, header_row=recipe.header_row, chooses=header.chosen
    )
    if sheet is None or header.facts is None:
        return FileReading(None, problems, 0 if sheet is None else len(sheet), text.encoding)
    if not recipe.patients:
        identifiers.check_cells(sheet, problems)
    facts = header.facts(sheet)
    checked = check(facts, vocabulary, today, problems)
    return FileReading(checked, problems, len(sheet), text.encoding, sheet.delimiter)


class _Header:
    """Judges the header and knows how the rows below it become facts. `facts` stays None where they cannot."""

    def __init__(self, recipe: Recipe, problems: Problems) -> None:
        self._recipe = recipe
        self._problems = problems
        self.facts: Callable[[Sheet], Facts] | None = None

    def chosen(self, names: list[str]) -> set[str]:
        recipe, problems = self._recipe, self._problems
        dropped = set(names) - wide.shown_columns(recipe) if recipe.patients else set()
        identifiers.check_header(names, problems, dropped=dropped, row=recipe.header_row)
        if recipe.form == "wide":
            unknown = wide.unknown_columns(names, recipe)
            missing = [name for name in wide.needed_columns(recipe) if name not in names]
            if not missing:
                self.facts = lambda sheet: wide.read(sheet, recipe, problems)
        else:
            found = long.headings(names, recipe)
            unknown, missing = list(found.unknown), long.missing_columns(found, recipe)
            if not missing:
                self.facts = lambda sheet: long.read(sheet, recipe, found, problems)
        for name in unknown:
            if not identifiers.looks_like_identifier(name):
                problems.add("unknown_column", row=recipe.header_row, column=name)
        for name in missing:
            problems.add("missing_column", row=recipe.header_row, column=name)
        return set(wide.needed_columns(recipe)) if recipe.patients else set(names)
