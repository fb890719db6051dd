"""A tablet that several people share: what is locked is locked everywhere, and a password is asked for."""

from playwright.sync_api import Page, expect

from org.rules import Role
from tests.e2e.huddle_stage import THUMB
from tests.e2e.rounds_stage import WALK, begin, five_questions, kept, mine, onward, ready
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user


def quiet(visitors: Visitors) -> None:
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_" not in said and "40" not in said]


def take_pin(page: Page, pin: str) -> None:
    page.get_by_role("button", name="Several people").tap()
    page.get_by_label("PIN of six digits").fill(pin)
    page.get_by_label("Once more").fill(pin)
    page.get_by_role("button", name="Begin", exact=True).tap()


def test_a_pin_that_others_try_first_is_refused(house: Hospital, visitors: Visitors) -> None:
    five_questions(house.unit("ED"))
    page = visitors.come(make_user(Role.UNIT_LEAD, house.unit("ED")), WALK, **THUMB)
    page.get_by_role("button", name="Several people").tap()
    for pin in ("000000", "123456", "890123", "654321", "210987", "111111"):
        page.get_by_label("PIN of six digits").fill(pin)
        page.get_by_label("Once more").fill(pin)
        onward(page, "Begin")
        expect(page.locator(".wrong")).to_contain_text("Others try this one first.")
        page.get_by_label("PIN of six digits").fill("")
        onward(page, "Begin")
        expect(page.locator(".wrong")).to_have_text("Six digits.")


def test_a_shared_tablet_opens_rounds_and_no_other_page(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit, name="Ida Locks"), WALK, **THUMB)
    with page.expect_response("**/rounds/shared/"):
        take_pin(page, "135790")
        ready(page)
    page.get_by_role("button", name="Lock").tap()
    page.goto(f"{visitors.url}/boards/{unit.pk}/")
    expect(page.get_by_role("heading", name="This tablet is shared: sign in to open pages")).to_be_visible()
    expect(page.get_by_text("Ida Locks")).to_have_count(0)
    page.get_by_role("button", name="Sign in").tap()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.locator("input[name=next]").first.input_value() == f"/boards/{unit.pk}/"
    # Her rounds still open by her PIN.
    page.goto(visitors.url + WALK)
    page.get_by_role("button", name="Ida Locks").tap()
    page.get_by_label("PIN").fill("135790")
    page.get_by_role("button", name="Open").tap()
    ready(page)
    quiet(visitors)


def test_somebody_else_signs_in_with_a_password(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    take_pin(page, "135790")
    ready(page)
    page.get_by_role("button", name="Lock").tap()
    page.get_by_role("button", name="Sign in as somebody else").tap()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.locator("input[name=next]").first.input_value() == WALK
    page.goto(f"{visitors.url}/me/")
    expect(page.get_by_label("Password")).to_be_visible()
    quiet(visitors)


def test_a_sign_out_without_network_is_made_before_anything_else(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit, name="Olga Owes"), WALK, **THUMB)
    mine(page)
    page.context.set_offline(True)
    begin(page, unit.name, version)
    kept(page, lambda: page.locator("textarea").fill("Said before she left"))
    page.get_by_role("button", name="All rounds").tap()
    page.get_by_role("button", name="Sign out").tap()
    expect(page.locator("dialog")).to_contain_text("other pages of the house close once there is network again")
    page.locator("dialog").get_by_role("button", name="Sign out").tap()
    expect(page.get_by_role("heading", name="Who is rounding?")).to_be_visible()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    with page.expect_request("**/logout/"):
        page.context.set_offline(False)
        page.reload()
    expect(page.get_by_role("button", name="Olga Owes")).to_be_visible()
    answered = [url for url in asked if "/rounds/package/" in url or url.endswith("/logout/")]
    assert answered[0].endswith("/logout/")
    page.get_by_role("button", name="Olga Owes").tap()
    expect(page.get_by_text("What Olga Owes noted here is locked.")).to_be_visible()
    page.goto(f"{visitors.url}/me/")
    expect(page.get_by_label("Password")).to_be_visible()
    quiet(visitors)
