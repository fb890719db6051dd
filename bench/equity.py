"""Groups of patients: the page of thirty measures, a night of the guard, and the night on which it closes a month.

The page: thirty measures by a dimension of eight groups, told for twenty-four months, beside an empty page behind the
same sign-in; warm, so that cards are remembered until something new is told. The guard, of 2,000 units × 30 measures ×
19 groups and the total, each beside the taking of one day's snapshot: every night a day is added to its month; once a
month all that may be told of it is decided, written and marked on tiles; and both over the nights of a month. It has
half a year behind it, and every unit has enough patients to tell all groups: the most that can be written.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.server import Reader, pages
from bench.system import AT, LEVELS, MEASURES, SMALL_LEVELS, System, build, own_database, send
from bench.system import GROUPS as STRATA
from bench.ward import LEVELS as WARD_LEVELS
from boards.actions.telling import add_up_days, tell_groups
from boards.models import BoardMeasure, Category, CountedMonth, Dimension, Published, Snapshot, TellingMonth
from boards.snapshots import take_snapshot, tree_on
from boards.snapshots.tiles import refresh_tiles
from boards.snapshots.tree import Tree
from boards.telling.books import Sums, read, store
from boards.telling.months import first_day, month_of
from huddleboard.run.prepare import collect_static
from org.models import Membership, Unit, User

ROUNDS = 60
MONTHS = 24
GROUPS = 8
#: Months that stand before the last one.
MONTHS_BEFORE = 6


def run(*, small: bool = False) -> dict[str, object]:
    """Medians, ratios and whether every answer was right."""
    collect_static()
    found = _page(3 if small else ROUNDS)
    return found | _guard(small=small)


def _page(rounds: int) -> dict[str, object]:
    with own_database():
        system = build(WARD_LEVELS)
        top = Unit.objects.get(parent__isnull=True)
        BoardMeasure.objects.bulk_create(BoardMeasure(unit=top, measure=m, role="driver") for m in system.measures)
        reader = User.objects.create_user("reader@example.org", "a long enough word", name="Rae Reader")
        Membership.objects.create(user=reader, unit=top, role="executive", started_on=date(2026, 1, 1))
        eight = Dimension.objects.create(organisation=system.organisation, code="eight", name="Eight groups")
        Category.objects.bulk_create(Category(dimension=eight, code=f"e{i}", name=f"Group {i}") for i in range(GROUPS))
        this_month = timezone.now().date().replace(day=1)
        lasts = [this_month - timedelta(days=1)]
        while len(lasts) < MONTHS:
            lasts.append(lasts[-1].replace(day=1) - timedelta(days=1))
        Published.objects.bulk_create(_told(top, m, eight, last) for m in system.measures for last in reversed(lasts))
        client = Client(headers={"host": "localhost"})
        client.force_login(reader)
        url = f"/boards/{top.pk}/equity/?by=eight"
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        times: dict[str, list[float]] = {"ours": [], "empty": []}
        right = True
        with pages() as server:
            session = {name: morsel.value for name, morsel in client.cookies.items()}
            over_wire = Reader(server.port, session)
            for number in range(-5, rounds):
                ours, empty = over_wire.get(url), over_wire.get("/floor/empty/")
                right = right and (ours.status, empty.status) == (200, 200)
                right = right and ours.text.count('<article class="eq-card') == MEASURES
                right = right and ours.text.count('class="dots"') == MEASURES * GROUPS
                if number >= 0:
                    times["ours"].append(ours.seconds)
                    times["empty"].append(empty.seconds)
    ms = {name: 1000 * statistics.median(taken) for name, taken in times.items()}
    return {
        "page_ms": round(ms["ours"], 2),
        "empty_ms": round(ms["empty"], 2),
        "page_ratio": round(ms["ours"] / ms["empty"], 2),
        "page_statements": len(asked),
        "answers_right": right,
    }


def _told(unit: Unit, measure: object, dimension: Dimension, last: date) -> Published:
    chance = np.random.default_rng([measure.pk, last.toordinal()])  # type: ignore[attr-defined]
    cases = chance.integers(60, 400, GROUPS)
    met = chance.binomial(cases, chance.uniform(0.5, 0.9, GROUPS))
    return Published(
        organisation=unit.organisation,
        unit=unit,
        measure=measure,
        dimension=dimension,
        stretch="block",
        first=last.replace(day=1),
        last=last,
        names=[f"Group {i}" for i in range(GROUPS)],
        states=["known"] * GROUPS,
        numerators=met.astype(float).tolist(),
        denominators=cases.astype(float).tolist(),
        numerator=float(met.sum()),
        denominator=float(cases.sum()),
        hidden=[],
        published_at=datetime(2026, 11, 5, tzinfo=UTC),
    )


def _guard(*, small: bool) -> dict[str, object]:
    """Half a year of months is made as it would have been added up, since its days would be 220 million readings."""
    with own_database():
        system = build(SMALL_LEVELS if small else LEVELS)
        organisation = system.organisation
        days = [date(2026, 9, 30), date(2026, 10, 31)]
        for day in days:
            send(system, day)
            take_snapshot(organisation, day, AT)
        refresh_tiles(organisation, AT)
        tree = tree_on(organisation, days[-1])
        last = month_of(days[-1])
        for month in range(last - MONTHS_BEFORE, last + 1):
            _remember(system, tree, month, whole=month < last - 1)
        TellingMonth.objects.create(organisation=organisation, done=first_day(last - MONTHS_BEFORE - 1))
        tell_groups(organisation=organisation, at=_closing(last - 2))
        found: dict[str, list[float]] = {"snapshot": [], "night": [], "telling": []}
        rows = 0
        for day in days:
            for _ in range(1 if small else 3):
                Snapshot.objects.filter(day=day)._raw_delete("default")
                found["snapshot"].append(_seconds(partial(take_snapshot, organisation, day, AT)))
            at = _closing(month_of(day))
            found["night"].append(_seconds(partial(add_up_days, organisation=organisation, at=at)))
            before = Published.objects.count()
            found["telling"].append(_seconds(partial(tell_groups, organisation=organisation, at=at)))
            rows = Published.objects.count() - before
        right = rows > 0 and _adds_up(system, days[-1])
    seconds = {name: statistics.median(taken) for name, taken in found.items()}
    return {
        **{f"{name}_s": round(taken, 3) for name, taken in seconds.items()},
        "night_ratio": round(seconds["night"] / seconds["snapshot"], 2),
        "telling_ratio": round(seconds["telling"] / seconds["snapshot"], 2),
        "month_ratio": round((30 * seconds["night"] + seconds["telling"]) / (30 * seconds["snapshot"]), 2),
        "rows_told": rows,
        "books_right": right,
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _closing(month: int) -> datetime:
    """The day on which a month may be told."""
    return datetime.combine(first_day(month + 1), datetime.min.time(), UTC) + timedelta(days=4, hours=12)


def _remember(system: System, tree: Tree, month: int, *, whole: bool) -> None:
    """A month as its nights would have added it up, all of it or without its last day."""
    days = (first_day(month + 1) - first_day(month)).days - (not whole)
    chance = np.random.default_rng(month)
    wards = np.isin(tree.unit_ids, [ward.pk for ward in system.wards])
    counts = np.zeros((2, MEASURES, len(tree), STRATA))
    counts[1][:, wards] = chance.poisson(3.5 * days, (MEASURES, int(wards.sum()), STRATA))
    counts[0] = chance.binomial(counts[1].astype(int), 0.75)
    for at in range(len(tree) - 1, 0, -1):
        counts[:, :, tree.parents[at]] += counts[:, :, at]
    order = np.argsort(tree.unit_ids)
    units = tree.unit_ids[order].astype(np.int64)
    groups = counts[:, :, order].reshape(2, -1, STRATA)
    keys = np.concatenate([np.int64(measure.pk) << 32 | units for measure in system.measures])
    strata = np.array(sorted(pk for key, pk in system.strata.items() if key), np.int32)
    store(system.organisation, first_day(month), Sums(keys, strata, groups.sum(axis=2), groups))
    CountedMonth.objects.create(organisation=system.organisation, month=first_day(month), days=(1 << days) - 1)


def _adds_up(system: System, day: date) -> bool:
    """Whether what was told of the whole house in the last month is what its wards have counted."""
    top = Unit.objects.get(parent__isnull=True)
    wards = {ward.pk for ward in system.wards}
    told = {row.measure_id: row.denominator for row in Published.objects.filter(unit=top, last=day, stretch="block")}
    counted = {
        page.measure: float(page.denominator[np.isin(page.units, list(wards))].sum())
        for page in read(system.organisation, day.replace(day=1), day.replace(day=1))
    }
    return len(told) == MEASURES and told == counted
