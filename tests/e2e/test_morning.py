"""The main path of the rehearsed day in real browsers: raised in a huddle, up to the executives, answered, read out
where it began, confirmed.

The house is that of `make rehearse`; every hop is made on a page by the person whose hop it is, and at each one the
card of the issue, open at its origin, says by itself where it is.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from huddleboard.rehearsal import Stage, set_stage
from huddles.models import Issue
from huddles.rules.agendas import StepKind
from huddles.rules.issues import Act, Outcome, Status, Verdict
from tests.e2e.huddle_stage import SOON, planned, saved
from tests.e2e.stage import Visitors

TITLE = "CT images take 20 minutes to appear"
TOLD = "The vendor is called before noon; a second reading station opens until then."


@pytest.fixture(scope="module")
def stage(web, django_db_blocker) -> Iterator[Stage]:
    """The house of the rehearsal on the day of today, before anybody has met."""
    with django_db_blocker.unblock():
        try:
            yield set_stage(timezone.now().date())
        finally:
            call_command("flush", interactive=False, verbosity=0)
            cache.clear()


def meet(visitors: Visitors, stage: Stage, code: str, kind: StepKind) -> Page:
    """The lead of a unit begins its huddle and leads it to a step."""
    huddle = planned(stage.units[code])
    page = visitors.come(stage.leads[code], f"/huddles/{huddle.pk}/")
    page.get_by_role("button", name="Begin the huddle").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"^\d+:\d\d$"))  # the page hears keys
    heading = page.locator(".hstep:not([hidden]) h2")
    for _step in range(20):
        if heading.inner_text() == str(kind.label):
            return page
        before = heading.inner_text()
        page.keyboard.press("ArrowRight")
        expect(heading).not_to_have_text(before)
        expect(heading).to_be_focused()
    pytest.fail(f"{code} has no step {kind.label}")


def send_up(page: Page, stage: Stage, asked: str) -> None:
    """From the card of the issue, with all that it asks for."""
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.locator("#act-escalate > summary").click()
    expect(page.locator("#form-escalate")).to_be_visible()
    page.locator("#id_escalate-cannot").select_option(label=stage.choice("cannot", "authority").name)
    page.get_by_label("A resource").check()
    page.locator("#id_escalate-asked").fill(asked)
    needed = (timezone.now() + timedelta(hours=5)).astimezone(stage.organisation.zone)
    page.locator("#id_escalate-needed_by").fill(f"{needed:%Y-%m-%dT%H:%M}")
    page.locator("#form-escalate").get_by_role("button", name="Send up").click()
    expect(page.locator("#toast")).to_contain_text("Sent to")


def send_up_in_step(item: Locator, stage: Stage, asked: str) -> None:
    """From within the huddle: the form opens under the issue."""
    item.get_by_role("link", name="Send up").click()
    form = item.locator("[data-up-form] form")
    expect(form.locator("[name$=-cannot]")).to_be_focused()
    form.locator("[name$=-cannot]").select_option(label=stage.choice("cannot", "authority").name)
    form.get_by_label("A resource").check()
    form.locator("[name$=-asked]").fill(asked)
    needed = (timezone.now() + timedelta(hours=5)).astimezone(stage.organisation.zone)
    form.locator("[name$=-needed_by]").fill(f"{needed:%Y-%m-%dT%H:%M}")
    form.get_by_role("button", name="Send up").click()


def test_an_issue_goes_from_a_huddle_to_the_executives_and_comes_back_to_be_confirmed(
    stage: Stage, visitors: Visitors
) -> None:
    unit = meet(visitors, stage, "ED", StepKind.NEW)
    unit.keyboard.press("n")
    expect(unit.locator("#capture [name=title]")).to_be_focused()
    unit.keyboard.type(TITLE)
    unit.keyboard.press("Enter")
    item = unit.locator("#part-new .hitem", has_text=TITLE)
    expect(item.get_by_role("link", name="Send up")).to_be_visible(timeout=SOON)
    issue = Issue.objects.get(title=TITLE)
    staff = stage.units["ED"].memberships.filter(role="staff").select_related("user").first().user
    origin = visitors.come(staff, f"/issues/{issue.pk}/")
    where = origin.locator(".where")
    expect(where).to_contain_text("Emergency department")
    expect(origin.locator("body")).to_have_attribute("data-follows", "issues")

    send_up_in_step(item, stage, "Vendor on the phone today")
    expect(where).to_contain_text("Emergency and critical care", timeout=SOON)
    expect(unit.locator("#part-new .hitem", has_text=TITLE)).to_contain_text("Sent to", timeout=SOON)
    while unit.get_by_role("button", name="Next").is_visible():
        unit.keyboard.press("ArrowRight")
    unit.get_by_role("button", name="End the huddle").click()
    expect(unit.get_by_role("heading", name="How did it go?")).to_be_visible()
    saved(unit)

    line = meet(visitors, stage, "ECC", StepKind.QUEUE)
    waits = line.locator("#part-queue .hitem", has_text=TITLE)
    expect(waits).to_contain_text("Vendor on the phone today")
    send_up_in_step(waits, stage, "Somebody who may call the vendor")
    expect(where).to_contain_text("Nursing and clinical branch", timeout=SOON)
    expect(waits).to_have_count(0, timeout=SOON)

    branch = visitors.come(stage.leads["CLIN"], f"/issues/{issue.pk}/")
    send_up(branch, stage, "A call to the vendor from the top")
    expect(where).to_contain_text("Harbor Valley Health", timeout=SOON)

    desk = visitors.come(stage.executives[2], f"/desk/{stage.units['HVH'].pk}/")
    expect(desk.locator("#ask")).to_have_text("A call to the vendor from the top")
    expect(desk.locator("#ask")).to_be_focused()
    desk.keyboard.press("2")
    expect(desk.locator("[data-outcome='2'] textarea")).to_be_focused()
    desk.keyboard.type(TOLD)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Nothing waits for a word here")).to_be_visible()
    expect(where).to_contain_text("Answered, being done", timeout=SOON)
    expect(origin.get_by_role("region", name="The answer")).to_contain_text(TOLD)

    unit = meet(visitors, stage, "ED", StepKind.ANSWERS)
    back = unit.locator("#part-answers .hitem", has_text=TITLE)
    expect(back.locator("blockquote")).to_have_text(TOLD)
    back.get_by_role("button", name="Read out").click()
    saved(unit)
    expect(origin.locator(".loop")).to_contain_text("Read out", timeout=SOON)
    desk.goto(f"{visitors.url}/issues/{issue.pk}/")
    desk.locator("#act-finish > summary").click()
    desk.locator("#id_finish-note").fill("The line of the vendor is repaired.")
    desk.locator("#form-finish").get_by_role("button", name="It is done").click()
    expect(where).to_contain_text("Done, waiting to be confirmed", timeout=SOON)
    back.get_by_role("button", name="Solved", exact=True).click(timeout=SOON)
    expect(where).to_contain_text("Confirmed where it began", timeout=SOON)
    saved(unit)

    issue.refresh_from_db()
    assert (issue.status, issue.verdict, issue.outcome) == (Status.CONFIRMED, Verdict.SOLVED, Outcome.RESOURCED)
    cmo = stage.executives[2]
    leads = stage.leads
    assert [(event.act, event.by, event.to_place.code) for event in issue.events.order_by("pk")] == [
        (Act.RAISE, leads["ED"], "ED"),
        (Act.ESCALATE, leads["ED"], "ECC"),
        (Act.ESCALATE, leads["ECC"], "CLIN"),
        (Act.ESCALATE, leads["CLIN"], "HVH"),
        (Act.ANSWER, cmo, "HVH"),
        (Act.READ_OUT, leads["ED"], "HVH"),
        (Act.FINISH, cmo, "HVH"),
        (Act.CONFIRM, leads["ED"], "HVH"),
    ]
