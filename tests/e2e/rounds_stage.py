"""Phones with which people round: their browser is on a disk, may be killed, and opens again where it was."""

import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from org.models import Unit, User
from rounding.models import QuestionSetVersion
from tests.e2e.huddle_stage import THUMB
from tests.rounding.factories import furnished, make_set

WALK = "/rounds/walk/"
SENT = 20_000
DOUBLE_TAP, DRAWN = 450, 200


def five_questions(unit: Unit) -> QuestionSetVersion:
    """A set of five questions of the house, beside those with which it starts."""
    furnished(unit)
    return make_set(unit)


def session_of(person: User) -> str:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Phone:
    """A browser with a profile of its own. `kill` takes the process away as an empty battery does."""

    def __init__(self, playwright: Playwright, launch: dict[str, Any], folder: Path, url: str) -> None:
        self._playwright, self._launch, self._folder, self.url = playwright, launch, folder, url
        self.complaints: list[str] = []
        self.context: BrowserContext
        self.page: Page

    def open(self, *, offline: bool = False) -> Page:
        options = {**THUMB, "locale": "en-US", "offline": offline, **self._launch}
        self.context = self._playwright.chromium.launch_persistent_context(self._folder, **options)
        self.context.on("weberror", lambda failed: self.complaints.append(str(failed.error)))
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        return self.page

    def sign_in(self, person: User) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": self.url}
        self.context.add_cookies([cookie])

    def walk(self) -> Page:
        self.page.goto(self.url + WALK)
        return self.page

    def kill(self) -> None:
        """End every process of this browser at once, without a word."""
        mark = f"--user-data-dir={self._folder}"
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                if entry.name.isdigit() and mark in (entry / "cmdline").read_text().split("\0"):
                    os.kill(int(entry.name), signal.SIGKILL)
        with suppress(Exception):
            self.context.close()
        for lock in self._folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        with suppress(Exception):
            self.context.close()


def mine(page: Page) -> None:
    """This phone is used by one person alone."""
    page.get_by_role("button", name="Only I do").tap()
    ready(page)


def ready(page: Page) -> None:
    expect(page.locator("[data-part=units] button").first).to_be_visible(timeout=SENT)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def begin(page: Page, unit: str, version: QuestionSetVersion) -> None:
    page.locator("[data-part=units] button").filter(has_text=unit).first.tap()
    page.wait_for_timeout(DOUBLE_TAP)
    page.get_by_role("button", name=re.compile(f"^{version.question_set.name} ")).tap()
    expect(page.locator("[data-screen=ask]")).to_be_visible()


def onward(page: Page, name: str = "Next") -> None:
    """Taps a button that stands where another one stood a moment ago: what is no double tap."""
    page.wait_for_timeout(DOUBLE_TAP)
    page.get_by_role("button", name=name, exact=True).tap()
    page.wait_for_timeout(DRAWN)


def queued(page: Page) -> int:
    """How many entries lie on the device, as its database says."""
    return page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("rounds");
          asked.onsuccess = () => {
            const count = asked.result.transaction("queue").objectStore("queue").count();
            count.onsuccess = () => { done(count.result); asked.result.close(); };
          };
        })"""
    )


def kept(page: Page, what: Callable[[], Any]) -> None:
    """Does something and waits until it lies on the device, which is to have no network: nothing leaves meanwhile."""
    page.wait_for_timeout(DOUBLE_TAP)
    before = queued(page)
    what()
    until(lambda: queued(page) > before)


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "not within its time"
        time.sleep(0.05)


def sent(page: Page) -> None:
    """Everything has left the device."""
    expect(page.locator("#queue")).to_have_text(re.compile("^(Sent|Nothing)"), timeout=SENT)
    until(lambda: queued(page) == 0)
