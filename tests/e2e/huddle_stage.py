"""Huddles for the browser tests: one that should begin now, and what its page says."""

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.models import AgendaLine, Huddle
from huddles.rules.agendas import Section
from org.models import Unit

SOON = 8_000
THUMB = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def planned(unit: Unit) -> Huddle:
    """A huddle of `unit` that should begin now, alone on its day."""
    Huddle.objects.filter(unit=unit, issues__isnull=True, started_at__isnull=True).delete()
    now = timezone.now()
    local = now.astimezone(unit.organisation.zone)
    return Huddle.objects.create(unit=unit, day=local.date(), planned_at=now, minutes=15)


def place(page: Page) -> str:
    """The title of the step that the page shows."""
    return page.locator(".hstep:not([hidden]) h2").inner_text()


def saved(page: Page) -> None:
    """Everything has left the device."""
    expect(page.locator("header [data-saved]")).to_contain_text("saved", timeout=SOON)


def calm(axe: Axe, page: Page) -> None:
    """Nothing to complain about, and nothing wider than the screen."""
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def steps(huddle: Huddle) -> list[AgendaLine]:
    """The steps of a huddle that has begun."""
    huddle.refresh_from_db()
    return list(huddle.version.lines.filter(section=Section.STEP).order_by("position"))
