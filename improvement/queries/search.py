"""Everything that was ever tried, by its words: "somebody had this before"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from boards.queries.words import short_day
from improvement.models import Cycle, Ticket
from improvement.rules.cycles import Decision, State
from improvement.rules.tickets import OVER, Size, Stage
from org.models import Unit, User
from org.queries.words import beginning_with

#: Results of a page, and of the few that stand beside a new ticket.
MOST: Final = 30
MOST_BESIDE: Final = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; "" and None are any. `over`: only what has ended."""

    text: str = ""
    unit: Unit | None = None
    size: str = ""
    stage: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether it is about a unit, a size or a stage."""
        return self.unit is not None or bool(self.size or self.stage)


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket that holds the words, what came of it, and what its tests found, each in a line."""

    url: str
    title: str
    says: str
    outcome: str
    tests: Sequence[str]


def search(user: User, wanted: Wanted, today: date) -> tuple[list[Found], bool]:
    """The newest tickets that hold all words, or words that begin with them; without words those of the unit, size or
    stage; whether there are more. At most two statements.
    """
    query, seen = beginning_with(wanted.text), Ticket.objects.visible_to(user)
    if query is None and (wanted.text or not wanted.narrowed):
        return [], False
    found = _narrowed(seen if query is None else seen.filter(words__vector=query), wanted)
    rows = list(found.select_related("unit").order_by("-pk")[: MOST + 1])
    return _told(rows[:MOST], today), len(rows) > MOST


def _narrowed(found: "QuerySet[Ticket]", wanted: Wanted) -> "QuerySet[Ticket]":
    if wanted.unit is not None:
        found = found.filter(unit__path__startswith=wanted.unit.path, organisation=wanted.unit.organisation_id)
    if wanted.size:
        found = found.filter(size=wanted.size)
    if wanted.stage:
        found = found.filter(stage=wanted.stage)
    return found


def before(user: User, unit: Unit, title: str, today: date) -> list[Found]:
    """Tickets of the organisation that a new one sounds like: what has ended first. Two statements."""
    words = [word for word in title.split() if len(word) > 3]
    asked: Q | None = None
    for word in words[:6]:
        query = beginning_with(word)
        if query is not None:
            asked = Q(words__vector=query) if asked is None else asked | Q(words__vector=query)
    if asked is None:
        return []
    found = Ticket.objects.visible_to(user).filter(asked, organisation=unit.organisation_id)
    rows = list(found.select_related("unit").order_by("-pk")[:MOST])
    wanted = {word.casefold()[:5] for word in words}
    rows.sort(key=lambda ticket: -len(wanted & {word.casefold()[:5] for word in ticket.title.split()}))
    return _told(rows[:MOST_BESIDE], today)


def _told(rows: Sequence[Ticket], today: date) -> list[Found]:
    tests: dict[int, list[str]] = {}
    for cycle in Cycle.objects.filter(ticket__in=[row.pk for row in rows], state=State.ENDED).order_by("number"):
        said = f"PDSA {cycle.number}, {Decision(cycle.decision).label}: {cycle.learned}"
        tests.setdefault(cycle.ticket_id, []).append(said)
    return [
        Found(
            url=reverse("improvement:ticket", args=[row.pk]),
            title=row.title,
            says=_says(row, today),
            outcome=row.outcome if row.stage in OVER else "",
            tests=tests.get(row.pk, ()),
        )
        for row in rows
    ]


def _says(row: Ticket, today: date) -> str:
    parts = [str(Size(row.size).label), row.unit.name, str(Stage(row.stage).label)]
    if row.ended_at is not None:
        parts.append(_("ended on %(day)s") % {"day": short_day(row.ended_at.date(), today)})
    return " · ".join(parts)
