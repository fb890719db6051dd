"""Themes over rounds and units: what was noted in a period beside the one before, and what people said. `now` is aware
and local. Of rounds that the reader may read; what is between two is left out for everybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchVector
from django.db.models import Count, Func, Q, TextField
from django.db.models.functions import MD5, Lower, Trim
from django.urls import reverse
from django.utils.translation import gettext as _

from boards.queries.words import short_day
from huddles.rules import hints
from org.models import Unit, User
from org.queries.words import beginning_with
from org.rules import Permission
from rounding.models import Observation, Round
from rounding.models.rounds import ObservationQuerySet, RoundQuerySet
from rounding.queries.blocks import question_text
from rounding.queries.reading import asked_on
from rounding.rules.feedback import unanswered
from rounding.rules.themes import STARTERS, label

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Themes that are shown with what was said; the rest is one choice away.
MOST_SHOWN: Final = 20
#: What was said under each.
MOST_SAID: Final = 3
#: What was said, where nothing is sought; the rest is one tap away.
NEWEST: Final = 10
MOST_SUGGESTED: Final = 12
#: A word is the house's when it was used on so many rounds: what stands on one round alone is suggested to nobody.
FEWEST_ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: `unit` and all below it, the last `days` days, a kind of round, a theme, words; "" is any."""

    unit: Unit
    days: int
    kind: str = ""
    tag: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said or saw, where and when. `private`: it may tell who a patient is, so it is not printed."""

    url: str
    text: str
    question: str
    unit: str
    day: str
    tags: Sequence[tuple[str, str]]
    private: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """A tag and how often it was noted. `before`: notes in the period before; `compared` says it in words."""

    tag: str
    name: str
    notes: int
    rounds: int
    units: int
    before: int
    compared: str
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class ThemesPage:
    """The page. `rounds`, `units`, `waiting` are of all rounds at the unit and below in the time, whatever words or
    theme are sought; `noted` counts notes that match, `tagged` those of them with a theme, `worded` those with words.
    """

    first: str
    rounds: int
    rounds_before: int
    units: int
    waiting: int
    noted: int
    tagged: int
    worded: int
    themes: Sequence[Theme]
    more: int
    known: Sequence[tuple[str, str]]


def themes_page(user: User, wanted: Wanted, now: datetime) -> ThemesPage:
    """What rounds at a unit and below it are about. A constant number of statements."""
    since = now - timedelta(days=wanted.days)
    rounds = _rounds(user, wanted, now)
    lately = rounds.filter(began_at__gt=since)
    told = rounds.aggregate(
        rounds=Count("pk", filter=Q(began_at__gt=since)),
        before=Count("pk", filter=Q(began_at__lte=since)),
        units=Count("unit", distinct=True, filter=Q(began_at__gt=since)),
    )
    every = counted(user, wanted, now)
    shown = [each for each in every if wanted.tag in ("", each.tag)]
    sums = _notes(user, wanted, lately).aggregate(
        noted=Count("pk"), tagged=Count("pk", filter=~Q(tags=[])), worded=Count("pk", filter=~Q(text=""))
    )
    return ThemesPage(
        first=short_day(since.date(), now.date()),
        rounds=told["rounds"],
        rounds_before=told["before"],
        units=told["units"],
        waiting=unanswered(asked_on(lately.values("pk"), user)),
        noted=sums["noted"],
        tagged=sums["tagged"],
        worded=sums["worded"],
        themes=_with_words(user, shown[:MOST_SHOWN], now),
        more=max(0, len(shown) - MOST_SHOWN),
        known=sorted({(each.tag, each.name) for each in every}, key=lambda pair: pair[1]),
    )


def notes_like(user: User, wanted: Wanted, now: datetime) -> "QuerySet[Observation]":
    """Notes with words that match, the newest first, as `said_rows` reads them."""
    lately = _rounds(user, wanted, now).filter(began_at__gt=now - timedelta(days=wanted.days))
    return _with_place(_notes(user, wanted, lately).exclude(text="")).order_by("-at", "-pk")


def said_rows(rows: Iterable[Observation], now: datetime) -> list[Said]:
    """Notes as they are read. No statement."""
    return [_said(row, now) for row in rows]


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one theme, and the notes on it that are shown, the newest first and each wording once."""

    tag: str
    name: str
    notes: int
    rounds: int
    units: int
    before: int
    compared: str
    newest: Sequence[int]


def counted(user: User, wanted: Wanted, now: datetime) -> list[Counted]:
    """Every theme of either period, the most noted first, of any tag. One statement."""
    since = now - timedelta(days=wanted.days)
    lately = Q(round__began_at__gt=since)
    said = lately & ~Q(text="")
    rows = (
        _notes(user, replace(wanted, tag=""), _rounds(user, wanted, now))
        .exclude(tags=[])
        .annotate(tag=_Unnest("tags"))
        .order_by()
        .values("tag")
        .annotate(
            notes=Count("pk", filter=lately),
            rounds=Count("round", distinct=True, filter=lately),
            units=Count("round__unit", distinct=True, filter=lately),
            before=Count("pk", filter=~lately),
            newest=ArrayAgg("pk", filter=said, order_by=("-at", "-pk")),
            wordings=ArrayAgg(MD5(Lower(Trim("text"))), filter=said, order_by=("-at", "-pk")),
        )
        .order_by("-notes", "-before", "tag")
    )
    return [
        Counted(
            tag=row["tag"],
            name=label(row["tag"]),
            notes=row["notes"],
            rounds=row["rounds"],
            units=row["units"],
            before=row["before"],
            compared=compared(row["notes"], row["before"], wanted.days),
            newest=_once(row["newest"] or [], row["wordings"] or []),
        )
        for row in rows
    ]


def _once(notes: Sequence[int], wordings: Sequence[str]) -> list[int]:
    """The first few notes of different words; both are in one order."""
    first: dict[str, int] = {}
    for pk, wording in zip(notes, wordings, strict=True):
        first.setdefault(wording, pk)
    return list(first.values())[:MOST_SAID]


class _Unnest(Func):
    """One row for each value of an array."""

    function = "unnest"
    set_returning = True
    output_field = TextField()


def _rounds(user: User, wanted: Wanted, now: datetime) -> RoundQuerySet:
    """Of this period and the one before."""
    found = (
        Round.objects.visible_to(user)
        .shared()
        .filter(unit__path__startswith=wanted.unit.path, unit__organisation=wanted.unit.organisation_id)
        .filter(began_at__gt=now - 2 * timedelta(days=wanted.days), began_at__lte=now)
    )
    return found.filter(version__question_set__kind=wanted.kind) if wanted.kind else found


def _notes(user: User, wanted: Wanted, rounds: RoundQuerySet) -> ObservationQuerySet:
    found = Observation.objects.visible_to(user).filter(round__in=rounds.order_by().values("pk"))
    if wanted.tag:
        found = found.filter(tags__contains=[wanted.tag])
    return matching(found, wanted.text) if wanted.text.strip() else found


def matching(notes: ObservationQuerySet, text: str) -> ObservationQuerySet:
    """Those that hold all words of `text`, or words that begin with them, in any language."""
    query = beginning_with(text)
    if query is None:
        return notes.none()
    return notes.annotate(words=SearchVector("text", config="simple")).filter(words=query)


def _with_place(notes: "QuerySet[Observation]") -> "QuerySet[Observation]":
    return notes.select_related("question", "round__unit").prefetch_related("question__wordings")


def _with_words(user: User, found: Sequence[Counted], now: datetime) -> list[Theme]:
    wanted = {pk for each in found for pk in each.newest}
    rows = {row.pk: row for row in _with_place(Observation.objects.visible_to(user).filter(pk__in=wanted))}
    return [
        Theme(
            tag=each.tag,
            name=each.name,
            notes=each.notes,
            rounds=each.rounds,
            units=each.units,
            before=each.before,
            compared=each.compared,
            said=[_said(rows[pk], now) for pk in each.newest if pk in rows],
        )
        for each in found
    ]


def _said(row: Observation, now: datetime) -> Said:
    return Said(
        url=f"{reverse('rounding:round', args=[row.round_id])}#note-{row.pk}",
        text=row.text,
        question=question_text(row.question),
        unit=row.round.unit.name,
        day=short_day(row.at.astimezone(now.tzinfo).date(), now.date()),
        tags=[(tag, label(tag)) for tag in row.tags],
        private=bool(hints.find(row.text)),
    )


def compared(notes: int, before: int, days: int) -> str:
    """A count beside the one of as many days before, in words."""
    given = {"n": before, "days": days}
    if not before:
        return _("none in the %(days)s days before") % given
    if notes > before:
        return _("more than in the %(days)s days before: %(n)s") % given
    if notes < before:
        return _("fewer than in the %(days)s days before: %(n)s") % given
    return _("as many as in the %(days)s days before") % given


def units_read(user: User) -> list[Unit]:
    """Open units where `user` reads what rounds noted, in the order of the tree. One statement."""
    found = Unit.objects.with_permission(user, Permission.ROUND_READ).open()
    return list(found.select_related("tier", "organisation").order_by("organisation__name", "path"))


def suggested(organisation_id: int, since: datetime) -> list[tuple[str, str]]:
    """Words to choose from, as stored and in the reader's language: those that the house uses most, on rounds that
    units read, then those with which it starts. One statement.
    """
    used = (
        Observation.objects.filter(
            round__in=Round.objects.shared().filter(organisation=organisation_id, began_at__gt=since).values("pk")
        )
        .exclude(tags=[])
        .annotate(tag=_Unnest("tags"))
        .order_by()
        .values("tag")
        .annotate(rounds=Count("round", distinct=True))
        .filter(rounds__gte=FEWEST_ROUNDS)
        .order_by("-rounds", "tag")
        .values_list("tag", flat=True)[:MOST_SUGGESTED]
    )
    words = list(dict.fromkeys([*used, *STARTERS]))[:MOST_SUGGESTED]
    return [(word, label(word)) for word in words]


def file_rows(found: Sequence[Counted], wanted: Wanted, now: datetime) -> list[list[str]]:
    """Counts as rows of a file, the first one names the columns. Never the words."""
    since = now - timedelta(days=wanted.days)
    days = [since.date().isoformat(), now.date().isoformat()]
    before = (since - timedelta(days=wanted.days)).date().isoformat()
    head = [_("theme"), _("unit"), _("from"), _("to"), _("notes"), _("rounds"), _("units")]
    rows = [[each.name, wanted.unit.name, *days, *map(str, (each.notes, each.rounds, each.units))] for each in found]
    return [
        [*head, _("before from"), _("notes before")],
        *([*row, before, str(each.before)] for row, each in zip(rows, found, strict=True)),
    ]
