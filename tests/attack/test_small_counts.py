"""Somebody signs in as every role, for thirty days, and writes down all that any page, file, mail or stream gives.

He knows every total of every unit and day, too. First: each number that stands beside a group anywhere is one of a
published row or made of it. Then: by linear programs over everything together no count of 1 to 10 follows, of any
unit, group and stretch of days, nor by subtracting what was seen on one day from what was seen on another.
"""

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import redis
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from boards.actions.strata import stratum_ids
from boards.models import Category, Measure, Published, Reading
from boards.snapshots.tiles import refresh_tiles
from boards.tasks import look_at_gaps, take_daily_snapshots, take_due_snapshots, tell_complete_months, tell_stewards
from huddles.tasks import carry_on_signals, ring_clocks
from org import live
from org.models import Event, User
from org.queries import DEVICE_COOKIE
from org.rules import Role
from org.tasks import deliver_messages
from tests.analytics.small_cells.house_attacker import Reader
from tests.attack.collected import Collected
from tests.boards.snapshots.house import House, build_house
from tests.boards.telling.conftest import WARDS, send_months
from tests.factories import make_device, make_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIRST = date(2026, 8, 1)
BEGIN = datetime(2026, 11, 5, 11, 0, tzinfo=UTC)
DAYS = 30
CODES = ("en", "es", "vi")
GROUPS = ("English", "Spanish", "Vietnamese")
#: Pages that are opened on every day of a visit; a whole walk over all links is made once, by everybody.
PAGES = ("", "tiles/", "equity/", "community/", "completeness/", "signals/")
OF_MEASURE = (
    "",
    "groups/",
    "groups/?over=12",
    "groups/?over=year",
    "groups.csv?by=language",
    "funnel/?of=language:Spanish",
)
VISITS = (0, 1, 29)


@pytest.fixture
def house(db, time_machine) -> House:
    time_machine.move_to(BEGIN, tick=False)
    built = build_house()
    built.dimension("language", *CODES)
    for code, name in zip(CODES, GROUPS, strict=True):
        Category.objects.filter(code=code).update(name=name)
    send_months(built, built.measure("bundle"), FIRST, BEGIN.date() - timedelta(days=2))
    tell_complete_months()
    refresh_tiles(built.organisation, BEGIN)
    return built


@dataclass(frozen=True)
class People:
    """One of every role, a director, and a display."""

    users: dict[str, User]
    token: str

    def clients(self) -> dict[str, Client]:
        """Browsers of today: sessions end."""
        found = {who: signed_in(user) for who, user in self.users.items()}
        found["wall"] = Client()
        found["wall"].cookies[DEVICE_COOKIE] = self.token
        return found


def people(house: House) -> People:
    found = {}
    for role in Role:
        unit = "top" if role in {Role.EXECUTIVE, Role.EQUITY_OFFICER, Role.DATA_STEWARD, Role.ADMINISTRATOR} else "m1"
        found[str(role)] = make_user(role, house.units[unit])
    found["director"] = make_user(Role.MANAGER, house.units["medicine"], email="director@example.org")
    it = make_user(Role.ADMINISTRATOR, house.units["top"], email="it@example.org")
    _device, token = make_device(it, house.units["m1"])
    return People(found, token)


def visit(house: House, clients: dict[str, Client], seen: Collected) -> None:
    measure = Measure.objects.get()
    for who, client in clients.items():
        if who == "wall":
            for path in (reverse("boards:wall"), reverse("boards:wall-board", args=[house.units["m1"].pk])):
                seen.page(path, client.get(path))
            continue
        for unit in ("m1", "s1", "top"):
            base = f"/boards/{house.units[unit].pk}/"
            paths = [*(base + page for page in PAGES), *(f"{base}measures/{measure.pk}/{page}" for page in OF_MEASURE)]
            for path in paths:
                seen.page(path, client.get(path))


def walk(client, seen: Collected, most: int = 40) -> int:
    """Follow the links from the first page on, files included."""
    todo, known = ["/"], {"/"}
    while todo and len(known) < most:
        path = todo.pop(0)
        answer = client.get(path, follow=True)
        seen.page(path, answer)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for link in re.findall(r'href="(/[^"#]*)', answer.content.decode()):
            link = link.replace("&amp;", "&")
            if (
                link not in known
                and not link.startswith(("/static", "/logout"))
                and "day=" not in link
                and "chart." not in link
            ):
                known.add(link)
                todo.append(link)
    return len(known)


def a_day(house: House, number: int) -> None:
    """Yesterday's readings come in, and the clock does what it does."""
    yesterday = (BEGIN + timedelta(days=number - 1)).date()
    measure = Measure.objects.get()
    chance = np.random.default_rng([11, number])
    sent = {}
    for ward, size in zip(WARDS, (14, 12, 10, 4, 6), strict=True):
        n = {code: int(chance.poisson(size * share)) for code, share in zip(CODES, (2, 0.7, 0.08), strict=True)}
        x = {code: int(chance.binomial(n[code], 0.8 if code == "en" else 0.55)) for code in CODES}
        sent[ward] = {"": (float(sum(x.values())), float(sum(n.values())))}
        sent[ward] |= {f"language:{code}": (float(x[code]), float(n[code])) for code in CODES}
    house.send(measure, sent, yesterday, at=BEGIN + timedelta(days=number))
    for task in (take_daily_snapshots, take_due_snapshots, tell_complete_months, look_at_gaps, carry_on_signals,
                 ring_clocks, tell_stewards, deliver_messages):  # fmt: skip
        task()


def test_no_small_count_follows_from_anything_that_anybody_is_given(house, time_machine, caplog, redis_stream):
    everybody = people(house)
    seen = Collected(GROUPS)
    for number in range(DAYS):
        time_machine.move_to(BEGIN + timedelta(days=number), tick=False)
        a_day(house, number)
        if number in VISITS:
            visit(house, everybody.clients(), seen)
    links = sum(walk(client, seen) for who, client in everybody.clients().items() if who != "wall")
    for message in mail.outbox:
        seen.text("mail", f"{message.subject}\n{message.body}")
    for event in Event.objects.all():
        seen.text("audit", f"{event.verb} {event.subject_label} {event.facts}")
    for entry in redis_stream():
        seen.text("stream", entry)
    seen.text("log", caplog.text)
    assert Published.objects.filter(last__gte=date(2026, 11, 30)).exists()  # a month ended while he looked

    _only_what_was_published(seen)
    figures, programs = _nothing_follows(house)
    print(
        f"{seen.answers} answers, {links} links, {len(seen.lines)} lines with a group, "
        f"{sum(len(row.names) for row in Published.objects.all())} published figures, "
        f"{figures} small counts looked for, {programs} linear programs"
    )
    assert seen.answers > 500
    assert len(seen.lines) > 50
    assert figures > 100


def _only_what_was_published(seen: Collected) -> None:
    """Every whole number beside a group is a sum of published ones over some months, or is no count."""
    allowed = {group: _sums(group) for group in GROUPS}
    small, other = [], []
    for where, group, numbers in seen.lines:
        for n in numbers:
            if not n.is_integer() or _is_no_count(numbers, n):
                continue
            if 1 <= n <= 10:
                small.append((where, group, n))
            elif n > 100 and n not in allowed[group]:
                other.append((where, group, n))
    assert small == [], [line for line in seen.texts if line[0] in {w for w, _g, _n in small}][:6]
    assert other == [], [line for line in seen.lines if line[0] == other[0][0]][:6]


def _sums(group: str) -> set[float]:
    """Counts of a group over any published months of any unit that follow each other."""
    found: set[float] = set()
    rows = sorted(Published.objects.all(), key=lambda row: (row.unit_id, row.stretch, row.last))
    for _key, mine in itertools.groupby(rows, lambda row: (row.unit_id, row.stretch)):
        told = list(mine)
        for begin, end in itertools.combinations(range(len(told) + 1), 2):
            if all(group in row.names for row in told[begin:end]):
                at = [(row, row.names.index(group)) for row in told[begin:end]]
                found |= {sum(row.numerators[i] for row, i in at), sum(row.denominators[i] for row, i in at)}
    return found


def _is_no_count(numbers: tuple[float, ...], n: float) -> bool:
    """A share, a difference or a ratio that happens to be whole stands among numbers that are not."""
    return any(not each.is_integer() for each in numbers) and len(numbers) > 2 and numbers.count(n) == 1


def _nothing_follows(house: House) -> tuple[int, int]:
    """Halves of months stand for days: the totals of each are out, of all units."""
    group_of = {
        pk: CODES.index(key[-2:])
        for key, pk in stratum_ids(house.organisation.pk, [f"language:{c}" for c in CODES]).items()
    }
    ward_of = {house.units[ward].pk: number for number, ward in enumerate(WARDS)}
    halves = 2 * 5  # August to December
    truth = np.zeros((2, len(WARDS), len(GROUPS), halves))
    for reading in Reading.objects.select_related("layout"):
        half = 2 * (reading.day.month - 8) + (reading.day.day > 15)
        for stratum, x, n in zip(reading.layout.strata, reading.numerators, reading.denominators, strict=True):
            if stratum in group_of:
                truth[:, ward_of[reading.unit_id], group_of[stratum], half] += (x, n - x)
    units = list(house.units.values())
    below = [[n for pk, n in ward_of.items() if _contains(house, unit, pk)] for unit in units]
    place = {unit.pk: number for number, unit in enumerate(units)}
    figures = programs = 0
    for plane in truth:
        reader = Reader(below, len(GROUPS), halves, plane)
        for unit in range(len(units)):
            for half in range(halves):
                reader.read(unit, list(range(len(GROUPS))), range(half, half + 1))
        for row in Published.objects.all():
            span = range(2 * (row.first.month - 8), 2 * (row.last.month - 8) + 2)
            for name in row.names:
                reader.read(place[row.unit_id], [GROUPS.index(name)], span)
        spans = [range(half, half + 1) for half in range(halves)]
        spans += [range(begin, end) for begin, end in itertools.combinations(range(0, halves + 1, 2), 2)]
        assert reader.derived(spans) == []
        figures, programs = figures + reader.figures, programs + reader.programs
    return figures, programs


def _contains(house: House, unit, ward: int) -> bool:
    """Whether a ward's counts are in a unit's, along either line."""
    line = next(u for u in house.units.values() if u.pk == ward)
    second = house.units["medicine"].path if line.code == "pharmacy" else ""
    return line.path.startswith(unit.path) or second.startswith(unit.path)


@pytest.fixture
def redis_stream():
    """All that was pushed to open boards since."""
    connection = redis.Redis.from_url(settings.REDIS_URL)
    begin = connection.xrevrange(live.STREAM, count=1)
    last = begin[0][0] if begin else b"0"

    def read() -> list[str]:
        entries = connection.xrange(live.STREAM, min=last)
        return [" ".join(value.decode() for value in fields.values()) for _id, fields in entries]

    yield read
    connection.close()
