"""A browser on the real pages: system Chromium, the network closed but for this machine."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

# pytest-playwright keeps an event loop in this thread; the tests themselves are plain functions.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
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


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Accessibility rules (WCAG 2.2 AA): `axe.run(page)`."""
    return Axe()
