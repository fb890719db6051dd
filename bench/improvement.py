"""Improvement work: a kanban of 1,000 tickets, a full A3, and the search over everything that was ever tried.

The pages stand beside an empty one with the same sign-in, on one kept connection, warm, in turns. The search runs in
the process that measures: 100,000 tickets with pages and tests, words as frequent as in a language (few everywhere,
most seldom), one to three of them asked at a time, half of them as beginnings.
"""

import statistics
import time
from datetime import timedelta
from uuid import uuid4

import numpy as np
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.issues import House, _house
from bench.server import Reader, pages
from bench.system import own_database
from huddleboard.run.prepare import collect_static
from improvement import shared_text
from improvement.actions import word_index
from improvement.models import Cause, Countermeasure, Paper, PlanStep, Ticket
from improvement.queries.search import Wanted, search
from improvement.rules.papers import AT_FIRST_OUT, SECTIONS, Branch, Form
from improvement.rules.tickets import Size, Stage

TICKETS, DOCUMENTS, ROUNDS, ASKED = 1_000, 100_000, 60, 400
WORDS = 20_000


def run(*, small: bool = False) -> dict[str, object]:
    """Ratios of pages, milliseconds of the search, and whether every answer was right."""
    collect_static()
    with own_database():
        house = _house("work")
        _tickets(house, 60 if small else TICKETS)
        paper = _paper(house)
        found = _pages(house, paper, 3 if small else ROUNDS, 60 if small else TICKETS)
        return found | _search(house, 500 if small else DOCUMENTS, 20 if small else ASKED)


def _ticket(house: House, number: int, title: str, **more: object) -> Ticket:
    now = timezone.now()
    given = {"size": Size.QUICK_HIT, "stage": Stage.IDEA, "position": number, "unit": house.wards[0], **more}
    return Ticket(
        organisation=house.organisation,
        number=number,
        uid=uuid4(),
        title=title,
        owner=house.reader,
        created_at=now,
        created_by=house.reader,
        moved_at=now - timedelta(days=number % 40),
        **given,
    )


def _tickets(house: House, count: int) -> None:
    stages = (Stage.IDEA, Stage.NEXT, Stage.WORK, Stage.CHECK)
    Ticket.objects.bulk_create(
        _ticket(house, number, f"Something to improve {number}", stage=stages[number % 4]) for number in range(count)
    )


def _paper(house: House) -> Paper:
    """An A3 with all its sections, twelve causes, eight countermeasures and ten steps."""
    ticket = _ticket(house, 900_000, "Falls at night", size=Size.A3, stage=Stage.WORK)
    ticket.save()
    now = timezone.now()
    texts = {section.value: "What was seen where the work is done. " * 20 for section in SECTIONS[Form.A3]}
    paper = Paper.objects.create(
        ticket=ticket,
        form=Form.A3,
        left_out=list(AT_FIRST_OUT[Form.A3]),
        shared=shared_text.rewritten(shared_text.EMPTY, texts),
        texts=texts,
        created_at=now,
        created_by=house.reader,
    )

    def row(number: int) -> dict[str, object]:
        return {"paper": paper, "uid": uuid4(), "position": number, "made_at": now}

    branches = list(Branch)
    ribs = [Cause.objects.create(text=f"Cause {n}", branch=branches[n % 7], **row(n)) for n in range(6)]
    Cause.objects.bulk_create(Cause(text=f"Why {n}", of=ribs[n], **row(n)) for n in range(6))
    Countermeasure.objects.bulk_create(Countermeasure(text=f"Measure {n}", **row(n)) for n in range(8))
    PlanStep.objects.bulk_create(PlanStep(what=f"Step {n}", owner=house.reader, **row(n)) for n in range(10))
    return paper


def _pages(house: House, paper: Paper, rounds: int, tickets: int) -> dict[str, object]:
    urls = {
        "kanban": f"/improvement/units/{house.wards[0].pk}/",
        "paper": f"/improvement/{paper.ticket_id}/paper/",
        "empty": "/floor/empty/",
    }
    client = Client(headers={"host": "localhost"})
    client.force_login(house.reader)
    statements = {}
    for name in ("kanban", "paper"):
        client.get(urls[name])
        with CaptureQueriesContext(connection) as asked:
            client.get(urls[name])
        statements[name] = len(asked)
    times: dict[str, list[float]] = {name: [] for name in urls}
    right = True
    with pages() as server:
        reader = Reader(server.port, house.sign_in())
        for number in range(-5, rounds):
            for name, url in urls.items():
                answer = reader.get(url)
                right = right and answer.status == 200
                if name == "kanban":
                    right = right and answer.text.count("Something to improve") >= min(tickets, 100)
                if name == "paper":
                    right = right and answer.text.count("data-text=") == 8 and answer.text.count("Why 5") > 0
                if number >= 0:
                    times[name].append(answer.seconds)
    ms = {name: 1000 * statistics.median(taken) for name, taken in times.items()}
    return {
        **{f"{name}_ms": round(taken, 2) for name, taken in ms.items()},
        "kanban_ratio": round(ms["kanban"] / ms["empty"], 2),
        "paper_ratio": round(ms["paper"] / ms["empty"], 2),
        "kanban_statements": statements["kanban"],
        "paper_statements": statements["paper"],
        "answers_right": right,
    }


def _search(house: House, documents: int, asked: int) -> dict[str, object]:
    rng = np.random.default_rng(7)
    words = np.array([f"{'aeiou'[n % 5]}{n:x}word" for n in range(WORDS)])
    chance = 1 / (np.arange(WORDS) + 10.0)
    chance /= chance.sum()
    said = rng.choice(WORDS, size=(documents, 60), p=chance)
    stages = (Stage.DONE, Stage.DONE, Stage.DROPPED, Stage.WORK)
    made = (
        _ticket(
            house,
            1_000_000 + number,
            " ".join(words[row[:8]]),
            problem=" ".join(words[row[8:40]]),
            outcome=" ".join(words[row[40:]]) if stages[number % 4] != Stage.WORK else "",
            stage=stages[number % 4],
            ended_at=timezone.now() if stages[number % 4] != Stage.WORK else None,
            unit=house.wards[number % len(house.wards)],
        )
        for number, row in enumerate(said)
    )
    Ticket.objects.bulk_create(made, batch_size=5_000)
    word_index.renew_all(house.organisation.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    today = timezone.localdate()
    seconds, hits, right = [], 0, True
    for number in range(asked):
        row = said[rng.integers(documents)][:40]  # what has not ended has no outcome
        wanted = [str(words[place]) for place in rng.choice(row, size=1 + number % 3, replace=False)]
        text = " ".join(word[: max(3, len(word) - 2)] if number % 2 else word for word in wanted)
        began = time.perf_counter()
        found, _more = search(house.reader, Wanted(text=text), today)
        seconds.append(time.perf_counter() - began)
        hits += len(found)
        right = right and bool(found)
    return {
        "search_p50_ms": round(1000 * statistics.median(seconds), 2),
        "search_p95_ms": round(1000 * float(np.quantile(seconds, 0.95)), 2),
        "search_slowest_ms": round(1000 * max(seconds), 2),
        "search_found": hits,
        "search_right": right,
    }
