"""Who was offered what, who took it up, and what became of it there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef

from boards.models import BoardMeasure
from boards.queries.words import short_day
from improvement.models import Offer, OfferedTo, Ticket
from improvement.queries.effects import Told, effects_on
from improvement.rules.spread import Answer
from improvement.rules.tickets import Stage
from org.models import Unit

if TYPE_CHECKING:
    from org.models import User

#: Offers of the map.
MOST: Final = 40
#: Stage of a ticket that took a change up → the sign that says it in short.
_SIGNS: Final = {Stage.DONE: "met", Stage.DROPPED: "missed"}


@dataclass(frozen=True, slots=True)
class Like:
    """A unit to which a change may be offered; `same`: it has the same measure on its board."""

    unit: Unit
    same: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A unit on the map: what it answered, the ticket with which it took the change up, and what became of it.

    `ticket` only where the reader may see it.
    """

    row: OfferedTo
    says: str
    sign: str
    ticket: Ticket | None
    effect: Told | None


@dataclass(frozen=True, slots=True)
class Change:
    """An offer on the map: where it comes from, and its units; `taken` of `asked` took it up, `standard` kept it."""

    row: Offer
    ticket: Ticket | None
    effect: Told | None
    places: Sequence[Place]
    when: str

    @property
    def asked(self) -> int:
        """Units that were asked."""
        return len(self.places)

    @property
    def taken(self) -> int:
        """Units that took it up."""
        return sum(place.row.answer == Answer.TAKEN for place in self.places)

    @property
    def kept(self) -> int:
        """Units where it is done, and so kept."""
        return sum(place.sign == "met" for place in self.places)


def units_like(ticket: Ticket) -> list[Like]:
    """Units of the same tier that were not asked yet, first those with the same measure on their board. One
    statement.
    """
    same = BoardMeasure.objects.filter(unit=OuterRef("pk"), measure=ticket.measure_id)
    found = (
        Unit.objects.open()
        .filter(organisation=ticket.organisation_id, tier=ticket.unit.tier_id)
        .exclude(pk=ticket.unit_id)
        .exclude(offers__offer__ticket=ticket)
        .annotate(same=Exists(same))
        .order_by("-same", "path")
    )
    return [Like(unit, unit.same) for unit in found]


def map_of(user: "User", now: datetime, offers: Iterable[Offer] | None = None) -> list[Change]:
    """The newest offers that `user` may see, or these, with every unit that was asked. Seven statements at most."""
    if offers is None:
        offers = Offer.objects.visible_to(user).select_related("ticket__unit", "ticket__organisation")[:MOST]
    rows = list(offers)
    asked = list(
        OfferedTo.objects.filter(offer__in=[row.pk for row in rows])
        .select_related("unit", "own__measure", "own__unit", "own__organisation")
        .order_by("unit__path")
    )
    known = {row.ticket_id for row in rows} | {to.own_id for to in asked if to.own_id is not None}
    seen = set(Ticket.objects.visible_to(user).filter(pk__in=known).values_list("pk", flat=True))
    own = [to.own for to in asked if to.own is not None and to.own_id in seen]
    sources = list(
        Ticket.objects.filter(pk__in=[row.ticket_id for row in rows if row.ticket_id in seen]).select_related(
            "measure", "unit", "organisation"
        )
    )
    today = now.date()
    effects = effects_on([*own, *sources], today)
    places: dict[int, list[Place]] = {}
    for to in asked:
        places.setdefault(to.offer_id, []).append(_place(to, seen, effects))
    by_pk = {ticket.pk: ticket for ticket in sources}
    return [
        Change(
            row=row,
            ticket=by_pk.get(row.ticket_id),
            effect=effects.get(row.ticket_id),
            places=places.get(row.pk, ()),
            when=_day(row.offered_at, now, today),
        )
        for row in rows
    ]


def _place(to: OfferedTo, seen: set[int], effects: dict[int, Told]) -> Place:
    own = to.own
    says = str(Answer(to.answer).label)
    sign = {Answer.OPEN: "no_data", Answer.DECLINED: "not_due"}.get(Answer(to.answer), "seen")
    if own is not None:
        says = f"{says}: {Stage(own.stage).label}"
        sign = _SIGNS.get(Stage(own.stage), "seen")
    visible = own is not None and own.pk in seen
    return Place(to, says, sign, own if visible else None, effects.get(own.pk) if own is not None and visible else None)


def _day(moment: datetime, now: datetime, today: date) -> str:
    return short_day(moment.astimezone(now.tzinfo).date(), today)


def offered_to(unit: Unit) -> list[OfferedTo]:
    """What is offered to a unit and not answered yet, the newest first. One statement."""
    found = OfferedTo.objects.filter(unit=unit, answer=Answer.OPEN)
    return list(found.select_related("offer__ticket__unit", "offer__ticket__owner").order_by("-offer__offered_at"))


def taken_from(ticket: Ticket) -> Offer | None:
    """The offer that a ticket took up, with whose ticket it is. One statement."""
    to = OfferedTo.objects.filter(own=ticket).select_related("offer__ticket__unit", "offer__ticket__owner").first()
    return to.offer if to else None
