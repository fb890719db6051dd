"""The desk and tier health in a real browser: ten asks by keyboard, one thumb on a phone, nothing without words."""

import os
import re
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Agenda, AgendaVersion, Choice, Huddle, Issue
from huddles.rules.issues import Ask, ChoiceKind, Outcome, Source, Status, Urgency
from org.models import Unit
from tests.e2e.stage import PHONE, Hospital, Visitors
from tests.huddles.factories import make_groups

SHOTS = os.environ.get("SHOTS")
ASKS = (
    ("Interpreter video units are down in three clinics", "Rent twelve video units until Friday", Ask.DECISION),
    ("IV pumps are missing on the ward every night", "Ten pumps by noon", Ask.RESOURCE),
    ("CT images take forty minutes to arrive", "One call to the vendor's management", Ask.RESOURCE),
    ("Two beds are blocked by a broken call system", "Agree which unit moves first", Ask.COORDINATION),
    ("Discharge medicines arrive after the transport", "Decide who delivers before ten", Ask.DECISION),
    ("Night float covers four units since Monday", "Two agency nurses for five nights", Ask.RESOURCE),
    ("Wheelchairs do not fit through the new door", "Stop the second door", Ask.DECISION),
    ("The blood fridge alarms without a cause", "A service visit today", Ask.RESOURCE),
    ("Families cannot find the relocated entrance", "Know that signs come next week", Ask.AWARENESS),
    ("Sepsis bundles wait for one lab result", "Let nurses draw lactate at triage", Ask.DECISION),
)


def shoot(page: Page, name: str, **more: object) -> None:
    """A picture to look at, where `SHOTS` names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True, **more)  # type: ignore[arg-type]


def faults(axe: Axe, page: Page) -> list[tuple[str, str]]:
    found = axe.run(page).response["violations"]
    return [(v["id"], node["html"][:160]) for v in found for node in v["nodes"]]


def fill(house: Hospital) -> Unit:
    """Ten asks on the desk of the executives, one joined by another; an old answer; two weeks of huddles."""
    top = Unit.objects.get(organisation=house.organisation, parent=None)
    wards = list(Unit.objects.filter(organisation=house.organisation, tier__level=1).order_by("path"))
    lead, executive = house.people["lead"], house.people["executive"]
    cannot = Choice.objects.filter(organisation=house.organisation, kind=ChoiceKind.CANNOT).first()
    cannot = cannot or Choice.objects.create(
        organisation=house.organisation, kind=ChoiceKind.CANNOT, code="money", name="It needs money"
    )
    now = timezone.now()
    if not house.organisation.dimensions.filter(code="language").exists():
        make_groups(house.organisation)
    for issue in Issue.objects.filter(place=top, status__in=(Status.RAISED, Status.ACKNOWLEDGED)):
        issues.decline(issue=issue, tell_staff="Not now.", by=executive, at=now)
    old = raised(wards[0], "IV pumps are missing on the ward", lead, now - timedelta(days=9))
    issues.decline(
        issue=old, tell_staff="None can be had before the new contract.", by=lead, at=now - timedelta(days=8)
    )
    for number, (title, asked, ask) in enumerate(ASKS):
        at = now - timedelta(hours=3, minutes=-number)
        issue = raised(
            wards[number % len(wards)],
            title,
            lead,
            at,
            urgency=Urgency.URGENT if number == 0 else Urgency.ROUTINE,
            tried="Borrowed from the neighbors, called the service desk twice, asked for a date and got none.",
            people_touched=14 if number < 3 else None,
            groups=["language:es", "interpreter:yes"] if number == 0 else [],
        )
        for unit in Unit.objects.above(issue.origin).order_by("-path"):
            at += timedelta(minutes=35)
            issue = issues.escalate(
                issue=issue,
                cannot=cannot,
                ask=ask,
                asked=asked,
                needed_by=now + timedelta(hours=number + 1),
                by=lead,
                at=at,
                to=unit,
            )
        if number == 1:
            again = raised(wards[2], "No IV pumps at all", lead, at, people_touched=3)
            issues.merge(issue=again, into=issue, by=executive, at=at + timedelta(minutes=5))
    huddles(wards, top, now)
    return top


def raised(unit: Unit, title: str, by, at: datetime, **details) -> Issue:
    return issues.raise_issue(
        title=title, unit=unit, source=Source.HUDDLE, client_id=uuid4(), by=by, at=at, details=Details(**details)
    )


def huddles(wards: list[Unit], top: Unit, now: datetime) -> None:
    agenda, _new = Agenda.objects.get_or_create(
        organisation=top.organisation, tier_level=1, unit=None, defaults={"name": "Unit"}
    )
    version, _new = AgendaVersion.objects.get_or_create(agenda=agenda, number=1, defaults={"published_at": now})
    today = now.astimezone(top.organisation.zone).date()
    Huddle.objects.filter(unit__in=wards).delete()
    for row, unit in enumerate(wards):
        for back in range(14):
            day = today - timedelta(days=back)
            planned = datetime.combine(day, time(0, 5), top.organisation.zone)
            met = (row + back) % 7 != 0
            more = {"version": version, "started_at": planned, "ended_at": planned + timedelta(minutes=9 + row)}
            if day.weekday() < 6:
                Huddle.objects.create(unit=unit, day=day, planned_at=planned, minutes=10, **(more if met else {}))


@pytest.fixture(scope="module")
def top(house: Hospital, django_db_blocker) -> Unit:
    with django_db_blocker.unblock():
        return fill(house)


def press(page: Page, keys: list[str], key: str) -> None:
    page.keyboard.press(key)
    keys.append(key)


def test_a_queue_of_ten_is_answered_by_keyboard(house: Hospital, top: Unit, visitors: Visitors, axe: Axe) -> None:
    with visitors_at(visitors, house, top) as page:
        shoot(page, "desk")
        assert faults(axe, page) == []
        page.emulate_media(color_scheme="dark")
        shoot(page, "desk-dark")
        assert faults(axe, page) == []
        page.emulate_media(color_scheme="light")
        keys: list[str] = []
        press(page, keys, "j")
        expect(page.locator("#ask")).to_have_text("Ten pumps by noon")
        press(page, keys, "k")
        expect(page.locator("#ask")).to_have_text("Rent twelve video units until Friday")
        expect(page.locator("#ask")).to_be_focused()
        press(page, keys, "3")
        expect(page.locator("#id_delegated-to")).to_be_focused()
        shoot(page, "desk-outcome")
        assert faults(axe, page) == []
        press(page, keys, "Escape")
        expect(page.locator("#ask")).to_be_focused()
        words = 0
        keys.clear()
        order = ("1", "2", "3", "4", "5", "1", "2", "1", "4", "5")
        for left, key in zip(range(10, 0, -1), order, strict=True):
            expect(page.locator(".queue li")).to_have_count(left)
            expect(page.locator("#ask")).to_be_focused()
            press(page, keys, key)
            if key == "3":
                press(page, keys, "Enter")  # back to where it began
            page.keyboard.type("It comes today")
            words += 3
            press(page, keys, "Enter")
            if left > 1:
                expect(page.locator(".queue li")).to_have_count(left - 1)
        expect(page.get_by_role("heading", name="Nothing waits for a word here")).to_be_visible()
        shoot(page, "desk-empty")
        assert faults(axe, page) == []
        assert len(keys) == 21  # two for each ask besides the sentence, one more to say to whom
    titles = [title for title, _asked, _ask in ASKS]
    done = Issue.objects.filter(
        title__in=titles, events__from_place=top, events__act__in=("answer", "decline", "delegate")
    )
    assert done.distinct().count() == 10
    assert not Issue.objects.filter(place=top, status__in=(Status.RAISED, Status.ACKNOWLEDGED)).exists()
    assert done.filter(outcome=Outcome.DECIDED).count() == 3


class visitors_at:  # noqa: N801 - reads as one word of a sentence
    """The executive at the desk."""

    def __init__(self, visitors: Visitors, house: Hospital, top: Unit, **more: object) -> None:
        self._page = visitors.come(house.people["executive"], f"/desk/{top.pk}/", **more)

    def __enter__(self) -> Page:
        expect(self._page.get_by_role("heading", level=1)).to_have_text("Desk")
        return self._page

    def __exit__(self, *_failure: object) -> None:
        pass


def test_the_desk_on_a_phone_one_card_at_a_time_and_without_a_script(
    house: Hospital, top: Unit, visitors: Visitors, axe: Axe
) -> None:
    fill(house)
    phone = {**PHONE, "viewport": {"width": 360, "height": 780}}
    page = visitors.come(house.people["executive"], f"/desk/{top.pk}/", **phone)
    shoot(page, "desk-360")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults(axe, page) == []
    assert page.locator("#ask").bounding_box()["y"] < page.locator(".queue").bounding_box()["y"]
    page.get_by_role("link", name="Next card").tap()
    expect(page.locator("#ask")).to_have_text("Ten pumps by noon")
    page.locator("[data-outcome='2'] summary").tap()
    page.get_by_label(re.compile("What do they get")).fill("Twelve pumps at 15:00")
    shoot(page, "desk-360-outcome")
    page.get_by_role("button", name="Send").tap()
    expect(page.locator(".queue li")).to_have_count(9)

    plain = visitors.come(house.people["executive"], f"/desk/{top.pk}/", java_script_enabled=False)
    plain.locator("[data-outcome='5'] summary").click()
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator(".errorlist")).to_be_visible()
    plain.get_by_label(re.compile("Why is it not possible")).fill("There is none")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator(".queue li")).to_have_count(8)
    visitors.complaints[:] = [c for c in visitors.complaints if "422" not in c]


def test_silence_and_tier_health_are_whole_on_every_screen(
    house: Hospital, top: Unit, visitors: Visitors, axe: Axe
) -> None:
    page = visitors.come(house.people["executive"], f"/desk/{top.pk}/silence/")
    shoot(page, "silence")
    assert faults(axe, page) == []
    page.set_viewport_size({"width": 360, "height": 780})
    shoot(page, "silence-360")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    coach = visitors.come(house.people["coach"], f"/boards/{top.pk}/tier-health/")
    expect(coach.get_by_role("heading", name="What a coach may ask")).to_be_visible()
    shoot(coach, "health")
    assert faults(axe, coach) == []
    coach.emulate_media(media="print")
    shoot(coach, "health-print")
    coach.emulate_media(media="screen", color_scheme="dark")
    shoot(coach, "health-dark")
    assert faults(axe, coach) == []
    coach.set_viewport_size({"width": 360, "height": 780})
    shoot(coach, "health-360")
    assert coach.evaluate("document.documentElement.scrollWidth") <= 360
