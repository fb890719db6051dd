"""The page of one huddle: its agenda with what was tapped and written, and what each step brings up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.urls import reverse

from boards.pages import TileView
from boards.queries import board as boards
from boards.queries.words import long_day
from huddles.models import AgendaLine, Choice, Huddle, HuddleMark, HuddleNote
from huddles.queries import words
from huddles.queries.agendas import HuddleAgenda, agenda_of, agenda_version_for
from huddles.queries.below import SIGNS, Below, begins_from, below
from huddles.queries.signal_rows import SignalRow, gaps_below
from huddles.queries.spoken import Spoken, spoken
from huddles.queries.stoplight import Stoplight, stoplight
from huddles.rules.agendas import CHOICES, SHOWN_UNDER, Section, StepKind
from huddles.rules.agendas import Choice as Tap
from huddles.rules.issues import ChoiceKind
from huddles.rules.schedule import HuddleState, may_call_off, may_start, may_write, minutes_held
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huddles.models import Issue

#: The sign of each tap; somebody who is missing, or a "no", is no red mark.
TAP_SIGNS: Final[Mapping[Tap, str]] = {
    Tap.HERE: "met",
    Tap.REMOTE: "remote",
    Tap.STAND_IN: "seen",
    Tap.MISSING: "no_data",
    Tap.READY: "met",
    Tap.AT_RISK: "at_risk",
    Tap.NOT_READY: "missed",
    Tap.NOTHING: "met",
    Tap.YES: "met",
    Tap.NO: "seen",
}


@dataclass(frozen=True, slots=True)
class Note:
    """Words under a line. `beside`: they stand beside others that were written at the same time."""

    uid: str
    text: str
    revision: int
    by: str
    time: str
    beside: bool


@dataclass(frozen=True, slots=True)
class Button:
    """A choice that can be tapped."""

    code: str
    label: str
    sign: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the agenda with its choices and words."""

    line: AgendaLine
    buttons: Sequence[Button]
    notes: Sequence[Note]

    @property
    def chosen(self) -> Button | None:
        """What was tapped."""
        return next((button for button in self.buttons if button.chosen), None)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the agenda. `own` takes words about the step as such; `rows` are lines that stand under it."""

    index: int
    line: AgendaLine
    own: Row
    rows: Sequence[Row]
    promises: bool = False  # open promises are spoken of here

    @property
    def kind(self) -> str:
        """What the step brings up."""
        return self.line.kind

    @property
    def box(self) -> str:
        """Its time box, like "2:00"."""
        return f"{self.line.seconds // 60}:{self.line.seconds % 60:02}"


@dataclass(frozen=True, slots=True)
class BoardStep:
    """What the step about the board brings up: reds without a reason, and one chart with a signal."""

    reds: Sequence[TileView]
    chart: TileView | None
    may_explain: bool
    explain_url: str


@dataclass(frozen=True, slots=True)
class HuddlePage:
    """Everything that the page of a huddle shows."""

    huddle: Huddle
    unit: Unit
    state: HuddleState
    sign: str
    when: str
    day: datetime
    began: str
    ended: str
    minutes: int
    steps: Sequence[Step]
    step: int
    checks: Sequence[Row]
    agenda_number: int
    spoken: Spoken
    below: Below | None
    board: BoardStep | None
    gaps: Sequence[SignalRow]  # open signals here and below
    report: Stoplight | None  # what the unit told, and what came of it
    reasons: Sequence[Choice]
    permissions: frozenset[Permission]
    may_begin: bool
    begins_from: str  # from when a coming one may begin, where that is still to come
    may_call_off: bool
    may_write: bool
    now: datetime

    @property
    def day_text(self) -> str:
        """Like "Friday 20 November 2026"."""
        return long_day(self.day.date())

    @property
    def fresh(self) -> str:
        """A new id for an entry of a form."""
        return str(uuid4())

    @property
    def runs(self) -> bool:
        """Whether this person may run huddles here."""
        return Permission.HUDDLE_RUN in self.permissions

    @property
    def may_alert(self) -> bool:
        """Whether this person may send an alert from here."""
        return Permission.ALERT_SEND in self.permissions

    @property
    def works(self) -> bool:
        """Whether this person may work issues here."""
        return Permission.ISSUE_WORK in self.permissions

    @property
    def confirms(self) -> bool:
        """Whether this person may say here whether something is solved."""
        return Permission.ISSUE_CONFIRM in self.permissions

    @property
    def raises(self) -> bool:
        """Whether this person may raise issues here."""
        return Permission.ISSUE_RAISE in self.permissions

    @property
    def hears_rounds(self) -> bool:
        """Whether this person may read here what rounds noted."""
        return Permission.ROUND_READ in self.permissions

    @property
    def seconds(self) -> int:
        """The time boxes of all steps together."""
        return sum(step.line.seconds for step in self.steps)

    @property
    def overtime(self) -> int:
        """Minutes beyond what was planned."""
        return max(0, self.minutes - self.huddle.minutes)


def huddle_page(
    huddle: Huddle,
    issues: "QuerySet[Issue]",
    units: "QuerySet[Unit]",
    permissions: frozenset[Permission],
    now: datetime,
) -> HuddlePage:
    """The page of `huddle`, which comes with version, unit, tier and organisation, for somebody who may read `issues`
    and `units`. `now` is local to the unit. The same number of statements whatever stands in it.
    """
    unit = huddle.unit
    state = huddle.state_at(now)
    version = huddle.version or agenda_version_for(unit)
    agenda = HuddleAgenda(0, 0, (), {}) if version is None else agenda_of(version)
    rows = _rows(huddle, agenda, now)
    steps = _steps(agenda, rows)
    kinds = {step.kind for step in steps}
    begun = huddle.started_at
    length = 0 if begun is None else minutes_held(begun, huddle.ended_at or now)
    told = spoken(issues, unit, huddle, now)
    day = huddle.planned_at.astimezone(now.tzinfo)
    return HuddlePage(
        huddle=huddle,
        unit=unit,
        state=state,
        sign=SIGNS[state],
        when=words.clock(huddle.planned_at, now),
        day=day,
        began="" if begun is None else words.clock(begun, day),
        ended="" if huddle.ended_at is None else words.clock(huddle.ended_at, day),
        minutes=length,
        steps=steps,
        step=min(huddle.step, max(0, len(steps) - 1)),
        checks=[rows[line.pk] for line in agenda.lines(Section.FIDELITY)],
        agenda_number=agenda.number,
        spoken=told,
        below=below(units, unit, huddle.day, now) if StepKind.BELOW in kinds else None,
        board=board_step(unit, permissions, now) if StepKind.BOARD in kinds else None,
        gaps=gaps_below(unit, now) if StepKind.SIGNALS in kinds and Permission.STRATA_VIEW in permissions else (),
        report=stoplight(unit, issues, now) if StepKind.STOPLIGHT in kinds else None,
        reasons=not_held_reasons(unit) if begun is None or StepKind.BELOW in kinds else (),
        permissions=permissions,
        may_begin=begun is None and may_start(planned_at=huddle.planned_at, now=now),
        begins_from=begins_from(huddle, now),
        may_call_off=Permission.HUDDLE_RUN in permissions and _may_call_off(huddle, rows.values(), told, now),
        may_write=may_write(ended_at=huddle.ended_at, now=now) and Permission.HUDDLE_RUN in permissions,
        now=now,
    )


def _may_call_off(huddle: Huddle, rows: Iterable[Row], told: Spoken, now: datetime) -> bool:
    """Whether the page offers it; the action looks once more."""
    soon = may_call_off(is_extra=huddle.is_extra, started_at=huddle.started_at, ended_at=huddle.ended_at, now=now)
    return soon and not (told.new or told.handled or any(row.notes or row.chosen for row in rows))


def not_held_reasons(unit: Unit) -> Sequence[Choice]:
    """Why a huddle may not have been held, in the order of the hospital. One statement."""
    return list(
        Choice.objects.filter(organisation=unit.organisation_id, kind=ChoiceKind.NOT_HELD, is_active=True).order_by(
            "position", "name"
        )
    )


def _rows(huddle: Huddle, agenda: HuddleAgenda, now: datetime) -> dict[int, Row]:
    marks = dict(HuddleMark.objects.filter(huddle=huddle).values_list("line_id", "choice"))
    notes: dict[int, list[Note]] = {}
    found = HuddleNote.objects.filter(huddle=huddle, removed_at__isnull=True).select_related("by")
    for note in found.order_by("written_at", "pk"):
        by = "" if note.by is None else note.by.get_short_name()
        time = words.clock(note.changed_at, now)
        notes.setdefault(note.line_id, []).append(
            Note(str(note.uid), note.text, note.revision, by, time, note.beside_id is not None)
        )
    lines = [*agenda.steps, *(line for section in agenda.sections.values() for line in section)]
    return {
        line.pk: Row(
            line,
            [
                Button(tap.value, str(tap.label), TAP_SIGNS[tap], marks.get(line.pk) == tap)
                for tap in CHOICES.get(Section(line.section), ())
            ],
            notes.get(line.pk, ()),
        )
        for line in lines
    }


def _steps(agenda: HuddleAgenda, rows: Mapping[int, Row]) -> list[Step]:
    """The steps with the lines under them; lines of a section whose step is not on the agenda stand under the first."""
    under: dict[str, list[Row]] = {}
    for section, kind in SHOWN_UNDER.items():
        place = kind if agenda.has(kind) else (agenda.steps[0].kind if agenda.steps else "")
        under.setdefault(place, []).extend(rows[line.pk] for line in agenda.lines(section))
    promised = StepKind.PROMISES if agenda.has(StepKind.PROMISES) else StepKind.ANSWERS
    steps = []
    taken: set[str] = set()
    for index, line in enumerate(agenda.steps):
        mine = () if line.kind in taken else under.get(line.kind, ())
        taken.add(line.kind)
        steps.append(Step(index, line, rows[line.pk], mine, promises=line.kind == promised))
    return steps


def board_step(unit: Unit, permissions: frozenset[Permission], now: datetime) -> BoardStep:
    """Reds without a reason, and the loudest signal: for the worse before any other, drivers before what is watched."""
    zone_now = now.astimezone(unit.organisation.zone)
    day = boards.latest_day(zone_now)
    views, _states, _shown, _bars = boards.board_tiles(unit, day, boards.Reader(permissions, zone_now))
    special = [view for view in views if view.variation not in {"", "common"}]
    special.sort(key=lambda view: (not view.variation.startswith("worse"), view.role == "watch"))
    return BoardStep(
        [view for view in views if view.needs_reason],
        special[0] if special else None,
        Permission.REASON_ENTER in permissions,
        reverse("boards:board", args=[unit.pk]) + f"reasons/{day.isoformat()}/",
    )


def sheet_steps(agenda: HuddleAgenda) -> list[Step]:
    """The steps of an agenda with nothing tapped or written, for paper. The self-check stands under the last."""
    lines = [*agenda.steps, *(line for section in agenda.sections.values() for line in section)]
    rows = {
        line.pk: Row(
            line,
            [Button(tap.value, str(tap.label), "", chosen=False) for tap in CHOICES.get(Section(line.section), ())],
            (),
        )
        for line in lines
    }
    return _steps(agenda, rows)
