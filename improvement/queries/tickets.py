"""Tickets as pages show them: the kanban of a unit, one's own list, one ticket with what it began from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.models import Signal
from boards.queries.words import short_day
from huddles.models import Issue
from improvement.models import Goal, Origin, Ticket, WorkLimit
from improvement.rules import tickets as rules
from improvement.rules.tickets import From, Size, Stage
from org.models import Unit, User

#: Tickets of a column that are shown; the rest is one choice away.
MOST_IN_COLUMN: Final = 25
MOST_OWN: Final = 100
_FIELDS: Final = (
    "pk",
    "number",
    "title",
    "size",
    "stage",
    "due_on",
    "moved_at",
    "owner__name",
    "unit__name",
)


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket in short. `unit` "" where all are of one; `due` in words, `age`: where it is due on no day, how long it
    has been in its column; `under`: size, owner and unit in one line.
    """

    pk: int
    url: str
    number: int
    title: str
    size: str
    stage: str
    stage_text: str
    owner: str
    unit: str
    due: str
    late: bool
    age: str
    under: str


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its cards. `count` of all; `limit` 0 where there is none; `over`: more than that are in it."""

    stage: str
    name: str
    cards: Sequence[Card]
    count: int
    limit: int = 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.cards)

    @property
    def over(self) -> bool:
        """Whether there are more than the unit wants."""
        return bool(self.limit) and self.count > self.limit


@dataclass(frozen=True, slots=True)
class Kanban:
    """Columns of a unit, or of it and all below. `open`: tickets that are not over; `all_of` is the stage that is shown
    in full, "" for none.
    """

    columns: Sequence[Column]
    open: int
    below: bool
    limit: int
    all_of: str


@dataclass(frozen=True, slots=True)
class Began:
    """Something that a ticket began from, as the reader may see it."""

    pk: int
    kind: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Step:
    """A ticket came into a stage: when, through whom, what was said to it, and how long it stayed."""

    name: str
    day: str
    by: str
    said: str
    stayed: str


@dataclass(frozen=True, slots=True)
class Own:
    """Open tickets that somebody owns, and that somebody coaches, by the day until which they are due."""

    owned: Sequence[Card]
    coached: Sequence[Card]


#: The first cards of each column with how many are in it; `placed` says which tickets are on the kanban.
_COLUMNS: Final = """
    SELECT t.id, t.number, t.title, t.size, t.stage, t.due_on, t.moved_at, o.name, u.name, t.of_stage
    FROM unnest(%(stages)s::text[]) WITH ORDINALITY AS s (stage, place) CROSS JOIN LATERAL (
        SELECT *, count(*) OVER () AS of_stage FROM improvement_ticket
        WHERE {placed} AND stage = s.stage AND (s.stage <> %(done)s OR ended_at > %(since)s)
        ORDER BY CASE WHEN s.stage = %(done)s THEN ended_at END DESC, position, id
        LIMIT CASE WHEN s.stage = %(all_of)s THEN NULL ELSE %(most)s END) t
    JOIN org_unit u ON u.id = t.unit_id LEFT JOIN org_user o ON o.id = t.owner_id
    ORDER BY s.place, CASE WHEN s.stage = %(done)s THEN t.ended_at END DESC, t.position, t.id
"""
_OF_ONE: Final = "unit_id = %(unit)s"
_OF_ALL: Final = "unit_id = ANY(%(places)s)"


def kanban(user: User, unit: Unit, now: datetime, *, below: bool = False, all_of: str = "") -> Kanban:
    """The kanban of a unit that `user` sees, with `below` of all below it too; `all_of` is a stage of which everything
    is shown. Two statements, with `below` three.
    """
    given: dict[str, Any] = {
        "stages": [stage.value for stage in rules.COLUMNS],
        "done": Stage.DONE.value,
        "since": now - timedelta(days=rules.SHOWN_DAYS),
        "all_of": all_of,
        "most": MOST_IN_COLUMN,
        "unit": unit.pk,
    }
    if below:
        seen = Unit.objects.visible_to(user).filter(path__startswith=unit.path, organisation=unit.organisation_id)
        given["places"] = list(seen.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS.format(placed=_OF_ALL if below else _OF_ONE), given)
        rows = cursor.fetchall()
    by_stage: dict[str, list[Card]] = {stage: [] for stage in rules.COLUMNS}
    counts: dict[str, int] = {}
    for row in rows:
        by_stage[row[4]].append(_card(row, now.date(), now, with_unit=below))
        counts[row[4]] = row[-1]
    known = WorkLimit.objects.filter(unit=unit.pk).values_list("most", flat=True).first()
    most = known or rules.USUAL_LIMIT
    columns = [
        Column(
            stage.value,
            str(stage.label),
            by_stage[stage],
            counts.get(stage, 0),
            limit=most if stage == Stage.WORK and not below else 0,
        )
        for stage in rules.COLUMNS
    ]
    return Kanban(columns, sum(c.count for c in columns if c.stage != Stage.DONE), below, most, all_of)


def _card(row: Any, today: date, now: datetime, *, with_unit: bool) -> Card:
    pk, number, title, size, stage, due_on, moved_at, owner, unit, *_rest = row
    late = due_on is not None and due_on < today and stage in rules.OPEN
    due = "" if due_on is None or stage not in rules.OPEN else _until(due_on, today, late=late)
    size_text, place = str(Size(size).label), unit if with_unit else ""
    return Card(
        pk=pk,
        url=f"{_base()}{pk}/",
        number=number,
        title=title,
        size=size_text,
        stage=stage,
        stage_text=str(Stage(stage).label),
        owner=owner or "",
        unit=place,
        due=due,
        late=late,
        age="" if due else _("%(time)s in this column") % {"time": age_of((now - moved_at).days)},
        under=" · ".join(part for part in (size_text, owner, place) if part),
    )


@cache
def _base() -> str:
    """What stands before the number of a ticket in its address: looked up once, not for every card."""
    return reverse("improvement:ticket", args=[0]).removesuffix("0/")


def _until(due_on: date, today: date, *, late: bool) -> str:
    text = _("late since %(day)s") if late else _("until %(day)s")
    return text % {"day": short_day(due_on, today)}


def age_of(days: int) -> str:
    """How long a ticket is where it is: days, from four weeks on weeks."""
    if days < 1:
        return _("since today")
    if days < 28:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": days // 7}


def own(user: User, now: datetime) -> Own:
    """What `user` has in hand, and coaches. One statement."""
    mine = Ticket.objects.visible_to(user).open().filter(Q(owner=user.pk) | Q(coach=user.pk))
    rows = list(
        mine.order_by(F("due_on").asc(nulls_last=True), "number").values_list(*_FIELDS, "owner", named=True)[:MOST_OWN]
    )
    today = now.date()
    cards = [(row.owner == user.pk, _card(row, today, now, with_unit=True)) for row in rows]
    return Own([card for owned, card in cards if owned], [card for owned, card in cards if not owned])


#: Days for which a huddle hears of what was brought to its end, and of how many at most.
HEARD: Final = 7
MOST_HEARD: Final = 8


def done_lately(user: User, unit: Unit, now: datetime) -> list[Ticket]:
    """What was brought to its end at a unit and below it in the last week, the newest first: it is worth thanks. One
    statement.
    """
    found = Ticket.objects.visible_to(user).filter(
        stage=Stage.DONE,
        ended_at__gt=now - timedelta(days=HEARD),
        organisation=unit.organisation_id,
        unit__path__startswith=unit.path,
    )
    return list(found.select_related("unit", "owner").order_by("-ended_at", "-pk")[:MOST_HEARD])


def units_worked(user: User, *, ended: bool = False) -> dict[Unit, int]:
    """Open units whose board `user` sees, with how many tickets are open there, with `ended` how many there ever were;
    units without any are left out. One statement.
    """
    counted = Q() if ended else Q(tickets__stage__in=rules.OPEN)
    found = (
        Unit.objects.visible_to(user)
        .open()
        .annotate(tickets_open=Count("tickets", filter=counted or None))
        .filter(tickets_open__gt=0)
        .select_related("tier")
    )
    return {unit: unit.tickets_open for unit in found}


def tickets_of(user: User, unit: Unit, origin: Mapping[str, Any], now: datetime) -> list[Card]:
    """Who works on something: tickets that began from it or serve it, open ones first; of a measure also those of
    `unit` that should change it, of a reason those at `unit` and below it, and the pages that name it among their
    causes. One statement.
    """
    fits = Q(**{f"origins__{name}": value for name, value in origin.items()})
    if "reason" in origin:
        named = Q(paper__causes__reason=origin["reason"], paper__causes__gone_at=None)
        fits |= named & Q(measure=origin["measure"]) if "measure" in origin else named
        fits &= Q(unit__path__startswith=unit.path)
    elif "measure" in origin:
        fits |= Q(unit=unit.pk, measure=origin["measure"], stage__in=rules.OPEN)
    found = (
        Ticket.objects.visible_to(user)
        .filter(fits, organisation=unit.organisation_id)
        .distinct()
        .order_by(F("ended_at").desc(nulls_first=True), "-number")
    )
    rows = found.values_list(*_FIELDS, named=True)[:MOST_IN_COLUMN]
    return [_card(row, now.date(), now, with_unit=True) for row in rows]


def steps_of(ticket: Ticket, now: datetime) -> list[Step]:
    """How a ticket went, from its beginning. One statement."""
    rows = list(ticket.steps.select_related("by"))
    ends = [*(row.at for row in rows[1:]), ticket.ended_at or now][: len(rows)]
    return [
        Step(
            name=str(Stage(row.stage).label),
            day=short_day(row.at.astimezone(now.tzinfo).date(), now.date()),
            by=row.by.name if row.by else "",
            said=row.said,
            stayed="" if row.stage in rules.OVER else age_of((end - row.at).days),
        )
        for row, end in zip(rows, ends, strict=True)
    ]


def origins_of(ticket: Ticket, user: User, today: date) -> list[Began]:
    """What a ticket began from, as far as `user` may see it. At most four statements."""
    rows = list(ticket.origins.select_related("measure", "reason"))
    issues = {i.pk: i for i in Issue.objects.visible_to(user).filter(pk__in=_ids(rows, "issue_id"))}
    signals = {
        s.pk: s
        for s in Signal.objects.visible_to(user).filter(pk__in=_ids(rows, "signal_id")).select_related("measure")
    }
    goals = {g.pk: g for g in Goal.objects.visible_to(user).filter(pk__in=_ids(rows, "goal_id"))}
    found: list[Began] = []
    for row in rows:
        text, url = _said(row, ticket, issues, signals, goals, today)
        if text:
            found.append(Began(row.pk, str(From(row.kind).label), text, url))
    return found


def _ids(rows: Iterable[Origin], name: str) -> set[int]:
    return {pk for row in rows if (pk := getattr(row, name)) is not None}


def _said(
    row: Origin,
    ticket: Ticket,
    issues: Mapping[int, Issue],
    signals: Mapping[int, Signal],
    goals: Mapping[int, Goal],
    today: date,
) -> tuple[str, str]:
    """Words and address of one origin; "" where the reader may not see it."""
    if row.issue_id is not None:
        issue = issues.get(row.issue_id)
        return (f"#{issue.number} {issue.title}", reverse("huddles:issue", args=[issue.pk])) if issue else ("", "")
    if row.signal_id is not None:
        signal = signals.get(row.signal_id)
        if signal is None:
            return "", ""
        return f"{signal.measure.name}: {signal.group}", reverse("huddles:signal", args=[signal.pk])
    if row.goal_id is not None:
        goal = goals.get(row.goal_id)
        return (goal.title, reverse("improvement:goal", args=[goal.pk])) if goal else ("", "")
    if row.reason is not None and row.measure is None:
        return row.reason.name, f"{reverse('improvement:work-of')}?unit={ticket.unit_id}&reason={row.reason_id}"
    if row.measure is not None:
        url = reverse("boards:measure", args=[ticket.unit_id, row.measure_id])
        told = row.reason.name if row.reason else short_day(row.day, today)  # type: ignore[arg-type]
        return f"{row.measure.name}: {told}", url
    return _("What was said there"), row.address
