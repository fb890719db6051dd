"""The equity thread of the model day in real browsers: from what was told to the answer, and back to where it began.

The months, the signal, its issue and the climb to tier 4 come about by the same actions and tasks as in
`tests/improvement/test_equity_thread.py`; from there on people look and act on pages.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from analytics.signals import State
from boards.models import Measure, Signal
from boards.tasks import tell_complete_months
from huddles.models import Issue
from huddles.tasks import carry_on_signals
from improvement.models import Goal
from tests.e2e.stage import Visitors, Web
from tests.e2e.test_journeys_pages import HREF
from tests.huddles.factories import House
from tests.improvement.equity_thread import (
    NOVEMBER,
    make_department,
    nobody_answers,
    send,
    set_goal,
    the_rule_opens_an_issue,
)

pytestmark = pytest.mark.slow

HIDDEN = "Sign language"
ANSWER = "We launch an A3. First test: an interpreter icon at triage."
#: Numbers that are none of patients: days, and the name of the measure.
PLAIN = re.compile(r"\d{4}-\d\d-\d\d|within 60 minutes")
#: Addresses that differ by these alone show other figures of groups.
_TELLING = {"by", "over", "group", "measure", "tier"}


@dataclass
class Thread:
    """The house on the morning on which the issue has arrived at tier 4, and its clock."""

    house: House
    goal: Goal
    issue: Issue
    signal: Signal
    clock: time_machine.Traveller

    @property
    def officer(self):
        return self.house.people["EQUITY"]

    @property
    def groups(self) -> str:
        measure = Measure.objects.get(code="analgesia")
        return reverse("boards:groups", args=[self.house.ward.pk, measure.pk]) + "?by=language"


@pytest.fixture(scope="module")
def thread(web: Web, django_db_blocker: DjangoDbBlocker) -> Iterator[Thread]:
    with django_db_blocker.unblock(), time_machine.travel(NOVEMBER, tick=False) as clock:
        try:
            house = make_department()
            send(house)
            tell_complete_months()
            goal = set_goal(house)
            issue = the_rule_opens_an_issue()
            stays = nobody_answers(issue, clock)
            assert [place for place, _day in stays] == ["WARD", "LINE", "BRANCH", "TOP"]
            clock.move_to(datetime(2026, 11, 25, 15, tzinfo=UTC))
            signal = Signal.objects.get(group="Spanish", unit=house.ward)
            yield Thread(house, goal, issue, signal, clock)
        finally:
            call_command("flush", interactive=False, verbosity=0)
            cache.clear()


def test_the_officer_sees_that_all_fare_better_and_the_gap_is_wider(thread: Thread, visitors: Visitors) -> None:
    page = visitors.come(thread.officer, reverse("boards:board", args=[thread.house.ward.pk]))
    expect(page.locator(".tile").filter(has_text="Door to analgesia")).to_contain_text(
        "Spanish: −22.9 points against English, October 2026"
    )
    page.get_by_role("link", name="All measures by groups of patients").click()
    card = page.locator(".eq-card").filter(has_text="Door to analgesia")
    expect(card).to_contain_text("Spanish: 53.1 against 76.1 for English, a gap of 22.9 points.")
    card.get_by_role("link").first.click()
    expect(page.locator(".question")).to_contain_text("a gap of 22.9 points.")
    expect(page.get_by_role("row", name="Spanish").first).to_contain_text("53.1")
    expect(page.get_by_role("row", name="All").first).to_contain_text("69.8")
    expect(page.locator("figure.is-drawn svg").first).to_be_visible()
    page.goto(visitors.url + reverse("improvement:goal", args=[thread.goal.pk]))
    expect(page.get_by_role("heading", name="Raised but widened")).to_be_visible()
    sides = page.get_by_role("region", name="Both gaps, side by side").get_by_role("row")
    shown = {row.locator("th").inner_text(): row.locator("td > b").all_inner_texts() for row in sides.all()[1:]}
    percents = [round(float(text.removesuffix(" %"))) for text in shown["All patients"]]
    points = [round(float(text.removesuffix(" points"))) for text in shown["Gap in points"]]
    assert (percents[0], percents[-1], points[0], points[-1]) == (61, 70, 18, 23)
    told = page.get_by_role("region", name="Each time it was told").get_by_role("row", name="October 2026")
    expect(told).to_contain_text("Raised but widened")


def test_the_hidden_group_is_named_and_counted_nowhere(thread: Thread, visitors: Visitors) -> None:
    named, seen = set(), set()
    for who in ("EQUITY", "TOP", "WARD", "STAFF"):
        page = visitors.come(thread.house.people[who], "/")
        for path in addresses(page, visitors.url, [thread.groups]):
            answer = page.request.get(visitors.url + path)
            if answer.status != 200:
                print("BAD", who, path, answer.status); continue
            seen.add(urlsplit(path).path)
            if HIDDEN in answer.text():
                named.add(urlsplit(path).path)
                assert figures_of_the_hidden(page, answer.headers["content-type"], answer.text()) == [], (who, path)
    print(len(seen), sorted(named))
    assert urlsplit(thread.groups).path in named, "hidden groups are named as hidden"
    assert {reverse("huddles:signal", args=[thread.signal.pk]), reverse("improvement:goals")} <= seen
    assert any(path.endswith(".csv") for path in seen)
    assert len(seen) > 600


def addresses(page: Page, base: str, first: list[str]) -> Iterator[str]:
    """Every address that links lead to, days of the past left out."""
    waiting, known = [*first, "/"], set()
    while waiting:
        path = waiting.pop()
        if path in known:
            continue
        known.add(path)
        yield path
        for address in HREF.findall(page.request.get(base + path).text()):
            parts = urlsplit(urljoin(base + path, address.replace("&amp;", "&")))
            asked = "&".join(f"{key}={value}" for key, value in parse_qsl(parts.query) if key in _TELLING)
            if parts.netloc == urlsplit(base).netloc and not re.search(r"\.(png|svg|pdf)$|/\d{4}-\d\d-\d\d/", parts.path):
                waiting.append(f"{parts.path}?{asked}" if asked else parts.path)


#: In a page: lines that name a group, each with the row or sentence around it, and things in data that name it.
LINES = """(name) => [...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.includes(name)))
    .map((one) => one.localName === "script" ? "" : (one.closest("text, tr, li, p, option, dd") ?? one).textContent)"""


def figures_of_the_hidden(page: Page, kind: str, text: str) -> list[str]:
    """What names the hidden group beside a digit: rows, sentences, lines of a file, things in the data of charts."""
    if "html" not in kind:
        return [line for line in text.splitlines() if HIDDEN in line and re.search(r"\d", PLAIN.sub("", line))]
    page.set_content(text)
    lines = page.evaluate(LINES, HIDDEN)
    data = page.locator("script[type='application/json']").all_inner_texts()
    lines += [json.dumps(thing) for each in data for thing in things(json.loads(each)) if HIDDEN in thing.values()]
    return [line for line in lines if re.search(r"\d", PLAIN.sub("", line))]


def things(data: object) -> Iterator[dict]:
    """Every object in JSON."""
    if isinstance(data, dict):
        yield data
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from things(each)


def test_the_answer_of_tier_four_comes_back_to_where_it_began(thread: Thread, visitors: Visitors) -> None:
    house = thread.house
    path = visitors.come(thread.officer, reverse("huddles:signals"))
    path.get_by_role("link", name=re.compile("Spanish")).first.click()
    steps = path.locator("ol.history").first.locator("li")
    expect(steps).to_have_count(4)
    for step, tier in zip(steps.all(), ("Tier 4", "Tier 3", "Tier 2", "Tier 1"), strict=True):
        expect(step).to_contain_text(f"Help is asked for {tier} · By rule")
    hand_overs = path.locator("ol.history").nth(1)
    assert re.findall(r"Raised 5 West|Climbed by silence [A-Z]\w+", hand_overs.inner_text()) == [
        "Raised 5 West",
        "Climbed by silence Medicine",
        "Climbed by silence Clinical",
        "Climbed by silence Executive",
    ]

    executive = visitors.come(house.lead(house.top), reverse("huddles:issue", args=[thread.issue.pk]))
    executive.locator("#act-answer summary").click()
    form = executive.locator("#form-answer")
    form.get_by_label("Decided").check()
    form.get_by_label("What staff will hear").fill(ANSWER)
    form.get_by_role("button", name="Answer").click()
    expect(executive.get_by_role("region", name="The answer")).to_contain_text(ANSWER)
    carry_on_signals()

    ward = visitors.come(house.lead(house.ward), reverse("boards:board", args=[house.ward.pk]))
    expect(ward.locator("#beside")).to_contain_text("interpreter icon at triage")
    path.reload()
    expect(path.locator(".notice")).to_contain_text("A countermeasure runs")
    expect(steps).to_have_count(5)
    thread.signal.refresh_from_db()
    assert thread.signal.state == State.COUNTERMEASURE
    expect(path.locator("ol.history").nth(1)).to_contain_text("Answered Executive team · Executive")

    thread.clock.move_to(datetime(2026, 12, 8, 15, tzinfo=UTC))
    executive = visitors.come(house.lead(house.top), reverse("huddles:issue", args=[thread.issue.pk]))
    executive.locator("#act-finish summary").click()
    executive.locator("#form-finish").get_by_label("What was done").fill("The icon is on the screen of triage.")
    executive.locator("#form-finish").get_by_role("button", name="It is done").click()
    expect(executive.locator(".where")).to_contain_text("Done, waiting to be confirmed")
    ward = visitors.come(house.lead(house.ward), reverse("boards:board", args=[house.ward.pk]))
    ward.locator("#beside").get_by_role("link", name=re.compile("a gap for Spanish")).first.click()
    ward.locator("#act-confirm summary").click()
    ward.get_by_role("button", name="Solved", exact=True).click()
    expect(ward.locator(".where")).to_contain_text("Confirmed where it began")
    carry_on_signals()
    path = visitors.come(thread.officer, reverse("huddles:signal", args=[thread.signal.pk]))
    print(path.locator("main").inner_text())
    for person in house.people.values():
        assert person == thread.officer or person.name not in path.content()
    print(visitors.complaints)
    raise AssertionError
