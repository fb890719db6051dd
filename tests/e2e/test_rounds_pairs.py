"""Two walk along: chosen in a basement, or brought by the route of the day; nobody taps more for it."""

from datetime import datetime, time

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from org.models import User
from org.rules import Role
from rounding.actions.routes import Terms, make_route
from rounding.models import Round
from rounding.rules.questions import SetKind
from tests.e2e.huddle_stage import THUMB, calm
from tests.e2e.rounds_stage import WALK, begin, five_questions, mine, onward, sent
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user
from tests.rounding.factories import make_set


def at_unit(page: Page, unit: str) -> None:
    page.locator("[data-part=units] button").filter(has_text=unit).first.tap()
    expect(page.locator("[data-screen=sets]")).to_be_visible()


def end(page: Page) -> None:
    expect(page.locator("[data-screen=ask]")).to_be_visible()
    while page.locator("[data-screen=ask]").is_visible():
        onward(page)
    onward(page, "End the round")
    expect(page.locator("[data-screen=home]")).to_be_visible()


def a_route_of_today(house: Hospital, leader: User, pair: User) -> None:
    said = Terms(
        name="Walk of the day",
        leader=leader,
        partner=pair,
        weekday=datetime.now().astimezone().weekday(),
        starts_at=time(10),
        minutes=60,
        no_meetings=False,
        units=[house.unit("ED")],
    )
    make_route(terms=said, by=leader, at=timezone.now())


def test_somebody_who_walks_along_is_chosen_without_network(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.unit("ED")
    leader, pair = (make_user(Role.UNIT_LEAD, unit, name=name) for name in ("Leads Alone", "Walks Along"))
    version = five_questions(unit)
    page = visitors.come(leader, WALK, **THUMB)
    mine(page)
    page.context.set_offline(True)
    at_unit(page, unit.name)
    choice = page.get_by_label("With")
    expect(choice).to_have_value("")
    expect(choice.locator("option").first).to_have_text("nobody")
    assert choice.locator("option", has_text=leader.name).count() == 0
    choice.select_option(label=pair.name)
    calm(axe, page)
    page.get_by_role("button", name=version.question_set.name).tap()
    page.get_by_role("button", name="All rounds").tap()
    expect(page.locator("[data-part=open] .primary")).to_contain_text(f"with {pair.name}")
    page.reload()
    page.locator("[data-part=open] .primary").tap()
    end(page)
    page.context.set_offline(False)
    sent(page)
    led = Round.objects.get(leader=leader)
    assert led.partner == pair
    reader = visitors.come(pair, reverse("rounding:round", args=[led.pk]))
    expect(reader.get_by_text(f"{leader.name} and {pair.name}").first).to_be_visible()
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_" not in said]


def test_the_route_of_the_day_brings_its_pair_but_not_into_a_talk_between_two(
    house: Hospital, visitors: Visitors
) -> None:
    unit = house.unit("ED")
    leader, pair = (make_user(Role.UNIT_LEAD, unit, name=name) for name in ("Leads Routes", "Comes Along"))
    version = five_questions(unit)
    talk = make_set(unit, kind=SetKind.NEW_STARTER, shared=False)
    a_route_of_today(house, leader, pair)
    page = visitors.come(leader, WALK, **THUMB)
    mine(page)
    at_unit(page, unit.name)
    expect(page.get_by_label("With")).to_have_value(str(pair.pk))
    expect(page.get_by_label("With").locator("option").nth(1)).to_have_text(pair.name)
    page.get_by_role("button", name="Units").tap()
    for one in (version, talk):
        begin(page, unit.name, one)
        end(page)
    # Whoever opened the route by hand has its pair too, and may walk alone.
    page.locator("[data-part=routes] summary").tap()
    page.locator("[data-part=routes] button").first.tap()
    page.get_by_label("With").select_option(label="nobody")
    page.get_by_role("button", name=version.question_set.name).tap()
    end(page)
    sent(page)
    led = Round.objects.filter(leader=leader).order_by("pk")
    assert list(led.values_list("version", "partner")) == [(version.pk, pair.pk), (talk.pk, None), (version.pk, None)]
