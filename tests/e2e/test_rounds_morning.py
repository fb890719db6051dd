"""While phones bring in what they noted, the morning goes on."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from huddleboard.asgi import PAGE_THREADS
from org.rules import Role
from rounding.models import Round
from tests.e2e.rounds_stage import five_questions, session_of, until
from tests.e2e.stage import Hospital, Web
from tests.factories import make_user

PHONES = PAGE_THREADS + 2
PATIENCE = 20


def asked(web: Web, path: str, session: str, body: Any = None, token: str = "") -> Any:
    """What the server answers; `body` is sent as JSON."""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"}
    headers |= {"Content-Type": "application/json", "X-CSRFToken": token}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(web.url + path, data, headers), timeout=PATIENCE) as answer:
        return answer.status, answer.read()


def test_a_board_answers_while_phones_wait_for_the_database(house: Hospital, web: Web) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    people = [make_user(Role.UNIT_LEAD, unit) for _ in range(PHONES)]
    reader = session_of(house.people["lead"])
    sessions = [session_of(person) for person in people]
    tokens = [json.loads(asked(web, "/rounds/package/", session)[1])["token"] for session in sessions]
    uids = [str(uuid4()) for _ in people]

    def hand_in(number: int) -> Any:
        begun = {"id": str(uuid4()), "kind": "begin", "round": uids[number], "at": timezone.now().isoformat()}
        body = {"person": people[number].pk, "entries": [{**begun, "unit": unit.pk, "version": version.pk}]}
        return asked(web, "/rounds/sync/", sessions[number], body, tokens[number])

    with ThreadPoolExecutor(PHONES) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE rounding_round IN SHARE MODE")  # nobody stores a round until this ends
            waiting = [pool.submit(hand_in, number) for number in range(PHONES)]
            until(somebody_waits)
            status, page = asked(web, f"/boards/{unit.pk}/", reader)
            assert status == 200
            assert unit.name.encode() in page
            assert not any(one.done() for one in waiting)
        answers = [json.loads(one.result(PATIENCE)[1]) for one in waiting]
    assert {row["state"] for answer in answers for row in answer["results"]} == {"stored"}
    assert Round.objects.filter(uid__in=uids).count() == PHONES


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'rounding_round'::regclass")
        return cursor.fetchone()[0] > 0


def test_a_line_that_sends_slowly_holds_up_nobody(house: Hospital, web: Web) -> None:
    unit = house.unit("ED")
    address = urlsplit(web.url)
    token = f"{settings.CSRF_COOKIE_NAME}={'a' * 32}"  # the one beside it is looked for in what is sent
    with ExitStack() as open_lines:
        for path in ["/rounds/sync/", "/rounds/files/", *["/login/"] * PHONES]:
            line = open_lines.enter_context(socket.create_connection((address.hostname, address.port), PATIENCE))
            head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 100000\r\n"
            head += f"Content-Type: application/x-www-form-urlencoded\r\nCookie: {token}\r\n\r\n"
            line.sendall(head.encode() + b"half of it")
        status, page = asked(web, f"/boards/{unit.pk}/", session_of(house.people["lead"]))
    assert status == 200
    assert unit.name.encode() in page
