"""What the page of a desk reads: queue, card, promises and house, in words of the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries.reds import Red
from boards.queries.words import short_day
from huddles.queries.desk import Card, Similar, Stop, Waiting
from huddles.queries.house import House, Promised, Promises, TierToday
from huddles.queries.issues import Group
from huddles.queries.issues_words import due
from huddles.queries.signal_rows import SignalRow
from huddles.queries.signals_page import GapAsked
from huddles.queries.words import check_in, clock, span
from huddles.rules.issues import Act, Ask, Harm, Outcome, Status, status_text
from org.models import Unit

#: Words of a text that a card shows before "more": it is read in sixty seconds.
MOST_WORDS: Final = 24
#: Units named on a card.
MOST_UNITS: Final = 4
_ASKS: Final = dict(Ask.choices)
_OUTCOMES: Final = dict(Outcome.choices)
_STATUSES: Final = dict(Status.choices)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the queue: the ask, or what is wrong where nobody asked; what is known beside it; its own page."""

    url: str
    text: str
    line: str
    urgent: bool
    late: bool
    current: bool


@dataclass(frozen=True, slots=True)
class PathStop:
    """A unit on the way, with the time there; `here`: where it is now."""

    name: str
    stayed: str
    how: str
    here: bool


@dataclass(frozen=True, slots=True)
class Before:
    """A similar issue of the past and what was said then."""

    url: str
    title: str
    line: str
    said: str


@dataclass(frozen=True, slots=True)
class CardView:
    """One ask. `rest` tells whether "more" has anything to show."""

    pk: int
    url: str
    kicker: str
    urgent: bool
    late: bool
    headline: str
    title: str
    gap: GapAsked | None
    where: str
    since: str
    touched: str
    groups: str
    harm: str
    tried: str
    cannot: str
    path: Sequence[PathStop]
    before: Sequence[Before]
    elsewhere: str
    again: str
    more: Sequence[tuple[str, str]]
    joined: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise in one line."""

    url: str
    title: str
    line: str


@dataclass(frozen=True, slots=True)
class PromiseList:
    """Promises of one kind. `kind`: late, not_looked_at, reopened, ahead, kept_late or kept; `left`: not shown."""

    kind: str
    name: str
    count: int
    rows: Sequence[PromiseRow]
    left: int


@dataclass(frozen=True, slots=True)
class HouseView:
    """The house in sentences."""

    huddles: Sequence[str]
    open: str
    late: str
    late_url: str  # the list that holds exactly these; "" where none is late
    alerts: str
    reds_text: str
    reds: Sequence[tuple[str, Sequence[tuple[str, str]]]]  # under a title: those whose huddle is over come first


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The whole page."""

    unit: Unit
    base: str
    queue: Sequence[QueueRow]
    card: CardView | None
    forms: Sequence[dict[str, Any]]
    position: int
    before_url: str
    after_url: str
    promises: Sequence[PromiseList]
    house: HouseView
    live_url: str
    token_url: str
    health_url: str
    gaps: Sequence[SignalRow] = ()


def queue_rows(waiting: Sequence[Waiting], chosen: int, base: str, zone_now: datetime) -> list[QueueRow]:
    """The queue in lines; `chosen` is the place of the one whose card is shown."""
    asks = {ask: str(name) for ask, name in _ASKS.items()}
    by, more = _("by %(time)s"), _("%(unit)s and %(n)s more")
    rows = []
    for place, one in enumerate(waiting):
        origin = more % {"unit": one.origin, "n": one.joined} if one.joined else one.origin
        runs_out = due(one.status, one.clock_at, zone_now)
        if one.needed_by is not None and (one.clock_at is None or one.clock_at > zone_now):
            runs_out = by % {"time": clock(one.needed_by, zone_now)}
        line = " · ".join(part for part in (asks.get(one.ask, ""), runs_out, origin) if part)
        late = one.is_late(zone_now)
        rows.append(QueueRow(f"{base}?issue={one.pk}", one.asked or one.title, line, one.urgent, late, place == chosen))
    return rows


def card_view(card: Card, zone_now: datetime, gap: GapAsked | None = None) -> CardView:
    """A card in words; `gap`: what its signal says, where it has one and the reader may see it."""
    one = card.waiting
    asked = one.asked or (_("Who does what until when, or who else can?") if one.signal is not None else "")
    tried, tried_rest = _cut(card.tried)
    more = [(_("More about it"), card.detail), (_("Tried, in full"), tried_rest), (_("Note on the way"), card.note)]
    seen = card.first_seen_on
    more += [(_("First seen"), short_day(seen, zone_now.date()) if seen else "")]
    more += [(_("Category"), card.category), (_("Measure"), card.measure), (_("Exactly where"), card.spot)]
    more += [(_("Tried at %(unit)s") % {"unit": other.unit}, other.tried) for other in card.joined]
    more += [(_("Owner now"), card.owner)]
    return CardView(
        pk=one.pk,
        url=_issue(one.pk),
        kicker=_kicker(card, zone_now),
        urgent=one.urgent,
        late=one.is_late(zone_now),
        headline=asked or one.title,
        title=one.title if asked else "",
        gap=gap,
        where=_where(card.units),
        since=_("open for %(span)s, here for %(here)s")
        % {"span": span(zone_now - one.raised_at), "here": span(zone_now - card.arrived_at)},
        touched=""
        if card.people is None
        else ngettext("%(n)s person", "%(n)s people", card.people) % {"n": card.people},
        groups="; ".join(card.groups),
        harm=str(Harm(card.harm).label) if card.harm else "",
        tried=tried,
        cannot=card.cannot,
        path=[_stop(stop, last=place == len(card.way) - 1) for place, stop in enumerate(card.way)],
        before=[_before(similar, zone_now) for similar in card.before],
        elsewhere=ngettext(
            "%(n)s more open issue elsewhere reads alike.",
            "%(n)s more open issues elsewhere read alike.",
            card.elsewhere,
        )
        % {"n": card.elsewhere}
        if card.elsewhere
        else "",
        again=_again(card),
        more=[(label, text) for label, text in more if text],
        joined=[(_issue(other.pk), f"#{other.number} {other.title} · {other.unit}") for other in card.joined],
    )


def _kicker(card: Card, zone_now: datetime) -> str:
    one = card.waiting
    ask = _("Asked by a rule") if one.signal is not None else _("No ask was given")
    parts = [str(_ASKS[Ask(one.ask)]) if one.ask else ask]
    if one.needed_by is None or (one.clock_at is not None and one.clock_at <= zone_now):
        parts.append(due(one.status, one.clock_at, zone_now))
    if one.needed_by is not None:
        late = one.needed_by <= zone_now
        words = _("was needed by %(time)s") if late else _("needed by %(time)s")
        parts.append(words % {"time": clock(one.needed_by, zone_now)})
    if one.urgent:
        parts.append(_("urgent: harm is possible now"))
    return " · ".join([f"#{one.number}", *filter(None, parts)])


def _where(units: Sequence[str]) -> str:
    if len(units) == 1:
        return units[0]
    shown = ", ".join(units[:MOST_UNITS])
    if len(units) > MOST_UNITS:
        shown = _("%(units)s and %(n)s more") % {"units": shown, "n": len(units) - MOST_UNITS}
    return ngettext("%(n)s unit: %(units)s", "%(n)s units: %(units)s", len(units)) % {"n": len(units), "units": shown}


def _again(card: Card) -> str:
    parts = []
    if card.recurring:
        parts.append(_("It keeps coming back."))
    if card.reopened:
        said = ngettext("Reopened %(n)s time.", "Reopened %(n)s times.", card.reopened)
        parts.append(said % {"n": card.reopened})
    if card.climbs:
        said = ngettext("Climbed by silence %(n)s time.", "Climbed by silence %(n)s times.", card.climbs)
        parts.append(said % {"n": card.climbs})
    return " ".join(parts)


def _stop(stop: Stop, *, last: bool) -> PathStop:
    how = str(Act(stop.act).label) if stop.act in {Act.CLIMB, Act.TRANSFER, Act.DELEGATE} else ""
    return PathStop(stop.name, span(stop.stayed), how, last)


def _before(similar: Similar, zone_now: datetime) -> Before:
    parts = [str(_OUTCOMES[Outcome(similar.outcome)]), status_text(similar.status, similar.outcome), similar.unit]
    if similar.answered_at is not None:
        parts.insert(1, clock(similar.answered_at, zone_now))
    return Before(_issue(similar.pk), similar.title, " · ".join(parts), _cut(similar.said)[0])


def _cut(text: str) -> tuple[str, str]:
    """The first words of `text`; and all of it where that was not all."""
    words = text.split()
    if len(words) <= MOST_WORDS:
        return text, ""
    return " ".join(words[:MOST_WORDS]) + " …", text


def promises_view(found: Promises, zone_now: datetime) -> list[PromiseList]:
    """Promises, the late ones first; kinds without any are left out."""
    late, done = _("%(owner)s, was due %(time)s"), _("done %(time)s, %(status)s")
    kinds = (
        ("late", _("Late"), found.late, late),
        ("not_looked_at", _("Not looked at in time"), found.not_looked_at, "%(owner)s, %(check_in)s"),
        ("reopened", _("Reopened"), found.reopened, _("reopened %(time)s, %(status)s")),
        ("ahead", _("Promised, time is left"), found.ahead, _("%(owner)s, due %(time)s")),
        ("kept_late", _("Done after the promised time"), found.kept_late, done),
        ("kept", _("Kept"), found.kept, done),
    )
    return [
        PromiseList(
            kind,
            name,
            found.counts[kind],
            [_promise(one, line, zone_now) for one in rows],
            found.counts[kind] - len(rows),
        )
        for kind, name, rows, line in kinds
        if rows
    ]


def _promise(one: Promised, line: str, zone_now: datetime) -> PromiseRow:
    status = str(_STATUSES[Status(one.status)])
    facts = {
        "owner": one.owner,
        "time": clock(one.at, zone_now),
        "check_in": check_in(one.at, zone_now),
        "status": status[:1].lower() + status[1:],
    }
    return PromiseRow(_issue(one.pk), f"#{one.number} {one.title}", line % facts)


def house_view(found: House, unit: Unit) -> HouseView:
    """The house below `unit` in sentences."""
    opened = " · ".join(f"{one.name} {one.count}" for one in found.open)
    total = sum(one.count for one in found.open)
    reds = len(found.reds)
    return HouseView(
        huddles=[_huddles(tier) for tier in found.huddles],
        open=_("%(n)s open issues: %(tiers)s") % {"n": total, "tiers": opened} if total else _("No open issue"),
        late=ngettext("%(n)s promise is late", "%(n)s promises are late", found.late) % {"n": found.late}
        if found.late
        else _("No promise is late"),
        late_url=f"{reverse('huddles:issues')}?unit={unit.pk}&below=1&group={Group.LATE_PROMISES}"
        if found.late
        else "",
        alerts=ngettext("%(n)s alert is open", "%(n)s alerts are open", found.alerts) % {"n": found.alerts}
        if found.alerts
        else _("No alert is open"),
        reds_text=ngettext("%(n)s red without a reason", "%(n)s reds without a reason", reds) % {"n": reds},
        reds=[(title, [_red(one) for one in ones]) for title, ones in _sides(found) if ones],
    )


def _sides(found: House) -> list[tuple[str, list[Red]]]:
    """Reds after the huddle of their unit, and those of which it is still to come or none is planned."""
    talked = set(found.talked)
    return [
        (_("After the huddle of the unit"), list(found.talked)),
        (_("Its huddle is still to come, or there is none today"), [red for red in found.reds if red not in talked]),
    ]


def _huddles(tier: TierToday) -> str:
    facts = {"tier": tier.name, "held": tier.held, "n": tier.planned, "on_time": tier.on_time}
    said = _("%(tier)s: %(held)s of %(n)s huddles held, %(on_time)s on time") % facts
    if tier.running:
        said += ", " + ngettext("%(n)s is meeting", "%(n)s are meeting", tier.running) % {"n": tier.running}
    if tier.not_held:
        said += ", " + ngettext("%(n)s was not held", "%(n)s were not held", tier.not_held) % {"n": tier.not_held}
    return said


def _red(one: Red) -> tuple[str, str]:
    return reverse("boards:board", args=[one.unit_id]), f"{one.unit}: {one.measure}"


def _issue(pk: int) -> str:
    return reverse("huddles:issue", args=[pk])
