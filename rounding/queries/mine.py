"""Rounds of a person: what they promised, who thanked them, what came of the rounds that they led or that met them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries.words import short_day
from huddles.queries import words
from org.models import Unit, User
from org.rules import Permission
from rounding.models import Observation, Promise, Recognition, Round
from rounding.queries.blocks import leaders_of
from rounding.queries.comments import NewComments, new_comments
from rounding.queries.follow_ups import PromiseLine, ThanksLine, promise_line, thanks_line
from rounding.queries.reading import DAYS, asked_on, with_people
from rounding.rules.feedback import Asked
from rounding.rules.rounds import PromiseState

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_ROUNDS: Final = 8
MOST_THANKS: Final = 3
MOST_ENDED: Final = 10
#: More links than these side by side are no line any more.
MANY_UNITS: Final = 8
ENDED: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in one line. `came`: what came of it, in words; `sign` says in short that it is answered or late, and
    is "" where nothing was asked and while there is time. `two`: two people led it.
    """

    url: str
    name: str
    unit: str
    unit_id: int
    when: str
    leaders: str
    two: bool
    shared: bool
    noted: int
    came: str
    sign: str


@dataclass(frozen=True, slots=True)
class Promises:
    """What a person promised: `open` by their day, the late ones first; `ended` within the last days, newest first."""

    open: Sequence[PromiseLine]
    ended: Sequence[PromiseLine]


@dataclass(frozen=True, slots=True)
class Mine:
    """The page of a person. `comments`: what others said to one's own rounds and one has not read. `here`: the newest
    rounds that somebody else led at units where they read them. `leads`: they lead rounds somewhere. `reads`: they read
    somewhere what rounds noted. `units`: where rounds were led lately that they read.
    """

    comments: Sequence[NewComments]
    promises: Promises
    thanks: Sequence[ThanksLine]
    led: Sequence[RoundRow]
    here: Sequence[RoundRow]
    leads: bool
    reads: bool
    units: Sequence[Unit]

    @property
    def many_units(self) -> bool:
        """Whether their names are a list of its own."""
        return len(self.units) > MANY_UNITS


def promises_of(user: User, now: datetime) -> Promises:
    """What `user` promised. One statement."""
    lately = Q(state=PromiseState.OPEN) | Q(ended_at__gt=now - ENDED)
    rows = list(
        Promise.objects.visible_to(user)
        .filter(lately, by=user)
        .select_related("unit__organisation", "by")
        .order_by("due_on", "pk")
    )
    ended = sorted((row for row in rows if row.ended_at), key=lambda row: row.ended_at or now, reverse=True)
    return Promises(
        open=[_line(row, user, now) for row in rows if row.state == PromiseState.OPEN],
        ended=[_line(row, user, now) for row in ended[:MOST_ENDED]],
    )


def _line(row: Promise, user: User, now: datetime) -> PromiseLine:
    return promise_line(row, user, now.astimezone(row.unit.organisation.zone))


def mine(user: User, now: datetime) -> Mine:
    """The page of `user`. A constant number of statements."""
    since = now - timedelta(days=DAYS)
    lately = Round.objects.visible_to(user).filter(began_at__gt=since)
    led = _newest(lately.led_by(user))
    here = _newest(
        lately.shared().exclude(pk__in=lately.led_by(user).values("pk")).filter(unit__in=_read_by(user).values("pk"))
    )
    said = Recognition.objects.visible_to(user).filter(person=user).select_related("by", "unit__organisation")
    rows = _rows([*led, *here], user, now)
    return Mine(
        comments=new_comments(user, now),
        promises=promises_of(user, now),
        thanks=[
            thanks_line(row, now.astimezone(row.unit.organisation.zone))
            for row in said.order_by("-at", "-pk")[:MOST_THANKS]
        ],
        led=[rows[row.pk] for row in led],
        here=[rows[row.pk] for row in here],
        leads=Unit.objects.with_permission(user, Permission.ROUND_LEAD).exists(),
        reads=_read_by(user).exists(),
        units=list(_read_by(user).filter(Exists(lately.filter(unit=OuterRef("pk")))).order_by("name", "pk")),
    )


def _read_by(user: User) -> "QuerySet[Unit]":
    return Unit.objects.with_permission(user, Permission.ROUND_READ)


def _newest(rounds: "QuerySet[Round]") -> list[Round]:
    return list(with_people(rounds).order_by("-began_at", "-pk")[:MOST_ROUNDS])


def _rows(rounds: Sequence[Round], user: User, now: datetime) -> dict[int, RoundRow]:
    ids = [row.pk for row in rounds]
    noted = Observation.objects.visible_to(user).filter(round__in=ids)
    counts = dict(noted.order_by().values_list("round").annotate(n=Count("pk")))
    thanked = Recognition.objects.visible_to(user).filter(round__in=ids)
    thanks = dict(thanked.order_by().values_list("round").annotate(n=Count("pk")))
    asked: dict[int, list[Asked]] = {}
    for one in asked_on(ids, user):
        asked.setdefault(one.round, []).append(one)
    return {
        row.pk: _row(row, counts.get(row.pk, 0), asked.get(row.pk, []), thanks.get(row.pk, 0), now) for row in rounds
    }


def _row(row: Round, noted: int, asked: Sequence[Asked], thanks: int, now: datetime) -> RoundRow:
    local = now.astimezone(row.unit.organisation.zone)
    came, sign = _came(asked, local)
    if thanks:
        said = ngettext("%(n)s thanks", "%(n)s thanks", thanks) % {"n": thanks}
        came = " · ".join(filter(None, (came, said)))
    return RoundRow(
        url=reverse("rounding:round", args=[row.pk]),
        name=row.version.question_set.name,
        unit=row.unit.name,
        unit_id=row.unit_id,
        when=words.clock(row.began_at, local),
        leaders=leaders_of(row),
        two=row.partner_id is not None,
        shared=row.version.shared,
        noted=noted,
        came=came or _("nothing to answer"),
        sign=sign,
    )


def _came(asked: Sequence[Asked], now: datetime) -> tuple[str, str]:
    """Like "2 of 3 answered, until 4 Dec", and its sign. `now` is local; the day is the first on which time ends."""
    if not asked:
        return "", ""
    parts: dict[object, list[Asked]] = {}
    for one in asked:
        if one.answered_at is None:
            parts.setdefault(one.of, []).append(one)
    every = len({one.of for one in asked})
    said = {"n": every - len(parts), "all": every}
    if not parts:
        return _("%(n)s of %(all)s answered") % said, "met"
    late = sum(any(one.until < now for one in waits) for waits in parts.values())
    if late:
        return _("%(n)s of %(all)s answered, %(late)s late") % {**said, "late": late}, "missed"
    first = min(one.until for waits in parts.values() for one in waits)
    # A promise has time to the end of its day, which is the next midnight.
    day = (first - timedelta(microseconds=1)).astimezone(now.tzinfo).date()
    return _("%(n)s of %(all)s answered, until %(day)s") % {**said, "day": short_day(day, now.date())}, ""
