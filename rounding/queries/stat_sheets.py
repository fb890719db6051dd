"""Stat sheets of a unit side by side, question by day, so that what comes back every day is seen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from org.models import Unit, User
from rounding.models import Observation, Recognition, Round
from rounding.queries.k_asked import words_of
from rounding.rules.questions import AnswerKind, SetKind, YesNo

DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """What was answered to one question on one day."""

    day: date
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One question over the days. `answered`: on how many of them it has an answer."""

    text: str
    equity: bool
    cells: Sequence[Cell]
    answered: int


@dataclass(frozen=True, slots=True)
class StatSheets:
    """Days with a stat sheet, the newest first, and the answers of each question."""

    days: Sequence[date]
    rows: Sequence[Row]


def stat_sheets(unit: Unit, reader: User, now: datetime) -> StatSheets:
    """The last fourteen days of stat sheets that `reader` may read. A constant number of statements."""
    zone = unit.organisation.zone
    first = now.astimezone(zone).date() - timedelta(days=DAYS - 1)
    began = datetime.combine(first, time.min, zone)
    rounds = list(
        Round.objects.visible_to(reader)
        .filter(unit=unit, version__question_set__kind=SetKind.STAT_SHEET, began_at__gte=began, began_at__lte=now)
        .order_by("-began_at", "-pk")
    )
    day_of = {row.pk: row.began_at.astimezone(zone).date() for row in rounds}
    days = sorted(set(day_of.values()), reverse=True)
    notes = Observation.objects.visible_to(reader).filter(round__in=list(day_of)).select_related("question")
    order = {row.pk: place for place, row in enumerate(rounds)}
    found = sorted(notes.prefetch_related("question__wordings"), key=lambda note: (order[note.round_id], note.position))
    thanks = _thanks(reader, [note.pk for note in found])
    said: dict[str, dict[date, list[str]]] = {}
    asked: dict[str, tuple[bool, int, int]] = {}
    equity: dict[str, bool] = {}
    for note in found:
        words = _answer(note, thanks[note.pk])
        if not words:
            continue
        text = words_of(note.question)[0] if note.question is not None else _("Also seen")
        asked.setdefault(text, _place(note))
        equity[text] = note.question is not None and note.question.equity
        said.setdefault(text, defaultdict(list))[day_of[note.round_id]].append(words)
    rows = [
        Row(text, equity[text], [Cell(day, said[text].get(day, [])) for day in days], len(said[text]))
        for text in sorted(said, key=lambda text: asked[text])
    ]
    return StatSheets(days, rows)


def _place(note: Observation) -> tuple[bool, int, int]:
    """Where its row stands: as it was asked lately, at last what was just seen."""
    if note.question is None:
        return True, 0, 0
    return False, note.question.position, -note.question.version_id


def _thanks(reader: User, notes: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = Recognition.objects.visible_to(reader).filter(observation__in=notes).order_by("pk")
    for note, name in rows.values_list("observation", "name"):
        if note is not None:
            names[note].append(name)
    return names


def _answer(note: Observation, thanked: Sequence[str]) -> str:
    """What was noted, in words; empty where nothing was."""
    parts = [*thanked, note.text]
    if note.number is not None:
        parts.insert(0, format(note.number.normalize(), "f"))
    elif note.value:
        parts.insert(0, _tapped(note))
    return " – ".join(part for part in parts if part)


def _tapped(note: Observation) -> str:
    question = note.question
    if question is not None and question.kind == AnswerKind.CHOICE:
        place = int(note.value) if note.value.isdecimal() else len(question.choices)
        return question.choices[place] if place < len(question.choices) else ""
    return str(YesNo(note.value).label) if note.value in YesNo.values else note.value
