"""Improvement work of the demo hospital: what units have in hand, and what came of it. Invented."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

import numpy as np

from boards.models import Annotation, BoardMeasure, Measure
from improvement.actions.tickets import Begun
from improvement.models import Cycle, EquityCheck, Goal, Origin, Ticket, TicketStep, WorkLimit
from improvement.rules.cycles import ENDS, STARTS, Decision, Scale, State
from improvement.rules.tickets import COLUMNS, OVER, Size, Stage
from org.models import Membership, Organisation, Unit, User
from org.rules import Role

#: Days that a ticket was in each stage before the one where it is.
STAYED: Final = 6


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket: where, what, how big, how far, for so many days; what it changes, how it ended, what it began from."""

    code: str
    title: str
    size: Size
    stage: Stage
    days: int
    problem: str = ""
    measure: str = ""
    outcome: str = ""
    due: int = 0
    of_goal: bool = False
    owner: Role = Role.UNIT_LEAD


TICKETS: Final[Sequence[Told]] = (
    Told("ED", "Pain relief within 60 minutes, for whoever speaks Spanish too", Size.A3, Stage.WORK, 12,
         "Patients who speak Spanish wait longer for pain relief. Asked: at what step do they wait?",
         "door_to_analgesia", due=30, of_goal=True),
    Told("ED", "Interpreter icon on the triage screen", Size.PDSA, Stage.WORK, 9,
         "Nobody sees in triage that an interpreter is needed.", due=5),
    Told("ED", "Wheelchairs have one place, marked on the floor", Size.QUICK_HIT, Stage.CHECK, 8,
         "Looking for one takes ten minutes."),
    Told("ED", "Second label printer at bay 4", Size.DO_IT, Stage.DONE, 4,
         outcome="It stands there; no label was lost since."),
    Told("ED", "Discharge medicines the evening before", Size.PDSA, Stage.NEXT, 3,
         "Patients wait for pharmacy at noon."),
    Told("ED", "A sign for the elevator that is seen", Size.DO_IT, Stage.IDEA, 2, owner=Role.STAFF),
    Told("ED", "Boarders: one call a day instead of six", Size.A3, Stage.IDEA, 21,
         "Six people ask for the same bed.", owner=Role.STAFF),
    Told("5W", "Falls at night", Size.A3, Stage.WORK, 20,
         "Four falls in six weeks, all between two and five in the morning.", "falls", due=-3),
    Told("5W", "Hourly round with a checklist at the door", Size.PDSA, Stage.WORK, 18,
         "Predicted: 4.0 to 3.2 falls per 1,000 bed-days in six weeks.", "falls", due=21),
    Told("5W", "Non-slip socks in every admission kit", Size.QUICK_HIT, Stage.DONE, 11,
         outcome="Every kit has them. Nobody slipped on bare feet since."),
    Told("5W", "Bed alarms louder at the desk", Size.QUICK_HIT, Stage.DROPPED, 15,
         outcome="The alarms were heard; nobody was free. More noise helps nobody."),
    Told("5W", "Menus in Spanish", Size.DO_IT, Stage.CHECK, 6),
    Told("MICU", "Bladder scanners: two on the shelf, one in repair", Size.QUICK_HIT, Stage.WORK, 5),
    Told("PHA", "Tube system: ready bags go first", Size.PDSA, Stage.CHECK, 10),
    Told("IT", "Badge readers that answer within a second", Size.PROJECT, Stage.WORK, 40,
         "Slow readers keep doors and carts closed.", due=60),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """A cycle that began so many days ago and takes so many; `decision` "" while it runs."""

    question: str
    change: str
    predicted: float
    why: str
    scale: Scale
    counted: str
    stop_rule: str
    ago: int
    days: int
    of_measure: bool = False
    done: str = ""
    result: float | None = None
    learned: str = ""
    decision: str = ""
    then: str = ""


CYCLES: Final = {
    "Hourly round with a checklist at the door": (
        Tried("Can a nurse do the round with the list in two minutes?", "A list at one door, one night", 2.0,
              "Three items are asked anyway", Scale.SHIFT, "Minutes for a round, by the nurse", "A call bell waits",
              40, 1, done="Eleven rounds by one nurse", result=3.0,
              learned="The pen was missing at the door. Three minutes are too long at two in the morning.",
              decision=Decision.ADAPT, then="A pen on a string; two items instead of three."),
        Tried("Do four nurses keep to it for a week?", "The shorter list at twelve doors", 90.0,
              "Two of two kept to it", Scale.SHIFT, "Rounds with a tick of 100, by the charge nurse",
              "Anybody falls on a round",
              35, 7, done="Seven nights, five nurses", result=84.0,
              learned="At shift change nobody has it. Patients who speak Spanish were asked less often.",
              decision=Decision.ADOPT, then="The evening nurse hands over with the list; the list in Spanish."),
        Tried("Do falls at night fall?", "The list at every door, in two languages", 3.2,
              "A third of the falls were on the way to the toilet", Scale.UNIT, "Falls per 1,000 bed-days",
              "A fall with injury", 18, 39, of_measure=True, done="All doors since the second day."),
    ),
    "Interpreter icon on the triage screen": (
        Tried("Is an interpreter called sooner when the screen shows it?",
              "An icon beside the name, six triage nurses", 60.0,
              "Two of three are overlooked now", Scale.SHIFT, "Spanish-speaking patients within 60 minutes, of 100",
              "Triage takes longer than 5 minutes", 9, 14, done="Five of six nurses used it."),
    ),
}  # fmt: skip


def make_tickets(organisation: Organisation, now: datetime, seed: int) -> int:
    """Tickets where their units are there; how many."""
    units = {unit.code: unit for unit in Unit.objects.filter(organisation=organisation)}
    told = [one for one in TICKETS if one.code in units]
    rng = np.random.default_rng([seed, 1713])
    goal = Goal.objects.filter(organisation=organisation).order_by("pk").first()
    rows, steps, origins = [], [], []
    for number, one in enumerate(told, start=1):
        unit = units[one.code]
        since = now - timedelta(days=one.days)
        path = [*COLUMNS[: COLUMNS.index(one.stage)], one.stage] if one.stage in COLUMNS else [Stage.IDEA, one.stage]
        began = since - timedelta(days=STAYED * (len(path) - 1))
        owner = _somebody(unit, one.owner)
        ticket = Ticket(
            organisation=organisation,
            unit=unit,
            number=number,
            uid=UUID(bytes=rng.bytes(16)),
            title=one.title,
            problem=one.problem,
            size=one.size,
            stage=one.stage,
            position=number,
            measure=_measure(unit, one.measure),
            owner=owner,
            due_on=(now + timedelta(days=one.due)).date() if one.due else None,
            outcome=one.outcome,
            created_at=began,
            created_by=owner,
            begun_at=since if one.stage == Stage.WORK else None,
            moved_at=since,
            ended_at=since if one.stage in OVER else None,
        )
        rows.append(ticket)
        steps += [
            TicketStep(ticket=ticket, stage=stage, at=began + timedelta(days=STAYED * place), by=owner)
            for place, stage in enumerate(path)
        ]
        if one.of_goal and goal is not None:
            kind = Begun(goal=goal).kind
            origins.append(Origin(ticket=ticket, kind=kind, goal=goal, added_at=began, added_by=owner))
    Ticket.objects.bulk_create(rows)
    TicketStep.objects.bulk_create(steps)
    Origin.objects.bulk_create(origins)
    if "5W" in units:
        WorkLimit.objects.create(unit=units["5W"], most=2)
    return len(rows)


def make_cycles(organisation: Organisation, now: datetime, seed: int) -> int:
    """A ramp of three cycles at 5 West as in the model hospital's day, and the first of the ED; how many."""
    rng = np.random.default_rng([seed, 1714])
    today = now.astimezone(organisation.zone).date()
    made: list[Cycle] = []
    for title, told in CYCLES.items():
        ticket = Ticket.objects.filter(organisation=organisation, title=title).first()
        for number, one in enumerate(told if ticket else (), start=1):
            state = State.ENDED if one.decision else State.DO
            assert ticket is not None
            first, last = today - timedelta(days=one.ago), today - timedelta(days=one.ago - one.days)
            made.append(
                Cycle(
                    ticket=ticket,
                    uid=UUID(bytes=rng.bytes(16)),
                    number=number,
                    state=state,
                    question=one.question,
                    change=one.change,
                    predicted=one.predicted,
                    why=one.why,
                    scale=one.scale,
                    measure=ticket.measure if one.of_measure else None,
                    counted="" if one.of_measure and ticket.measure else one.counted,
                    stop_rule=one.stop_rule,
                    starts_on=first,
                    ends_on=last,
                    done=one.done,
                    result=one.result,
                    learned=one.learned,
                    decision=one.decision,
                    then=one.then,
                    created_at=now - timedelta(days=one.ago + 2),
                    created_by=ticket.owner,
                    started_at=now - timedelta(days=one.ago),
                    ended_at=now - timedelta(days=one.ago - one.days) if one.decision else None,
                )
            )
    Cycle.objects.bulk_create(made)
    for before, cycle in pairwise(made):
        if before.ticket_id == cycle.ticket_id:
            cycle.follows = before
    Cycle.objects.bulk_update([cycle for cycle in made if cycle.follows_id], ["follows"])
    Annotation.objects.bulk_create(_marks(made))
    _check(organisation, now)
    return len(made)


def _marks(made: Sequence[Cycle]) -> Iterator[Annotation]:
    """What a cycle writes on the chart of its measure."""
    for cycle in made:
        for day, text in ((cycle.starts_on, STARTS), (cycle.ends_on if cycle.decision else None, ENDS)):
            if cycle.measure is not None and day is not None:
                yield Annotation(
                    unit_id=cycle.ticket.unit_id,
                    measure=cycle.measure,
                    day=day,
                    text=(str(text) % {"n": cycle.number, "title": cycle.ticket.title})[:120],
                    written_by=cycle.created_by,
                    written_at=cycle.created_at,
                )


def _check(organisation: Organisation, now: datetime) -> None:
    """The A3 on pain relief says who gains; the others are still asked."""
    ticket = Ticket.objects.filter(organisation=organisation, title=TICKETS[0].title).first()
    if ticket is not None:
        EquityCheck.objects.create(
            ticket=ticket,
            groups="By language: English, Spanish, other languages. Also by payer.",
            split="The measure is told by language each month; the wait at each step is counted by hand for two weeks.",
            gains="Patients who speak Spanish and wait longest now.",
            loses="Triage could take longer for everybody: the balancing measure is whoever left without being seen.",
            written_at=now - timedelta(days=10),
            written_by=ticket.owner,
        )


def _somebody(unit: Unit, role: Role) -> User | None:
    found = Membership.objects.filter(unit=unit, role=role, ended_on__isnull=True).select_related("user").order_by("pk")
    first = found.first()
    return first.user if first else None


def _measure(unit: Unit, part: str) -> Measure | None:
    if not part:
        return None
    placed = BoardMeasure.objects.filter(unit=unit, measure__code__startswith=part).select_related("measure").first()
    return placed.measure if placed else None
