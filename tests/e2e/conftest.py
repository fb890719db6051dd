"""A browser on the real pages: system Chromium, the network closed but for this machine."""

import os
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from tests.e2e.stage import KEPT, Hospital, Visitors, Web, hospital

# pytest-playwright keeps an event loop in this thread; the tests themselves are plain functions.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: The first is Chromium without its window: the same engine, a third faster.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" in str(item.path.as_posix()):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(
            "No Chromium. ./bootstrap.sh test installs it, or says the one line to type; CHROMIUM=PATH names one."
        )
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": path, "args": [*FLAGS, *sandbox], "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict:
    return {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "timezone_id": "UTC"}


class Rules(Axe):
    """axe-core, put into a page once, that tells what is wrong and leaves out the long list of what is right."""

    def run(self, page: Page, context: str | None = None, options: dict | None = None) -> AxeResults:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(self.axe_script)
        asked = [context, {"resultTypes": ["violations"], **(options or {})}]
        return AxeResults(page.evaluate("([context, options]) => axe.run(context ?? document, options)", asked))


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Accessibility rules (WCAG 2.2 AA): `axe.run(page)`."""
    return Rules()


@pytest.fixture(scope="session")
def web(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Web]:
    """The whole product on loopback; what it shows is for the tests to make.

    Its threads and the test share the test database without a transaction around, so no test here is marked as one
    with a database; where no other test of the run is, the database is made here.
    """
    made = None
    if not connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX):
        with django_db_blocker.unblock():
            made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    with django_db_blocker.unblock():
        connection.close()  # a session that nobody uses would end when the database is replaced by a copy
    server = Web()
    yield server
    with django_db_blocker.unblock():
        connection.close()
        server.stop()
        KEPT.drop()
    if made is not None:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def house(web: Web, django_db_blocker: DjangoDbBlocker) -> Iterator[Hospital]:
    """The small invented hospital, made once for the journeys of a file; each has a measure of its own."""
    with django_db_blocker.unblock(), hospital() as made:
        yield made


@pytest.fixture
def visitors(browser: Browser, web: Web) -> Iterator[Visitors]:
    """Opens browsers; at the end no page may have complained on its console."""
    people = Visitors(browser, web.url)
    yield people
    people.leave()
    assert people.complaints == []
