"""Short ways to make goals, and what was told of groups of patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from django.db.models import Max

from boards.models import Dimension, Measure, Published
from boards.rules import CategoryState, Direction, Stretch
from improvement import shared_text
from improvement.models import Cause, Countermeasure, Cycle, Driver, Goal, Paper, PlanStep, Review, Ticket, Voice
from improvement.rules.cycles import State
from improvement.rules.goals import Status, month_end
from improvement.rules.papers import PAPER_OF, Branch, Place
from improvement.rules.tickets import OVER, Size, Stage
from org.models import Organisation, Unit, User
from org.rules import Role
from tests.boards.factories import make_dimension, make_measure
from tests.factories import make_organisation, make_unit, make_user

#: Five months of the goal are over.
TODAY = date(2026, 12, 2)
NOW = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
BEFORE = (date(2025, 7, 1), date(2026, 6, 1))
PERIOD = (date(2026, 7, 1), date(2027, 6, 1))

Counts = Mapping[str, tuple[float, float]]
#: domain.md §3.4, in counts that give its shares exactly: all 61 %, English 66 %, Spanish 48 %.
BASELINE: Counts = {"English": (330, 500), "Spanish": (96, 200), "Other languages": (184, 300)}
#: Month 5: all 70 %, English 76 %, Spanish 53 %.
MONTH_5: Counts = {"English": (380, 500), "Spanish": (106, 200), "Other languages": (214, 300)}


@dataclass
class House:
    """An executive team, a line and an emergency department with its measure, its languages and its people."""

    organisation: Organisation
    top: Unit
    line: Unit
    ward: Unit
    measure: Measure
    balancing: Measure
    language: Dimension
    manager: User
    sponsor: User
    staff: User


def make_house(**fields) -> House:
    organisation = make_organisation()
    top = make_unit(organisation=organisation, name="Executive team")
    line = make_unit(top, name="Emergency and critical care")
    ward = make_unit(line, name="Emergency department")
    return House(
        organisation=organisation,
        top=top,
        line=line,
        ward=ward,
        measure=make_measure(
            organisation, "door_to_analgesia", name="Pain relief within 60 minutes", unit_text="%", **fields
        ),
        balancing=make_measure(organisation, "left_unseen", direction=Direction.LOWER),
        language=make_dimension(organisation, "language", "English", "Spanish", "Other languages"),
        manager=make_user(Role.MANAGER, line),
        sponsor=make_user(Role.EXECUTIVE, top),
        staff=make_user(Role.STAFF, ward),
    )


def tell(
    house: House,
    counts: Counts,
    first: date,
    last: date,
    *,
    hidden: Counts | None = None,
    states: Mapping[str, str] | None = None,
    stretch: str = Stretch.BLOCK,
    unit: Unit | None = None,
    at: datetime | None = None,
) -> Published:
    """A row of what was told: of the month that begins with `first` to the one that begins with `last`."""
    everyone = [*counts.values(), *(hidden or {}).values()]
    end = month_end(last)
    return Published.objects.create(
        organisation=house.organisation,
        unit=unit or house.ward,
        measure=house.measure,
        dimension=house.language,
        stretch=stretch,
        first=first,
        last=end,
        names=list(counts),
        states=[(states or {}).get(name, CategoryState.KNOWN) for name in counts],
        numerators=[part[0] for part in counts.values()],
        denominators=[part[1] for part in counts.values()],
        numerator=sum(part[0] for part in everyone),
        denominator=sum(part[1] for part in everyone),
        hidden=list(hidden or {}),
        published_at=at or datetime.combine(end + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=12),
    )


def whole(house: House, **fields) -> dict:
    """The fields of a goal with both halves and its charter, as domain.md §3.4 has it."""
    return {
        "organisation": house.organisation,
        "unit": house.ward,
        "title": "Pain relief in time, in every language",
        "measure": house.measure,
        "dimension": house.language,
        "group": "Spanish",
        "reference": "English",
        "raise_by": 0.2,
        "narrow_by": 0.2,
        "baseline_first": BEFORE[0],
        "baseline_last": BEFORE[1],
        "first_month": PERIOD[0],
        "last_month": PERIOD[1],
        "minimum": 11,
        "balancing": house.balancing,
        "owner": house.manager,
        "sponsor": house.sponsor,
        "if_missed": "The executive team hears why, and decides on staff for interpreting.",
        "created_at": NOW,
        "created_by": house.manager,
        **fields,
    }


def make_goal(house: House, status: str = Status.ACTIVE, **fields) -> Goal:
    """A goal of that status, with a voice and a review, as it lies in the database."""
    fields = whole(house, **fields)
    if status not in {Status.DRAFT, Status.STOPPED}:
        fields.setdefault("activated_at", NOW)
    if status not in {Status.DRAFT, Status.ACTIVE}:
        fields = {"closed_at": NOW, "closing_note": "Said so.", **fields}
    goal = Goal.objects.create(status=status, **fields)
    Voice.objects.create(
        organisation=house.organisation,
        goal=goal,
        heard="Patient and family council",
        day=date(2026, 6, 4),
        said="Nobody asks about pain in our language.",
        recorded_at=NOW,
    )
    Review.objects.create(goal=goal, day=date(2026, 12, 15))
    return Goal.objects.whole().get(pk=goal.pk)


def make_ticket(unit: Unit, by: User | None = None, **fields) -> Ticket:
    """A ticket among the ideas of `unit`, written straight into the table."""
    number = (Ticket.objects.filter(organisation=unit.organisation).aggregate(last=Max("number"))["last"] or 0) + 1
    stage = fields.get("stage", Stage.IDEA)
    over = {"ended_at": NOW, "outcome": "It holds"} if stage in OVER else {}
    given = {"title": f"Ticket {number}", "size": Size.QUICK_HIT, "created_at": NOW, "moved_at": NOW, **over, **fields}
    return Ticket.objects.create(
        organisation=unit.organisation, unit=unit, number=number, uid=uuid4(), created_by=by, **given
    )


PLANNED = {
    "question": "Does an icon shorten the wait?",
    "change": "An icon on the triage screen",
    "predicted": 60.0,
    "why": "Two of three are overlooked now",
    "scale": "shift",
    "counted": "Patients seen within 60 minutes, by the charge nurse",
    "stop_rule": "Anybody waits longer than today",
    "starts_on": date(2026, 11, 30),
    "ends_on": date(2026, 12, 14),
}
ENDED = {"state": State.ENDED, "ended_at": NOW, "decision": "adapt", "result": 55.0, "learned": "It is seen by half"}


def make_cycle(ticket: Ticket, state: State = State.DO, **fields) -> Cycle:
    """A cycle of a ticket in a state, written straight into the table."""
    number = (ticket.cycles.aggregate(last=Max("number"))["last"] or 0) + 1
    given = {**PLANNED, "state": state, "created_at": NOW, "started_at": None if state == State.PLAN else NOW}
    given |= ENDED if state == State.ENDED else {}
    return Cycle.objects.create(ticket=ticket, uid=uuid4(), **{"number": number, **given, **fields})


def make_paper(ticket: Ticket, texts: Mapping[str, str] | None = None, **fields) -> Paper:
    """The page of a ticket that says these texts by section, written straight into the table."""
    said = dict(texts or {})
    given = {"form": PAPER_OF.get(ticket.size, "a3"), "created_at": NOW, **fields}
    shared = shared_text.rewritten(shared_text.EMPTY, said)
    return Paper.objects.create(ticket=ticket, shared=shared, texts=said, **given)


def make_cause(paper: Paper, text: str = "Nobody comes by", **fields) -> Cause:
    """A cause, written straight into the table: a rib of the fishbone, or with `of` the answer to why."""
    branch = "" if "of" in fields else Branch.WAY
    given = {"uid": uuid4(), "made_at": NOW, "branch": branch, **fields}
    return Cause.objects.create(paper=paper, text=text, **given)


def make_countermeasure(paper: Paper, text: str = "A list at the door", **fields) -> Countermeasure:
    """A countermeasure, written straight into the table."""
    return Countermeasure.objects.create(paper=paper, text=text, **{"uid": uuid4(), "made_at": NOW, **fields})


def make_step(paper: Paper, what: str = "Print the list", **fields) -> PlanStep:
    """A step of the plan, written straight into the table."""
    return PlanStep.objects.create(paper=paper, what=what, **{"uid": uuid4(), "made_at": NOW, **fields})


def make_driver(paper: Paper, text: str = "A reader answers at once", **fields) -> Driver:
    """A node of the driver diagram, written straight into the table: a primary driver unless said otherwise."""
    given = {"uid": uuid4(), "made_at": NOW, "place": Place.PRIMARY, **fields}
    return Driver.objects.create(paper=paper, text=text, **given)
