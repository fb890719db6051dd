"""The desk of a unit: what waits there for an answer, one card at a time. Only its page reads free text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from huddles.queries.strata import named
from huddles.rules import issues as rules
from huddles.rules.issues import Act
from org.access import remembered_seats_of
from org.models import Unit
from org.rules import LEADING, ROLES, Permission
from org.shipped import shipped

if TYPE_CHECKING:
    from org.models import User

#: Whose issue `i` is read: a confidential one only by whoever raised it or is named for it.
_READS: Final = """(NOT i.confidential OR i.raised_by_id = %(me)s OR EXISTS
    (SELECT FROM huddles_confidant c WHERE c.organisation_id = i.organisation_id AND c.user_id = %(me)s))"""
_QUEUE: Final = f"""
    SELECT i.id, i.number, i.title, i.urgency = 'urgent', i.ask, i.asked, i.needed_by, i.raised_at, o.name,
    (SELECT count(*) FROM huddles_issue j WHERE j.merged_into_id = i.id), i.status, i.clock_at, s.signal_id
    FROM huddles_issue i JOIN org_unit o ON o.id = i.origin_id
    LEFT JOIN huddles_signalissue s ON s.issue_id = i.id
    WHERE i.place_id = %(unit)s AND i.status IN ('raised', 'acknowledged') AND {_READS}
    ORDER BY i.urgency = 'urgent' DESC,
    CASE WHEN least(i.needed_by, i.clock_at) <= %(now)s THEN least(i.needed_by, i.clock_at) END NULLS LAST,
    i.needed_by NULLS LAST, i.clock_at NULLS LAST, i.raised_at, i.id
"""  # noqa: S608 - of constants
_CARD: Final = """
    SELECT i.status, i.detail, i.tried, i.spot, i.people_touched, i.groups, i.recurring, i.first_seen_on,
    i.arrived_at, i.clock_at, i.climbs, i.reopened, i.category_id, i.origin_id, i.owner_id,
    g.name, x.name, p.name, m.name, i.harm
    FROM huddles_issue i LEFT JOIN huddles_choice g ON g.id = i.category_id
    LEFT JOIN huddles_choice x ON x.id = i.cannot_id LEFT JOIN org_user p ON p.id = i.owner_id
    LEFT JOIN boards_measure m ON m.id = i.measure_id WHERE i.id = %(issue)s
"""
_WAY: Final = """
    SELECT e.act, e.at, e.to_place_id, u.name, t.level, e.note FROM huddles_issueevent e
    JOIN org_unit u ON u.id = e.to_place_id JOIN org_tier t ON t.id = u.tier_id
    WHERE e.issue_id = %(issue)s AND e.act = ANY(%(moves)s) ORDER BY e.at, e.id
"""
_JOINED: Final = """
    SELECT j.id, j.number, j.title, o.id, o.name, j.people_touched, j.groups, j.tried
    FROM huddles_issue j JOIN org_unit o ON o.id = j.origin_id WHERE j.merged_into_id = %(issue)s ORDER BY j.number
"""
#: Words alike by their three-letter pieces, of the same category where both have one, where the reader may read them;
#: among the newest, so that it takes no longer in a house with a long past.
_SIMILAR: Final = """
    SELECT i.id, i.number, i.title, i.origin_id, i.name, i.status, i.outcome, i.tell_staff, i.answered_at, i.verdict
    FROM (
        SELECT i.*, o.name FROM huddles_issue i JOIN org_unit o ON o.id = i.origin_id
        WHERE i.organisation_id = %(organisation)s AND i.id <> %(issue)s AND NOT i.confidential
        AND i.merged_into_id IS NULL AND o.path LIKE ANY(%(reach)s)
        AND (i.category_id IS NULL OR %(category)s::int IS NULL OR i.category_id = %(category)s)
        ORDER BY i.raised_at DESC, i.id DESC LIMIT %(newest)s
    ) i WHERE upper(i.title) %% upper(%(title)s)
    ORDER BY similarity(upper(i.title), upper(%(title)s)) DESC, i.raised_at DESC, i.id LIMIT 30
"""
#: Whom an issue can be handed down to: units that report here, those on its way, and where it began.
_PLACES: Final = """
    SELECT u.id, u.name, u.id = %(origin)s FROM org_unit u WHERE u.closed_on IS NULL AND u.id <> %(unit)s
    AND (u.id = %(origin)s OR u.parent_id = %(unit)s OR (u.id = ANY(%(way)s) AND u.path LIKE %(below)s))
    ORDER BY u.id <> %(origin)s, length(u.path), u.position, u.name
"""
#: Who can be named to do it: whoever leads here or in a unit that reports here; whoever asks comes first.
_PEOPLE: Final = """
    SELECT DISTINCT ON (p.id = %(me)s, p.name, p.id) p.id, p.name, u.name FROM org_membership m
    JOIN org_user p ON p.id = m.user_id AND p.is_active JOIN org_unit u ON u.id = m.unit_id
    WHERE m.ended_on IS NULL AND ((m.role = ANY(%(leading)s) AND u.closed_on IS NULL
    AND (u.id = %(unit)s OR u.parent_id = %(unit)s)) OR p.id = %(me)s)
    ORDER BY p.id = %(me)s DESC, p.name, p.id, length(u.path)
"""
_MOVES: Final = [act.value for act in (Act.RAISE, Act.ESCALATE, Act.DELEGATE, Act.TRANSFER, Act.CLIMB, Act.UNMERGE)]
#: How many of the newest issues are looked at for similar words: more than a hospital raises in a year.
NEWEST: Final = 2_000
#: Past answers shown on a card.
MOST_SIMILAR: Final = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """An issue in the queue. `joined`: how many others are part of it; `clock_at`: until when somebody has to take or
    answer it; `signal`: id of the signal that it was raised for.
    """

    pk: int
    number: int
    title: str
    urgent: bool
    ask: str
    asked: str
    needed_by: datetime | None
    raised_at: datetime
    origin: str
    joined: int
    status: str
    clock_at: datetime | None
    signal: int | None

    def is_late(self, now: datetime) -> bool:
        """Whether it was needed, or should have been taken or answered, by now."""
        return any(at is not None and at <= now for at in (self.needed_by, self.clock_at))


@dataclass(frozen=True, slots=True)
class Stop:
    """A unit on the way of an issue: how it came there, and how long it has been there."""

    unit_id: int
    name: str
    level: int
    act: str
    since: datetime
    stayed: timedelta
    note: str


@dataclass(frozen=True, slots=True)
class Joined:
    """An issue that is part of the one on the card."""

    pk: int
    number: int
    title: str
    unit_id: int
    unit: str
    people: int | None
    groups: Sequence[str]
    tried: str


@dataclass(frozen=True, slots=True)
class Similar:
    """An issue with similar words; `said` is what staff were told."""

    pk: int
    number: int
    title: str
    unit_id: int
    unit: str
    status: str
    outcome: str
    said: str
    answered_at: datetime | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Card:
    """All that a decision needs. `units`: names of units that have the same, the origin first; `people` None: not told,
    or too few to be told beside the `groups` of patients that are named.

    `before`: similar ones that have an answer. `elsewhere`: how many open ones with similar words have not been joined.
    """

    waiting: Waiting
    status: str
    detail: str
    tried: str
    spot: str
    people: int | None
    groups: Sequence[str]
    harm: str
    first_seen_on: date | None
    recurring: bool
    arrived_at: datetime
    clock_at: datetime | None
    climbs: int
    reopened: int
    origin_id: int
    owner: str
    category: str
    cannot: str
    measure: str
    way: Sequence[Stop]
    joined: Sequence[Joined]
    units: Sequence[str]
    before: Sequence[Similar]
    elsewhere: int
    note: str


@dataclass(frozen=True, slots=True)
class Named:
    """A unit or a person that can be chosen; `of` says more about it."""

    pk: int
    name: str
    of: str = ""


def queue(unit: Unit, user: "User", now: datetime) -> list[Waiting]:
    """What waits at `unit` for a word, as far as `user` may read it: urgent first, then what is late (the longest
    first), then by when a word is needed, then by when its clock runs out. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, {"unit": unit.pk, "me": user.pk, "now": now})
        return [Waiting(*row) for row in cursor.fetchall()]


def card(unit: Unit, waiting: Waiting, user: "User", now: datetime) -> Card:
    """The card of an issue of the queue of `unit`. Four statements, five where groups of patients are named."""
    values: dict[str, Any] = {"issue": waiting.pk, "moves": _MOVES}
    with connection.cursor() as cursor:
        cursor.execute(_CARD, values)
        fields = cursor.fetchone()
        cursor.execute(_WAY, values)
        way = stops(cursor.fetchall(), now)
        cursor.execute(_JOINED, values)
        joined = [Joined(*row) for row in cursor.fetchall()]
        category, origin_id = fields[12], fields[13]
        values |= {
            "organisation": unit.organisation_id,
            "title": waiting.title,
            "category": category,
            "reach": _reach(user),
            "newest": NEWEST,
        }
        cursor.execute(_SIMILAR, values)
        similar = [Similar(*row) for row in cursor.fetchall()]
    status, detail, tried, spot, people, own_groups, recurring, first_seen_on = fields[:8]
    arrived_at, clock_at, climbs, reopened = fields[8:12]
    groups = tuple(dict.fromkeys([*own_groups, *(group for one in joined for group in one.groups)]))
    told = [count for count in (people, *(one.people for one in joined)) if count is not None]
    others = [one for one in similar if not one.outcome and one.unit_id != origin_id]
    return Card(
        waiting=waiting,
        status=status,
        detail=detail,
        tried=tried,
        spot=spot,
        people=rules.people_told(sum(told) if told else None, groups, unit.organisation.small_cell_threshold),
        groups=named(unit.organisation_id, groups),
        harm=fields[19],
        first_seen_on=first_seen_on,
        recurring=recurring,
        arrived_at=arrived_at,
        clock_at=clock_at,
        climbs=climbs,
        reopened=reopened,
        origin_id=origin_id,
        owner=fields[17] or "",
        category=shipped(fields[15] or ""),
        cannot=shipped(fields[16] or ""),
        measure=fields[18] or "",
        way=way,
        joined=joined,
        units=tuple(dict.fromkeys([waiting.origin, *(one.unit for one in joined)])),
        before=[one for one in similar if one.outcome][:MOST_SIMILAR],
        elsewhere=len(others),
        note=way[-1].note if way and way[-1].act != Act.RAISE else "",
    )


def stops(rows: Sequence[tuple[str, datetime, int, str, int, str]], now: datetime) -> list[Stop]:
    """Events that brought an issue to a unit, as stops; where it is now counts until `now`."""
    leaves = [*(row[1] for row in rows[1:]), now]
    return [
        Stop(pk, name, level, act, at, left - at, note)
        for (act, at, pk, name, level, note), left in zip(rows, leaves, strict=True)
    ]


def places_below(unit: Unit, shown: Card) -> list[Named]:
    """Whom the issue of a card can be handed down to; where it began comes first. One statement."""
    values: dict[str, Any] = {
        "unit": unit.pk,
        "origin": shown.origin_id,
        "way": [stop.unit_id for stop in shown.way],
        "below": f"{unit.path}%",
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, values)
        return [Named(pk, name, "origin" if began else "") for pk, name, began in cursor.fetchall()]


def people_for(unit: Unit, user: "User") -> list[Named]:
    """Who can be named to do what an answer at `unit` promises; `user` comes first. One statement."""
    values: dict[str, Any] = {"unit": unit.pk, "me": user.pk, "leading": [role.value for role in LEADING]}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return [Named(*row) for row in cursor.fetchall()]


def _reach(user: "User") -> list[str]:
    """Patterns of the paths of units whose boards `user` may open by a role there or above."""
    seats = [seat for seat in remembered_seats_of(user) if Permission.BOARD_VIEW in ROLES[seat.role]]
    return [f"{path}%" for seat in seats for path in (seat.path, *seat.second_paths)]
