"""What rounds brought to a unit: every round of the last weeks, and how much of it was answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from boards.queries.words import short_day
from huddles.models import Huddle, Issue
from huddles.queries import words
from org.models import Unit, User
from rounding.models import Observation, Promise, Recognition, Reflection, Round
from rounding.models.rounds import RoundQuerySet
from rounding.queries.blocks import Block, blocks
from rounding.queries.follow_ups import PromiseLine, ThanksLine, promise_line, thanks_line
from rounding.rules.feedback import Asked, Feedback, feedback, issue_until, promise_until
from rounding.rules.rounds import PromiseState

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Days that the page of a unit looks back, and rounds on one of its sheets.
DAYS: Final = 60
PER_PAGE: Final = 8
#: What ended longer ago than this is no news for a huddle, however long the last one was ago.
NEWS: Final = timedelta(days=14)
#: Thanks that stand in a huddle; the rest waits for the next one.
MOST_THANKS: Final = 20


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One sheet of the rounds at a unit, and the counts over all `DAYS` days: the same for every reader."""

    first: str
    counts: Feedback
    blocks: Sequence[Block]
    number: int
    has_next: bool


def unit_page(unit: Unit, user: User, now: datetime, number: int = 1) -> UnitPage:
    """What rounds brought to `unit`, as far as `user` may read it. A constant number of statements.

    What is between two is listed for whoever led it and counted for nobody.
    """
    since = now - timedelta(days=DAYS)
    start = (number - 1) * PER_PAGE
    rows = list(with_people(_here(unit, user, since)).order_by("-began_at", "-pk")[start : start + PER_PAGE + 1])
    return UnitPage(
        first=short_day(since.date(), now.date()),
        counts=counts_of(_here(unit, user, since).shared(), user, now),
        blocks=blocks(rows[:PER_PAGE], user, now),
        number=number,
        has_next=len(rows) > PER_PAGE,
    )


def _here(unit: Unit, user: User, since: datetime) -> RoundQuerySet:
    return Round.objects.visible_to(user).filter(unit=unit, began_at__gt=since)


def with_people(rounds: "QuerySet[Round]") -> "QuerySet[Round]":
    """With all that `blocks` reads of a round itself."""
    return rounds.select_related("leader", "partner", "version__question_set", "unit__organisation")


def counts_of(rounds: "QuerySet[Round]", user: User, now: datetime) -> Feedback:
    """What came of `rounds`. Three statements."""
    ids = list(rounds.values_list("pk", flat=True))
    return feedback(len(ids), asked_on(ids, user), now)


def asked_on(rounds: "Iterable[int] | QuerySet[Round, Any]", user: User) -> list[Asked]:
    """Everything that these rounds (their ids) set going, as far as `user` may read it. Two statements.

    An issue that is confidential, or part of one, is left out: a count must not tell that it is there.
    """
    readable = Issue.objects.visible_to(user).values("pk")
    noted = Observation.objects.visible_to(user).filter(round__in=rounds, issue__in=readable)
    return asked_in(noted, Promise.objects.visible_to(user).filter(round__in=rounds))


def asked_in(noted: "QuerySet[Observation]", promised: "QuerySet[Promise]") -> list[Asked]:
    """What became of notes, and what was promised, but for confidential issues. Two statements."""
    open_ones = noted.filter(issue__confidential=False).exclude(issue__merged_into__confidential=True)
    found = [
        Asked(row.round_id, row.pk, issue_until(row.at), _answered(row.issue))
        for row in open_ones.select_related("issue__merged_into").only("round", "at", *_ENDS)
        if row.issue is not None
    ]
    return found + [
        Asked(
            row.round_id or 0,
            row.observation_id or f"promise {row.pk}",
            promise_until(row.at, row.due_on, row.unit.organisation.zone),
            row.ended_at,
        )
        for row in promised.select_related("unit__organisation")
    ]


#: All that says when an issue was answered: of many notes nothing else is read.
_ENDS: Final = (
    "issue__merged_into",
    *(f"issue__{name}" for name in ("answered_at", "done_at", "closed_at")),
    *(f"issue__merged_into__{name}" for name in ("answered_at", "done_at", "closed_at")),
)


def _answered(issue: Issue) -> datetime | None:
    whole = issue.merged_into or issue
    return whole.answered_at or whole.done_at or whole.closed_at


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round in full. `reflection`: the leader's own, for nobody else. Until it has `ended` only they read it."""

    block: Block
    unit: Unit
    reflection: Reflection | None
    ended: bool


def round_page(row: Round, user: User, now: datetime) -> RoundPage:
    """A round that was found for `user` with all that it names. A constant number of statements."""
    (block,) = blocks([row], user, now)
    own = Reflection.objects.visible_to(user).filter(round=row).first()
    return RoundPage(block, row.unit, own, row.ended_at is not None)


@dataclass(frozen=True, slots=True)
class HuddleThanks:
    """What a huddle reads out: thanks that wait, `heard` today already, promises that ended since the last huddle."""

    thanks: Sequence[ThanksLine]
    heard: int
    ended: Sequence[PromiseLine]


def huddle_thanks(unit: Unit, user: User, now: datetime) -> HuddleThanks:
    """Thanks of `unit` for its huddle. Four statements."""
    waiting = (
        Recognition.objects.visible_to(user)
        .filter(unit=unit, read_out_at__isnull=True)
        .select_related("by")
        .order_by("at", "pk")
    )
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    heard = Recognition.objects.visible_to(user).filter(unit=unit, read_out_at__gte=midnight).count()
    last = (
        Huddle.objects.visible_to(user)
        .filter(unit=unit, ended_at__isnull=False)
        .order_by("-ended_at")
        .values_list("ended_at", flat=True)
        .first()
    )
    since = max(last or now - NEWS, now - NEWS)
    ended = (
        Promise.objects.visible_to(user)
        .shared()
        .filter(unit=unit, ended_at__gt=since)
        .select_related("unit", "by")
        .order_by("ended_at", "pk")
    )
    return HuddleThanks(
        thanks=[thanks_line(row, now) for row in waiting[:MOST_THANKS]],
        heard=heard,
        ended=[promise_line(row, user, now) for row in ended],
    )


@dataclass(frozen=True, slots=True)
class UnitLine:
    """Rounds at a unit in one line, for beside its board. `last`: when the last one was, and who led it."""

    last: str
    leaders: str
    promises: int
    late: int
    thanks: int


def unit_line(unit: Unit, user: User, now: datetime) -> UnitLine:
    """The line of `unit`. Three statements. What is between two is not in it: it stands where many look."""
    last = with_people(Round.objects.visible_to(user).shared().filter(unit=unit)).order_by("-began_at", "-pk").first()
    due = list(
        Promise.objects.visible_to(user)
        .shared()
        .filter(unit=unit, state=PromiseState.OPEN)
        .values_list("due_on", flat=True)
    )
    return UnitLine(
        last="" if last is None else words.clock(last.began_at, now),
        leaders="" if last is None else " · ".join(each.name for each in (last.leader, last.partner) if each),
        promises=len(due),
        late=sum(day < now.date() for day in due),
        thanks=Recognition.objects.visible_to(user).filter(unit=unit, read_out_at__isnull=True).count(),
    )
