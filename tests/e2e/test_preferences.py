"""What a reader chose for this device holds on every page, wherever it was chosen."""

from playwright.sync_api import Page, expect

from tests.e2e.stage import Hospital, Visitors


def wears(page: Page, theme: str) -> None:
    page.goto(page.url)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme


def test_dark_chosen_in_the_settings_holds_and_the_switch_goes_on_from_it(house: Hospital, visitors: Visitors) -> None:
    page = visitors.come(house.people["lead"], "/me/")
    form = page.locator("form[action='/me/theme/']")
    form.locator("select").select_option("dark")
    form.get_by_role("button").click()
    wears(page, "dark")
    page.locator("details.menu summary").click()
    page.locator("[data-theme-next]").click()  # automatic, light, dark, automatic
    page.goto(page.url)
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    page.locator("details.menu summary").click()
    page.locator("[data-theme-next]").click()
    wears(page, "light")
