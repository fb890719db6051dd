"""One o'clock of the model day: a manager talks with whoever is due, and the unit reads what comes of it."""

from django.urls import reverse
from playwright.sync_api import expect

from huddles.models import Issue
from org.rules import Role
from rounding.models import Colleague, Round
from tests.e2e.huddle_stage import THUMB
from tests.e2e.rounds_stage import WALK, five_questions, kept, mine, onward, sent, until
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user


def test_a_manager_talks_with_whoever_is_due_and_the_stoplight_report_is_drafted(
    house: Hospital, visitors: Visitors
) -> None:
    unit, lead = house.unit("ED"), house.people["lead"]
    five_questions(unit)
    Round.objects.filter(colleague__unit=unit).update(colleague=None)
    names = set(Colleague.objects.filter(unit=unit).values_list("name", flat=True))
    page = visitors.come(lead, WALK, **THUMB)
    mine(page)
    due = page.locator("[data-part=due]")
    expect(due.get_by_role("heading", name="What is due")).to_be_visible()
    whom = due.locator("[data-part=list] b").first.inner_text()
    assert whom in names
    page.context.set_offline(True)
    due.get_by_role("button", name=whom).tap()
    expect(page.locator("[data-screen=ask]")).to_be_visible()
    kept(page, lambda: page.locator("textarea").fill("The label printer jams every night"))
    page.get_by_role("button", name="Issue").tap()
    page.get_by_role("button", name="Use the note").tap()
    kept(page, lambda: page.get_by_role("button", name="Raise it").tap())
    while page.locator("[data-screen=ask]").is_visible():
        onward(page)
    kept(page, lambda: onward(page, "End the round"))
    page.context.set_offline(False)
    sent(page)
    until(lambda: Issue.objects.filter(title="The label printer jams every night").exists())
    made = Round.objects.get(colleague__name=whom)
    assert (made.leader, made.unit) == (lead, unit)
    page.reload()
    expect(page.locator("[data-part=units] button").first).to_be_visible()
    sent(page)
    expect(page.locator("[data-part=due] b", has_text=whom)).to_have_count(0)
    # The unit reads it: on its report, and on the page of what rounds brought – without the name of whoever said it.
    staff = visitors.come(make_user(Role.STAFF, unit), reverse("huddles:stoplight", args=[unit.pk]))
    expect(staff.get_by_text("The label printer jams every night")).to_be_visible()
    staff.goto(visitors.url + reverse("rounding:unit", args=[unit.pk]))
    expect(staff.get_by_text("The label printer jams every night").first).to_be_visible()
    expect(staff.get_by_text(whom)).to_have_count(0)
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_" not in said]
