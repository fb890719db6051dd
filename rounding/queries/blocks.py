"""Rounds as they are read: what was noted on each, and what came of it. `now` is aware and local to the unit."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language, gettext

from boards.queries.words import clock, short_day
from huddles.models import Issue
from huddles.queries.stoplight import Told, told_of
from huddles.rules import hints
from org.models import User
from rounding.models import Observation, Photo, Promise, Question, Recognition, Recording, Round, RoundComment
from rounding.queries.follow_ups import PromiseLine, ThanksLine, promise_line, thanks_line
from rounding.rules.questions import AnswerKind, YesNo
from rounding.rules.rounds import CORRECTED_WITHIN
from rounding.rules.themes import label


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody says to what was noted. `mine`: the reader said it; `open`: and may still give it other words.
    `new`: the reader leads the round and has not looked since.
    """

    pk: int
    by: str
    when: str
    text: str
    mine: bool
    open: bool
    new: bool


@dataclass(frozen=True, slots=True)
class Note:
    """An answer, or something that was seen, and what came of it. `answer`: what was tapped, in words; `text`: what was
    typed. `voices`: voice notes that nobody has written down yet; `recordings`: those that the reader may hear.
    `private`: its words may tell who a patient is, so they are not printed. `tags`: its themes, as stored and as read.
    """

    pk: int
    question: str
    answer: str
    text: str
    tags: Sequence[tuple[str, str]]
    revision: int
    private: bool
    photos: Sequence[str]
    voices: int
    recordings: Sequence[Recording]
    issue: Told | None
    promises: Sequence[PromiseLine]
    thanks: Sequence[ThanksLine]
    comments: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class Block:
    """A round with all that was noted. `promises`, `thanks`, `comments`: those that hang on no single note.

    `mine`: the reader leads it. `shared`: the unit reads it.
    """

    pk: int
    url: str
    name: str
    when: str
    leaders: str
    lasted: str
    shared: bool
    mine: bool
    notes: Sequence[Note]
    promises: Sequence[PromiseLine]
    thanks: Sequence[ThanksLine]
    comments: Sequence[Comment]


_T = TypeVar("_T")


def blocks(rounds: Sequence[Round], user: User, now: datetime) -> list[Block]:
    """`rounds`, found for `user` with leader, partner and `version__question_set`, as they are read by them. The same
    number of statements for any number of rounds.
    """
    ids = [row.pk for row in rounds]
    notes = list(
        Observation.objects.visible_to(user)
        .filter(round__in=ids)
        .select_related("question")
        .prefetch_related("question__wordings")
        .annotate(voices=Count("recordings"))
        .order_by("round", "position")
    )
    told = told_of(Issue.objects.visible_to(user).filter(pk__in=[row.issue_id for row in notes if row.issue_id]), now)
    photos = _by(
        (row.observation_id, reverse("rounding:photo", args=[row.uid]))
        for row in Photo.objects.visible_to(user).filter(observation__round__in=ids).defer("content").order_by("pk")
    )
    recordings = _by(
        (row.observation_id, row)
        for row in Recording.objects.visible_to(user).filter(observation__round__in=ids).defer("content").order_by("pk")
    )
    promises = _by(
        ((row.round_id, row.observation_id), promise_line(row, user, now))
        for row in Promise.objects.visible_to(user).filter(round__in=ids).select_related("unit", "by")
    )
    thanks = _by(
        ((row.round_id, row.observation_id), thanks_line(row, now))
        for row in Recognition.objects.visible_to(user).filter(round__in=ids).select_related("by").order_by("pk")
    )
    said = RoundComment.objects.visible_to(user).filter(round__in=ids)
    new = set(said.new_to(user).values_list("pk", flat=True))
    comments = _by(
        ((row.round_id, row.observation_id), _comment(row, user, now, new=row.pk in new))
        for row in said.select_related("by").order_by("at", "pk")
    )
    noted = _by((row.round_id, row) for row in notes)

    def note(row: Observation) -> Note:
        here = (row.round_id, row.pk)
        return Note(
            pk=row.pk,
            question=question_text(row.question),
            answer=answer_text(row),
            text=row.text,
            tags=[(tag, label(tag)) for tag in row.tags],
            revision=row.revision,
            private=bool(hints.find(row.text)),
            photos=photos[row.pk],
            voices=row.voices,  # type: ignore[attr-defined]
            recordings=recordings[row.pk],
            issue=told.get(row.issue_id or 0),
            promises=promises[here],
            thanks=thanks[here],
            comments=comments[here],
        )

    def block(row: Round) -> Block:
        here = (row.pk, None)
        return Block(
            pk=row.pk,
            url=reverse("rounding:round", args=[row.pk]),
            name=row.version.question_set.name,
            when=day_time(row.began_at, now),
            leaders=leaders_of(row),
            lasted=lasted(row),
            shared=row.version.shared,
            mine=user.pk in (row.leader_id, row.partner_id),
            notes=[found for found in map(note, noted[row.pk]) if _says_something(found)],
            promises=promises[here],
            thanks=thanks[here],
            comments=comments[here],
        )

    return [block(row) for row in rounds]


def _comment(row: RoundComment, user: User, now: datetime, *, new: bool) -> Comment:
    mine = row.by_id == user.pk
    correctable = mine and now <= row.at + CORRECTED_WITHIN
    return Comment(row.pk, row.by.name, day_time(row.at, now), row.text, mine=mine, open=correctable, new=new)


def day_time(at: datetime, now: datetime) -> str:
    """Like "18 Nov 07:04": as it can still be read on paper tomorrow."""
    local = at.astimezone(now.tzinfo)
    return f"{short_day(local.date(), now.date())} {clock(local)}"


def leaders_of(row: Round) -> str:
    """Who led a round, one or two."""
    if row.partner is None:
        return row.leader.name
    return gettext("%(one)s and %(other)s") % {"one": row.leader.name, "other": row.partner.name}


def lasted(row: Round) -> str:
    """Like "12 min"; "not ended" where it goes on."""
    if row.ended_at is None:
        return gettext("not ended")
    minutes = max(1, round((row.ended_at - row.began_at).total_seconds() / 60))
    return gettext("%(n)s min") % {"n": minutes}


def question_text(question: Question | None) -> str:
    """A question in the reader's language where it has words there; "" for what was seen beside the questions."""
    if question is None:
        return ""
    language = get_language()
    said = next((row for row in question.wordings.all() if row.language == language), None)
    return question.text if said is None else said.text


def answer_text(row: Observation) -> str:
    """What was tapped or counted, in words: "Partly", "4 of 5", "A few minutes", "12"; "" for none."""
    if row.number is not None:
        return format(row.number.normalize(), "f")
    if row.question is None or not row.value:
        return ""
    if row.question.kind == AnswerKind.YES_NO and row.value in YesNo.values:
        return str(YesNo(row.value).label)
    if row.question.kind == AnswerKind.SCALE:
        return gettext("%(n)s of 5") % {"n": row.value}
    choices = _choices(row.question)
    place = int(row.value) if row.value.isascii() and row.value.isdigit() else len(choices)
    return choices[place] if place < len(choices) else ""


def _choices(question: Question) -> Sequence[str]:
    language = get_language()
    said = next((row for row in question.wordings.all() if row.language == language), None)
    return said.choices if said is not None and len(said.choices) == len(question.choices) else question.choices


def _by(pairs: Iterable[tuple[Hashable, _T]]) -> Mapping[Hashable, list[_T]]:
    found: dict[Hashable, list[_T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _says_something(note: Note) -> bool:
    """Whether there is more than the question."""
    came = note.issue or note.promises or note.thanks or note.comments
    return bool(note.answer or note.text or note.photos or note.voices or came)
