"""What other rooms add to tier health: counts by unit, summed over tiers, with the columns that show them.

A room says so by the path of a function, `tier_health` of its configuration: it is given the unit for which a view has
asked, the start and the end of the period and now, and gives `Added`. Its kinds begin with the name of the room.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.module_loading import import_string

from huddles.queries.health import Health, HealthReport, TierHealth
from org.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Column:
    """How often there is `part`, or its share of `whole` where that is named; `line`: the share of all, as a sentence
    with `%(share)s`, "" for none.
    """

    name: str
    part: str
    whole: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """A table of tier health. `counts`: unit → kind → how many; `says`: what is counted, in a sentence."""

    name: str
    columns: Sequence[Column]
    counts: Mapping[int, Mapping[str, int]]
    says: str

    @property
    def kinds(self) -> list[str]:
        """The kinds of its columns, each once."""
        return list(dict.fromkeys(kind for each in self.columns for kind in (each.whole, each.part) if kind))


def added_to(report: HealthReport, unit: Unit, now: datetime) -> tuple[HealthReport, list[Added]]:
    """`report` with what other rooms count at its units, and their tables. As many statements as the rooms need."""
    zone = unit.organisation.zone
    start = datetime.combine(report.first, time(0), zone).astimezone(UTC)
    end = datetime.combine(report.last + timedelta(days=1), time(0), zone).astimezone(UTC)
    paths = [getattr(room, "tier_health", "") for room in apps.get_app_configs()]
    tell: list[Callable[[Unit, datetime, datetime, datetime], Added]] = [import_string(path) for path in paths if path]
    found = [told(unit, start, end, now) for told in tell]
    for added in found:
        report = _with(report, added)
    return report, found


def _with(report: HealthReport, added: Added) -> HealthReport:
    tiers = []
    for tier in report.tiers:
        mine = [added.counts.get(unit.unit_id, {}) for unit in tier.units]
        units = [
            replace(unit, health=_more(unit.health, [counts])) for unit, counts in zip(tier.units, mine, strict=True)
        ]
        tiers.append(TierHealth(tier.level, tier.name, _more(tier.health, mine), units))
    here = {unit.unit_id for tier in report.tiers for unit in tier.units}
    every = [counts for unit, counts in added.counts.items() if unit in here]
    return replace(report, whole=_more(report.whole, every), tiers=tiers)


def _more(health: Health, counts: Iterable[Mapping[str, int]]) -> Health:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return replace(health, counts={**health.counts, **{kind: n for kind, n in total.items() if n}})
