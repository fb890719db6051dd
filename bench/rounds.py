"""A thousand notes of 50 phones that come back from basements at the same time – beside the same actions called bare.

One server process as `make run` starts it. Bare: one process calls `rounds.begin` and `rounds.note` for each of them,
one after another, with the same database and nothing around. Sent: 50 people hand in one round of 20 notes each, all at
once, over HTTP with sign-in, checks and answers. Both in turns; medians. Meanwhile somebody runs a huddle: what is
tapped there is stored in its own time.
"""

import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from bench.issues import _house
from bench.server import Reader, pages
from bench.system import own_database
from huddleboard.run.prepare import collect_static
from org.models import Membership, Unit, User
from rounding.actions import rounds
from rounding.actions.question_sets import furnish
from rounding.models import Observation, QuestionSetVersion

PHONES, NOTES, TURNS = 50, 20, 5


def run(*, small: bool = False) -> dict[str, object]:
    """Ratios of time, and whether every note is there once."""
    collect_static()
    phones, notes, turns = (4, 5, 2) if small else (PHONES, NOTES, TURNS)
    with own_database():
        house = _house("rounds")
        furnish(organisation=house.organisation, at=timezone.now())
        version = QuestionSetVersion.objects.filter(question_set__organisation=house.organisation)[0]
        people = [_leader(house.wards[number % len(house.wards)], number) for number in range(phones)]
        units = {person.pk: house.wards[number % len(house.wards)] for number, person in enumerate(people)}
        with pages() as server:
            readers = [Phone(server.port, person) for person in people]
            page = f"/boards/{house.wards[0].pk}/"
            cookies = house.sign_in()
            _sent(readers, units, version, notes)  # warm
            bare, sent, alone, meanwhile, expected = [], [], [], [], phones * notes
            for _turn in range(turns):
                bare.append(_bare(people, units, version, notes))
                alone += _looks(Reader(server.port, cookies), page, None)
                watcher = Reader(server.port, cookies)
                seen: list[float] = []
                done = threading.Event()
                looking = threading.Thread(
                    target=lambda seen=seen, done=done, watcher=watcher: seen.extend(_looks(watcher, page, done))
                )
                looking.start()
                sent.append(_sent(readers, units, version, notes))
                done.set()
                looking.join()
                meanwhile += seen
                expected += 2 * phones * notes
        arrived = Observation.objects.count() == expected
    return {
        "ratio": round(statistics.median(sent) / statistics.median(bare), 2),
        "bare_ms": round(statistics.median(bare) * 1000),
        "sent_ms": round(statistics.median(sent) * 1000),
        "page_ratio": round(statistics.median(meanwhile) / statistics.median(alone), 2),
        "slowest_page_ms": round(max(meanwhile) * 1000),
        "all_arrived_once": arrived,
    }


def _leader(unit: Unit, number: int) -> User:
    person = User.objects.create_user(f"leader-{number}@example.org", "a long enough word", name=f"Leader {number}")
    Membership.objects.create(user=person, unit=unit, role="unit_lead", started_on="2026-01-01")
    return person


class Phone:
    """A device of somebody who has signed in."""

    def __init__(self, port: int, person: User) -> None:
        client = Client()
        client.force_login(person)
        self.person = person.pk
        self._port = port
        reader = Reader(port, {name: morsel.value for name, morsel in client.cookies.items()})
        self._token = json.loads(reader.get("/rounds/package/").text)["token"]
        self._cookies = reader._cookies

    def hand_in(self, entries: list[dict[str, object]]) -> None:
        body = json.dumps({"person": self.person, "entries": entries})
        headers = {"Content_Type": "application/json", "X_CSRFToken": self._token, "X_Background": "1"}
        # A phone that comes back connects anew.
        answer = Reader(self._port, self._cookies)._ask("POST", "/rounds/sync/", body, headers)
        states = {result["state"] for result in json.loads(answer.text)["results"]}
        assert states == {"stored"}, answer.text[:500]


def _entries(unit: Unit, version: QuestionSetVersion, notes: int, at: datetime) -> list[dict[str, object]]:
    uid = str(uuid4())
    said = {"round": uid, "at": at.isoformat()}
    begin = {"id": str(uuid4()), "kind": "begin", "unit": unit.pk, "version": version.pk, **said}
    return [
        begin,
        *(
            {"id": str(uuid4()), "kind": "note", "observation": str(uuid4()), "position": n, "text": _words(n), **said}
            for n in range(1, notes + 1)
        ),
    ]


def _words(number: int) -> str:
    return f"What was seen as number {number}"


def _sent(phones: list[Phone], units: dict[int, Unit], version: QuestionSetVersion, notes: int) -> float:
    at = timezone.now()
    queues = [(phone, _entries(units[phone.person], version, notes, at)) for phone in phones]
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(lambda row: row[0].hand_in(row[1]), queues))
    return time.perf_counter() - begun


def _bare(people: list[User], units: dict[int, Unit], version: QuestionSetVersion, notes: int) -> float:
    at = timezone.now()
    begun = time.perf_counter()
    for person in people:
        unit = Unit.objects.get(pk=units[person.pk].pk)
        of_round = rounds.begin(uid=uuid4(), unit=unit, version=version, leader=person, began_at=at, at=at)
        for number in range(1, notes + 1):
            said = at + timedelta(seconds=number)
            words = _words(number)
            rounds.note(
                uid=uuid4(),
                of_round=of_round,
                question=None,
                position=number,
                text=words,
                by=person,
                said_at=said,
                at=at,
            )
    return time.perf_counter() - begun


def _looks(reader: Reader, page: str, until: threading.Event | None) -> list[float]:
    """Seconds of each look at a board: ten of them, or as many as fit until something has ended."""
    seen: list[float] = []
    while not until.is_set() if until else len(seen) < 10:
        seen.append(reader.get(page).seconds)
    return seen or [reader.get(page).seconds]
