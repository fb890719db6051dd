"""An A3 in real browsers: several people on one page at once, also without network; rows, comments, one sheet."""

import os
import random
import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from improvement.actions import papers, tickets
from improvement.actions.tickets import Words
from improvement.models import Cause, Countermeasure, Paper, PaperComment, PlanStep, Ticket
from improvement.rules.papers import Course, Section, Standing
from improvement.rules.tickets import Size
from org.models import Event
from tests.e2e.stage import PHONE, Hospital, Visitors

#: How long two people write at random; ten minutes are asked of a release, and of every run enough to meet all cases.
SECONDS = float(os.environ.get("PAPER_SECONDS", "12"))
TEXT = "#text-{}"


def begun(house: Hospital, title: str, size: Size = Size.A3) -> Paper:
    """A ticket of the emergency department with its page."""
    now, lead = timezone.now(), house.people["lead"]
    words = Words(title=title, problem="", measure=None, owner=lead, coach=None, due_on=None)
    ticket = tickets.begin(uid=uuid4(), unit=house.unit("ED"), size=size, words=words, origin=None, by=lead, at=now)
    return papers.begin(ticket=ticket, by=lead, at=now)


def address(paper: Paper) -> str:
    return reverse("improvement:paper", args=[paper.ticket_id])


def come(visitors: Visitors, house: Hospital, who: str, paper: Paper, **options: object) -> Page:
    page = visitors.come(house.people[who], address(paper), **options)
    expect(page.locator("#kept")).to_have_text(re.compile("^Kept"))
    return page


WRITE = """([name, token, mine, chance]) => {
  const area = document.querySelector(`#text-${name}`);
  const before = document.activeElement;
  area.focus();
  const text = area.value;
  if (mine && (chance < 0.3 || text.length > 2500)) {
    const at = text.indexOf(mine);
    if (at < 0) return "none";
    area.setSelectionRange(at, at + mine.length);
    document.execCommand("delete");
    return "gone";
  }
  const places = [0, text.length, ...[...text.matchAll(/ /g)].map((found) => found.index + 1)];
  const at = places[Math.floor(chance * 997) % places.length];
  area.setSelectionRange(at, at);
  document.execCommand("insertText", false, token);
  return area.value.length === text.length + token.length ? "came" : "cut";
}"""


class Writer:
    """Somebody who writes and takes back words of their own at random places, with a network that comes and goes."""

    def __init__(self, page: Page, name: str, dice: random.Random) -> None:
        self.page, self.name, self.dice = page, name, dice
        self.here: dict[str, str] = {}
        self.count = 0
        self.offline = False

    def act(self, sections: list[str]) -> None:
        if self.dice.random() < 0.04:
            self.offline = not self.offline
            self.page.context.set_offline(self.offline)
        section = self.dice.choice(sections)
        token = f"{self.name}{self.count}{self.dice.choice(['', 'é', '😀'])} "
        mine = self.dice.choice([t for t, s in self.here.items() if s == section] or [""])
        done = self.page.evaluate(WRITE, [section, token, mine, self.dice.random()])
        assert done in {"came", "gone"}, f"{token} {mine} {done}"
        if done == "gone":
            del self.here[mine]
        else:
            self.here[token] = section
            self.count += 1

    def back(self) -> None:
        self.page.context.set_offline(False)
        expect(self.page.locator("#kept")).to_have_text(re.compile("^Kept"), timeout=40_000)


def said(page: Page, section: str) -> str:
    return page.locator(TEXT.format(section)).input_value()


def agreed(pages: list[Page], section: str, paper: Paper, seconds: float = 30) -> str:
    """What all pages and the server say in the end."""
    ends = time.monotonic() + seconds
    while True:
        paper.refresh_from_db(fields=["texts"])
        words = {said(page, section) for page in pages} | {paper.texts.get(section, "")}
        if len(words) == 1:
            return words.pop()
        assert time.monotonic() < ends, words
        time.sleep(0.2)


def forgive_refusals(visitors: Visitors) -> None:
    """A browser says on its console that it has no network, and that a form was refused; nothing else may be said."""
    usual = ("ERR_INTERNET_DISCONNECTED", "422 (Unprocessable Entity)")
    visitors.complaints[:] = [text for text in visitors.complaints if not any(word in text for word in usual)]


def test_two_people_write_at_once_and_no_word_is_lost(house: Hospital, visitors: Visitors) -> None:
    paper = begun(house, "Two pens on one page")
    seed = int(os.environ.get("PAPER_SEED", "7"))
    writers = [
        Writer(come(visitors, house, who, paper), name, random.Random(f"{seed}{name}"))
        for who, name in (("lead", "L"), ("manager", "M"))
    ]
    sections = [Section.BACKGROUND.value, Section.GOAL.value]
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        for writer in writers:
            writer.act(sections)
            writer.page.wait_for_timeout(writer.dice.choice([0, 0, 20, 120]))
    for writer in writers:
        writer.back()
    for section in sections:
        text = agreed([writer.page for writer in writers], section, paper)
        wanted = {token for writer in writers for token, where in writer.here.items() if where == section}
        assert {f"{word} " for word in text.split()} == wanted
        assert len(text.split()) == len(wanted)
    assert sum(writer.count for writer in writers) > 20
    forgive_refusals(visitors)


def test_words_survive_a_page_that_dies_without_network(house: Hospital, visitors: Visitors) -> None:
    paper = begun(house, "Nothing is lost in the basement")
    page = come(visitors, house, "lead", paper)
    page.context.set_offline(True)
    page.locator(TEXT.format("background")).fill("Written where there is no signal")
    expect(page.locator("#kept")).to_contain_text("waits on this device")
    page.goto("about:blank")
    page.context.set_offline(False)
    paper.refresh_from_db()
    assert paper.texts == {}
    page.goto(visitors.url + address(paper))
    assert agreed([page], "background", paper) == "Written where there is no signal"
    expect(page.locator("#kept")).to_have_text(re.compile("^Kept"))
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('paper:'))") == []
    forgive_refusals(visitors)


def test_two_windows_of_one_person_lose_no_word_when_both_die_without_network(
    house: Hospital, visitors: Visitors
) -> None:
    paper = begun(house, "Two windows")
    first = come(visitors, house, "lead", paper)
    second = first.context.new_page()
    second.goto(visitors.url + address(paper))
    expect(second.locator("#kept")).to_have_text(re.compile("^Kept"))
    first.context.set_offline(True)
    for page, section in ((first, "background"), (second, "goal")):
        page.locator(TEXT.format(section)).fill(f"Said in the {section}")
        expect(page.locator("#kept")).to_contain_text("waits on this device")
    for page in (first, second):
        page.goto("about:blank")
    first.context.set_offline(False)
    first.goto(visitors.url + address(paper))
    assert agreed([first], "background", paper) == "Said in the background"
    assert agreed([first], "goal", paper) == "Said in the goal"
    expect(first.locator("#kept")).to_have_text(re.compile("^Kept"))
    assert first.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('paper:'))") == []
    forgive_refusals(visitors)


def test_an_open_page_hears_of_its_head_and_says_when_sections_came_or_went(
    house: Hospital, visitors: Visitors
) -> None:
    paper = begun(house, "Named in haste")
    page = come(visitors, house, "lead", paper)
    page.locator(TEXT.format("background")).fill("Words stay while the head changes")
    by, ticket = house.people["manager"], paper.ticket
    words = Words(title="Named with care", problem="", measure=None, owner=by, coach=None, due_on=None)
    tickets.write(ticket=ticket, words=words, by=by, at=timezone.now())
    expect(page.get_by_role("heading", level=1)).to_have_text("Named with care")
    expect(page.locator(".ticket-facts")).to_contain_text(by.name)
    expect(page.locator("#paper-sections")).to_be_hidden()
    head = papers.Head(left_out=frozenset({Section.CAUSES}))
    papers.arrange(paper=paper, said=head, by=by, at=timezone.now())
    expect(page.get_by_text("Sections left out now: Causes")).to_be_visible()
    expect(page.get_by_text("New sections: Driver")).to_be_visible()
    page.get_by_role("link", name="Show the page anew").click()
    expect(page.locator("#causes")).to_have_count(0)
    assert agreed([page], "background", paper) == "Words stay while the head changes"


def test_the_cursor_stays_with_its_words_and_undo_takes_back_ones_own(house: Hospital, visitors: Visitors) -> None:
    paper = begun(house, "Two cursors")
    first, second = (come(visitors, house, who, paper) for who in ("lead", "manager"))
    area = first.locator(TEXT.format("goal"))
    area.fill("Half as many falls")
    agreed([first, second], "goal", paper)
    area.evaluate("(one) => { one.focus(); one.setSelectionRange(5, 5); }")
    second.locator(TEXT.format("goal")).evaluate("(one) => { one.focus(); one.setSelectionRange(0, 0); }")
    second.keyboard.insert_text("Our goal: ")
    agreed([first, second], "goal", paper)
    assert area.evaluate("(one) => one.selectionStart") == 15
    expect(second.locator("[data-writers=goal]")).to_contain_text("is writing here", timeout=25_000)
    first.keyboard.insert_text("exactly ")
    assert agreed([first, second], "goal", paper) == "Our goal: Half exactly as many falls"
    second.keyboard.press("Control+z")
    assert agreed([first, second], "goal", paper) == "Half exactly as many falls"
    second.keyboard.press("Control+Shift+z")
    assert agreed([first, second], "goal", paper) == "Our goal: Half exactly as many falls"


def test_from_a_cause_to_a_countermeasure_and_a_question_by_keyboard(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    paper = begun(house, "Falls at night")
    page, coach = come(visitors, house, "lead", paper), come(visitors, house, "manager", paper)
    causes = page.locator("#causes")
    causes.get_by_role("link", name="Add a cause").press("Enter")
    causes.get_by_label("Cause", exact=True).fill("Nobody comes by at night")
    causes.get_by_role("button", name="Keep").press("Enter")
    expect(causes.locator("[role=alert], .errorlist")).to_contain_text("where the cause lies")
    assert page.url == visitors.url + address(paper)
    causes.get_by_label("Where it lies").select_option(label="Way of working")
    causes.get_by_role("button", name="Keep").press("Enter")
    expect(coach.locator("#causes .why")).to_contain_text("Nobody comes by at night")
    causes.get_by_role("link", name="Why?").press("Enter")
    causes.get_by_label("Because").fill("The round is not in the night plan")
    causes.get_by_role("button", name="Keep").press("Enter")
    expect(causes.locator(".why .why")).to_contain_text("night plan")
    causes.get_by_role("link", name=re.compile("Check or change The round")).press("Enter")
    causes.get_by_label("Checked?", exact=True).select_option(label="Checked: it is so")
    causes.get_by_label("How it was checked").fill("Night plan read")
    causes.get_by_role("button", name="Keep").press("Enter")
    expect(causes.locator(".why .why")).to_contain_text("Night plan read")
    measures = page.locator("#countermeasures")
    measures.get_by_role("link", name="Add a countermeasure").press("Enter")
    measures.get_by_label("Countermeasure").fill("Hourly round with a list")
    measures.get_by_label("How far it is").select_option(label="Chosen")
    measures.get_by_role("button", name="Keep").press("Enter")
    expect(measures).to_contain_text("who may be worse off by it?")
    measures.get_by_label("Who may be worse off?").fill("Whoever sleeps lightly")
    measures.get_by_role("button", name="Keep").press("Enter")
    expect(measures.locator(".measures")).to_contain_text("Whoever sleeps lightly")
    talk = coach.locator("#causes details.talk")
    talk.locator("summary").press("Enter")
    talk.get_by_label("Ask or say something").fill("How do you know?")
    talk.get_by_role("button", name="Say it").press("Enter")
    expect(talk).to_contain_text("How do you know?")
    page.locator("#causes details.talk summary").press("Enter")
    expect(page.locator("#causes details.talk")).to_contain_text("How do you know?")
    page.wait_for_timeout(700)  # what was said a moment ago is told to this page as well
    page.locator("#causes details.talk").get_by_role("button", name="Settled").press("Enter")
    expect(page.locator("#causes .remarks .is-settled")).to_have_count(1)
    causes.get_by_role("link", name=re.compile("Change Nobody|Check or change Nobody")).press("Enter")
    causes.get_by_role("button", name="Take it away").press("Enter")
    expect(causes.locator(".why")).to_have_count(0)
    page.wait_for_timeout(700)  # one's own change is told as well: the way back stays
    causes.get_by_role("button", name="Put it back").press("Enter")
    expect(causes.locator(".why .why")).to_have_count(1)
    row = Cause.objects.get(paper=paper, of__isnull=False)
    assert (row.standing, row.fact) == (Standing.FACT, "Night plan read")
    assert Countermeasure.objects.get(paper=paper).course == Course.CHOSEN
    assert PaperComment.objects.get(paper=paper).settled_at is not None
    plan = page.locator("#plan")
    plan.get_by_role("link", name="Add a step").press("Enter")
    expect(plan.get_by_label("What", exact=True)).to_be_focused()
    page.keyboard.type("Print the list")
    page.keyboard.press("Enter")
    plan.get_by_role("button", name="Done Print the list").press("Enter")
    expect(plan.get_by_role("button", name="Not done Print the list")).to_be_focused()
    page.wait_for_timeout(700)  # one's own change is told as well: the keyboard stays where it is
    expect(plan.get_by_role("button", name="Not done Print the list")).to_be_focused()
    page.keyboard.press("Enter")
    expect(plan.get_by_role("button", name="Done Print the list", exact=True)).to_be_focused()
    assert PlanStep.objects.get(paper=paper).done_at is None
    found = axe.run(page).response["violations"]
    assert [(v["id"], node["html"][:120]) for v in found for node in v["nodes"]] == []
    forgive_refusals(visitors)


def test_a_reader_sees_it_change_and_a_version_comes_back_on_a_phone(house: Hospital, visitors: Visitors) -> None:
    paper = begun(house, "Read by many")
    reader = visitors.come(house.people["data"], address(paper))
    expect(reader.locator("textarea")).to_have_count(0)
    page = come(visitors, house, "lead", paper, **PHONE)
    area = page.locator(TEXT.format("background"))
    area.fill("First words")
    expect(reader.locator("#background")).to_contain_text("First words", timeout=15_000)
    papers.keep(paper=paper, name="First", by=house.people["lead"], at=timezone.now() - timedelta(minutes=1))
    area.fill("Other words")
    agreed([page], "background", paper)
    page.get_by_role("link", name="Versions").tap()
    page.get_by_role("button", name="Compare").tap()
    expect(page.locator("#differences del")).to_contain_text("First")
    expect(page.locator("#differences ins")).to_contain_text("Other")
    page.get_by_role("button", name=re.compile("Bring")).tap()
    expect(page.locator(TEXT.format("background"))).to_have_value("First words")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert Event.objects.filter(verb="paper.restored", subject_id=str(paper.pk)).count() == 1


@pytest.mark.parametrize("size", [Size.A3, Size.PROJECT])
def test_a_ticket_leads_to_its_page(house: Hospital, visitors: Visitors, size: Size) -> None:
    now, lead = timezone.now(), house.people["lead"]
    words = Words(
        title=f"From the ticket, {size}", problem="It hurts", measure=None, owner=lead, coach=None, due_on=None
    )
    ticket = tickets.begin(uid=uuid4(), unit=house.unit("ED"), size=size, words=words, origin=None, by=lead, at=now)
    page = visitors.come(lead, reverse("improvement:ticket", args=[ticket.pk]))
    page.get_by_role("button", name="Begin the page").click()
    expect(page.locator(TEXT.format("background"))).to_have_value("It hurts")
    assert Paper.objects.get(ticket=ticket).form == ("a3" if size == Size.A3 else "charter")
    assert Ticket.objects.get(pk=ticket.pk).size == size
