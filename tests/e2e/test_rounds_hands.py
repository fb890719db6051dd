"""A round in hands that are in a hurry: double taps, the phone's Back, two tabs, another language, long words."""

from decimal import Decimal

from playwright.sync_api import Page, expect

from huddles.models import Issue
from org.rules import Role
from rounding.models import Colleague, Observation, Reflection, Round
from rounding.rules.questions import AnswerKind, Line, Words
from tests.e2e.huddle_stage import THUMB
from tests.e2e.rounds_stage import DOUBLE_TAP, WALK, begin, five_questions, mine, onward, sent, until
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user
from tests.rounding.factories import furnished, make_promise, make_set

LANGUAGES = (
    Line(
        AnswerKind.CHOICE,
        "How is the food?",
        choices=("Good", "Poor"),
        others={"es": Words("¿Qué tal la comida?", choices=("Buena", "Mala"))},
    ),
)


def twice(page: Page, selector: str) -> None:
    """Two taps at one place, one right after the other."""
    page.locator(selector).first.scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_double_tap_is_one_tap(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    leader = make_user(Role.UNIT_LEAD, unit)
    page = visitors.come(leader, WALK, **THUMB)
    mine(page)
    twice(page, "[data-part=units] button")
    page.wait_for_timeout(500)
    expect(page.locator("[data-screen=sets]")).to_be_visible()
    twice(page, f"[data-part=sets] button:has-text('{version.question_set.name}')")
    expect(page.locator("[data-part=at], [data-text=at]").first).to_have_text("1 of 4")
    page.wait_for_timeout(500)
    twice(page, "[data-act=next]")
    page.wait_for_timeout(500)
    expect(page.locator("[data-text=at]").first).to_have_text("2 of 4")
    sent(page)
    assert Round.objects.filter(leader=leader).count() == 1


def test_the_phones_back_leads_to_the_screen_before(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    page.locator("textarea").fill("Typed and not yet kept")
    onward(page)
    expect(page.locator("[data-text=at]").first).to_have_text("2 of 4")
    page.go_back()
    expect(page.locator("[data-text=at]").first).to_have_text("1 of 4")
    expect(page.locator("textarea")).to_have_value("Typed and not yet kept")
    page.get_by_role("button", name="Promise").tap()
    page.go_back()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("[data-screen=ask]")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-screen=home]")).to_be_visible()
    page.locator("[data-part=units] button").first.tap()
    expect(page.locator("[data-screen=sets]")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-screen=home]")).to_be_visible()


def test_what_is_typed_is_kept_at_once(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    page.locator("textarea").press_sequentially("Almost")
    page.wait_for_timeout(400)
    page.reload()
    page.locator("[data-part=open] .primary").tap()
    expect(page.locator("textarea")).to_have_value("Almost")
    page.locator("textarea").fill("x" * 950)
    expect(page.locator(".wcount").first).to_have_text("50 characters fit yet")


def test_a_round_asks_in_another_language_with_ones_own_beneath_and_the_next_one_does_not(
    house: Hospital, visitors: Visitors
) -> None:
    unit = house.unit("ED")
    furnished(unit)
    version = make_set(unit, *LANGUAGES)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    expect(page.locator("[data-part=own]")).to_be_hidden()
    page.get_by_label("Ask in").select_option("es")
    expect(page.get_by_role("heading", name="¿Qué tal la comida?")).to_be_visible()
    expect(page.locator("[data-part=own]")).to_have_text("How is the food?")
    expect(page.get_by_role("button", name="Buena")).to_contain_text("Good")
    page.get_by_role("button", name="All rounds").tap()
    begin(page, unit.name, version)
    expect(page.get_by_role("heading", name="How is the food?")).to_be_visible()


def test_a_round_says_with_whom_and_the_person_is_due_no_more(house: Hospital, visitors: Visitors) -> None:
    unit, lead = house.unit("ED"), house.people["lead"]
    five_questions(unit)
    make_promise(unit, lead, "A second label printer")
    Round.objects.filter(colleague__unit=unit).update(colleague=None)
    page = visitors.come(lead, WALK, **THUMB)
    mine(page)
    due = page.locator("[data-part=due]")
    whom = due.locator("[data-part=list] b").first.inner_text()
    assert Colleague.objects.filter(unit=unit, name=whom).exists()
    due.get_by_role("button", name=whom).tap()
    expect(page.locator(".whead")).to_contain_text(f"{unit.name} · with {whom}")
    for _ in range(7):
        if page.locator("h1").inner_text() == "What we promised last time: did it arrive?":
            break
        onward(page)
    expect(page.get_by_role("heading", name="What we promised last time: did it arrive?")).to_be_visible()
    expect(page.locator("[data-part=promised]")).to_contain_text("A second label printer")
    page.get_by_role("button", name="All rounds").tap()
    expect(page.locator("[data-part=open] .primary")).to_contain_text(f"with {whom}")
    expect(page.locator("[data-part=due] b", has_text=whom)).to_have_count(0)


def test_one_note_brings_two_issues(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    page.locator("textarea").fill("The team was great")
    for title in ("The pump is old", "The lift is slow"):
        page.get_by_role("button", name="Issue").tap()
        field = page.locator("dialog [name=title]")
        expect(field).to_have_value("")
        field.fill(title)
        page.wait_for_timeout(DOUBLE_TAP)
        page.get_by_role("button", name="Raise it").tap()
        until(lambda title=title: Issue.objects.filter(title=title).exists())
    sent(page)
    until(lambda: Observation.objects.filter(round__version=version, issue__isnull=False).count() == 2)
    titles = Observation.objects.filter(round__version=version).values_list("issue__title", flat=True)
    assert set(titles) == {"The pump is old", "The lift is slow"}


def test_a_round_that_ends_in_one_tab_ends_in_the_other(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    other = page.context.new_page()
    other.goto(visitors.url + WALK)
    other.locator("[data-part=open] .primary").tap()
    expect(other.locator("[data-screen=ask]")).to_be_visible()
    while page.locator("[data-screen=ask]").is_visible():
        onward(page)
    onward(page, "End the round")
    expect(other.locator("[data-screen=home]")).to_be_visible()
    expect(other.locator("#toast")).to_have_text("This round was ended or discarded in another tab.")
    expect(other.locator("[data-part=open] .primary")).to_have_count(0)


def test_ones_own_minute_is_kept_whatever_is_tapped_before_the_end(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    while page.locator("[data-screen=ask]").count():
        onward(page)
    page.get_by_text("Your own minute, for you alone").tap()
    page.get_by_label("What surprised you?").fill("How much is done by hand")
    page.locator("[data-part=share]").fill("7")
    page.get_by_role("button", name="Note something else").tap()
    page.locator("textarea").first.fill("The floor is wet")
    onward(page, "Done")
    expect(page.get_by_label("What surprised you?")).to_have_value("How much is done by hand")
    page.wait_for_timeout(400)
    page.reload()
    page.locator("[data-part=open] .primary").tap()
    expect(page.get_by_label("What surprised you?")).to_have_value("How much is done by hand")
    onward(page, "End the round")
    expect(page.locator("#toast")).to_have_text(f"Round at {unit.name} ended.")
    sent(page)
    reflection = Reflection.objects.get(round__version=version)
    assert (reflection.surprised, reflection.asked) == ("How much is done by hand", 7)


def test_blanks_and_days_too_far_away_are_refused_while_somebody_looks(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    page.get_by_role("button", name="Thanks").tap()
    page.locator("dialog [name=name]").fill("   ")
    onward(page, "Thank")
    expect(page.locator("dialog [name=name]:invalid")).to_have_value("")
    onward(page, "Not now")
    page.get_by_role("button", name="Promise").tap()
    page.locator("dialog [name=text]").fill("Bring chairs")
    page.locator("dialog [name=due_on]").fill("9999-12-31")
    onward(page, "Promise it")
    expect(page.locator("dialog [name=due_on]:invalid")).to_be_visible()
    onward(page, "In a week")
    onward(page, "Promise it")
    expect(page.locator("dialog")).to_have_count(0)
    sent(page)


def test_what_is_no_number_keeps_the_screen_and_no_words_wait_for_it(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    furnished(unit)
    version = make_set(unit, Line(AnswerKind.NUMBER, "How many minutes?"), Line(AnswerKind.TEXT, "What else?"))
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    page.locator("textarea").fill("The elevator stood still")
    page.locator("[data-part=number]").fill("ten")
    onward(page)
    expect(page.locator("#toast")).to_have_text("“ten” is not a number.")
    expect(page.get_by_role("heading", name="How many minutes?")).to_be_visible()
    sent(page)
    page.locator("[data-part=number]").fill("-2,5")
    onward(page)
    expect(page.get_by_role("heading", name="What else?")).to_be_visible()
    sent(page)
    while page.locator("[data-screen=ask]").count():
        onward(page)
    page.locator("[data-part=noted] button").first.tap()
    page.locator("[data-part=number]").fill("two")
    onward(page, "Done")
    expect(page.locator("#toast")).to_have_text("“two” is not a number.")
    page.go_back()
    expect(page.locator("[data-screen=finish]")).to_contain_text("-2,5")
    sent(page)
    noted = Observation.objects.get(round__version=version)
    assert (noted.number, noted.text) == (Decimal("-2.5"), "The elevator stood still")
