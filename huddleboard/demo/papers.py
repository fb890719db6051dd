"""The pages of improvement work of the demo hospital: A3s and a charter, as far as their tickets are. Invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from django.db.models import Max

from boards.models import Measure, ReasonCode
from improvement import shared_text
from improvement.actions import word_index
from improvement.models import (
    Cause,
    Countermeasure,
    Cycle,
    Driver,
    Offer,
    OfferedTo,
    Paper,
    PaperComment,
    PaperVersion,
    PlanStep,
    Ticket,
)
from improvement.rules.papers import AT_FIRST_OUT, PAPER_OF, Branch, Course, Kept, Place, Section, Standing
from improvement.rules.spread import Answer
from improvement.rules.tickets import Size, Stage
from org.models import Organisation, Unit


@dataclass(frozen=True, slots=True)
class Said:
    """A cause with what is known of it, and its answers to "why?"."""

    text: str
    branch: str = ""
    standing: Standing = Standing.GUESS
    fact: str = ""
    reason: str = ""
    whys: Sequence["Said"] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A countermeasure of the cause of that number."""

    text: str
    cause: int
    effect: str
    effort: str
    loses: str
    course: Course
    side: str = ""
    cycle: int = 0


@dataclass(frozen=True, slots=True)
class Hung:
    """A node of the driver diagram with what hangs on it; `course` of an idea."""

    text: str
    place: Place
    course: str = ""
    hung: Sequence["Hung"] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A paper: what its sections say, its rows, what a coach asked, its goal."""

    texts: dict[str, str]
    causes: Sequence[Said] = ()
    measures: Sequence[Weighed] = ()
    steps: Sequence[tuple[str, int, bool]] = ()  # what, due in days, done
    comments: Sequence[tuple[Section, str, bool]] = ()  # settled
    goal: tuple[float, float, int] | None = None
    audit: int = 0
    balancing: str = ""
    drivers: Sequence["Hung"] = ()


PAPERS: Final[dict[str, Told]] = {
    "Falls at night": Told(
        {
            Section.BACKGROUND: "Four falls in six weeks, one with a broken hip. Patients and families trust us to keep"
            " them safe at night. It serves the aim “no fall with injury” of the house.",
            Section.CONDITION: "All four fell between two and five in the morning, on the way to the toilet."
            " We walked with the night nurse: twelve patients, one round at 23:00, the next at 05:00."
            " Two of the four speak Spanish; nobody had shown them the call bell in their language.",
            Section.GOAL: "From 4.0 to 3.2 falls per 1,000 bed-days within six weeks, and no group above the others.",
            Section.CAUSES: "Asked at the bed and in the room where it happened, not at the desk.",
            Section.COUNTERMEASURES: "Begin with what costs little: the round with a list, and the bell shown in the"
            " language of the patient.",
            Section.PLAN: "First one door and one night, then twelve doors, then the unit.",
            Section.RESULTS: "Week three of six. 84 of 100 rounds were ticked; two nights without a tick were nights"
            " with one nurse less.",
            Section.FOLLOW_UP: "If it holds: the list becomes part of the evening handover, and 6 East tries it next.",
        },
        (
            Said("Patients get up alone to go to the toilet", Branch.WAY, Standing.FACT,
                 "Four of four, from the incident notes and two interviews", "method", (
                     Said("Nobody comes by between 23:00 and 05:00", standing=Standing.FACT,
                          fact="Walked along on three nights: no round was planned", whys=(
                              Said("The round is not part of the night plan", standing=Standing.FACT,
                                   fact="Night plan read: it lists medication and vital signs only"),)),
                     Said("The bell is not used", standing=Standing.FACT,
                          fact="Two of four did not know where it was"),
                 )),
            Said("The bell is not explained in Spanish", Branch.INFORMATION, Standing.FACT,
                 "Asked six patients: one had been shown it"),
            Said("Bed alarms are too quiet", Branch.EQUIPMENT, Standing.REFUTED,
                 "All four alarms rang; nobody was free to come"),
            Said("The floor is wet after cleaning", Branch.PLACE, Standing.REFUTED,
                 "Cleaning is at 20:00; looked twice"),
            Said("One nurse less on two of four nights", Branch.PEOPLE, Standing.FACT, "Roster of the four nights",
                 "staffing"),
        ),
        (
            Weighed("Hourly round with a list at the door", 0, "3", "2",
                    "Whoever sleeps lightly: the nurse comes with a dimmed lamp", Course.TRIED,
                    "Less time at the desk", 1),
            Weighed("Show the bell in the language of the patient", 4, "2", "1", "Nobody that we know of",
                    Course.CHOSEN),
            Weighed("Louder bed alarms", 5, "1", "2", "", Course.DROPPED),
        ),
        (("Print the list, two items, a pen on a string", -20, True),
         ("Card with the bell in five languages", -4, False),
         ("Night plan with the round in it", 9, False)),
        ((Section.CAUSES, "How do you know that the alarms were loud enough?", True),
         (Section.RESULTS, "What would tell you that it is not the weather?", False)),
        (4.0, 3.2, 21),
        60,
        "overtime_share",
    ),
    "Pain relief within 60 minutes, for whoever speaks Spanish too": Told(
        {
            Section.BACKGROUND: "Patients who speak Spanish wait longer for pain relief than others. The goal of the"
            " house asks for both: all sooner, and no gap.",
            Section.CONDITION: "Followed five patients from the door to the first dose. The wait is before the pain"
            " score, not before the medicine.",
        },
        (Said("The pain score waits for an interpreter", Branch.WAY),),
    ),
    "Badge readers that answer within a second": Told(
        {
            Section.BACKGROUND: "Slow readers keep doors and carts closed. Nurses wait about forty times a shift.",
            Section.GOAL: "Every reader opens within a second, in both campuses, by spring.",
            Section.SCOPE: "In: medication carts and doors of the wards. Not in: parking, the cafeteria.",
            Section.TEAM: "IT, pharmacy, one nurse of each branch, four hours a week.",
        },
        steps=(("Measure ten readers for a day", 7, False),),
        drivers=(
            Hung("A reader answers at once", Place.PRIMARY, hung=(
                Hung("Readers are on the wired network", Place.SECONDARY, hung=(
                    Hung("Move the ten slowest off wireless", Place.IDEA, Course.TRIED),)),
                Hung("The directory answers within 200 ms", Place.SECONDARY, hung=(
                    Hung("A copy of the directory on each campus", Place.IDEA, Course.CHOSEN),
                    Hung("Ask every reader each minute so that it stays awake", Place.IDEA, Course.DROPPED))))),
            Hung("Fewer doors need a badge", Place.PRIMARY, hung=(
                Hung("Carts stay open while a nurse is logged in beside them", Place.IDEA, Course.IDEA),)),
        ),
    ),
}  # fmt: skip


def make_papers(organisation: Organisation, now: datetime, seed: int) -> int:
    """Papers where their tickets are there; how many."""
    rng = np.random.default_rng([seed, 1716])
    reasons = {code.code: code for code in ReasonCode.objects.filter(organisation=organisation)}
    made = 0
    for title, told in PAPERS.items():
        ticket = Ticket.objects.filter(organisation=organisation, title=title).select_related("owner").first()
        if ticket is None:
            continue
        made += 1
        _make(ticket, told, reasons, now, rng)
    word_index.renew_all(organisation.pk)
    return made


def _make(ticket: Ticket, told: Told, reasons: dict[str, ReasonCode], now: datetime, rng: np.random.Generator) -> None:
    began = ticket.begun_at or ticket.created_at
    today = now.astimezone(ticket.organisation.zone).date()
    texts = {str(section): text for section, text in told.texts.items()}
    paper = Paper.objects.create(
        ticket=ticket,
        form=PAPER_OF[ticket.size],
        left_out=list(AT_FIRST_OUT[PAPER_OF[ticket.size]]),
        sponsor=ticket.created_by,
        balancing=Measure.objects.filter(organisation=ticket.organisation, code=told.balancing).first(),
        goal_from=told.goal[0] if told.goal else None,
        goal_to=told.goal[1] if told.goal else None,
        goal_by=today + timedelta(days=told.goal[2]) if told.goal else None,
        audit_on=today + timedelta(days=told.audit) if told.audit else None,
        shared=shared_text.rewritten(shared_text.EMPTY, texts),
        texts=texts,
        revision=1,
        created_at=began,
        created_by=ticket.owner,
        edited_at=now - timedelta(days=1),
        edited_by=ticket.owner,
        unkept_since=now - timedelta(days=1),
    )
    first = dict(list(texts.items())[:3])
    PaperVersion.objects.create(
        paper=paper, number=1, kept=Kept.PAUSE, texts=first, at=began + timedelta(hours=1), by=ticket.owner
    )
    causes: list[Cause] = []

    def row(**fields: object) -> dict[str, object]:
        return {"paper": paper, "uid": UUID(bytes=rng.bytes(16)), "made_at": began, "made_by": ticket.owner, **fields}

    def cause(said: Said, of: Cause | None) -> None:
        checked = {} if said.standing == Standing.GUESS else {"checked_at": began, "checked_by": ticket.owner}
        made = Cause.objects.create(
            **row(of=of, branch=said.branch, text=said.text, standing=said.standing, fact=said.fact,
                  reason=reasons.get(said.reason), position=len(causes), **checked)
        )  # fmt: skip
        causes.append(made)
        for one in said.whys:
            cause(one, made)

    for said in told.causes:
        cause(said, None)
    cycles = {cycle.number: cycle for cycle in Cycle.objects.filter(ticket=ticket)}
    for place, one in enumerate(told.measures):
        Countermeasure.objects.create(
            **row(text=one.text, cause=causes[one.cause], effect=one.effect, effort=one.effort, loses=one.loses,
                  side_effects=one.side, course=one.course, cycle=cycles.get(one.cycle), position=place)
        )  # fmt: skip
    for place, (what, due, done) in enumerate(told.steps):
        finished = {"done_at": now - timedelta(days=18), "done_by": ticket.owner} if done else {}
        PlanStep.objects.create(
            **row(what=what, owner=ticket.owner, due_on=today + timedelta(days=due), position=place, **finished)
        )
    drivers: list[Driver] = []

    def driver(said: Hung, of: Driver | None) -> None:
        made = Driver.objects.create(
            **row(of=of, text=said.text, place=said.place, course=said.course, position=len(drivers))
        )
        drivers.append(made)
        for one in said.hung:
            driver(one, made)

    for hung in told.drivers:
        driver(hung, None)
    for section, text, settled in told.comments:
        PaperComment.objects.create(
            paper=paper,
            uid=UUID(bytes=rng.bytes(16)),
            section=section,
            text=text,
            at=now - timedelta(days=6),
            by=ticket.coach or ticket.created_by,
            settled_at=now - timedelta(days=5) if settled else None,
            settled_by=ticket.owner if settled else None,
        )


OFFERED: Final = "Non-slip socks in every admission kit"


def make_offer(organisation: Organisation, now: datetime, seed: int) -> int:
    """A change that held at 5 West, offered to the units like it: two took it up, one said why not; how many asked."""
    source = Ticket.objects.filter(organisation=organisation, title=OFFERED).select_related("unit", "owner").first()
    if source is None:
        return 0
    rng = np.random.default_rng([seed, 1717])
    offered = now - timedelta(days=9)
    offer = Offer.objects.create(
        ticket=source,
        change="Two pairs of non-slip socks in every admission kit. The evening nurse puts a pair on whoever gets up.",
        needs="Two pairs for each bed and week, ordered with the kits.",
        offered_at=offered,
        offered_by=source.owner,
    )
    like = Unit.objects.open().filter(organisation=organisation, tier=source.unit.tier_id).exclude(pk=source.unit_id)
    last = Ticket.objects.filter(organisation=organisation).aggregate(last=Max("number"))["last"] or 0
    asked = list(like.order_by("path")[:5])
    for place, unit in enumerate(asked):
        own = None
        if place in {0, 2}:
            last += 1
            own = Ticket.objects.create(
                organisation=organisation,
                unit=unit,
                number=last,
                uid=UUID(bytes=rng.bytes(16)),
                title=source.title,
                problem=offer.change,
                size=Size.PDSA,
                stage=Stage.WORK if place else Stage.NEXT,
                position=last,
                created_at=offered + timedelta(days=1),
                begun_at=offered + timedelta(days=3) if place else None,
                moved_at=offered + timedelta(days=3),
            )
        answer = Answer.TAKEN if own else Answer.DECLINED if place == 1 else Answer.OPEN
        OfferedTo.objects.create(
            offer=offer,
            unit=unit,
            answer=answer,
            own=own,
            reason="Nobody walks here before the third day." if answer == Answer.DECLINED else "",
            answered_at=None if answer == Answer.OPEN else offered + timedelta(days=1),
        )
    word_index.renew_all(organisation.pk)
    return len(asked)
