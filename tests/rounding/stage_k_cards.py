"""K-cards and checks, made with as little as a test wants to say; and what addresses of the access table name."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from boards.models import Measure
from org.models import Unit, User
from org.rules import Role
from rounding.actions import k_cards
from rounding.models import KCard, KCheck, QuestionSetVersion
from rounding.queries.k_asked import elements_of, newest_version
from rounding.rules.k_cards import Per
from rounding.rules.questions import AnswerKind, Line, SetKind
from tests.factories import make_user
from tests.rounding.factories import AT, make_set

HANDS = (
    Line(AnswerKind.YES_NO, "Are hands rubbed before going in?"),
    Line(AnswerKind.YES_NO, "Are hands rubbed on the way out?"),
    Line(AnswerKind.YES_NO, "Is the dispenser full?", hint="Look, do not ask.", equity=True),
    Line(AnswerKind.TEXT, "What did you talk about?"),
)
DAY = timedelta(days=1)


def make_card_set(unit: Unit, *lines: Line, **terms: Any) -> QuestionSetVersion:
    """The newest version of a set for cards, with `lines`, or with `HANDS`."""
    return make_set(unit, *(lines or HANDS), kind=SetKind.K_CARD, **terms)


def make_card(unit: Unit, by: User, version: QuestionSetVersion | None = None, **more: Any) -> KCard:
    """A card that hangs at `unit`: twice a week."""
    version = version or make_card_set(unit)
    said = {"often": 2, "per": Per.WEEK, "measure": None, "at": AT, **more}
    return k_cards.put_up(unit=unit, question_set=version.question_set, by=by, **said)


def make_check(card: KCard, by: User, *answers: str, at: datetime = AT, **more: Any) -> KCheck:
    """A check with the answers in the order of its lines; all of them yes without any."""
    version = newest_version(card.question_set)
    assert version is not None
    elements = elements_of(version)
    given = dict(zip([element.pk for element in elements], answers or ["yes"] * len(elements), strict=True))
    return k_cards.check(card=card, answers=given, by=by, at=at, **{"uid": uuid4(), "version": version, **more})


def make_checks(card: KCard, by: User, sides: str, at: datetime = AT) -> None:
    """Checks on the days before `at`, "g" green and "r" red, the last one on the day itself."""
    for ago, side in enumerate(reversed(sides)):
        made = make_check(card, by, *(["yes"] * 3 if side == "g" else ["yes", "no", "none"]), at=at - ago * DAY)
        assert made.side == {"g": "green", "r": "red"}[side]


def link_measure(card: KCard, measure: Measure) -> None:
    """Say that a measure on the board of the unit shows harm."""
    k_cards.change(card=card, often=card.often, per=Per(card.per), measure=measure, by=card.added_by, at=AT)
    card.refresh_from_db()


def k_card_things(ward: Unit) -> dict[str, int | str]:
    """A card at the ward and a red of it, by the names that rows of the access table use."""
    keeper = make_user(Role.UNIT_LEAD, ward)
    card = make_card(ward, keeper)
    check = make_check(card, keeper, "yes", "no", "none")
    return {"k_card": card.pk, "k_token": card.token, "k_check": str(check.uid)}
