"""A running huddle as a wall may show it: steps, taps and counts; nothing that a person wrote, and no name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huddles.models import AgendaLine, Huddle, HuddleMark, Issue
from huddles.queries import words
from huddles.queries.agendas import agenda_of
from huddles.queries.huddle import TAP_SIGNS
from huddles.rules.agendas import Choice, Section
from huddles.rules.schedule import FORGOTTEN
from org.models import Unit


@dataclass(frozen=True, slots=True)
class Sign:
    """A readiness item and what was tapped beside it."""

    title: str
    sign: str
    label: str


@dataclass(frozen=True, slots=True)
class WallHuddle:
    """What a wall shows of a running huddle."""

    huddle: Huddle
    unit_name: str
    began: str
    steps: Sequence[AgendaLine]
    present: AgendaLine | None
    number: int
    here: int
    seats: int
    readiness: Sequence[Sign]
    raised: int


def wall_huddle(unit: Unit, now: datetime) -> WallHuddle | None:
    """The huddle that is running at `unit`; None where none is. Five statements. `now` is local."""
    running = Huddle.objects.filter(unit=unit, started_at__gt=now - FORGOTTEN, ended_at__isnull=True)
    huddle = running.select_related("version").order_by("-started_at").first()
    if huddle is None or huddle.version is None or huddle.started_at is None:
        return None
    agenda = agenda_of(huddle.version)
    marks = dict(HuddleMark.objects.filter(huddle=huddle).values_list("line_id", "choice"))
    seats = agenda.lines(Section.SEAT)
    here = sum(marks.get(line.pk) in {Choice.HERE, Choice.REMOTE, Choice.STAND_IN} for line in seats)
    readiness = []
    for line in agenda.lines(Section.READINESS):
        tap = Choice(marks[line.pk]) if line.pk in marks else None
        readiness.append(
            Sign(line.title, "not_due" if tap is None else TAP_SIGNS[tap], "" if tap is None else str(tap.label))
        )
    step = min(huddle.step, max(0, len(agenda.steps) - 1))
    return WallHuddle(
        huddle=huddle,
        unit_name=unit.name,
        began=words.clock(huddle.started_at, now),
        steps=agenda.steps,
        present=agenda.steps[step] if agenda.steps else None,
        number=step + 1,
        here=here,
        seats=len(seats),
        readiness=readiness,
        raised=Issue.objects.filter(huddle=huddle, confidential=False).count(),
    )
