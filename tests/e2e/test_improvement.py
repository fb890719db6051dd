"""Improvement work in a real browser: a card that is dragged, a test with its prediction, falls at night."""

import re
from datetime import timedelta
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from boards.models import Annotation, BoardMeasure
from improvement.actions import papers, tickets
from improvement.actions.tickets import Words
from improvement.models import Cycle, Ticket
from improvement.rules.cycles import Decision, State
from improvement.rules.tickets import Size, Stage
from org.models import Unit
from tests.e2e.stage import Hospital, Visitors


def faults(axe: Axe, page: Page) -> list[tuple[str, str]]:
    found = axe.run(page).response["violations"]
    return [(v["id"], node["html"][:160]) for v in found for node in v["nodes"]]


def forgive_refusals(visitors: Visitors) -> None:
    """A browser says on its console that a form was refused."""
    visitors.complaints[:] = [text for text in visitors.complaints if "422 (Unprocessable Entity)" not in text]


def begun(house: Hospital, unit: Unit, title: str, size: Size = Size.PDSA, **words: object) -> Ticket:
    lead = house.people["lead"]
    said = Words(title=title, owner=lead, **words)  # type: ignore[arg-type]
    return tickets.begin(uid=uuid4(), unit=unit, size=size, words=said, by=lead, at=timezone.now())


def drag(page: Page, card: str, column: str) -> None:
    page.locator(".kanban .card").filter(has_text=card).drag_to(page.locator(f".kanban [data-stage={column}] ol"))


def test_cards_are_dragged_and_what_a_column_asks_is_asked(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.unit("ED")
    Ticket.objects.filter(unit=unit).delete()
    for number in range(1, 5):
        begun(house, unit, f"Card {number}")
    page = visitors.come(house.people["lead"], reverse("improvement:kanban", args=[unit.pk]))
    for number in range(1, 4):
        drag(page, f"Card {number}", "work")
        expect(page.locator(".kanban [data-stage=work] .card")).to_have_count(number)
    drag(page, "Card 4", "work")  # more than the unit wants at once: the page of the ticket asks why
    expect(page.get_by_role("status")).to_contain_text("3 of 3 are in work here")
    assert Ticket.objects.filter(unit=unit, stage=Stage.WORK).count() == 3
    page.get_by_label("Why this one cannot wait").fill("Somebody fell")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("main")).to_contain_text("Somebody fell")
    page.goto(visitors.url + reverse("improvement:kanban", args=[unit.pk]))
    drag(page, "Card 1", "done")
    expect(page.get_by_role("status")).to_contain_text("what is different now?")
    page.locator("#outcome").fill("Everybody knows the place")
    page.get_by_role("button", name="Move", exact=True).click()
    page.goto(visitors.url + reverse("improvement:kanban", args=[unit.pk]))
    expect(page.locator(".kanban [data-stage=done] .card")).to_contain_text("Card 1")
    assert faults(axe, page) == []
    forgive_refusals(visitors)


def test_a_cycle_starts_with_its_prediction_and_ends_with_its_decision(
    house: Hospital, visitors: Visitors, axe: Axe
) -> None:
    unit, today = house.unit("ED"), timezone.localdate()
    placed = BoardMeasure.objects.filter(unit=unit).select_related("measure").first()
    assert placed is not None
    ticket = begun(house, unit, "Does an icon shorten the wait?", measure=placed.measure)
    page = visitors.come(house.people["lead"], reverse("improvement:ticket", args=[ticket.pk]))
    page.get_by_role("button", name="Plan a PDSA cycle").click()
    start = page.get_by_role("button", name="Start the cycle")

    def refused(words: str) -> None:
        start.click()
        expect(page.locator(".errorlist").first).to_contain_text(words)

    refused("question")
    page.get_by_label("Which question does this cycle answer?").fill("Is it seen sooner?")
    page.get_by_label("What is tried?").fill("An icon beside the name")
    refused("number")
    page.get_by_label("Prediction").fill("60")
    page.get_by_label("Why this number?").fill("Two of three are overlooked")
    page.get_by_label("On how many is it tried?").select_option(index=3)
    page.get_by_label("Stop early when").fill("Triage takes longer")
    page.get_by_label("First day").fill(today.isoformat())
    page.get_by_label("Last day").fill((today + timedelta(days=50)).isoformat())
    refused("weeks")
    page.get_by_label("Last day").fill((today + timedelta(days=14)).isoformat())
    start.click()
    expect(page.locator("main")).to_contain_text("It runs.")
    cycle = Cycle.objects.get(ticket=ticket)
    assert (cycle.state, cycle.predicted) == (State.DO, 60)
    assert faults(axe, page) == []
    page.get_by_label("What was really done?").fill("Two shifts")
    page.get_by_label("Result", exact=True).fill("55")
    page.get_by_label("Surprises").fill("Nights are quiet")
    for words in ("Half see it", "Half of them see it"):  # kept in its place, as often as one likes
        page.get_by_label("What did we learn?").fill(words)
        page.locator("#study").get_by_role("button", name="Keep").click()
        page.get_by_label("Surprises").press_sequentially(" still")
        expect(page.locator("#study-said")).to_contain_text("Kept")
        expect(page.locator("#study")).to_have_count(1)
    expect(page.get_by_label("Surprises")).to_have_value("Nights are quiet still still")
    page.get_by_label("Surprises").fill("Nights are quiet, weekends are not")
    page.locator("#equity summary").click()
    for name in ("groups", "split", "gains", "loses"):
        page.locator(f"[name=equity-{name}]").fill("Nobody, it was asked")
    page.locator("#equity").get_by_role("button", name="Keep").click()
    expect(page.locator("#equity")).to_contain_text("Who gains")
    expect(page.get_by_label("Surprises")).to_have_value("Nights are quiet, weekends are not")
    page.get_by_role("button", name="End the cycle").click()
    expect(page.locator(".errorlist").first).to_be_visible()
    assert Cycle.objects.get(ticket=ticket).state == State.DO
    page.get_by_role("radio", name=re.compile("^Adopt")).check()
    page.get_by_role("button", name="End the cycle").click()
    expect(page.locator("main")).to_contain_text("Plan the next cycle")
    expect(page.locator("main")).to_contain_text("Nights are quiet, weekends are not")
    cycle.refresh_from_db()
    assert (cycle.state, cycle.decision) == (State.ENDED, Decision.ADOPT)
    marked = list(Annotation.objects.filter(measure=placed.measure, unit=unit).values_list("text", flat=True))
    assert any("new limits may begin here" in text for text in marked)
    page.get_by_role("button", name="Plan the next cycle").click()
    expect(page.get_by_label("Which question does this cycle answer?")).to_have_value("Is it seen sooner?")
    expect(page.get_by_label("Prediction")).to_have_value("")
    expect(page.locator(".ramp .rung")).to_have_count(2)
    forgive_refusals(visitors)


def test_falls_are_coached_at_two_in_the_afternoon(house: Hospital, visitors: Visitors) -> None:
    """domain.md §3.3, 14:00: cycle 2 is in week 3 of 6, predicted 4.0 to 3.2, and marked on the chart."""
    unit, now = house.unit("ED"), timezone.now()
    placed = BoardMeasure.objects.filter(unit=unit).select_related("measure").first()
    assert placed is not None
    ticket = begun(house, unit, "Falls at night", Size.A3, measure=placed.measure)
    paper = papers.begin(ticket=ticket, by=house.people["lead"], at=now)
    head = papers.Head(goal_from=4.0, goal_to=3.2, goal_by=now.date() + timedelta(days=21))
    papers.arrange(paper=paper, said=head, by=house.people["lead"], at=now)
    plan = {
        "change": "A list",
        "predicted": 3.2,
        "why": "A third fall on the way",
        "scale": "unit",
        "stop_rule": "Harm",
    }
    over = {"state": State.ENDED, "ended_at": now, "decision": "adapt", "learned": "Two items", "result": 3.9}
    for number, first, last, more in ((1, 30, 24, over), (2, 18, -21, {"state": State.DO})):
        Cycle.objects.create(
            ticket=ticket,
            uid=uuid4(),
            number=number,
            question=f"Cycle {number}",
            measure=placed.measure,
            starts_on=now.date() - timedelta(days=first),
            ends_on=now.date() - timedelta(days=last),
            created_at=now,
            started_at=now,
            **plan,
            **more,
        )
    coach = visitors.come(house.people["coach"], reverse("improvement:paper", args=[ticket.pk]))
    expect(coach.locator("#kept")).to_have_text(re.compile("^Kept"))
    expect(coach.locator("#goal .beside-goal")).to_contain_text("→ 3.2")
    expect(coach.locator("#condition figure.is-drawn").first).to_be_visible(timeout=20_000)
    expect(coach.locator("#plan .ramp .rung")).to_have_count(2)
    expect(coach.locator("#results .effect")).to_be_visible()
    talk = coach.locator("#results details.talk")
    talk.locator("summary").click()
    talk.get_by_label("Ask or say something").fill("What would tell you that it is not the weather?")
    talk.get_by_role("button", name="Say it").click()
    expect(talk).to_contain_text("not the weather")
    lead = visitors.come(house.people["lead"], reverse("improvement:paper", args=[ticket.pk]))
    expect(lead.locator("#open-results")).to_have_text("1 open comment")
    lead.locator("#plan .ramp a").nth(1).click()
    expect(lead.locator("figure.is-drawn").first).to_be_visible(timeout=20_000)
