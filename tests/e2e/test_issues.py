"""Issues in real browsers: told by a code in fifteen seconds, followed, walked and answered by keyboard."""

import re
from time import monotonic

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.actions import capture, issues
from huddles.models import Issue
from huddles.rules.issues import Source, Status
from tests.e2e.issues_stage import every_state, raised, words
from tests.e2e.stage import PHONE, Hospital, Visitors

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TYPED = 70  # milliseconds for a sign, as a thumb types


@pytest.fixture(scope="module")
def made(house: Hospital, django_db_blocker) -> dict[str, Issue]:
    with django_db_blocker.unblock():
        return every_state(house)


def wrong_with(page: Page, axe: Axe) -> list[str]:
    found = axe.run(page, options={"runOnly": RULES}).response["violations"]
    faults = [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return faults + ([f"{wide} wide on {window}"] if wide > window else [])


def test_by_the_code_on_a_phone_in_fifteen_seconds_and_the_answer_by_its_link(
    house: Hospital, visitors: Visitors
) -> None:
    unit, lead = house.unit("ED"), house.people["lead"]
    code = capture.make_code(unit=unit, by=lead, at=timezone.now())
    page = visitors.come(path="/me/", **PHONE)
    began = monotonic()
    page.goto(f"{visitors.url}/c/{code.token}/")
    expect(page.locator("[name=title]")).to_be_focused()  # a person types when the cursor is there
    page.keyboard.type("No wheelchairs at the entrance since 7:00", delay=TYPED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Noted. Thank you.")
    assert monotonic() - began < 15
    issue = Issue.objects.get(title="No wheelchairs at the entrance since 7:00")
    assert (issue.source, issue.origin) == (Source.CODE, unit)
    expect(page.get_by_text("No answer yet.")).to_be_visible()
    now = timezone.now()
    issues.finish(issue=issue, by=lead, at=now, note="Six chairs stand at the entrance again.")
    page.reload()
    expect(page.get_by_text("Six chairs stand at the entrance again.")).to_be_visible()
    assert lead.name not in page.content()


def test_a_hint_shows_while_typing_and_the_same_is_joined_in_one_tap(
    house: Hospital, visitors: Visitors, made: dict[str, Issue]
) -> None:
    page = visitors.come(house.people["lead"], f"/issues/new/?unit={house.unit('ED').pk}", **PHONE)
    expect(page.locator("[name=title]")).to_be_focused()
    page.keyboard.type("Monitors of Mrs. Smith lose the network at night")
    expect(page.get_by_text("“Smith” looks like the name of a patient.")).to_be_visible()
    page.locator("#id_title").fill("Monitors lose network at night")
    page.get_by_role("button", name=f"The same: add me #{made['taken'].number}").tap()
    expect(page.get_by_role("status")).to_contain_text("You are added")
    assert made["taken"].joined.count() == 1


def test_the_list_is_walked_and_an_issue_answered_by_keyboard(
    house: Hospital, visitors: Visitors, made: dict[str, Issue]
) -> None:
    lead = house.people["lead"]
    issue = raised("Tea trolley squeaks", house.unit("ED"), lead)
    page = visitors.come(lead, "/issues/")
    page.keyboard.press("j")
    expect(page.locator("[data-stop] a").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-stop] a").nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#issues-q")).to_be_focused()
    page.keyboard.type("trolley")
    expect(page.locator(".issue-row")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/issues/{issue.pk}/")
    expect(page.get_by_role("heading", name="Tea trolley squeaks", level=1)).to_be_visible()  # after its address
    page.keyboard.press("t")
    expect(page.locator("#toast")).to_contain_text("You have it now.")
    expect(page.locator("#issue")).to_be_focused()
    page.keyboard.press("a")
    page.locator("#id_answer-tell_staff").focus()
    page.keyboard.type("A new one comes tomorrow.")
    page.locator("#form-answer").get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Answered.")
    expect(page.get_by_role("region", name="The answer")).to_contain_text("A new one comes tomorrow.")
    issue.refresh_from_db()
    assert (issue.status, issue.tell_staff) == (Status.ANSWERED, "A new one comes tomorrow.")


def test_half_typed_words_stay_when_somebody_else_acts(house: Hospital, visitors: Visitors) -> None:
    lead = house.people["lead"]
    issue = raised("Curtain rail is loose", house.unit("ED"), lead)
    page = visitors.come(lead, f"/issues/{issue.pk}/")
    expect(page.locator(".where")).to_contain_text("Waiting to be taken")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Not possible").click()
    expect(page.locator("#id_decline-tell_staff")).to_be_focused()
    page.locator("#id_decline-tell_staff").fill("The rail is to be re")
    page.locator("#id_comment-text").focus()
    # As late as they come on a slow machine: that the act is open, and what is loaded beside the issue.
    page.locator("details.act[open]:not(.rest)").dispatch_event("toggle")
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:afterSettle', {detail: {target: document.body}}))")
    expect(page.locator("#id_comment-text")).to_be_focused()
    page.locator("#id_comment-text").fill("Mr. Miller saw it")
    expect(page.get_by_text("“Miller” looks like the name of a patient.")).to_be_visible()
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    other = visitors.come(house.people["executive"], f"/issues/{issue.pk}/")
    other.get_by_role("button", name="Take it").click()
    expect(page.locator(".where")).to_contain_text("Somebody is on it", timeout=10_000)
    expect(page.locator("#id_decline-tell_staff")).to_be_visible()
    assert page.locator("#id_decline-tell_staff").input_value() == "The rail is to be re"


def test_an_undo_takes_back_what_was_given_away(house: Hospital, visitors: Visitors) -> None:
    lead = house.people["lead"]
    words(house)
    issue = raised("Stool in room 4 wobbles", house.unit("ED"), lead)
    page = visitors.come(lead, f"/issues/{issue.pk}/")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Park").click()
    page.locator("#id_park-reason").select_option(index=1)
    page.locator("#form-park").get_by_role("button", name="Park").click()
    expect(page.locator(".where")).to_contain_text("Parked")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".where")).to_contain_text("Waiting to be taken")


def test_without_a_script_everything_can_be_done_too(house: Hospital, visitors: Visitors) -> None:
    lead = house.people["lead"]
    issue = raised("Scale shows pounds", house.unit("ED"), lead)
    page = visitors.come(lead, f"/issues/{issue.pk}/", java_script_enabled=False)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Change the words").click()
    page.locator("#id_edit-title").fill("Scale shows pounds again")
    page.locator("#form-edit").get_by_role("button", name="Change the words").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scale shows pounds again")
    page.locator("#act-finish summary").click()
    page.locator("#id_finish-note").fill("It shows kilograms.")
    page.locator("#form-finish").get_by_role("button", name="It is done").click()
    expect(page.get_by_role("status")).to_contain_text("says whether it is solved")
    page.locator("#act-confirm summary").click()
    page.get_by_role("button", name="Solved", exact=True).click()
    expect(page.locator(".where")).to_contain_text("Confirmed where it began")


def test_every_page_of_issues_is_accessible_and_fits(
    house: Hospital, visitors: Visitors, made: dict[str, Issue], axe: Axe
) -> None:
    unit, lead = house.unit("ED"), house.people["lead"]
    code = capture.make_code(unit=unit, by=lead, at=timezone.now())
    paths = [
        "/issues/",
        "/issues/?q=zzzz",
        f"/issues/{made['late'].pk}/?act=escalate",
        f"/issues/{made['done'].pk}/?act=confirm",
        f"/issues/{made['before'].pk}/",
        f"/issues/new/?unit={unit.pk}",
        "/mine/",
        f"/boards/{unit.pk}/code/",
        f"/c/{code.token}/",
        "/f/nothing/",
    ]
    faults = {}
    for options in ({"viewport": {"width": 360, "height": 780}}, {"color_scheme": "dark"}):
        page = visitors.come(lead, "/me/", **options)
        for path in paths:
            page.goto(visitors.url + path)
            if wrong := wrong_with(page, axe):
                faults[path, str(options)] = wrong
    assert faults == {}
    visitors.complaints[:] = [one for one in visitors.complaints if not re.search(r"/f/nothing/.*404", one)]
