"""The whole product for journeys: a small invented hospital, the real ASGI application, browsers of several people."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page
from psycopg.errors import DeadlockDetected

from boards.actions.entry import Typed, enter_numbers
from boards.models import BoardMeasure, Measure, RedReason
from huddleboard import asgi
from huddleboard.demo.hospital import SMALL_SLUG
from huddleboard.demo.organisation import ZONE
from huddleboard.demo.people import LOGINS, domain_of
from org.models import Organisation, Unit, User
from tests.live_stage import Endpoint, free_port

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WALL = {"viewport": {"width": 1920, "height": 1080}}


class Web:
    """Pages and live stream in one server, as `make run` serves them, in a thread of the test."""

    def __init__(self) -> None:
        # A connection ends with its request: none is left open when the test database goes.
        connections.settings["default"]["CONN_MAX_AGE"] = 0
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(asgi.application, port=self.port, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        Endpoint.settle(lambda: self._server.started, 30)

    def stop(self) -> None:
        self._server.should_exit = True
        with connections["default"].cursor() as cursor:  # pages that a closing browser left half read
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
        for _ in range(10):
            if asgi._live._hub is not None:
                self._server.servers[0].get_loop().call_soon_threadsafe(asgi._live._hub.end_all)
            self._thread.join(1)
            if not self._thread.is_alive():
                return
        pytest.fail("the server did not stop")


@dataclass
class Hospital:
    """The invented hospital in the test database."""

    organisation: Organisation
    people: dict[str, User]

    def unit(self, code: str) -> Unit:
        return Unit.objects.get(organisation=self.organisation, code=code)

    def sent(self, unit: Unit) -> list[Measure]:
        """The daily shares that `unit` sends itself and works on, and that have a side which is better."""
        placed = BoardMeasure.objects.filter(
            unit=unit, reports=True, role="driver", measure__kind="proportion", measure__cadence="daily"
        ).select_related("measure")
        return [p.measure for p in placed.order_by("position") if p.measure.direction in {"higher", "lower"}]

    def say(self, unit: Unit, measure: Measure, *, good: bool) -> None:
        """Yesterday all went well, or nothing did: the best or worst share that there is."""
        best = (measure.direction == "higher") is good
        now = timezone.now()
        RedReason.objects.filter(unit=unit, measure=measure, day=self.yesterday).delete()
        typed = {measure.pk: Typed("80" if best else "0", "80")}
        found = enter_numbers(unit=unit, day=self.yesterday, typed=typed, by=self.people["lead"], at=now)
        assert not found.mistakes

    @property
    def yesterday(self) -> date:
        """The day that boards show."""
        return timezone.now().astimezone(self.organisation.zone).date() - timedelta(days=1)


@contextmanager
def hospital() -> Iterator[Hospital]:
    """A hospital that nobody has touched, and all tables empty afterwards."""
    try:
        KEPT.furnish()
        organisation = Organisation.objects.get(slug=SMALL_SLUG)
        domain = domain_of(SMALL_SLUG)
        yield Hospital(organisation, {p.local: User.objects.get(email=f"{p.local}@{domain}") for p in LOGINS})
    finally:
        _empty()
        cache.clear()


def _empty() -> None:
    """Empty all tables; a page that a closing browser left half read may hold one of them and wait for another."""
    for left in reversed(range(5)):
        try:
            call_command("flush", interactive=False, verbosity=0)
        except CommandError as refused:
            if left == 0 or not isinstance(getattr(refused.__cause__, "__cause__", None), DeadlockDetected):
                raise
        else:
            return


class Kept:
    """The hospital as it was made, in a database of its own: a copy of it takes a tenth of the time of making it.

    It is made anew when it has stood for so long that its clocks would no longer be those of a new one.
    """

    LONGEST = timedelta(minutes=5)

    def __init__(self) -> None:
        self._made_at: datetime | None = None

    def furnish(self) -> None:
        """Put the hospital into the test database, whose tables are empty."""
        now = timezone.now()
        today = now.astimezone(ZoneInfo(ZONE)).date()
        made = self._made_at
        if made and now - made < self.LONGEST and made.astimezone(ZoneInfo(ZONE)).date() == today:
            self._replace(self._in_use, by=self._kept)
            return
        call_command("demo_hospital", size="small", stdout=StringIO())
        self._replace(self._kept, by=self._in_use)
        self._made_at = now

    def drop(self) -> None:
        """Leave nothing behind on a server that stays."""
        if self._made_at:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{self._kept}"')

    @property
    def _in_use(self) -> str:
        return connection.settings_dict["NAME"]

    @property
    def _kept(self) -> str:
        return f"{self._in_use}_kept"

    def _replace(self, name: str, *, by: str) -> None:
        """Make one database a copy of the other; sessions of pages that a browser left half read are ended."""
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = ANY(%s) AND pid <> pg_backend_pid() AND usename = current_user",
                [[name, by]],
            )
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{by}"')


KEPT = Kept()


@dataclass
class Visitors:
    """Browsers of several people at once. `complaints`: what a page wrote to the console, and scripts that failed."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def come(self, who: User | None = None, path: str = "/", **options: Any) -> Page:
        """A page in a browser of its own; signed in as `who`."""
        context = self.browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **options})
        self._contexts.append(context)
        if who is not None:
            client = Client()
            client.force_login(who)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}])
        context.on("console", lambda said: said.type in {"error", "warning"} and self._note(said.page, said.text))
        context.on("weberror", lambda failed: self._note(failed.page, str(failed.error)))
        page = context.new_page()
        page.goto(self.url + path)
        return page

    def _note(self, page: Page | None, text: str) -> None:
        self.complaints.append(f"{page.url if page else ''}: {text}")

    def leave(self) -> None:
        for context in self._contexts:
            context.close()


Come = Callable[..., Page]
