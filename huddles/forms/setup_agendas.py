"""The lines of an agenda as they are typed: one row of fields each, kept from answer to answer until published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from huddles.rules.agendas import Line, Section, StepKind, in_sections

Lines: TypeAlias = Sequence[Line]
#: Rows that are read of what was sent; more is no agenda.
MOST_ROWS: Final = 120
#: A line that was just added takes so long.
FIRST_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A line in the form: its number there, whether it is the first or last of its section."""

    number: int
    line: Line
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A section in the form, with the kinds of steps that can still be added."""

    section: Section
    rows: Sequence[Row]
    kinds: Sequence[tuple[str, str]]


def read_lines(typed: Mapping[str, str]) -> list[Line]:
    """The lines that were sent, in the order in which they stood. What is no line is left out."""
    lines = []
    for number in range(MOST_ROWS):
        section = typed.get(f"section-{number}")
        if section not in set(Section):
            continue
        kind = typed.get(f"kind-{number}", "")
        lines.append(
            Line(
                Section(section),
                typed.get(f"title-{number}", "").strip(),
                typed.get(f"prompt-{number}", "").strip(),
                kind if kind in set(StepKind) else "",
                _seconds(typed.get(f"seconds-{number}", "")) if section == Section.STEP else 0,
                section == Section.SEAT and f"required-{number}" in typed,
            )
        )
    return in_sections(lines)


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


def changed(lines: Sequence[Line], order: str, typed: Mapping[str, str]) -> list[Line]:
    """`lines` after what a button says: "up-3", "down-3", "out-3" by number in the form, or "add-<section>"."""
    what, _, which = order.partition("-")
    found = list(lines)
    if what == "add" and which in set(Section):
        kind = typed.get("new-kind", "")
        return in_sections([*found, *_new(Section(which), kind, found)])
    number = int(which) if which.isascii() and which.isdigit() else -1
    if not 0 <= number < len(found):
        return found
    if what == "out":
        del found[number]
    other = {"up": number - 1, "down": number + 1}.get(what, -1)
    if 0 <= other < len(found) and found[other].section == found[number].section:
        found[number], found[other] = found[other], found[number]
    return found


def _new(section: Section, kind: str, lines: Sequence[Line]) -> list[Line]:
    if section != Section.STEP:
        return [Line(section, "")]
    if kind not in _free_kinds(lines):
        return []
    return [Line(section, str(StepKind(kind).label), "", kind, FIRST_SECONDS)]


def _free_kinds(lines: Sequence[Line]) -> list[str]:
    taken = {line.kind for line in lines}
    return [kind for kind in StepKind if kind not in taken]


def parts(lines: Sequence[Line]) -> list[Part]:
    """The form, section by section, also those that are empty."""
    numbered = list(enumerate(lines))
    found = []
    for section in Section:
        rows = [(number, line) for number, line in numbered if line.section == section]
        kinds = [(kind, str(StepKind(kind).label)) for kind in _free_kinds(lines)] if section == Section.STEP else []
        found.append(
            Part(
                section,
                [
                    Row(number, replace(line), place == 0, place == len(rows) - 1)
                    for place, (number, line) in enumerate(rows)
                ],
                kinds,
            )
        )
    return found
