"""The desk, the list of issues, telling one, and the clocks – beside plain pages with the same sign-in.

One server process as `make run` starts it, one kept connection, warm, every kind in turn. CPU is what the process of
the pages has used for a view, as the system counts it, over many views of a kind in turns; the database is the same for
both. The plain page shows the same 200 issues, each with what it names, by a plain loop: no permission, no order of
urgency, no card, no promises, no house, no live address. The bare POST stores one row of a plain table.

A hospital of 1,000 issues, 200 of which wait at its executives, stands beside one of 100,000, half of them open, in the
same tables.
"""

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.server import Answer, Reader, pages
from bench.system import own_database
from huddleboard.run.prepare import collect_static
from huddles.models import Choice, Issue, IssueEvent
from org.models import Membership, Organisation, Tier, Unit, User

WAITING = 200
FEW, MANY, OPEN_OF_MANY = 1_000, 100_000, 50_000
ROUNDS, VIEWS = 12, 10
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class House:
    """A hospital of three tiers, whoever reads at its top, and its wards."""

    organisation: Organisation
    top: Unit
    branch: Unit
    wards: list[Unit]
    reader: User
    category: Choice

    def sign_in(self) -> dict[str, str]:
        """The cookies of a fresh session."""
        client = Client()
        client.force_login(self.reader)
        return {name: morsel.value for name, morsel in client.cookies.items()}


def run(*, small: bool = False) -> dict[str, object]:
    """Ratios of CPU and of time, statements, and whether every answer was right."""
    collect_static()
    waiting, many, open_of_many = (20, 400, 200) if small else (WAITING, MANY, OPEN_OF_MANY)
    few = 60 if small else FEW
    with own_database():
        now = timezone.now()
        one, other = _house("few"), _house("many")
        _fill(one, waiting, few, few - waiting, now)
        _fill(other, waiting, many, open_of_many, now)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE floor_note (id serial, title text, unit_id int, by_id int, at timestamptz)")
            cursor.execute("ANALYZE")
        figures = _clocks(now)
        figures |= _all_statements(one)
        with pages() as server:
            readers = (Reader(server.port, one.sign_in()), Reader(server.port, other.sign_in()))
            figures |= _measured(one, server.pid, readers, 2 if small else ROUNDS, 3 if small else VIEWS, waiting)
    return figures


def _house(slug: str) -> House:
    organisation = Organisation.objects.create(name=slug, slug=slug)
    units: list[Unit] = []
    for level, name, parent in ((3, "Executives", None), (2, "Branch", 0), *((1, f"Ward {n}", 1) for n in range(12))):
        tier, _new = Tier.objects.get_or_create(
            organisation=organisation, level=level, defaults={"name": f"Tier {level}"}
        )
        above = None if parent is None else units[parent]
        unit = Unit(organisation=organisation, tier=tier, code=name, name=name, parent=above, path=name)
        unit.save()
        unit.path = f"{above.path if above else ''}{unit.pk}/"
        unit.save()
        units.append(unit)
    reader = User.objects.create_user(f"reader-{slug}@example.org", "a long enough word", name="Rae Reader")
    Membership.objects.create(user=reader, unit=units[0], role="executive", started_on="2026-01-01")
    category = Choice.objects.create(organisation=organisation, kind="category", code="supplies", name="Supplies")
    return House(organisation, units[0], units[1], units[2:], reader, category)


def _fill(house: House, waiting: int, total: int, opened: int, now: datetime) -> None:
    """`waiting` issues came up to the top; of the others `opened` are open in the wards, the rest is closed."""
    numbers = count(1)
    up = [_issue(house, next(numbers), house.top, now) for _n in range(waiting)]
    rest = [_issue(house, next(numbers), house.wards[n % 12], now) for n in range(total - waiting)]
    for issue in rest[opened:]:
        issue.status, issue.verdict, issue.clock_at = "confirmed", "solved", None
        issue.outcome, issue.tell_staff, issue.closed_at = "decided", "It is there.", now
    Issue.objects.bulk_create([*up, *rest], batch_size=5_000)
    for issue in up:
        way = (
            ("raise", None, issue.origin),
            ("escalate", issue.origin, house.branch),
            ("escalate", house.branch, house.top),
        )
        IssueEvent.objects.bulk_create(
            IssueEvent(
                issue=issue,
                at=issue.raised_at + timedelta(minutes=30 * step),
                act=act,
                from_place=from_place,
                to_place=to_place,
                status="raised",
            )
            for step, (act, from_place, to_place) in enumerate(way)
        )


def _issue(house: House, number: int, place: Unit, now: datetime) -> Issue:
    raised = now - timedelta(hours=2 + number % 400)
    return Issue(
        organisation=house.organisation,
        number=number,
        client_id=uuid4(),
        title=f"{('Pumps', 'Beds', 'Lifts', 'Forms')[number % 4]} are missing at place {number} since the morning",
        tried="Borrowed from the neighbors, called the service desk twice.",
        origin=house.wards[number % 12],
        place=place,
        owner=house.reader,
        category=house.category,
        urgency="urgent" if number % 17 == 0 else "routine",
        source="huddle",
        raised_by=house.reader,
        raised_at=raised,
        arrived_at=raised + timedelta(hours=1),
        ask="resource",
        asked=f"Ten more for place {number} by noon",
        needed_by=now + timedelta(minutes=number % 3000 - 200),
        people_touched=number % 30,
        clock_at=now + timedelta(minutes=number % 2000 - 1000),
        rang_at=now if number % 5 == 0 else None,
        changed_at=now,
    )


def _clocks(now: datetime) -> dict[str, object]:
    """Which clocks have run out: one statement, beside the plainest one that finds the same."""
    expected = sum(
        1
        for clock_at, rang_at in Issue.objects.values_list("clock_at", "rang_at")
        if clock_at is not None and rang_at is None and clock_at <= now
    )
    with CaptureQueriesContext(connection) as asked:
        found = len(Issue.objects.ringing(now).values_list("pk", flat=True))
    return {
        "clocks_statements": len(asked),
        "clocks_open": Issue.objects.open().count(),
        "clocks_due": found,
        "clocks_ms": round(1000 * float(asked[0]["time"]), 1),
        "clocks_right": found == expected,
    }


def _all_statements(house: House) -> dict[str, object]:
    """Statements of warm pages with all issues and with three, sign-in included."""
    addresses = {"desk": f"/desk/{house.top.pk}/", "list": f"/issues/?unit={house.top.pk}"}
    full = {name: _statements(house, url) for name, url in addresses.items()}
    kept = Issue.objects.filter(place=house.top).values_list("pk", flat=True)[:3]
    Issue.objects.filter(place=house.top).exclude(pk__in=list(kept)).update(place=house.wards[0])
    few = {name: _statements(house, url) for name, url in addresses.items()}
    Issue.objects.filter(place=house.wards[0], number__lte=WAITING, organisation=house.organisation).exclude(
        events=None
    ).update(place=house.top)
    return {
        "desk_statements": full["desk"],
        "list_statements": full["list"],
        "statements_constant": full == few,
    }


def _statements(house: House, url: str) -> int:
    client = Client(headers={"host": "localhost"})
    client.force_login(house.reader)
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        if client.get(url).status_code != 200:
            raise RuntimeError(f"{url} is not there.")
    return len(asked)


def _measured(
    house: House, pid: int, readers: tuple[Reader, Reader], rounds: int, views: int, waiting: int
) -> dict[str, object]:
    reader, of_many = readers
    desk, listed = f"/desk/{house.top.pk}/", f"/issues/?unit={house.top.pk}"
    floor = f"/floor/issues/{house.top.pk}/"
    kinds = {
        "desk": lambda: reader.get(desk),
        "list": lambda: reader.get(listed),
        "floor": lambda: reader.get(floor),
        "capture": lambda: reader.post("/issues/new/", next(told)),
        "insert": lambda: reader.post("/floor/insert/", {"title": "Pumps", "unit": str(house.wards[0].pk)}),
        "few": lambda: reader.get("/issues/"),
        "many": lambda: of_many.get("/issues/"),
    }
    told = _told(house)
    reader.get("/issues/new/")
    for ask in kinds.values():
        ask()
    cpu: dict[str, list[float]] = {name: [] for name in kinds}
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    answers: dict[str, Answer] = {}
    for _round in range(rounds):
        for name, ask in kinds.items():
            before = _used(pid)
            for _view in range(views):
                answers[name] = ask()
                seconds[name].append(answers[name].seconds)
            cpu[name].append((_used(pid) - before) / views)
    # What took less than a tick of the clock (at tiny sizes) is no nothing that one could divide by.
    least = 1 / TICK / views / rounds
    spent = {name: 1000 * max(least, statistics.mean(taken)) for name, taken in cpu.items()}
    ms = {name: 1000 * statistics.median(taken) for name, taken in seconds.items()}
    return {
        **{f"{name}_cpu_ms": round(value, 2) for name, value in spent.items()},
        **{f"{name}_ms": round(value, 2) for name, value in ms.items()},
        "desk_ratio": round(spent["desk"] / spent["floor"], 2),
        "list_ratio": round(spent["list"] / spent["floor"], 2),
        "capture_ratio": round(spent["capture"] / spent["insert"], 2),
        "many_ratio": round(ms["many"] / ms["few"], 2),
        "desk_kb": round(answers["desk"].wire / 1000, 1),
        "answers_right": _right(house, answers, waiting, (rounds * views + 1)),
    }


def _told(house: House) -> Iterator[dict[str, str]]:
    while True:
        yield {
            "title": "The lift is stuck",
            "unit": str(house.wards[1].pk),
            "client_id": str(uuid4()),
            "size": "unsorted",
        }


def _right(house: House, answers: dict[str, Answer], waiting: int, sent: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM floor_note")
        notes = cursor.fetchone()[0]
    return (
        all(answers[name].status == 200 for name in ("desk", "list", "floor", "few", "many"))
        and all(answers[name].status in {302, 303} for name in ("capture", "insert"))
        and answers["floor"].text.count("<li>") == waiting
        and answers["desk"].text.count(f'href="/desk/{house.top.pk}/?issue=') >= waiting
        and "Ten more for place" in answers["list"].text + answers["desk"].text
        and notes == sent
        and Issue.objects.filter(title="The lift is stuck").count() == sent
    )


def _used(pid: int) -> float:
    """Seconds of CPU that a process has used, with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
