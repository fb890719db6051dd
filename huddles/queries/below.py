"""Who meets when: the huddles of units and of those below them on a day, and where each stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.models import Huddle
from huddles.queries import words
from huddles.rules.schedule import EARLY, HuddleState, may_start, minutes_held, was_on_time
from org.models import Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: What asks for a look stands first.
_ORDER: Final = {
    HuddleState.NOT_HELD: 0,
    HuddleState.DUE: 1,
    HuddleState.RUNNING: 2,
    HuddleState.COMING: 3,
    HuddleState.HELD: 4,
}
#: The sign beside each state: none of them is red, since nobody is blamed.
SIGNS: Final = {
    HuddleState.NOT_HELD: "no_data",
    HuddleState.DUE: "at_risk",
    HuddleState.RUNNING: "seen",
    HuddleState.COMING: "not_due",
    HuddleState.HELD: "met",
}
MOST_ROWS: Final = 80


@dataclass(frozen=True, slots=True)
class Meeting:
    """A huddle in one line. `says` is a sentence about it; `asks`: it was not held, and nobody has said why."""

    pk: int
    unit_id: int
    unit_name: str
    tier: int
    tier_name: str
    time: str
    state: HuddleState
    sign: str
    says: str
    url: str
    is_extra: bool
    may_begin: bool
    begins_from: str  # from when a coming one may begin, where that is still to come
    asks: bool


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many huddles of a tier stand where, so far today."""

    level: int
    name: str
    planned: int
    held: int
    running: int
    due: int
    not_held: int
    coming: int

    @property
    def says(self) -> str:
        """Like "22 of 24 have met"; what is still to come does not count against anybody."""
        return _("%(held)s of %(all)s have met") % {"held": self.held, "all": self.planned}


@dataclass(frozen=True, slots=True)
class Below:
    """The huddles of a day below a unit: counts by tier, highest last, and one line for each that matters."""

    tiers: Sequence[TierCount]
    rows: Sequence[Meeting]
    without: Sequence[str]  # units straight below that have no huddle today: nobody misses it
    more: int = 0

    @property
    def silent(self) -> int:
        """How many should have met and have not."""
        return sum(tier.not_held + tier.due for tier in self.tiers)


def meeting_of(huddle: Huddle, now: datetime) -> Meeting:
    """A huddle, with unit, tier and reason, in words. `now` is local."""
    state = huddle.state_at(now)
    return Meeting(
        huddle.pk,
        huddle.unit_id,
        huddle.unit.name,
        huddle.unit.tier.level,
        huddle.unit.tier.name,
        words.clock(huddle.planned_at, now),
        state,
        SIGNS[state],
        _says(huddle, state, now),
        reverse("huddles:huddle", args=[huddle.pk]),
        huddle.is_extra,
        huddle.started_at is None and may_start(planned_at=huddle.planned_at, now=now),
        begins_from(huddle, now),
        state == HuddleState.NOT_HELD and huddle.not_held_reason_id is None,
    )


def begins_from(huddle: Huddle, now: datetime) -> str:
    """From when a huddle may begin, like "06:30"; empty where that is over, or it has begun. `now` is local."""
    first = huddle.planned_at - EARLY
    return words.clock(first, now) if huddle.started_at is None and now < first else ""


def _says(huddle: Huddle, state: HuddleState, now: datetime) -> str:
    if huddle.not_held_reason is not None:
        return _("Not held: %(reason)s") % {"reason": huddle.not_held_reason.name}
    if state == HuddleState.HELD and huddle.started_at is not None and huddle.ended_at is not None:
        minutes = minutes_held(huddle.started_at, huddle.ended_at)
        began = words.clock(huddle.started_at, now)
        if huddle.from_paper:
            return _("Held on paper at %(time)s, %(n)s min") % {"time": began, "n": minutes}
        if was_on_time(planned_at=huddle.planned_at, started_at=huddle.started_at):
            return _("Held on time, %(n)s min") % {"n": minutes}
        return _("Held at %(time)s, %(n)s min") % {"time": began, "n": minutes}
    if state == HuddleState.RUNNING and huddle.started_at is not None:
        return _("Meeting since %(time)s") % {"time": words.clock(huddle.started_at, now)}
    if state == HuddleState.NOT_HELD:
        return _("Not held. Why?")
    return str(state.label)


def huddles_on(units: "QuerySet[Unit]", day: date) -> "QuerySet[Huddle]":
    """The huddles of `units` on `day` with what `meeting_of` reads."""
    return (
        Huddle.objects.filter(unit__in=units, day=day)
        .select_related("unit__tier", "not_held_reason")
        .order_by("planned_at", "unit__path")
    )


def under(units: Iterable[Unit]) -> Q:
    """All units below some units, along the primary line and below a second one."""
    found = Q(pk__in=[])
    for unit in units:
        found |= Q(path__startswith=unit.path) & ~Q(pk=unit.pk) | Q(second_parent__path__startswith=unit.path)
    return found


def below(readable: "QuerySet[Unit]", unit: Unit, day: date, now: datetime) -> Below:
    """What the units below `unit` do on `day`, of those that somebody may read. Two statements."""
    lower = readable.open().filter(under([unit]))  # type: ignore[attr-defined]
    found = [meeting_of(huddle, now) for huddle in huddles_on(lower, day)]
    near = Q(parent=unit) | Q(second_parent=unit)
    meets = {meeting.unit_id for meeting in found}
    straight = dict(lower.filter(near).order_by("position", "name").values_list("pk", "name"))
    first = [m for m in found if m.unit_id in straight or m.state not in {HuddleState.HELD, HuddleState.COMING}]
    rows = sorted(first, key=lambda m: (_ORDER[m.state], m.unit_id not in straight, m.tier))
    return Below(
        count_by_tier(found),
        rows[:MOST_ROWS],
        [name for pk, name in straight.items() if pk not in meets],
        more=max(0, len(rows) - MOST_ROWS),
    )


def count_by_tier(found: Sequence[Meeting]) -> list[TierCount]:
    """Counts of huddles by tier, the front line first. Those called outside the calendar are not planned: they do not
    count.
    """
    tiers: dict[int, list[Meeting]] = {}
    for meeting in found:
        if not meeting.is_extra:
            tiers.setdefault(meeting.tier, []).append(meeting)
    counts = []
    for level, meetings in sorted(tiers.items()):
        states = [meeting.state for meeting in meetings]
        counts.append(
            TierCount(
                level,
                meetings[0].tier_name,
                len(states),
                states.count(HuddleState.HELD),
                states.count(HuddleState.RUNNING),
                states.count(HuddleState.DUE),
                states.count(HuddleState.NOT_HELD),
                states.count(HuddleState.COMING),
            )
        )
    return counts
