"""A session that ends in the middle of a huddle: said, nothing lost, and the page goes on once signed in again."""

from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from huddles.actions import huddles as acts
from huddles.models import HuddleMark, HuddleNote
from huddles.rules.agendas import Section
from org.rules import Role
from tests.e2e.huddle_stage import SOON, planned, saved
from tests.e2e.stage import Hospital, Visitors
from tests.factories import PASSWORD, make_user


def test_a_session_that_ends_is_said_and_what_waits_leaves_once_signed_in_again_in_another_tab(
    house: Hospital, visitors: Visitors
) -> None:
    unit, lead = house.unit("ED"), house.people["lead"]
    huddle = acts.start(huddle=planned(unit), by=lead, at=timezone.now())
    person = make_user(Role.STAFF, unit)
    page = visitors.come(person, f"/huddles/{huddle.pk}/")
    sign = page.locator("header [data-connection]")
    expect(sign).to_have_attribute("data-state", "live", timeout=15_000)
    Session.objects.all().delete()
    seat = huddle.version.lines.filter(section=Section.SEAT).order_by("position")[0]
    page.locator(f"#taps-{seat.pk}").get_by_role("button", name="Here", exact=True).click()
    expect(sign).to_have_text("signed out", timeout=SOON)
    link = page.locator("header [data-saved]").get_by_role("link", name="Sign in again")
    expect(page.locator("header [data-saved]")).to_contain_text("1 not sent yet")
    expect(page.get_by_role("alert").filter(has_text="Your session has ended")).to_be_visible()
    words = page.locator("#step-0 .own textarea").first
    words.fill("Two students")
    words.blur()
    expect(page.locator("header [data-saved]")).to_contain_text("2 not sent yet")
    assert not HuddleMark.objects.filter(huddle=huddle).exists()
    with page.context.expect_page() as opened:
        link.click()
    other = opened.value
    other.locator("input[name=username]").fill(person.email)
    other.locator("input[name=password]").fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(other.locator("#steps")).to_be_visible(timeout=SOON)
    # The first page has not been touched.
    expect(link).to_have_count(0, timeout=15_000)
    expect(page.locator("header [data-saved]")).not_to_contain_text("not sent yet")
    expect(sign).to_have_attribute("data-state", "live", timeout=15_000)
    expect(page.get_by_role("alert").filter(has_text="Your session has ended")).to_have_count(0)
    assert HuddleMark.objects.get(huddle=huddle).choice == "here"
    assert HuddleNote.objects.get(huddle=huddle).text == "Two students"
    # And it goes on: others are heard, and what is tapped arrives.
    page.bring_to_front()
    page.locator(f"#taps-{seat.pk}").get_by_role("button", name="Missing").click()
    saved(page)
    expect(other.locator(f"#taps-{seat.pk} [data-code=missing]")).to_have_attribute(
        "aria-pressed", "true", timeout=SOON
    )
    assert HuddleMark.objects.get(huddle=huddle).choice == "missing"
    # The browser itself writes that it was asked to sign in.
    assert [said for said in visitors.complaints if "401" not in said] == []
    visitors.complaints.clear()
