"""The stoplight report on a desk, on a phone and on paper: with all three lights, and with nothing told."""

from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.actions import issues
from huddles.models import Issue
from huddles.rules.issues import ChoiceKind
from org.models import Membership, Unit, User
from org.rules import Role
from tests.e2e.issues_stage import raised, word, words
from tests.e2e.stage import Hospital, Visitors

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def part(page: Page, name: str):
    return page.locator("section.light").filter(has=page.get_by_role("heading", name=name))


def clean(axe: Axe, page: Page) -> None:
    found = axe.run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, page.url


def lead_of(unit: Unit) -> User:
    return Membership.objects.current().filter(unit=unit, role=Role.UNIT_LEAD).first().user


def told(house: Hospital) -> dict[str, Issue]:
    """Issues of a ward: one for each way in which one is answered, and one about a patient."""
    unit, lead = house.unit("5W"), lead_of(house.unit("5W"))
    words(house)
    at = timezone.now() - timedelta(hours=1)
    found = {
        "declined": raised("A second printer at triage", unit, lead),
        "parked": raised("New chairs for the waiting room", unit, lead),
        "open": raised("The lift is slow", unit, lead),
        "done": raised("No gloves in room 4", unit, lead),
        "patient": raised("Mr Miller waits for his bed", unit, lead),
    }
    issues.decline(issue=found["declined"], tell_staff="There is no money this year.", by=lead, at=at)
    again = (timezone.now() + timedelta(days=9)).date()
    issues.park(issue=found["parked"], reason=word(house, ChoiceKind.PARK), look_again_on=again, by=lead, at=at)
    issues.finish(issue=found["done"], by=lead, at=at, note="They are in the drawer.")
    return found


def test_each_light_tells_why_on_the_screen_and_on_paper(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    found = told(house)
    unit = house.unit("5W")
    page = visitors.come(house.people["staff"], reverse("boards:board", args=[unit.pk]))
    page.get_by_role("link", name="Stoplight report").click()
    expect(page.get_by_role("heading", name="Stoplight report")).to_be_visible()
    red, yellow, green = (part(page, name) for name in ("Not possible now", "In work", "Done"))
    declined = red.get_by_role("listitem").filter(has_text="A second printer at triage")
    expect(declined).to_contain_text("“There is no money this year.”")
    parked = red.get_by_role("listitem").filter(has_text="New chairs for the waiting room")
    expect(parked).to_contain_text(f"“{word(house, ChoiceKind.PARK).name}”")
    expect(parked).to_contain_text("look again")
    expect(yellow.get_by_role("listitem").filter(has_text="The lift is slow")).to_contain_text("Waiting to be taken")
    expect(green.get_by_role("listitem").filter(has_text="No gloves in room 4")).to_contain_text(
        "“They are in the drawer.”"
    )
    clean(axe, page)
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "page")
    expect(part(page, "Not possible now")).to_contain_text("A second printer at triage")

    # On paper: the lists one below the other, no controls, and no words that tell who a patient is.
    across = [each.bounding_box()["y"] for each in (red, yellow, green)]
    assert across[0] == across[1] == across[2]
    about = page.get_by_text("Mr Miller waits for his bed")
    expect(about).to_be_visible()
    page.emulate_media(media="print")
    tops = [each.bounding_box()["y"] for each in (red, yellow, green)]
    assert tops == sorted(set(tops))
    expect(about).to_be_hidden()
    number = found["patient"].number
    expect(yellow.get_by_role("listitem").filter(has_text=f"#{number}")).to_contain_text("Words stay on the screen")
    expect(declined).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Period")).to_be_hidden()
    clean(axe, page)

    narrow = visitors.come(
        house.people["staff"], reverse("huddles:stoplight", args=[unit.pk]), color_scheme="dark", **PHONE
    )
    expect(part(narrow, "Not possible now")).to_contain_text("There is no money this year.")
    clean(axe, narrow)


def test_where_nothing_was_told_the_report_says_how_it_fills(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.unit("5W")
    Issue.objects.filter(origin=unit).update(confidential=True)
    for options in ({}, PHONE):
        page = visitors.come(house.people["staff"], reverse("huddles:stoplight", args=[unit.pk]), **options)
        expect(page.get_by_text("Nothing was told here since")).to_be_visible()
        expect(page.locator("section.light")).to_have_count(0)
        clean(axe, page)
    page.emulate_media(media="print")
    expect(page.get_by_text("Nothing was told here since")).to_be_visible()
