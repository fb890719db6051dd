"""A day with the product: signing in, a reason, numbers, a file, a display, another language – in real browsers."""

import re

import pytest
from playwright.sync_api import Page, expect

from boards.models import Batch, RedReason
from boards.tasks.snapshots import take_due_snapshots
from huddleboard.demo.people import LOGINS, PASSWORD
from org.models import Membership, WallDevice
from tests.e2e.stage import PHONE, WALL, Hospital, Visitors

SOON = 5_000  # a change is on every open board within five seconds
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


def live(page: Page) -> Page:
    """The page, once it listens."""
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=15_000)
    return page


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.local)
def test_everybody_signs_in_to_their_own_board(house: Hospital, visitors: Visitors, login) -> None:
    user = house.people[login.local]
    page = visitors.come(path="/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    own = Membership.objects.get(user=user).unit
    page.wait_for_url(f"**/boards/{own.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(own.name)
    expect(page.get_by_role("article").first).to_be_visible()
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{visitors.url}/boards/{own.pk}/")
    expect(page.get_by_label("E-mail")).to_be_visible()
    # A question that the open board asked in the background may cross the sign-out and be refused.
    visitors.complaints[:] = [c for c in visitors.complaints if "401" not in c and "403" not in c]


def test_a_reason_takes_two_taps_on_a_phone(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    measure = house.sent(unit)[0]
    house.say(unit, measure, good=False)
    page = live(visitors.come(house.people["lead"], f"/boards/{unit.pk}/", **PHONE))
    tile = page.locator(f"#m{measure.pk}")
    expect(page.locator(".reds").locator(tile)).to_have_count(1)
    tile.get_by_role("link", name="Say why").tap()
    tile.locator("summary", has_text="What we do about it").tap()
    tile.get_by_label("What we do about it").press("Enter")
    expect(tile).not_to_contain_text("Reason:")
    tile.get_by_role("button", name="Demand surge").tap()
    expect(tile).to_contain_text("Reason: Demand surge")
    assert RedReason.objects.get(unit=unit, measure=measure, day=house.yesterday).reason.name == "Demand surge"
    expect(page.locator(".reds").locator(tile)).to_have_count(0, timeout=SOON)
    expect(tile).to_be_visible()


def test_a_reason_without_a_script(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    measure = house.sent(unit)[1]
    house.say(unit, measure, good=False)
    page = visitors.come(house.people["lead"], f"/boards/{unit.pk}/", java_script_enabled=False)
    page.locator(f"#m{measure.pk}").get_by_role("link", name="Say why").click()
    page.locator("summary", has_text="What we do about it").click()
    page.get_by_label("What we do about it").fill("A second nurse at triage")
    page.get_by_label("What we do about it").press("Enter")
    expect(page).to_have_url(re.compile("/reasons/"))
    page.get_by_role("button", name="Staffing or skill mix").click()
    said = page.locator(f"#m{measure.pk}")
    expect(said).to_contain_text("Reason: Staffing or skill mix – A second nurse at triage")
    said.get_by_role("link", name="Change").click()
    page.get_by_role("button", name="IT down").click()
    expect(page.locator(f"#m{measure.pk}")).to_contain_text("Reason: IT down")


def test_a_morning_by_keyboard(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    page = visitors.come(house.people["lead"], "/me/")
    page.keyboard.press("/")
    page.keyboard.type(unit.name[:6])
    expect(page.locator("#found a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/boards/{unit.pk}/")
    page.keyboard.press("j")
    expect(page.locator("[data-stop] h3 a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/*/")
    page.keyboard.press("u")
    page.wait_for_url(re.compile(rf"/boards/{unit.pk}/$"))
    page.keyboard.press("[")
    page.wait_for_url(re.compile(r"\?day="))
    page.keyboard.press("]")
    page.wait_for_url(re.compile(rf"/boards/{unit.pk}/$"))
    page.get_by_role("link", name="Enter numbers").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/entry/")
    measure = house.sent(unit)[-1]
    first = page.locator(f"[name=first-{measure.pk}]")
    first.focus()
    page.evaluate(PASTE, "7\t80")
    assert first.input_value() == "7"
    assert page.locator(f"[name=second-{measure.pk}]").input_value() == "80"
    page.get_by_role("button", name="Put on the board").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("on the board")
    page.get_by_role("link", name="Back to the board").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#m{measure.pk} .meta")).to_contain_text("7 of 80")


def test_a_number_is_on_the_other_board_within_five_seconds(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    measure = house.sent(unit)[2]
    house.say(unit, measure, good=True)
    other = live(visitors.come(house.people["executive"], f"/boards/{unit.pk}/"))
    other.evaluate("window.sameDocument = true")
    tile = other.locator(f"#m{measure.pk}")
    expect(tile).to_have_class(re.compile("is-met"))
    page = visitors.come(house.people["lead"], f"/boards/{unit.pk}/entry/")
    worst = "0" if measure.direction == "higher" else "80"
    page.locator(f"[name=first-{measure.pk}]").fill(worst)
    page.locator(f"[name=second-{measure.pk}]").fill("80")
    page.get_by_role("button", name="Put on the board").click()
    expect(tile).to_have_class(re.compile("is-missed"), timeout=SOON)
    expect(tile.locator(".meta")).to_contain_text(f"{worst} of 80")
    expect(other.locator(".reds").locator(tile)).to_have_count(1, timeout=SOON)
    assert other.evaluate("window.sameDocument")


def test_a_file_is_uploaded_checked_and_counted_up_the_tree(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("5W")
    measure = house.sent(unit)[0]
    house.say(unit, measure, good=True)
    boards = [live(visitors.come(house.people["executive"], f"/boards/{pk}/")) for pk in (unit.pk, unit.parent_id)]
    before = boards[1].locator(f"#m{measure.pk} .meta").inner_text()
    page = visitors.come(house.people["data"], "/")
    page.locator("details.menu summary").click()
    page.get_by_role("link", name="Import numbers").click()
    page.get_by_role("link", name="Upload a file").first.click()
    text = (
        "measure,unit,period_start,period_end,stratifier,stratum,numerator,denominator\n"
        f"{measure.code},5W,{house.yesterday},{house.yesterday},,,33,97\n"
    )
    upload(page, text)
    expect(page.get_by_text("Nothing of it counts yet.")).to_be_visible()
    expect(boards[0].locator(f"#m{measure.pk} .meta")).not_to_contain_text("33 of 97")
    page.get_by_role("button", name="Count it").click()
    expect(page.get_by_text("The file counts.")).to_be_visible()
    take_due_snapshots()  # what the worker does every two seconds
    expect(boards[0].locator(f"#m{measure.pk} .meta")).to_contain_text("33 of 97", timeout=SOON)
    expect(boards[1].locator(f"#m{measure.pk} .meta")).not_to_have_text(before, timeout=SOON)
    page.goto(f"{visitors.url}/feeds/upload/")
    upload(page, text)
    expect(page.get_by_text("This very file was counted before. Nothing changes.")).to_be_visible()
    page.goto(f"{visitors.url}/feeds/upload/")
    upload(page, text.replace("numerator,", "mrn,numerator,").replace(",33,", ",A-7741,33,"))
    expect(page.get_by_role("alert")).to_contain_text("Nothing of it counts.")
    expect(page.get_by_text("This looks like it identifies patients.")).to_be_visible()
    assert list(Batch.objects.filter(file_name="morning.csv").values_list("state", flat=True).order_by("pk")) == [
        "imported",
        "quarantined",
    ]


def upload(page: Page, text: str) -> None:
    page.get_by_label("File").set_input_files(
        [{"name": "morning.csv", "mimeType": "text/csv", "buffer": text.encode()}]
    )
    page.get_by_role("button", name="Check the file").click()


def test_a_display_shows_its_board_until_it_is_revoked(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("3E")
    screen = visitors.come(path="/wall/", **WALL)
    code = screen.locator(".pairing-code").inner_text()
    page = visitors.come(house.people["admin"], f"/displays/pair/?code={code}")
    page.get_by_label("Name").fill("Corridor")
    page.locator("[name=boards]").select_option(str(unit.pk))
    page.get_by_role("button", name="Pair").click()
    screen.wait_for_url(f"{visitors.url}/wall/", timeout=10_000)
    live(screen)
    expect(screen.get_by_role("heading", level=1)).to_have_text(unit.name)
    measure = house.sent(unit)[0]
    house.say(unit, measure, good=True)
    expect(screen.locator(f"#m{measure.pk} .meta")).to_contain_text(" of 80", timeout=SOON)
    assert screen.request.get(f"{visitors.url}/boards/{unit.pk}/").status == 403
    page.goto(f"{visitors.url}/displays/{WallDevice.objects.get(name='Corridor').pk}/")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The display shows nothing any more.")).to_be_visible()
    screen.wait_for_url(f"{visitors.url}/wall/pair/", timeout=SOON)
    visitors.complaints[:] = [c for c in visitors.complaints if "403" not in c]


def test_the_product_speaks_spanish_and_keeps_working(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    measure = house.sent(unit)[-1]
    house.say(unit, measure, good=False)
    page = visitors.come(path="/login/", **PHONE)
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.locator("[name=username], [name=email]").fill(house.people["lead"].email)
    page.locator("[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/boards/*/")
    for path in (f"/boards/{unit.pk}/", f"/boards/{unit.pk}/measures/{measure.pk}/", f"/boards/{unit.pk}/entry/"):
        answer = page.goto(visitors.url + path)
        assert answer is not None
        assert answer.status == 200
        assert answer.headers["content-language"] == "es"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{visitors.url}/boards/{unit.pk}/")
    expect(page.locator("[data-connection]")).to_have_text("en vivo", timeout=15_000)
    tile = page.locator(f"#m{measure.pk}")
    tile.locator(".why a").tap()
    tile.locator(".choices button").first.tap()
    expect(tile.locator("p.why")).to_be_visible()
