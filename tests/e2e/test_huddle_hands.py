"""A huddle in the hand: nothing jumps while people tap and type, and an answer is told in the step itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.actions import huddles as acts
from huddles.actions import issues, notes
from huddles.models import IssueEvent
from huddles.rules.agendas import Section, StepKind
from huddles.rules.issues import Act, Source
from org.rules import Role
from tests.e2e.huddle_stage import SOON, THUMB, calm, planned, saved, steps
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user

LOW = {"viewport": {"width": 720, "height": 450}}


def scrolled(page: Page) -> float:
    return page.evaluate("document.querySelector('main').scrollTop + window.scrollY")


def guests_box(page: Page) -> dict:
    """Where the field is in which somebody types."""
    return page.evaluate("(({ y, height }) => ({ y, height }))(document.activeElement.getBoundingClientRect())")


def live(page: Page) -> None:
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=15_000)


@pytest.mark.parametrize("screen", [THUMB, LOW], ids=["phone", "low"])
def test_neither_taps_nor_words_nor_others_move_the_page(house: Hospital, visitors: Visitors, screen: dict) -> None:
    unit = house.unit("ED")
    huddle = planned(unit)
    lead = house.people["lead"]
    huddle = acts.start(huddle=huddle, by=lead, at=timezone.now())
    page = visitors.come(make_user(Role.STAFF, unit), f"/huddles/{huddle.pk}/", **screen)
    live(page)
    seats = list(huddle.version.lines.filter(section=Section.SEAT).order_by("position"))
    last = page.locator(f"#row-{seats[-1].pk}")
    guests = page.locator("#step-0 .own textarea").first
    last.scroll_into_view_if_needed()
    guests.scroll_into_view_if_needed()
    before = scrolled(page)
    assert before > 100
    # One's own tap, with its echo from the server.
    last.get_by_role("button", name="Missing").click()
    saved(page)
    page.wait_for_timeout(1500)
    assert abs(scrolled(page) - before) < 2
    # Somebody else's.
    notes.mark(huddle=huddle, line=seats[0].pk, choice="here", by=lead, at=timezone.now())
    expect(page.locator(f"#taps-{seats[0].pk} [data-code=here]")).to_have_attribute(
        "aria-pressed", "true", timeout=SOON
    )
    assert abs(scrolled(page) - before) < 2
    # Words, kept while they are typed: the caret stays, and the field stays in sight.
    guests.focus()
    before = scrolled(page)
    page.keyboard.type("Two students ", delay=20)
    saved(page)
    page.wait_for_timeout(1500)
    page.keyboard.type("and a visitor")
    line = steps(huddle)[0].pk
    notes.write_note(huddle=huddle, uid=uuid4(), line=line, text="From afar", revision=0, by=lead, at=timezone.now())
    page.wait_for_timeout(2000)
    assert abs(scrolled(page) - before) < 2
    assert page.evaluate("document.activeElement.value") == "Two students and a visitor"
    assert page.evaluate("document.activeElement.selectionStart") == len("Two students and a visitor")
    box, main = guests_box(page), page.locator("main").bounding_box()
    assert main is not None
    assert box["y"] >= main["y"]
    assert box["y"] + box["height"] <= main["y"] + main["height"]


def test_not_solved_asks_for_its_words_first_and_stays_in_the_step(house: Hospital, visitors: Visitors) -> None:
    unit, lead, now = house.unit("ED"), house.people["lead"], timezone.now()
    issue = issues.raise_issue(
        title="The scale is broken",
        unit=unit,
        source=Source.BOARD,
        client_id=uuid4(),
        by=lead,
        at=now - timedelta(hours=2),
    )
    issues.finish(issue=issue, by=issue.owner, at=now - timedelta(hours=1), note="A new one is there.")
    huddle = planned(unit)
    acts.start(huddle=huddle, by=lead, at=now)
    index = [step.kind for step in steps(huddle)].index(StepKind.ANSWERS)
    acts.go_to_step(huddle=huddle, step=index, by=lead, at=timezone.now())
    page = visitors.come(lead, f"/huddles/{huddle.pk}/", **THUMB)
    item = page.locator(f"#answer-{issue.pk}")
    words = item.get_by_label("What is left? One line")
    expect(words).to_be_hidden()
    item.get_by_role("button", name="Not solved").tap()
    expect(words).to_be_focused()
    expect(item.get_by_role("button", name="Keep")).to_be_disabled()
    page.keyboard.type("It shows too much")
    page.keyboard.press("Enter")
    saved(page)
    told = page.locator(f"#handled-{issue.pk}")
    expect(told).to_contain_text("Not solved: It shows too much", timeout=SOON)
    expect(page.locator("#refused")).to_be_empty()
    expect(page.locator("#part-answers")).not_to_contain_text("Nothing came back")
    assert IssueEvent.objects.get(issue=issue, huddle=huddle).note == "It shows too much"
    acts.end(huddle=huddle, by=lead, at=timezone.now())
    page.goto(f"{visitors.url}/huddles/{huddle.pk}/")
    expect(page.locator("main")).to_contain_text("Not solved: It shows too much")


def test_an_issue_is_sent_up_without_leaving_the_huddle(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit, lead = house.unit("ED"), house.people["lead"]
    huddle = acts.start(huddle=planned(unit), by=lead, at=timezone.now())
    index = [step.kind for step in steps(huddle)].index(StepKind.NEW)
    acts.go_to_step(huddle=huddle, step=index, by=lead, at=timezone.now())
    issue = issues.raise_issue(
        title="Monitors are missing",
        unit=unit,
        source=Source.HUDDLE,
        client_id=uuid4(),
        by=lead,
        at=timezone.now(),
        huddle=huddle,
    )
    page = visitors.come(lead, f"/huddles/{huddle.pk}/", **THUMB)
    live(page)
    item = page.locator(f"#new-{issue.pk}")
    item.get_by_role("link", name="Send up").tap()
    why = item.get_by_label("Why can it not be solved here?")
    expect(why).to_be_focused()
    calm(axe, page)
    # What others do meanwhile takes the form from nobody.
    notes.mark(
        huddle=huddle,
        line=huddle.version.lines.filter(section=Section.SEAT)[0].pk,
        choice="here",
        by=lead,
        at=timezone.now(),
    )
    why.select_option(index=1)
    item.get_by_role("button", name="Send up").tap()
    ask = item.get_by_label("The ask in one line")
    ask.fill("Two monitors by Friday")
    item.get_by_role("button", name="Send up").tap()
    expect(item).to_contain_text(f"Sent to {unit.parent.name}", timeout=SOON)
    expect(item.locator("form")).to_have_count(0)
    assert page.url.endswith(f"/huddles/{huddle.pk}/")
    issue.refresh_from_db()
    assert (issue.place_id, issue.asked) == (unit.parent_id, "Two monitors by Friday")
    assert IssueEvent.objects.get(issue=issue, act=Act.ESCALATE).huddle_id == huddle.pk
