"""How huddles and answers work over the tiers: counts and distributions by unit, tier and in all. Nobody's name.

An issue that joined another one is part of it and is not counted again. A confidential issue is counted in the numbers
of all units together alone, and there only where at least `FEWEST_CONFIDENTIAL` of them are in that very number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection

from huddles.queries.cascade import in_tree_order
from huddles.queries.health_facts import Fact, facts
from huddles.queries.states import state_values
from huddles.rules.health import CLASSES, FEWEST_CONFIDENTIAL, Hint, Signs, hints
from org.models import Tier, Unit

_UNITS: Final = """
    SELECT u.id, u.parent_id, u.path, u.position, u.name, t.level, t.name, u.code FROM org_unit u
    JOIN org_tier t ON t.id = u.tier_id
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s
    AND (u.closed_on IS NULL OR u.closed_on > %(first_day)s)
"""


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long something took: how often, median and 90th percentile in seconds, and how often in each class."""

    count: int = 0
    median: float | None = None
    ninth: float | None = None
    classes: Sequence[int] = (0,) * (len(CLASSES) + 1)


_NEVER: Final = Lasted()


@dataclass(frozen=True, slots=True)
class Health:
    """One unit, one tier or all. Shares are None where nothing is there to be a share of."""

    counts: Mapping[str, int]
    lasted: Mapping[str, Lasted] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        """How many facts of a kind."""
        return self.counts.get(kind, 0)

    def share(self, part: str, *whole: str) -> float | None:
        """`part` of the sum of `whole`."""
        total = sum(self.count(kind) for kind in whole)
        return self.count(part) / total if total else None

    def time(self, kind: str) -> Lasted:
        """How long what has a length took."""
        return self.lasted.get(kind, _NEVER)

    @property
    def raised_per_huddle(self) -> float | None:
        """Issues raised for each huddle held."""
        return self.count("raised") / self.count("met") if self.count("met") else None

    @property
    def solved(self) -> dict[int, int]:
        """Tier → how many were there when their origin confirmed them."""
        found = {int(kind[7:]): count for kind, count in self.counts.items() if kind.startswith("solved_")}
        return dict(sorted(found.items()))

    def solved_share(self, level: int) -> float | None:
        """The share of confirmed issues that were solved at tier `level`."""
        total = sum(self.solved.values())
        return self.solved.get(level, 0) / total if total else None


@dataclass(frozen=True, slots=True)
class UnitHealth:
    """A unit, and what a coach may ask there."""

    unit_id: int
    code: str
    name: str
    depth: int
    level: int
    health: Health
    hints: Sequence[Hint]


@dataclass(frozen=True, slots=True)
class TierHealth:
    """A tier and its units in the order of the tree, never of a number."""

    level: int
    name: str
    health: Health
    units: Sequence[UnitHealth]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """A unit and all below it from `first` to `last`, both included; the front line first. `names`: tiers by level."""

    first: date
    last: date
    whole: Health
    tiers: Sequence[TierHealth]
    names: Mapping[int, str]


def tier_health(unit: Unit, last: date, days: int, now: datetime) -> HealthReport:
    """How the tiers at and below `unit` have worked in the `days` days up to `last`, by the organisation's clock. Three
    statements.
    """
    first = last - timedelta(days=days - 1)
    zone = unit.organisation.zone
    values: dict[str, Any] = {
        **state_values(now),
        "organisation": unit.organisation_id,
        "below": f"{unit.path}%",
        "first_day": first,
        "last_day": last,
        "start": datetime.combine(first, time(0), zone).astimezone(UTC),
        "end": datetime.combine(last + timedelta(days=1), time(0), zone).astimezone(UTC),
        "whole": unit.parent_id is None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, values)
        rows = cursor.fetchall()
    found = _gathered(facts(values))
    nothing = Health({})
    tiers: dict[int, list[UnitHealth]] = {}
    # An issue from below may have been solved above.
    names = dict(Tier.objects.filter(organisation=unit.organisation_id).values_list("level", "name"))
    for pk, parent, path, _position, name, level, _tier, code in in_tree_order(rows):
        health = found.get(("unit", pk), nothing)
        asks = hints(_signs(health, level, is_top=parent is None))
        depth = path.count("/") - unit.path.count("/")
        tiers.setdefault(level, []).append(UnitHealth(pk, code, name, depth, level, health, asks))
    return HealthReport(
        first,
        last,
        found.get(("all", 0), nothing),
        [
            TierHealth(level, names[level], found.get(("tier", level), nothing), units)
            for level, units in sorted(tiers.items())
        ],
        names,
    )


def _gathered(found: Iterable[Fact]) -> dict[tuple[str, int], Health]:
    """("unit", id), ("tier", level) or ("all", 0) → its numbers."""
    counts: dict[tuple[str, int], dict[str, int]] = {}
    lasted: dict[tuple[str, int], dict[str, Lasted]] = {}
    for fact in sorted(found, key=lambda fact: fact.secret):
        key = _key(fact)
        shown = fact.secret if key == _ALL and fact.secret >= FEWEST_CONFIDENTIAL else 0
        if fact.count + shown == 0 or (fact.ends is not None and shown != fact.secret):
            continue
        counts.setdefault(key, {})[fact.kind] = fact.count + shown
        if fact.ends is not None:
            lasted.setdefault(key, {})[fact.kind] = Lasted(
                fact.count + shown, fact.ends[0], fact.ends[1], tuple(fact.classes or ())
            )
    return {key: Health(kinds, lasted.get(key, {})) for key, kinds in counts.items()}


_ALL: Final = ("all", 0)


def _key(fact: Fact) -> tuple[str, int]:
    if fact.unit_id is not None:
        return "unit", fact.unit_id
    return _ALL if fact.level is None else ("tier", fact.level)


def _signs(health: Health, level: int, *, is_top: bool) -> Signs:
    count = health.count
    return Signs(
        held=count("met"),
        raised=count("raised"),
        arrived=count("arrived"),
        escalated=count("escalated"),
        climbed=count("climbed"),
        closed=count("confirmed") + count("unconfirmed"),
        unconfirmed=count("unconfirmed"),
        is_top=is_top,
        is_front=level == 1,
    )
