"""Rounds without network: nothing is lost, nothing is there twice, whatever happens meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, Playwright, expect

from huddles.models import Issue
from huddles.rules.issues import Source
from org.models import Unit, User
from rounding.actions import question_sets
from rounding.models import Observation, Photo, Recognition, Round
from tests.e2e.huddle_stage import calm
from tests.e2e.rounds_stage import Phone, begin, five_questions, kept, mine, onward, queued, sent, session_of, until
from tests.e2e.stage import Hospital, Web
from tests.huddles.phone import phone_picture


@pytest.fixture
def phone(playwright: Playwright, browser_type_launch_args: dict, tmp_path: Path, web: Web) -> Iterator[Phone]:
    made = Phone(playwright, browser_type_launch_args, tmp_path / "profile", web.url)
    yield made
    made.close()
    assert made.complaints == []


def at_hand(phone: Phone, leader: User) -> Page:
    """The app on a phone that one person uses alone, opened with network."""
    page = phone.open()
    phone.sign_in(leader)
    phone.walk()
    mine(page)
    return page


def picture(number: int) -> dict[str, Any]:
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": phone_picture((400 + number, 300))}


def test_eight_hours_in_the_basement_and_the_phone_dies_twice(house: Hospital, phone: Phone) -> None:
    unit, leader = house.unit("ED"), house.people["lead"]
    version = five_questions(unit)
    page = at_hand(phone, leader)
    start = timezone.now() - timedelta(hours=8)

    phone.context.set_offline(True)
    page.clock.set_fixed_time(start)
    begin(page, unit.name, version)
    said = [f"Noted as number {number}" for number in range(1, 11)]

    def note(number: int) -> None:
        page.clock.set_fixed_time(start + timedelta(minutes=45 * number))
        page.get_by_role("button", name="Note something else").tap()
        area = page.locator("[data-screen=free] textarea")
        kept(page, lambda: area.fill(said[number - 1]))
        if number in {2, 5, 9}:
            kept(page, lambda: page.locator("[data-part=camera]").set_input_files(picture(number)))
        if number in {3, 8}:
            page.get_by_role("button", name="Thanks").tap()
            page.locator("dialog [name=name]").fill(f"Colleague {number}")
            kept(page, lambda: page.locator("dialog .primary").tap())
        page.get_by_role("button", name="Done").tap()

    for number in range(1, 5):
        note(number)
    waiting = queued(page)
    phone.kill()
    page = phone.open(offline=True)
    phone.walk()
    expect(page.locator("[data-part=open] .primary")).to_contain_text(unit.name)
    assert queued(page) == waiting
    page.locator("[data-part=open] .primary").tap()
    for number in range(5, 9):
        note(number)
    # Killed while words stand half typed: what was kept a moment ago is there.
    page.get_by_role("button", name="Note something else").tap()
    kept(page, lambda: page.locator("[data-screen=free] textarea").fill("Half a sen"))
    phone.kill()
    page = phone.open(offline=True)
    phone.walk()
    page.locator("[data-part=open] .primary").tap()
    for number in range(9, 11):
        note(number)
    for _ in version.questions.all()[:4]:
        onward(page)
    page.clock.set_fixed_time(start + timedelta(hours=8))
    kept(page, lambda: onward(page, "End the round"))
    assert Round.objects.filter(leader=leader, version=version).count() == 0

    # The network comes and goes while it is sent, and the session may be over.
    phone.sign_in(leader)
    for _ in range(3):
        phone.context.set_offline(False)
        page.wait_for_timeout(400)
        phone.context.set_offline(True)
        page.wait_for_timeout(100)
    phone.context.set_offline(False)
    sent(page)

    made = Round.objects.get(leader=leader, version=version)
    noted = list(made.observations.order_by("position").values_list("text", flat=True))
    assert noted == [*said[:8], "Half a sen", *said[8:]]
    assert list(made.observations.order_by("at").values_list("text", flat=True)) == noted
    assert Photo.objects.filter(observation__round=made).count() == 3
    assert {p.observation.text for p in Photo.objects.filter(observation__round=made)} == {said[1], said[4], said[8]}
    thanked = list(Recognition.objects.filter(round=made).order_by("at").values_list("name", flat=True))
    assert thanked == ["Colleague 3", "Colleague 8"]
    assert made.ended_at is not None
    assert made.ended_at - made.began_at == timedelta(hours=8)


def test_what_changed_meanwhile_is_taken_or_asked_about(house: Hospital, phone: Phone, axe: Axe) -> None:
    unit, leader = house.unit("ED"), house.people["manager"]
    version = five_questions(unit)
    page = at_hand(phone, leader)
    phone.context.set_offline(True)
    begin(page, unit.name, version)
    kept(page, lambda: page.get_by_role("button", name="Yes", exact=True).tap())
    # The questions change, the set is retired, the session ends, and the unit closes.
    question_sets.publish(
        question_set=version.question_set,
        name="Other words",
        lines=question_sets.lines_of(version)[:2],
        terms=question_sets.terms_of(version),
        based_on=1,
        by=leader,
        at=timezone.now(),
    )
    phone.context.clear_cookies()
    Unit.objects.filter(pk=unit.pk).update(closed_on=timezone.now().date())
    try:
        phone.context.set_offline(False)
        expect(page.locator("#state")).to_contain_text("Sign in again", timeout=15_000)
        calm(axe, page)
        phone.sign_in(leader)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator("#queue")).to_have_text("1 asks you", timeout=15_000)
        assert Round.objects.filter(version=version).count() == 0
        page.locator("#queue").tap()
        expect(page.locator(".wrong").first).to_have_text(f"{unit.name} is closed.")
        calm(axe, page)
        other = house.unit("5W") if Unit.objects.filter(code="5W").exists() else None
        choice = page.get_by_label("Hand in at another unit")
        names = choice.locator("option").all_inner_texts()[1:]
        wanted = other.name if other and other.name in names else next(name for name in names if name != unit.name)
        choice.select_option(label=wanted)
        sent(page)
    finally:
        Unit.objects.filter(pk=unit.pk).update(closed_on=None)
    made = Round.objects.get(version=version)
    assert made.unit.name == wanted
    assert made.observations.get().value == "yes"


def test_twenty_phones_at_once(house: Hospital, web: Web, browser: Any) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    leader = house.people["lead"]
    contexts, pages = [], []
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(leader), "url": web.url}
    for _ in range(20):
        context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        context.add_cookies([cookie])
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{web.url}/rounds/walk/")
        pages.append(page)
    try:
        for number, (context, page) in enumerate(zip(contexts, pages, strict=True)):
            mine(page)
            context.set_offline(True)
            begin(page, unit.name, version)
            kept(page, lambda page=page: page.get_by_role("button", name="Yes", exact=True).tap())
            area = page.locator("[data-screen=ask] textarea")
            expect(page.get_by_role("heading", name="What made today harder?")).to_be_visible()
            kept(page, lambda area=area, number=number: area.fill(f"Phone {number}"))
        for context in contexts:
            context.set_offline(False)
        for page in pages:
            sent(page)
    finally:
        for context in contexts:
            context.close()
    assert Round.objects.filter(version=version).count() == 20
    noted = Observation.objects.filter(round__version=version)
    assert sorted(noted.exclude(text="").values_list("text", flat=True)) == sorted(f"Phone {n}" for n in range(20))
    assert noted.filter(value="yes").count() == 20


def test_a_full_phone_and_what_is_no_photo_lose_nothing(house: Hospital, phone: Phone) -> None:
    unit, leader = house.unit("ED"), house.people["lead"]
    version = five_questions(unit)
    page = at_hand(phone, leader)
    phone.context.set_offline(True)
    begin(page, unit.name, version)
    page.get_by_role("button", name="Note something else").tap()
    kept(page, lambda: page.locator("textarea").fill("Before it was full"))
    page.locator("[data-part=camera]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    expect(page.locator("#toast")).to_have_text("This is not a photo that can be read. Nothing else is lost.")
    huge = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"0" * (61 * 1024 * 1024)}
    path = phone._folder.parent / "b.jpg"
    path.write_bytes(huge["buffer"])
    page.locator("[data-part=camera]").set_input_files(path)
    expect(page.locator("#toast")).to_contain_text("This photo is too large for this device.")
    phone.kill()  # the engine asks for room once in a while only: a new one asks at once
    page = phone.open(offline=True)
    phone.sign_in(leader)  # an engine that dies forgets who signed in just before
    session = phone.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": phone.url, "quotaSize": 1})
    phone.walk()
    page.locator("[data-part=open] .primary").tap()
    page.get_by_role("button", name="Note something else").tap()
    area = page.locator("textarea")
    # The engine asks for room when it likes: typed on until it has asked.
    typed = (f"When it was full, {number}" for number in range(60))

    def told() -> bool:
        area.fill(next(typed))
        page.wait_for_timeout(900)
        return "This device is full" in (page.locator("#toast").text_content() or "")

    until(told, 50)
    assert area.input_value().startswith("When it was full")
    session.send("Storage.overrideQuotaForOrigin", {"origin": phone.url})
    page.wait_for_timeout(500)
    area.fill("After it was freed")
    page.get_by_role("button", name="Done").tap()
    phone.context.set_offline(False)
    sent(page)
    noted = Observation.objects.filter(round__version=version).order_by("position")
    assert [one.text for one in noted] == ["Before it was full", "After it was freed"]
    assert not any(one.photos.exists() for one in noted)


def test_an_issue_of_a_round_begins_at_its_unit_in_three_taps(house: Hospital, phone: Phone) -> None:
    unit, leader = house.unit("ED"), house.people["lead"]
    version = five_questions(unit)
    page = at_hand(phone, leader)
    phone.context.set_offline(True)
    begin(page, unit.name, version)
    page.locator("textarea").fill("The wheel of the crash cart is loose")
    page.get_by_role("button", name="Issue").tap()
    page.get_by_role("button", name="Use the note").tap()
    kept(page, lambda: page.get_by_role("button", name="Raise it").tap())
    phone.context.set_offline(False)
    sent(page)
    until(lambda: Issue.objects.filter(title="The wheel of the crash cart is loose").exists())
    issue = Issue.objects.get(title="The wheel of the crash cart is loose")
    assert (issue.source, issue.origin, issue.place) == (Source.ROUND, unit, unit)
    assert Observation.objects.get(round__version=version).issue == issue
