"""What comes back from rounds, in a browser: a promise is kept, a round is read and commented, thanks are read out."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from org.rules import Role
from rounding.models import Promise, Recognition, RoundComment
from tests.e2e.huddle_stage import calm
from tests.e2e.stage import PHONE, Hospital, Visitors
from tests.huddles.huddle_stage import begin_huddle


def test_a_lead_keeps_a_promise_on_the_phone_and_takes_it_back(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    lead = house.people["lead"]
    page = visitors.come(house.people["lead"], "/rounds/", **PHONE)
    calm(axe, page)
    late = Promise.objects.filter(by=lead, state="open").order_by("due_on", "pk")[0]
    line = page.locator(f"#promise-{late.pk}")
    still_open = page.locator(f"#promises > .promises > #promise-{late.pk}")  # others may promise the same
    expect(line).to_contain_text("late since")
    line.get_by_role("button", name="Kept").click()
    expect(still_open).to_have_count(0)
    late.refresh_from_db()
    assert late.state == "kept"
    page.locator("#promises summary", has_text="in the last two weeks").click()
    line.get_by_role("button", name="Open again").click()
    expect(still_open).to_have_count(1)
    line.locator("summary").click()
    line.get_by_role("textbox").fill("None to be had")
    line.get_by_role("button", name="Tell the unit").click()
    expect(still_open).to_have_count(0)
    late.refresh_from_db()
    assert (late.state, late.answer) == ("withdrawn", "None to be had")


def test_staff_read_what_rounds_brought_and_say_something(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.people["staff"].memberships.get(role=Role.STAFF).unit
    page = visitors.come(house.people["staff"], f"/rounds/units/{unit.pk}/")
    calm(axe, page)
    page.locator(".round h2 a").first.click()
    calm(axe, page)
    before = RoundComment.objects.count()
    page.get_by_text("Say something to the round").click()
    page.get_by_label("Your words").last.fill("It came back, thank you")
    page.get_by_role("button", name="Say it").last.click()
    expect(page.locator(".comments").last).to_contain_text("It came back, thank you")
    assert RoundComment.objects.count() == before + 1


def test_thanks_are_read_out_in_the_step_of_a_huddle(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.people["lead"].memberships.get(role=Role.UNIT_LEAD).unit
    waiting = Recognition.objects.filter(unit=unit, read_out_at__isnull=True)
    assert waiting.count() > 1
    rows = list(waiting.order_by("at", "pk"))
    said_once = [one for one in rows if sum((o.name, o.text) == (one.name, one.text) for o in rows) == 1]
    first = said_once[0]
    page = visitors.come(house.people["lead"], f"/huddles/{begin_huddle(unit).pk}/")
    page.locator("[data-look]", has_text="Thank you").click()
    said = page.locator(".rounds-here li", has_text=first.text).filter(has_text=first.name)
    expect(said).to_be_visible()
    calm(axe, page)
    said.get_by_role("button", name="Read out").click()
    expect(page.locator(".rounds-here")).to_contain_text("1 thanks was read out today.")
    expect(said).to_have_count(0)
    first.refresh_from_db()
    assert first.read_out_at is not None
    assert page.locator(".hstep:not([hidden]) h2").inner_text() == "Thank you or good catch"
