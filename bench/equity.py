"""Groups of patients: the page of thirty measures, and the guard on a night that closes a month.

The page: thirty measures by a dimension of eight groups, told for twenty-four months, beside an empty page behind the
same sign-in; warm, so that cards are remembered until something new is told – which is measured too. The guard: all
that may be told of a month of 2,000 units × 30 measures × 19 groups and the total, decided and written, beside the
taking of one day's snapshot; exact counts of the months were added up before, a day each night (`remember_s`).
"""

import statistics
import time
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.server import Reader, collect_static, pages
from bench.system import AT, LEVELS, MEASURES, SMALL_LEVELS, build, own_database, send
from bench.ward import LEVELS as WARD_LEVELS
from boards.actions.telling import tell_groups
from boards.models import BoardMeasure, Category, Dimension, Published, Snapshot
from boards.snapshots import take_days, take_snapshot
from org.models import Membership, Unit, User

ROUNDS = 60
MONTHS = 24
GROUPS = 8


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
    """A month of days would be 36 million readings: two of its days stand for it, since the work is by month."""
    with own_database():
        system = build(SMALL_LEVELS if small else LEVELS)
        days = [date(2026, 10, 30), date(2026, 10, 31)]
        for day in days:
            send(system, day)
        take_days(system.organisation, days[0], days[-1], AT)
        taken = []
        for _ in range(1 if small else 3):
            Snapshot.objects.filter(day=days[-1])._raw_delete("default")
            start = time.perf_counter()
            take_snapshot(system.organisation, days[-1], AT)
            taken.append(time.perf_counter() - start)
        start = time.perf_counter()
        rows = tell_groups(organisation=system.organisation, at=AT)
        telling = time.perf_counter() - start
        groups = sum(len(names) for names in Published.objects.values_list("names", flat=True))
    snapshot = statistics.median(taken)
    return {
        "snapshot_s": round(snapshot, 3),
        "telling_s": round(telling, 3),
        "telling_ratio": round(telling / snapshot, 2),
        "rows_told": rows,
        "figures_told": groups,
    }
