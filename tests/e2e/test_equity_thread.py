"""The equity thread of the model day in real browsers: from what was told to the answer, and back to where it began.

The months, the signal, its issue and the climb to tier 4 come about by the same actions and tasks as in
`tests/improvement/test_equity_thread.py`; from there on people look and act on pages.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import APIResponse, Page, expect
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
TELLING = {"by", "over", "group", "measure", "tier"}
PASSED_BY = re.compile(r"\.(png|svg|pdf)$|/\d{4}-\d\d-\d\d/")


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


@pytest.fixture(autouse=True)
def fonts(visitors: Visitors) -> Iterator[None]:
    """The browser's own clock is not moved: what was cached looks old to it, and it loads a font once more."""
    yield
    visitors.complaints[:] = [said for said in visitors.complaints if "was preloaded" not in said]


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
    expect(card).to_contain_text("Spanish: 53.12 against 76.06 for English, a gap of 22.94 points.")
    card.get_by_role("link").first.click()
    expect(page.locator(".question")).to_contain_text("a gap of 22.94 points.")
    expect(page.get_by_role("row", name="Spanish").first).to_contain_text("53.1")
    expect(page.get_by_role("row", name="All").first).to_contain_text("69.8")
    expect(page.locator("figure.is-drawn svg").first).to_be_visible()
    page.goto(visitors.url + reverse("improvement:goal", args=[thread.goal.pk]))
    expect(page.get_by_role("heading", name="Raised but widened")).to_be_visible()
    sides = page.get_by_role("region", name="Gap: both ways, side by side").get_by_role("row")
    shown = {row.locator("th").inner_text(): row.locator("td b").all_inner_texts() for row in sides.all()[1:]}
    percents = [round(float(text.removesuffix(" %"))) for text in shown["All patients"]]
    points = [round(float(text.removesuffix(" points"))) for text in shown["Gap, points"]]
    assert (percents[0], percents[-1], points[0], points[-1]) == (61, 70, 18, 23)
    told = page.get_by_role("region", name="Each time it was told").get_by_role("row", name="October 2026")
    expect(told).to_contain_text("Raised but widened")


def test_the_hidden_group_is_named_and_counted_nowhere(thread: Thread, visitors: Visitors) -> None:
    named, seen = set(), set()
    for who in ("EQUITY", "TOP", "WARD"):
        page = visitors.come(thread.house.people[who], "/")
        for path, answer in everything(page, visitors.url, thread.groups):
            assert answer.status == 200, (who, path)
            seen.add(urlsplit(path).path)
            if HIDDEN in answer.text():
                named.add(urlsplit(path).path)
                assert figures_of(HIDDEN, page, answer) == [], (who, path)
    assert urlsplit(thread.groups).path in named, "hidden groups are named as hidden"
    assert {reverse("huddles:signal", args=[thread.signal.pk]), reverse("improvement:goals")} <= seen
    assert len(seen) > 100
    [file] = [path for path in seen if path.endswith("groups.csv")]
    for path in (thread.groups, f"{file}?by=language"):
        assert figures_of("Spanish", page, page.request.get(visitors.url + path)), "what is told is found"


def everything(page: Page, base: str, first: str) -> Iterator[tuple[str, APIResponse]]:
    """Every page and file that links lead to, days of the past left out."""
    waiting, known = [first, "/"], set()
    while waiting:
        path = waiting.pop()
        if path in known:
            continue
        known.add(path)
        answer = page.request.get(base + path)
        yield path, answer
        for address in HREF.findall(answer.text()):
            parts = urlsplit(urljoin(base + path, unescape(address)))
            asked = "&".join(f"{key}={value}" for key, value in parse_qsl(parts.query) if key in TELLING)
            if parts.netloc == urlsplit(base).netloc and not PASSED_BY.search(parts.path):
                waiting.append(f"{parts.path}?{asked}" if asked else parts.path)


#: In a page: lines that name a group, each with the row or sentence around it, and things in data that name it.
LINES = """(name) => [...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.includes(name)))
    .map((one) => one.localName === "script" ? "" : (one.closest("text, tr, li, p, option, dd") ?? one).textContent)"""


def figures_of(group: str, page: Page, answer: APIResponse) -> list[str]:
    """What names a group beside a digit: rows, sentences, lines of a file, things in the data of charts."""
    text = answer.text()
    if "html" not in answer.headers["content-type"]:
        return [line for line in text.splitlines() if group in line and re.search(r"\d", PLAIN.sub("", line))]
    page.set_content(text)
    lines = page.evaluate(LINES, group)
    data = page.locator("script[type='application/json']").all_inner_texts()
    lines += [json.dumps(thing) for each in data for thing in things(json.loads(each)) if group in thing.values()]
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
    house, signal, issue = thread.house, thread.signal, thread.issue
    whole_path = reverse("huddles:signal", args=[signal.pk])
    officer = visitors.come(thread.officer, reverse("huddles:signals"))
    officer.get_by_role("link", name=re.compile("Spanish")).first.click()
    expect(officer).to_have_url(visitors.url + whole_path)
    steps, hand_overs = (officer.locator("ol.history").nth(place) for place in (0, 1))
    assert re.findall(r"Help is asked for Tier \d · By rule", steps.inner_text()) == [
        f"Help is asked for Tier {tier} · By rule" for tier in (4, 3, 2, 1)
    ]
    for word in ("Raised 5 West", *(f"Climbed by silence {u}" for u in ("Medicine", "Clinical branch", "Executive"))):
        expect(hand_overs).to_contain_text(word)

    executive = visitors.come(house.lead(house.top), reverse("huddles:issue", args=[issue.pk]))
    executive.locator("#act-answer summary").click()
    form = executive.locator("#form-answer")
    form.get_by_label("Decided").check()
    form.get_by_label("What staff will hear").fill(ANSWER)
    form.get_by_role("button", name="Answer").click()
    expect(executive.get_by_role("region", name="The answer")).to_contain_text(ANSWER)
    carry_on_signals()

    ward = visitors.come(house.lead(house.ward), reverse("boards:board", args=[house.ward.pk]))
    expect(ward.locator("#beside")).to_contain_text(f"Executive team: “{ANSWER}”")
    officer.reload()
    expect(officer.locator(".notice")).to_contain_text("A countermeasure runs")
    expect(hand_overs).to_contain_text("Answered Executive team · Executive")
    visitors.leave()

    thread.clock.move_to(datetime(2026, 12, 8, 15, tzinfo=UTC))
    executive = visitors.come(house.lead(house.top), reverse("huddles:issue", args=[issue.pk]))
    executive.locator("#act-finish summary").click()
    form = executive.locator("#form-finish")
    form.get_by_label("What was done").fill("The icon is on the screen of triage.")
    form.get_by_role("button", name="It is done").click()
    expect(executive.locator(".where")).to_contain_text("Done, waiting to be confirmed")
    ward = visitors.come(house.lead(house.ward), reverse("boards:board", args=[house.ward.pk]))
    ward.locator("#beside").get_by_role("link", name=re.compile("a gap for Spanish")).first.click()
    ward.locator("#act-confirm summary").click()
    ward.get_by_role("button", name="Solved", exact=True).click()
    expect(ward.locator(".where")).to_contain_text("Confirmed where it began")
    carry_on_signals()
    signal.refresh_from_db()
    assert signal.state == State.CLOSED
    officer = visitors.come(thread.officer, whole_path)
    expect(officer.locator("ol.history").first).to_contain_text("It was confirmed where it began, and closed.")
    expect(officer.locator("ol.history").nth(1)).to_contain_text("Confirmed")
    names = [person.name for person in house.people.values() if person != thread.officer]
    assert [name for name in names if name in officer.content()] == []
