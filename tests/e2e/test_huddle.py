"""A huddle in real browsers: with the keyboard alone, steered by a phone, by two at once. Without network:
`test_huddle_offline.py`.
"""

import re
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from huddles.actions import huddles as acts
from huddles.models import Huddle, HuddleMark, HuddleNote, Issue
from huddles.rules.agendas import StepKind
from org.rules import Role
from tests.e2e.huddle_stage import SOON, THUMB, calm, planned, saved, steps
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user


def test_check_09_a_whole_huddle_with_the_keyboard_alone_and_over_its_time(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    unit = house.unit("ED")
    huddle = planned(unit)
    page = visitors.come(house.people["lead"], f"/huddles/{huddle.pk}/")
    calm(axe, page)
    page.get_by_role("button", name="Begin the huddle").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#steps")).to_be_visible()
    kinds = [step.kind for step in steps(huddle)]
    for index, kind in enumerate(kinds):
        expect(page.locator(f"#step-{index}")).to_be_visible()
        calm(axe, page)
        if kind == StepKind.WELCOME:
            page.keyboard.press("ArrowDown")
            page.keyboard.press("1")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("3")
        elif kind == StepKind.READINESS:
            page.keyboard.press("ArrowDown")
            page.keyboard.press("2")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.type("One monitor is missing")
            page.keyboard.press("Enter")
            page.keyboard.press("Escape")
        elif kind == StepKind.NEW:
            page.keyboard.press("n")
            page.keyboard.type("The monitor of room 4 is broken")
            page.keyboard.press("Enter")
        if index < len(kinds) - 1:
            page.keyboard.press("ArrowRight")
    saved(page)
    expect(page.locator("[data-timer]")).not_to_have_class("timer over")
    Huddle.objects.filter(pk=huddle.pk).update(started_at=F("started_at") - timedelta(minutes=20))
    page.reload()
    expect(page.locator("[data-timer]")).to_have_class("timer over")
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"^2\d:\d\d$"))
    page.get_by_role("button", name="End the huddle").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How did it go?")).to_be_visible()
    for _ in range(9):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("1")
    saved(page)
    expect(page.locator(".fidelity [aria-pressed=true]")).to_have_count(9)
    calm(axe, page)
    huddle.refresh_from_db()
    assert huddle.ended_at is not None
    assert Issue.objects.filter(huddle=huddle).count() == 1
    taps = list(HuddleMark.objects.filter(huddle=huddle).order_by("pk").values_list("choice", flat=True))
    assert taps == ["here", "stand_in", "at_risk", *["yes"] * 9]
    assert HuddleNote.objects.get(huddle=huddle).text == "One monitor is missing"
    page.goto(f"{visitors.url}/huddles/{huddle.pk}/")
    expect(page.get_by_text("One monitor is missing")).to_be_visible()
    expect(page.get_by_text(re.compile(r"2\d min · \d min over"))).to_be_visible()
    calm(axe, page)


def test_a_phone_steers_and_two_who_type_keep_their_words(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    huddle = planned(house.unit("ED"))
    acts.start(huddle=huddle, by=house.people["lead"], at=timezone.now())
    desk = visitors.come(house.people["lead"], f"/huddles/{huddle.pk}/")
    phone = visitors.come(make_user(Role.STAFF, house.unit("ED")), f"/huddles/{huddle.pk}/", **THUMB)
    wall = visitors.come(house.people["lead"], f"/boards/{huddle.unit_id}/wall/huddle/")
    for page in (desk, phone, wall):
        expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=15_000)
    names = [step.title for step in steps(huddle)]
    phone.get_by_role("button", name="Next").tap()
    expect(desk.locator(".hstep:not([hidden]) h2")).to_have_text(names[1], timeout=SOON)
    expect(wall.locator("main h2")).to_have_text(names[1], timeout=SOON)
    calm(axe, wall)
    # Who looks alone is not led, until they follow again.
    desk.locator("[data-look='4']").click()
    phone.get_by_role("button", name="Next").tap()
    expect(wall.locator("main h2")).to_have_text(names[2], timeout=SOON)
    expect(desk.locator(".hstep:not([hidden]) h2")).to_have_text(names[4])
    desk.get_by_role("link", name="Back to the huddle").click()
    expect(desk.locator(".hstep:not([hidden]) h2")).to_have_text(names[2], timeout=SOON)
    here, there = desk.locator(".hstep:not([hidden]) .own"), phone.locator(".hstep:not([hidden]) .own")
    here.locator("textarea").first.type("From the desk", delay=60)
    there.locator("textarea").first.type("From the phone", delay=60)
    for page in (here, there):
        expect(page.locator("textarea:not(.blank *)")).to_have_count(2, timeout=SOON)
    assert sorted(HuddleNote.objects.filter(huddle=huddle).values_list("text", flat=True)) == [
        "From the desk",
        "From the phone",
    ]
    expect(wall.locator("body")).not_to_contain_text("From the desk")


def test_pages_around_a_huddle(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.unit("ED")
    huddle = planned(unit)
    lead = house.people["lead"]
    page = visitors.come(lead, "/huddles/", **THUMB)
    for path in (
        "/huddles/",
        f"/boards/{unit.pk}/huddles/",
        f"/boards/{unit.pk}/before/",
        f"/boards/{unit.pk}/sheet/",
        f"/huddles/{huddle.pk}/paper/",
    ):
        page.goto(visitors.url + path)
        calm(axe, page)
    page.goto(f"{visitors.url}/huddles/{huddle.pk}/")
    page.get_by_label("Too few people").check()
    page.get_by_role("button", name="Keep").tap()
    expect(page.get_by_text("Not held: Too few people")).to_be_visible()


def test_an_open_board_fetches_no_tile_for_a_huddle_and_a_list_of_today_follows(
    house: Hospital, visitors: Visitors
) -> None:
    huddle = planned(house.unit("ED"))
    board = visitors.come(house.people["lead"], f"/boards/{huddle.unit_id}/")
    today = visitors.come(house.people["lead"], "/huddles/")
    for page in (board, today):
        expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=15_000)
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    board.evaluate("document.addEventListener('huddle:changed', (event) => (window.heard = event.detail.huddle))")
    acts.start(huddle=huddle, by=house.people["lead"], at=timezone.now())
    board.wait_for_function("() => window.heard !== undefined")
    assert board.evaluate("window.heard") == huddle.pk
    expect(today.locator(f".own a.primary[href='/huddles/{huddle.pk}/']")).to_be_visible(timeout=SOON)
    board.wait_for_timeout(500)
    assert [url for url in asked if "/tiles/" in url] == []
