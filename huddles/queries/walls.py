"""What a wall shows of huddles and issues: of a running huddle its steps, taps and counts; of the issues that began at
its unit the sentences that staff are told. Nothing else that a person wrote, and no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from huddles.models import AgendaLine, Huddle, HuddleMark, Issue
from huddles.queries import words
from huddles.queries.agendas import agenda_of
from huddles.queries.huddle import TAP_SIGNS
from huddles.queries.issues_words import status_word
from huddles.rules import hints
from huddles.rules.agendas import Choice, Section
from huddles.rules.issues import Outcome, Source, Status, Verdict, verdict_text
from huddles.rules.schedule import FORGOTTEN
from org.models import Unit

#: Answers of so many days hang on the wall, and at most so many: two screens.
ANSWER_DAYS: Final = timedelta(days=7)
MOST_ANSWERS: Final = 6


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


@dataclass(frozen=True, slots=True)
class Told:
    """An answer on the wall. `words` is the sentence for staff; empty where it may tell who a patient is."""

    number: int
    about: str  # a word of the hospital's own list, like "Equipment"
    words: str
    source: str  # from where and when: "Medicine, 10:05"
    state: str
    sign: str


def wall_answers(unit: Unit, now: datetime) -> Sequence[Told]:
    """What came back to `unit` in the last days: what still waits for a word of the unit first, then the newest. One
    statement. `now` is local.

    Confidential issues never hang on a wall. What a unit raised in its huddle and answered itself did not come back
    to it.
    """
    since = now - ANSWER_DAYS
    fresh = Q(answered_at__gt=since) | Q(done_at__gt=since)
    whole = fresh & Q(merged_into__isnull=True, tell_staff__gt="", answered_at__isnull=False)
    fresh_whole = Q(merged_into__answered_at__gt=since) | Q(merged_into__done_at__gt=since)
    part = fresh_whole & Q(
        merged_into__tell_staff__gt="", merged_into__answered_at__isnull=False, merged_into__confidential=False
    )
    own = Q(merged_into__isnull=True, source=Source.HUDDLE, answered_from=unit)
    found = (
        Issue.objects.filter(whole | part, origin=unit, confidential=False)
        .exclude(own)
        .select_related("category", "place", "answered_from", "merged_into__place", "merged_into__answered_from")
    )
    issues = sorted(found, key=_newest_first)
    return [_told(issue, now) for issue in issues[:MOST_ANSWERS]]


def _newest_first(issue: Issue) -> tuple[bool, float]:
    whole = issue.merged_into or issue
    return issue.verdict != "" or whole.closed_at is not None, -_told_at(whole).timestamp()


def _told_at(whole: Issue) -> datetime:
    """When the sentence for staff was said: with the answer, or when it was done."""
    assert whole.answered_at is not None
    return max(whole.answered_at, whole.done_at or whole.answered_at)


def _told(issue: Issue, now: datetime) -> Told:
    whole = issue.merged_into or issue
    state, sign = _answer_state(issue, whole, now)
    return Told(
        number=issue.number,
        about="" if issue.category is None else issue.category.name,
        words="" if hints.find(whole.tell_staff) else whole.tell_staff,
        source=f"{(whole.answered_from or whole.place).name}, {words.clock(_told_at(whole), now)}",
        state=state,
        sign=sign,
    )


def _answer_state(issue: Issue, whole: Issue, now: datetime) -> tuple[str, str]:
    """Where an answer stands for the unit of `issue`, in words and as a sign."""
    if issue.verdict in {Verdict.SOLVED, Verdict.PARTLY}:
        return verdict_text(issue.verdict, whole.outcome), "met"
    if whole.status == Status.ANSWERED:
        late = whole.due_at is not None and whole.due_at <= now
        until = words.until(whole.due_at, now)
        return (_("Promised, %(until)s") % {"until": until} if until else _("Promised")), "missed" if late else "seen"
    if whole.outcome == Outcome.DECLINED and whole.status == Status.DONE:
        return _("Not possible; waits for a word of this unit"), "at_risk"
    return status_word(whole), "at_risk" if whole.status == Status.DONE else "seen"
