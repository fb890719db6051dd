"""Numbers by keyboard and by file in a real browser: paste, Enter, what is wrong, preview and count."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from boards.models import BoardMeasure, Measure, Source
from org.models import User
from org.rules import Role
from tests.boards import factories
from tests.boards.feeds.place import Place, build_place, long_file

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


@pytest.fixture
def place(transactional_db: None) -> Place:
    made = build_place()
    icu = made.organisation.units.get(code="icu")
    for position, code in enumerate(("bundle", "stay", "falls")):
        BoardMeasure.objects.create(unit=icu, measure=Measure.objects.get(code=code), position=position)
    return made


@pytest.fixture
def open_as(
    live_server: LiveServer, browser: Browser, client: Client, request: pytest.FixtureRequest
) -> Callable[[User, str], Page]:
    def open_page(user: User, path: str) -> Page:
        client.force_login(user)
        opened = browser.new_context(viewport={"width": 1440, "height": 900})
        request.addfinalizer(opened.close)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        opened.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = opened.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    return open_page


def test_a_morning_is_pasted_walked_and_stored(place: Place, open_as: Callable[[User, str], Page], axe: Axe) -> None:
    icu = place.organisation.units.get(code="icu")
    page = open_as(factories.make_user(Role.STAFF, icu), f"/boards/{icu.pk}/entry/")
    cells = [page.locator("[data-cell]").nth(i) for i in range(5)]
    expect(cells[0]).to_be_focused()
    assert axe.run(page).violations_count == 0
    lost = page.get_by_text("Part of what was pasted does not fit")
    page.evaluate(PASTE, "1\t2\t3\r\n")
    expect(lost).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(cells[2]).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.evaluate(PASTE, "90\t100\r\n4.5\t10\r\nmany\r\n")
    expect(lost).to_be_hidden()
    assert [cell.input_value() for cell in cells] == ["90", "100", "4.5", "10", "many"]
    expect(cells[4]).to_be_focused()
    page.keyboard.press("Enter")  # the last line: the form is sent
    expect(page.get_by_role("alert")).to_contain_text("1 cell is not right")
    expect(page.locator("[aria-invalid]")).to_be_focused()
    expect(page.locator("[aria-invalid]")).to_have_value("many")
    assert axe.run(page).violations_count == 0
    page.keyboard.press("Shift+Enter")
    expect(cells[2]).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("2")
    page.get_by_role("button", name="Put on the board").click()
    expect(page.get_by_role("status").first).to_contain_text("3 numbers are on the board.")
    found = {measure: counts[""][:1] for (measure, _unit, _day), counts in place.stored().items()}
    assert found == {"bundle": (90,), "stay": (45,), "falls": (2,)}


def test_a_file_is_previewed_and_counted(place: Place, open_as: Callable[[User, str], Page], axe: Axe) -> None:
    steward = factories.make_user(Role.DATA_STEWARD, place.top)
    page = open_as(steward, "/feeds/upload/")
    assert axe.run(page).violations_count == 0
    day = (timezone.now() - timedelta(days=3)).date().isoformat()
    content = long_file(f"bundle,icu,{day},{day},,,3,4", f"bundle,icu,{day},{day},language,Xhosa,1,2")
    file = {"name": "morning.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("File").set_input_files([file])
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Nothing of it counts yet.")).to_be_visible()
    expect(page.get_by_text("This group is not known yet.")).to_be_visible()
    assert axe.run(page).violations_count == 0
    page.get_by_role("button", name="Count it").click()
    expect(page.get_by_text("The file counts.")).to_be_visible()
    page.goto(page.url.split("/feeds/")[0] + "/feeds/")
    assert axe.run(page).violations_count == 0
    page.get_by_role("link", name="1 word for a group of patients is not mapped yet.").click()
    expect(page.get_by_label("Xhosa means")).to_be_visible()
    assert axe.run(page).violations_count == 0
    page.get_by_label("Xhosa means").select_option(label="unknown")
    page.get_by_role("button", name="Map").click()
    expect(page.get_by_text("Every word is mapped")).to_be_visible()
    assert Source.objects.get(code="warehouse").batches.get().state == "imported"
