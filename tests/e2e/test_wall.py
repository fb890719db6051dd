"""What came back, on the wall of a board: live, in its turn, and without a word too many."""

import os
from datetime import timedelta
from pathlib import Path
from time import monotonic
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.actions import issues
from huddles.models import Issue
from huddles.rules.issues import ChoiceKind, Source, Verdict
from improvement.actions import tickets
from improvement.rules.tickets import Size, Stage
from org.models import WallDevice
from org.queries import DEVICE_COOKIE
from tests.e2e.issues_stage import raised, sent_up, word, words
from tests.e2e.stage import WALL, Hospital, Visitors
from tests.factories import make_device

#: As long as a sentence for staff may be.
LONG = "Signs hang at the entrance in English and Spanish, large enough to be read from the street by a driver. " * 3
SHOTS = os.environ.get("SHOTS")


def shoot(page: Page, name: str) -> None:
    """A picture to look at, where `SHOTS` names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def test_check_20_an_answer_is_on_the_paired_wall_within_five_seconds(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    unit, lead, now = house.unit("5W"), house.people["lead"], timezone.now()
    words(house)
    about = {"category": word(house, ChoiceKind.CATEGORY)}
    first = raised("Ramp is too steep", unit, lead, **about)
    issues.finish(issue=first, by=lead, at=now, note="A second rail is on the ramp of the entrance for ambulances.")
    second = raised("No stool", unit, lead)
    issues.finish(issue=second, by=lead, at=now, note="A stool stands in room 4.")
    issues.confirm(issue=second, verdict=Verdict.SOLVED, by=lead, at=now)
    for number in range(3):
        more = raised(f"Sign {number}", unit, lead)
        issues.finish(issue=more, by=lead, at=now - timedelta(minutes=1), note=LONG[:300])
    Issue.objects.filter(origin=unit, raised_by=lead).update(source=Source.CODE)
    device, token = make_device(lead, unit)
    WallDevice.objects.filter(pk=device.pk).update(seconds_per_board=120)
    page = visitors.come(path="/login/", **WALL)
    page.context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": visitors.url}])
    page.goto(f"{visitors.url}/wall/")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=15_000)
    came_back = page.locator("#came-back")
    expect(came_back).to_be_attached()
    expect(came_back).to_be_hidden()  # nothing is new: it comes in its turn
    open_issue = sent_up(house, raised("Interpreter units are down", unit, lead, **about))
    issues.answer(
        issue=open_issue,
        outcome="decided",
        tell_staff="Twelve video units are rented and stand in the clinics by 15:00; until then call the pool.",
        due_at=now + timedelta(hours=5),
        by=house.people["executive"],
        at=timezone.now(),
    )
    began = monotonic()
    expect(came_back.get_by_text("Twelve video units are rented")).to_be_visible(timeout=5_000)
    assert monotonic() - began < 5
    expect(page.locator("[data-screen]:visible")).to_have_count(1)
    expect(came_back.locator("li").first).to_contain_text("Promised, by")
    expect(came_back.get_by_text("A second rail is on the ramp")).to_be_visible()
    for text in ("Interpreter units are down", "Ramp is too steep", lead.name, house.people["executive"].name):
        expect(page.locator("body")).not_to_contain_text(text)
    for theme in ("light", "dark"):
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        assert axe.run(page).violations_count == 0
        assert page.locator("#came-back li:visible").count() in {3, 5}
        for width, height in ((1920, 1080), (3840, 2160), (1080, 1920)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(
                "() => document.querySelector('#wall').scrollHeight <= document.querySelector('main').clientHeight"
            )
            shoot(page, f"wall-answers-{theme}-{width}")


def test_what_was_brought_to_its_end_hangs_on_the_paired_wall_at_once(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    unit, lead = house.unit("5W"), house.people["lead"]
    _device, token = make_device(lead, unit)
    page = visitors.come(path="/login/", **WALL)
    page.context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": visitors.url}])
    page.goto(f"{visitors.url}/wall/")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=15_000)
    successes = page.locator("#successes")
    expect(successes).to_be_attached()
    expect(successes).to_be_hidden()  # nothing is new: it comes in its turn
    acts = {"by": lead, "at": timezone.now()}
    said = tickets.Words(title="A second printer for labels at bay 4")
    ticket = tickets.begin(uid=uuid4(), unit=unit, size=Size.DO_IT, words=said, **acts)
    tickets.move(ticket=ticket, to=Stage.DONE, outcome="No label was lost since.", **acts)
    expect(successes.get_by_text("A second printer for labels")).to_be_visible(timeout=5_000)
    expect(successes.get_by_text("No label was lost since.")).to_be_visible()
    expect(page.locator("[data-screen]:visible")).to_have_count(1)
    expect(page.locator("body")).not_to_contain_text(lead.name)
    for theme in ("light", "dark"):
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        assert axe.run(page).violations_count == 0
