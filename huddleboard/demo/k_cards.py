"""Ten weeks of K-cards of the demo hospital: what hangs where, what was found, what gets in the way. Invented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from boards.models import BoardMeasure, Measure
from org.models import Membership, Organisation, Unit, User
from org.rules import Role
from rounding.actions.k_cards import raise_from_red
from rounding.models import KAnswer, KCard, KCheck, Question, QuestionSet
from rounding.queries.k_asked import elements_of, newest_version
from rounding.rules.k_cards import Answer, Per, Side, monday, side_of
from rounding.rules.questions import SetKind
from rounding.rules.starting_sets import STARTING_CARDS

WEEKS: Final = 10
HANDS, FALLS, SKIN, INTERPRETER, MEDICINE = range(len(STARTING_CARDS))
#: Days of the week on which a card is pulled that stands for so many times a week.
ON: Final = {1: (2,), 2: (1, 3), 3: (0, 2, 4)}
#: The newest red was found so long ago.
LATELY: Final = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Red:
    """What was found so many weeks ago: the lines that were not kept, by their place from 0, and what was said."""

    ago: int
    lines: tuple[int, ...]
    way: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hung:
    """A card at a unit: pulled `often` times a week, in the last `fewer` weeks half as often. `forgotten`: the share of
    pulls that did not happen; `rests`: it was not pulled this week yet. `issue`: what the red of this week became.
    """

    code: str
    card: int
    often: int
    measure: str = ""
    reds: Sequence[Red] = ()
    fewer: int = 0
    forgotten: float = 0.08
    rests: bool = False
    issue: str = ""


CARDS: Final = (
    Hung("ED", HANDS, 2, reds=(Red(8, (2,), "Dispenser at bay 4 empty since the night"), Red(3, (0,))), rests=True),
    Hung(
        "ED",
        INTERPRETER,
        3,
        reds=(
            Red(9, (2,), "The daughter translated, the tablet was in use"),
            Red(7, (1, 2), "Nobody knew that the telephone line is open at night"),
            Red(6, (3,)),
            Red(
                4, (2,), "Waiting 25 minutes for Vietnamese by video", "Ask the desk how calls are ordered on weekends"
            ),
            Red(2, (3,), "There is no field for it on the triage form"),
            Red(
                0, (1, 3), "Both tablets were in the resuscitation room, and the form has no field for the interpreter"
            ),
        ),
        issue="Interpreter not offered and not noted at triage",
    ),
    Hung("5W", HANDS, 2, reds=(Red(8, (0,), "Hands full with two trays"),), fewer=4, forgotten=0.0),
    Hung(
        "5W",
        FALLS,
        2,
        "falls_rate",
        reds=(
            Red(9, (1,), "The cord is too short for the chair by the window"),
            Red(5, (2,)),
            Red(
                1, (0, 3), "Bed 12 does not go down; the film on falls is only in English", "Well asked, nobody blamed"
            ),
        ),
    ),
    Hung("3E", FALLS, 3, reds=(Red(8, (2,), "The walker stands behind the curtain"), Red(2, (1,)))),
    Hung("3E", SKIN, 2, "pressure_injury_rate", reds=(Red(6, (1,), "Two were needed to turn, one was there"),)),
    Hung("MICU", MEDICINE, 2, reds=(), fewer=3, forgotten=0.0),
    Hung("4W", FALLS, 2, "falls_rate", reds=(Red(7, (1,)), Red(4, (3,), "Nobody told them in Portuguese"))),
    Hung("6W", SKIN, 2, reds=(Red(3, (3,), "Poor light in the double rooms"),)),
    Hung("STEP", MEDICINE, 2, reds=(Red(5, (3,), "The telephone rings beside the cabinet"), Red(1, (3,)))),
    Hung("MB", INTERPRETER, 1, reds=(Red(4, (3,)),)),
    Hung("PED", HANDS, 1, forgotten=0.2),
)


@dataclass
class _Made:
    """Rows to be written, and what they are drawn from."""

    rng: np.random.Generator
    now: datetime
    people: Mapping[int, Sequence[User]]
    checks: list[KCheck] = field(default_factory=list)
    answers: list[KAnswer] = field(default_factory=list)

    def uid(self) -> UUID:
        return UUID(bytes=self.rng.bytes(16), version=4)


def make_k_cards(organisation: Organisation, now: datetime, seed: int) -> int:
    """Cards at the units that are there, and their checks of ten weeks up to `now`; how many checks. Sets are there."""
    made = _Made(np.random.default_rng([seed, 7]), now, _people(organisation))
    names = [str(name) for name, _minutes, _lines in STARTING_CARDS]
    sets = {s.name: s for s in QuestionSet.objects.filter(organisation=organisation, kind=SetKind.K_CARD)}
    units = {u.code: u for u in Unit.objects.filter(organisation=organisation).select_related("organisation")}
    hung = [one for one in CARDS if one.code in units and names[one.card] in sets]
    measures = _measures(organisation)
    cards = [
        KCard(
            organisation=organisation,
            unit=units[one.code],
            question_set=sets[names[one.card]],
            often=one.often,
            per=Per.WEEK,
            measure=measures.get((one.code, one.measure)),
            token=made.rng.bytes(6).hex(),
            added_at=now - timedelta(weeks=WEEKS),
            added_by=made.people[units[one.code].pk][0],
        )
        for one in hung
    ]
    KCard.objects.bulk_create(cards)
    became = []
    for one, card in zip(hung, cards, strict=True):
        newest = _checks(made, one, card)
        if one.issue and newest is not None and newest.side == Side.RED:
            became.append((newest, one.issue))
    KCheck.objects.bulk_create(made.checks, batch_size=2000)
    KAnswer.objects.bulk_create(made.answers, batch_size=5000)
    for check, title in became:
        at = check.at + timedelta(minutes=2)
        raise_from_red(check_of=check, title=title, client_id=made.uid(), by=check.by, at=at)
    return len(made.checks)


def _people(organisation: Organisation) -> dict[int, list[User]]:
    """Who checks at a unit: whoever leads it first, then the staff."""
    held = Membership.objects.filter(
        unit__organisation=organisation,
        role__in=(Role.UNIT_LEAD, Role.STAFF),
        stands_in_for__isnull=True,
        ended_on__isnull=True,
    )
    found: dict[int, list[User]] = {}
    for seat in sorted(held.select_related("user"), key=lambda seat: (seat.role != Role.UNIT_LEAD, seat.pk)):
        found.setdefault(seat.unit_id, []).append(seat.user)
    return found


def _measures(organisation: Organisation) -> dict[tuple[str, str], Measure]:
    placed = BoardMeasure.objects.filter(unit__organisation=organisation).select_related("unit", "measure")
    return {(row.unit.code, row.measure.code): row.measure for row in placed}


def _checks(made: _Made, one: Hung, card: KCard) -> KCheck | None:
    """The checks of one card, the oldest first; gives the newest."""
    version = newest_version(card.question_set)
    assert version is not None
    lines = elements_of(version)
    zone = card.unit.organisation.zone
    today = made.now.astimezone(zone).date()
    reds = {red.ago: red for red in one.reds}
    newest = None
    for ago in range(WEEKS - 1, -1, -1):
        often = one.often if ago >= one.fewer else -(-one.often // 2)
        moments = []
        for day in () if one.rests and ago == 0 else ON[often]:
            begins = datetime.combine(monday(today) + timedelta(days=day - 7 * ago), time(7), zone)
            at = begins + timedelta(minutes=int(made.rng.integers(540)))
            if at < made.now - 2 * LATELY and made.rng.random() >= one.forgotten:
                moments.append(at)
        if ago == 0 and ago in reds:
            moments.append(made.now - LATELY)
        for number, at in enumerate(moments, start=1):
            red = reds.get(ago) if number == len(moments) else None
            newest = _check(made, card, lines, at, red)
    return newest


def _check(made: _Made, card: KCard, lines: Sequence[Question], at: datetime, red: Red | None) -> KCheck:
    """One check at `at`; lines that are not kept are those of `red`, one of the others may not apply."""
    people = made.people[card.unit_id]
    values = [str(Answer.YES) for _line in lines]
    if made.rng.random() < 0.15:
        values[int(made.rng.integers(len(lines)))] = str(Answer.NONE)
    for place in red.lines if red else ():
        values[place] = str(Answer.NO)
    check = KCheck(
        uid=made.uid(),
        card=card,
        version=lines[0].version,
        by=people[0] if made.rng.random() < 0.5 else people[int(made.rng.integers(len(people)))],
        at=at,
        day=at.astimezone(card.unit.organisation.zone).date(),
        side=side_of(values),
        gets_in_the_way=red.way if red else "",
        coach_note=red.note if red else "",
    )
    made.checks.append(check)
    made.answers += [
        KAnswer(check_of=check, question=line, value=said) for line, said in zip(lines, values, strict=True)
    ]
    return check
