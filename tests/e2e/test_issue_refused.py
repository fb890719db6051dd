"""What is refused on the page of an issue is said where it was typed, and no words are lost; in a real browser."""

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddleboard.demo.people import PASSWORD
from huddles.actions import issues
from huddles.models import Issue
from huddles.rules.issues import Status
from tests.e2e.issues_stage import HOUR, raised, words
from tests.e2e.stage import PHONE, Hospital, Visitors


def in_view(page: Page, selector: str) -> bool:
    """Whether the whole of an element stands in the window."""
    return page.locator(selector).evaluate(
        "one => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )


def send_up_for_yesterday(page: Page) -> None:
    """An ask that cannot be met: it is needed before now."""
    page.locator("#act-escalate > summary").click()
    page.locator("#id_escalate-cannot").select_option(index=1)
    page.locator("#id_escalate-asked").fill("Ten pumps by noon")
    page.locator("#id_escalate-needed_by").fill((timezone.now() - 24 * HOUR).strftime("%Y-%m-%dT%H:%M"))
    page.locator("#form-escalate").get_by_role("button", name="Send up").click()


def test_what_is_refused_stays_open_with_its_words_and_says_so_at_the_field(
    house: Hospital, visitors: Visitors
) -> None:
    words(house)
    lead = house.people["lead"]
    issue = raised("Pumps are short", house.unit("ED"), lead)
    for options in (PHONE, {"java_script_enabled": False}):
        page = visitors.come(lead, f"/issues/{issue.pk}/", **options)
        send_up_for_yesterday(page)
        said = page.locator("#form-escalate .errorlist")
        expect(said).to_have_text("Say by when it is needed; the time lies ahead.")
        expect(said).to_be_visible()
        assert page.locator("#id_escalate-asked").input_value() == "Ten pumps by noon"
        expect(page.locator("#id_escalate-needed_by")).to_be_focused()
        expect(page.locator("#id_escalate-needed_by")).to_have_attribute("aria-invalid", "true")
        assert in_view(page, "#id_escalate-needed_by")
    visitors.complaints.clear()  # the browser itself writes of a 422


def test_without_a_word_about_what_is_left_the_question_stays_open(house: Hospital, visitors: Visitors) -> None:
    lead = house.people["lead"]
    issue = raised("Blanket warmer is cold", house.unit("ED"), lead)
    other = raised("Blanket warmer stays cold", house.unit("ED"), lead)
    page = visitors.come(lead, f"/issues/{issue.pk}/", **PHONE)
    page.get_by_text("More", exact=True).tap()
    page.get_by_role("link", name="Join with another").tap()
    for number, told in ((f"#{issue.number}", "part of itself"), ("9999", "No issue that you can see")):
        page.locator("#id_merge-into").fill(number)
        page.locator("#form-merge").get_by_role("button").tap()
        expect(page.locator("#form-merge .errorlist")).to_contain_text(told)
        expect(page.locator("#id_merge-into")).to_be_focused()
        assert in_view(page, "#form-merge")
    page.locator("#id_merge-into").fill(f"#{other.number}")
    page.locator("#form-merge").get_by_role("button").tap()
    expect(page.locator("#toast")).to_contain_text(f"part of #{other.number} now")
    issues.finish(issue=other, by=lead, at=timezone.now(), note="A new one stands there.")
    page.goto(f"{visitors.url}/issues/{other.pk}/")
    page.locator("#act-confirm > summary").tap()
    page.get_by_role("button", name="Not solved", exact=True).tap()
    expect(page.locator("#form-confirm .errorlist")).to_have_text("Say what is not solved.")
    expect(page.locator("#id_confirm-note")).to_be_focused()
    assert in_view(page, "#id_confirm-note")
    visitors.complaints.clear()


def test_words_for_which_somebody_was_faster_are_shown_with_what_happened(house: Hospital, visitors: Visitors) -> None:
    words(house)
    lead, executive = house.people["lead"], house.people["executive"]
    issue = raised("Ice machine leaks", house.unit("ED"), lead)
    pages = []
    for options in ({}, {"java_script_enabled": False}):
        page = visitors.come(lead, f"/issues/{issue.pk}/", **options)
        page.locator("#act-answer > summary").click()
        page.locator("#id_answer-tell_staff").fill("A plumber comes at noon.")
        pages.append(page)
    now = timezone.now()
    issues.acknowledge(issue=issue, by=executive, at=now)
    expect(pages[0].locator("#form-answer .meanwhile")).to_contain_text(executive.name, timeout=10_000)
    issues.finish(issue=issue, by=executive, at=now, note="The valve is new.")
    for page in pages:
        page.locator("#form-answer").get_by_role("button", name="Answer").click()
        told = page.locator(".refused")
        expect(told).to_contain_text("A plumber comes at noon.")
        expect(told).to_contain_text(executive.name)
        expect(told).to_be_focused()
        assert in_view(page, ".refused")
    visitors.complaints.clear()


def test_words_are_in_their_field_again_after_the_session_has_ended(house: Hospital, visitors: Visitors) -> None:
    lead = house.people["lead"]
    issue = raised("Bed scale drifts", house.unit("ED"), lead)
    page = visitors.come(lead, f"/issues/{issue.pk}/")
    page.locator("#act-finish > summary").click()
    page.locator("#id_finish-note").fill("Biomed has set it to zero.")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("#form-finish").get_by_role("button", name="It is done").click()
    page.wait_for_url("**/login/**")
    expect(page.get_by_text("What you typed is kept on this device.")).to_be_visible()
    page.locator("[name=username]").fill(lead.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/issues/{issue.pk}/**")
    expect(page.locator("#id_finish-note")).to_be_visible()
    assert page.locator("#id_finish-note").input_value() == "Biomed has set it to zero."
    page.locator("#form-finish").get_by_role("button", name="It is done").click()
    expect(page.locator(".where")).to_contain_text("Done, waiting to be confirmed")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('issue-words:')).length") == 0
    assert Issue.objects.get(pk=issue.pk).status == Status.DONE
    visitors.complaints.clear()
