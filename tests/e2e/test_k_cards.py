"""A K-card in the hand: it is put up, printed with its code, scanned on a phone, turned red, then green."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from huddles.models import Issue
from rounding.models import KCard
from rounding.rules.k_cards import Side
from tests.e2e.stage import Hospital, Visitors

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
CARD = "Medicine double check"
WAY = "The telephone rings beside the cabinet"


def clean(axe: Axe, page: Page) -> None:
    """Nothing is wrong for those who hear the page, and nothing hangs over its edge."""
    found = axe.run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, page.url


def board(visitors: Visitors, house: Hospital) -> str:
    return visitors.url + reverse("rounding:k-board", args=[house.unit("5W").pk])


def row(page: Page):
    return page.get_by_role("row").filter(has_text=CARD)


def test_a_card_is_put_up_scanned_turned_red_made_an_issue_and_turned_green_by_keys(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    unit = house.unit("5W")
    # An executive leads rounds everywhere and puts it up, and prints its sheet.
    desk = visitors.come(house.people["executive"], reverse("rounding:k-board", args=[unit.pk]))
    clean(axe, desk)
    expect(row(desk)).to_have_count(0)
    desk.get_by_text("Put up a card").click()
    desk.get_by_label("Card", exact=True).select_option(label=CARD)
    desk.get_by_label("How many times").fill("2")
    clean(axe, desk)
    desk.get_by_role("button", name="Put it up").click()
    expect(row(desk).get_by_text("Not pulled", exact=True)).to_be_visible()
    expect(row(desk)).to_contain_text("0 of 2 pulled this week")
    card = KCard.objects.standing().get(unit=unit, question_set__name=CARD)
    desk.get_by_role("link", name=CARD, exact=True).click()
    clean(axe, desk)
    desk.get_by_role("link", name="Print its sheet").click()
    clean(axe, desk)
    picture = desk.get_by_role("img", name="The code as a picture to scan")
    assert picture.evaluate("image => image.complete && image.naturalWidth") >= 100
    scanned = desk.get_by_text(re.compile(r"^https?://\S+$")).inner_text()
    path = urlsplit(scanned).path
    assert path == reverse("rounding:k-pull", args=[card.token])

    # A colleague scans it with a phone: one line is not kept.
    phone = visitors.come(house.people["staff"], path, **PHONE)
    clean(axe, phone)
    lines = phone.get_by_role("main").locator("fieldset")
    asked = lines.count()
    for place in range(asked):
        answer = "No" if place == asked - 1 else "Yes"
        lines.nth(place).get_by_role("radio", name=answer, exact=True).tap()
    phone.get_by_label("What gets in the way?").fill(WAY)
    clean(axe, phone)
    phone.get_by_role("button", name="Turn the card").tap()
    expect(phone.get_by_role("heading", name="The card shows red")).to_be_visible()
    expect(phone.get_by_text("Could they check without being interrupted?")).to_be_visible()
    clean(axe, phone)
    phone.get_by_role("button", name="Raise an issue").tap()
    expect(phone.get_by_text(re.compile(r"^Issue #\d+ came of it"))).to_be_visible()
    issue = Issue.objects.get(detail=WAY)
    expect(phone.get_by_role("link", name=f"#{issue.number}")).to_be_visible()
    expect(phone.get_by_role("button", name="Raise an issue")).to_have_count(0)
    assert (issue.origin, issue.raised_by) == (unit, house.people["staff"])
    clean(axe, phone)

    # The unit sees it, on its board of cards and on the card itself, and no name of whoever checked.
    desk.goto(board(visitors, house))
    expect(row(desk).get_by_text("Red", exact=True)).to_be_visible()
    expect(row(desk)).to_contain_text("1 of 2 pulled this week")
    desk.get_by_role("link", name=CARD, exact=True).click()
    expect(desk.get_by_text(WAY)).to_be_visible()
    expect(desk.get_by_role("link", name=f"Issue #{issue.number}")).to_be_visible()
    expect(desk.get_by_role("main")).not_to_contain_text(house.people["staff"].name)
    clean(axe, desk)

    # The next one is kept; by keys alone, from the board to the green side.
    desk.goto(board(visitors, house))
    _walk(desk, f"Pull the card {CARD}")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Turn the card")).to_be_visible()
    for place in range(asked):
        _walk(desk, "Yes", times=1 if place else 40)
        desk.keyboard.press("Space")
        expect(desk.get_by_role("radio", name="Yes", exact=True).nth(place)).to_be_checked()
        desk.keyboard.press("ArrowRight")
        expect(desk.get_by_role("radio", name="No", exact=True).nth(place)).to_be_checked()
        desk.keyboard.press("ArrowLeft")
    _walk(desk, "Turn the card")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="The card shows green")).to_be_visible()
    clean(axe, desk)
    desk.goto(board(visitors, house))
    expect(row(desk).get_by_text("Green", exact=True)).to_be_visible()
    expect(row(desk)).to_contain_text("2 of 2 pulled this week")
    assert list(card.checks.order_by("pk").values_list("side", flat=True)) == [Side.RED, Side.GREEN]


def test_the_pages_of_cards_keep_the_rules_narrow_dark_and_in_spanish(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    unit = house.unit("ED")
    card = KCard.objects.standing().filter(unit=unit).first()
    lead = house.people["lead"]
    page = visitors.come(lead, reverse("rounding:k-cards"), color_scheme="dark", **PHONE)
    page.context.add_cookies([{"name": "django_language", "value": "es", "url": visitors.url}])
    for name, args in (
        ("k-cards", []),
        ("k-board", [unit.pk]),
        ("k-card", [card.pk]),
        ("k-pull", [card.token]),
        ("k-sheet", [card.pk]),
        ("stat-sheets", [unit.pk]),
    ):
        page.goto(visitors.url + reverse(f"rounding:{name}", args=args))
        clean(axe, page)


def _walk(page: Page, name: str, times: int = 40) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(times):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const on = document.activeElement;"
            " return (on.getAttribute('aria-label') || on.labels?.[0]?.innerText || on.innerText || '').trim(); }"
        )
        if said == name:
            return
    raise AssertionError(name)
