"""K-cards as pages need them: side, what is due and why, weeks as columns. Counts of checks, never of people."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Exists, OuterRef, Q

from boards.models import Measure, Snapshot
from boards.rules import STATUS_CODES, Status
from org.models import Membership, Unit, User
from org.rules import LEADING, Permission, ancestor_ids
from rounding.models import KAnswer, KCard, KCheck, QuestionSet
from rounding.queries.k_asked import elements_of, newest_version, words_of
from rounding.queries.k_words import due_text, new_text, pace_text, reason_text, week_text
from rounding.rules import k_cards as rules
from rounding.rules.k_cards import Answer, Harm, Pace, Per, Side, Tally
from rounding.rules.questions import SetKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Cards that are counted for one page; whoever leads more is told so.
MOST_CARDS: Final = 400
MOST_UNITS: Final = 60
MOST_SAID: Final = 20
_MISSED: Final = STATUS_CODES[Status.MISSED]
_JUDGED: Final = [STATUS_CODES[status] for status in (Status.MET, Status.AT_RISK, Status.MISSED)]


@dataclass(frozen=True, slots=True)
class Week:
    """Checks of a card in one week. `side` is empty where it was not pulled; red where one of them was red."""

    side: str
    checks: int
    says: str


@dataclass(frozen=True, slots=True)
class CardState:
    """A card as it stands. `side` is empty where it was not pulled in three months; `due`: pulls still to come."""

    pk: int
    token: str
    unit_id: int
    name: str
    side: str
    pulled_on: date | None
    due: int
    due_text: str
    pace_text: str
    reason: str
    weeks: Sequence[Week]


@dataclass(frozen=True, slots=True)
class Sides:
    """Cards of a unit by the side that shows, and how many are to be pulled yet."""

    green: int
    red: int
    unturned: int
    due: int

    @property
    def cards(self) -> int:
        """All of them."""
        return self.green + self.red + self.unturned


@dataclass(frozen=True, slots=True)
class Element:
    """One line of a card and how often it was kept, of the times that it applied."""

    text: str
    hint: str
    equity: bool
    kept: int
    applied: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a check left besides its side: what was not kept, what gets in the way, a note for coaching."""

    day: date
    side: str
    missed: Sequence[str]
    gets_in_the_way: str
    coach_note: str
    issue_id: int | None
    issue_number: int | None


@dataclass(frozen=True, slots=True)
class UnitDue:
    """A unit at which cards are due."""

    unit: Unit
    cards: Sequence[CardState]


def states_of(cards: "QuerySet[KCard]", today: date) -> list[CardState]:
    """Cards as they stand on `today`, in the order of the query. Three statements, two where no measure is linked."""
    rows = list(cards.select_related("unit__organisation", "question_set", "measure")[:MOST_CARDS])
    weeks = rules.weeks_until(today)
    pulls: dict[int, list[tuple[date, str]]] = defaultdict(list)
    found = KCheck.objects.filter(card__in=[row.pk for row in rows], day__gte=weeks[0])
    for pk, day, side in found.order_by("day", "at", "pk").values_list("card", "day", "side"):
        pulls[pk].append((day, side))
    harm = _harm(rows, weeks[0])
    return [_state(row, pulls[row.pk], harm.get(row.pk, Harm.NOT_LINKED), weeks, today) for row in rows]


def _state(row: KCard, pulls: Sequence[tuple[date, str]], harm: Harm, weeks: Sequence[date], today: date) -> CardState:
    tally = _tally([side for _day, side in pulls])
    pace = rules.pace_of(row.often, Per(row.per), tally, harm)
    first = rules.first_day(pace, today)
    done = sum(day >= first for day, _side in pulls)
    full = Pace(row.often, Per(row.per), 1, pace.why)
    hung_on = row.added_at.astimezone(row.unit.organisation.zone).date()
    return CardState(
        pk=row.pk,
        token=row.token,
        unit_id=row.unit_id,
        name=row.question_set.name,
        side=pulls[-1][1] if pulls else "",
        pulled_on=pulls[-1][0] if pulls else None,
        due=max(0, pace.often - done),
        due_text=due_text(pace, done),
        pace_text=pace_text(pace),
        reason=reason_text(pace, full, tally, row.measure.name if row.measure is not None else "")
        if pulls or hung_on < weeks[0]
        else new_text(full, hung_on, today),
        weeks=_weeks(pulls, weeks),
    )


def _tally(sides: Sequence[str]) -> Tally:
    row = 0
    for side in sides:
        row = row + 1 if side == Side.GREEN else 0
    return Tally(len(sides), sum(side == Side.GREEN for side in sides), row)


def _weeks(pulls: Sequence[tuple[date, str]], weeks: Sequence[date]) -> list[Week]:
    by_week: dict[date, Counter[str]] = defaultdict(Counter)
    for day, side in pulls:
        by_week[rules.monday(day)][side] += 1
    out = []
    for start in weeks:
        green, red = by_week[start][Side.GREEN], by_week[start][Side.RED]
        side = str(Side.RED) if red else str(Side.GREEN) if green else ""
        out.append(Week(side, green + red, week_text(start, green, red)))
    return out


def _harm(rows: Sequence[KCard], since: date) -> dict[int, Harm]:
    """What the linked measures say of their units since a day: a missed day is harm; no judged day tells nothing."""
    linked = [row for row in rows if row.measure_id is not None]
    if not linked:
        return {}
    days = Snapshot.objects.filter(
        unit__in={row.unit_id for row in linked},
        measure__in={row.measure_id for row in linked},
        day__gte=since,
        status__in=_JUDGED,
    )
    counts = days.order_by().values("unit", "measure").annotate(missed=Count("day", filter=Q(status=_MISSED)))
    missed: dict[tuple[int, int | None], int] = {(said["unit"], said["measure"]): said["missed"] for said in counts}
    return {row.pk: _said(missed.get((row.unit_id, row.measure_id))) for row in linked}


def _said(missed: int | None) -> Harm:
    if missed is None:
        return Harm.UNKNOWN
    return Harm.SOME if missed else Harm.NONE


def counted(states: Sequence[CardState]) -> Sides:
    """How many cards show green and red, and how many are due."""
    sides = Counter(state.side for state in states)
    return Sides(sides[Side.GREEN], sides[Side.RED], sides[""], sum(state.due > 0 for state in states))


def cards_at(unit: Unit) -> "QuerySet[KCard]":
    """Cards that stand at a unit, in the order in which they were put up."""
    return KCard.objects.standing().filter(unit=unit).order_by("pk")


def due_for(user: User, organisation_id: int, today: date) -> tuple[list[UnitDue], bool]:
    """Cards that are due at units of a house where `user` leads rounds, in the order of the tree; and whether there
    were more cards than are counted.
    """
    cards = KCard.objects.standing().led_by(user).filter(organisation=organisation_id)
    states = states_of(cards.order_by("unit__path", "pk"), today)
    by_unit: dict[int, list[CardState]] = defaultdict(list)
    for state in states:
        if state.due:
            by_unit[state.unit_id].append(state)
    units = Unit.objects.in_bulk(list(by_unit))
    return [UnitDue(units[pk], found) for pk, found in by_unit.items()], len(states) == MOST_CARDS


def boards_of(user: User) -> "QuerySet[Unit]":
    """Units whose cards `user` may read: those with cards, and those of their own seats."""
    read = Unit.objects.with_permission(user, Permission.ROUND_READ).open()
    cards = KCard.objects.standing().filter(unit=OuterRef("pk"))
    seats = Membership.objects.current().filter(unit=OuterRef("pk"), user=user)
    return read.filter(Exists(cards) | Exists(seats)).select_related("organisation").order_by("organisation", "path")


def without_cards(user: User) -> "QuerySet[Unit]":
    """Units that `user` may read at which no card hangs, but those of their own seats, in the order of the tree."""
    read = Unit.objects.with_permission(user, Permission.ROUND_READ).open()
    return read.exclude(pk__in=boards_of(user).order_by().values("pk")).order_by("organisation", "path")


def sets_to_put_up(unit: Unit) -> "QuerySet[QuestionSet]":
    """Card sets that may be put up at a unit and do not stand there."""
    offered = unit.organisation.question_sets.in_use().filter(kind=SetKind.K_CARD)
    here = Q(unit__isnull=True) | Q(unit__in=[*ancestor_ids(unit.path), unit.pk])
    return offered.filter(here).exclude(pk__in=cards_at(unit).values("question_set")).order_by("pk")


def measures_at(unit: Unit) -> "QuerySet[Measure]":
    """Measures on the board of a unit, one of which may show harm."""
    found = Measure.objects.filter(placements__unit=unit, is_active=True)
    return found.order_by("letter__position", "name")


def leads(user: User, unit: Unit) -> bool:
    """Whether `user` holds the seat that leads this unit: notes for coaching are for them."""
    return Membership.objects.current().filter(unit=unit, user=user, role__in=LEADING).exists()


def elements_with_counts(card: KCard, since: date) -> list[Element]:
    """Lines of the card as it asks now, and how often each was kept since a day. Four statements."""
    version = newest_version(card.question_set)
    if version is None:
        return []
    answers = KAnswer.objects.filter(check_of__card=card, check_of__day__gte=since).exclude(value=Answer.NONE)
    counts = answers.order_by().values("question").annotate(n=Count("pk"), yes=Count("pk", filter=Q(value=Answer.YES)))
    kept: Mapping[int, tuple[int, int]] = {said["question"]: (said["yes"], said["n"]) for said in counts}
    return [
        Element(*words_of(element), element.equity, *kept.get(element.pk, (0, 0))) for element in elements_of(version)
    ]


def said_on(card: KCard, reader: User, since: date) -> list[Said]:
    """Reds of a card, and what was written on it, the newest first; notes for coaching only where they are for
    `reader`. Four statements.
    """
    all_notes = leads(reader, card.unit)
    checks = KCheck.objects.visible_to(reader).filter(card=card, day__gte=since)
    note = ~Q(coach_note="") if all_notes else ~Q(coach_note="") & Q(by=reader)
    rows = list(
        checks.filter(Q(side=Side.RED) | ~Q(gets_in_the_way="") | note)
        .select_related("issue")
        .order_by("-at", "-pk")[:MOST_SAID]
    )
    missed: dict[int, list[str]] = defaultdict(list)
    no = KAnswer.objects.filter(check_of__in=[row.pk for row in rows], value=Answer.NO).select_related("question")
    for answer in no.order_by("question__position").prefetch_related("question__wordings"):
        missed[answer.check_of_id].append(words_of(answer.question)[0])
    return [
        Said(
            day=row.day,
            side=row.side,
            missed=missed[row.pk],
            gets_in_the_way=row.gets_in_the_way,
            coach_note=row.coach_note if all_notes or row.by_id == reader.pk else "",
            issue_id=row.issue_id,
            issue_number=row.issue.number if row.issue is not None else None,
        )
        for row in rows
    ]


def weeks_until(today: date) -> list[date]:
    """The Mondays above the columns of a board; the first one begins the three months that count."""
    return rules.weeks_until(today)


def missed_lines(check: KCheck) -> list[str]:
    """Lines of a card that were not kept in one check, in their order."""
    no = check.answers.filter(value=Answer.NO).select_related("question").order_by("question__position")
    return [words_of(answer.question)[0] for answer in no.prefetch_related("question__wordings")]
