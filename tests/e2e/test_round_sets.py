"""Pages of question sets in a real browser: rules of accessibility, the policy, narrow screens, without scripts."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from org.models import User
from org.rules import Role
from rounding.actions.question_sets import lines_of
from rounding.models import QuestionSetVersion
from rounding.rules.questions import AnswerKind, Line, Words
from tests.factories import make_user
from tests.huddles.factories import House, make_house
from tests.rounding.factories import furnished, make_set

LINES = (
    Line(
        AnswerKind.CHOICE,
        "How long until someone comes?",
        "Since the call light",
        ("At once", "A few minutes", "Too long"),
        others={"es": Words("¿Cuánto tardan?", "", ("Ya", "Unos minutos", "Demasiado")), "ar": Words("كم من الوقت؟")},
    ),
    Line(AnswerKind.TEXT, "What kept them?", required=True, equity=True, after=1, after_value="2"),
    Line(AnswerKind.SCALE, "How calm is it?"),
)


@pytest.fixture
def house(transactional_db: None) -> House:
    house = make_house()
    house.people["COACH"] = make_user(Role.COACH, house.top, name="Coach of questions")
    return house


@pytest.fixture
def version(house: House) -> QuestionSetVersion:
    furnished(house.ward)
    return make_set(house.ward, *LINES)


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens a page for somebody, and fails at the end for anything that the policy header refused."""
    contexts = []
    refused: list[str] = []

    def open_page(path: str, user: User, **options: object) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert refused == []


def test_every_page_keeps_the_rules_of_accessibility_wide_and_narrow(
    house: House, version: QuestionSetVersion, opened: Callable[..., Page], axe: Axe, live_server: LiveServer
) -> None:
    sets = f"/set-up/{house.organisation.slug}/questions/"
    one = f"{sets}{version.question_set_id}/"
    found = {}
    for width, scheme in ((1440, "light"), (360, "dark")):
        page = opened("/me/", house.people["COACH"], viewport={"width": width, "height": 800}, color_scheme=scheme)
        for path in (sets, f"{sets}new/", one, f"{one}preview/?in=ar", f"{one}versions/1/?in=es"):
            page.goto(f"{live_server.url}{path}")
            page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
            violations = axe.run(page).response["violations"]
            found[path, width] = [(v["id"], n["html"][:120]) for v in violations for n in v["nodes"]]
            assert page.evaluate("() => document.documentElement.scrollWidth") <= width, (path, width)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_set_is_edited_seen_and_published_without_scripts(
    house: House, version: QuestionSetVersion, opened: Callable[..., Page]
) -> None:
    path = f"/set-up/{house.organisation.slug}/questions/{version.question_set_id}/"
    page = opened(path, house.people["COACH"], java_script_enabled=False)
    expect(page.get_by_label("Answers, one on each line").first).to_be_visible()
    expect(page.get_by_label("Answers, one on each line").nth(1)).to_be_hidden()
    page.get_by_label("Question 3", exact=True).fill("Is it calm here?")
    page.get_by_role("button", name="Question 2 earlier").click()
    expect(page.get_by_role("alert")).to_contain_text("hangs on question 1 and stays below it")
    page.get_by_role("button", name="Question 3 earlier").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Is it calm here?")).to_be_visible()
    page.get_by_role("button", name="Back to the questions").click()
    expect(page.get_by_text("Changed, not published yet.")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Version 2 is published")).to_be_visible()
    expect(page.get_by_label("Question 2", exact=True)).to_have_value("Is it calm here?")
    newest = version.question_set.versions.get(number=2)
    assert lines_of(newest) == [LINES[0], Line(AnswerKind.SCALE, "Is it calm here?"), LINES[1]]


def test_leaving_with_unsaved_words_asks_first_and_publishing_does_not(
    house: House, version: QuestionSetVersion, opened: Callable[..., Page]
) -> None:
    path = f"/set-up/{house.organisation.slug}/questions/{version.question_set_id}/"
    page = opened(path, house.people["COACH"])
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == []
    page.get_by_label("Question 3", exact=True).fill("Is it calm here?")
    page.reload()
    assert asked == ["beforeunload"]
    page.get_by_label("Question 3", exact=True).fill("Is it calm now?")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    assert asked == ["beforeunload"]
    page.get_by_label("Question 3", exact=True).click()
    page.get_by_role("link", name="Questions of rounds").first.click()
    page.wait_for_url("**/questions/")
    assert asked == ["beforeunload"] * 2
    page.goto(page.url + f"{version.question_set_id}/")
    page.get_by_label("Question 3", exact=True).fill("Is it calm now?")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Version 2 is published")).to_be_visible()
    assert asked == ["beforeunload"] * 2
