"""The search over everything that was tried: found by every part of a ticket, shown to whoever may see it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from improvement.actions import analyses, cycles, papers, tickets
from improvement.actions.cycles import Found, Plan
from improvement.actions.tickets import Words
from improvement.models import Cause, Countermeasure, TicketWords
from improvement.queries.search import MOST
from improvement.rules.cycles import Decision
from improvement.rules.papers import Branch, Section
from improvement.rules.tickets import Size, Stage
from org.rules import Role
from tests.factories import make_organisation, make_unit, make_user, signed_in
from tests.improvement.factories import NOW, PLANNED, make_house, make_ticket

pytestmark = pytest.mark.django_db


def begun(house, title, size=Size.A3, **words):
    return tickets.begin(
        uid=uuid4(), unit=house.ward, size=size, words=Words(title=title, **words), by=house.staff, at=NOW
    )


def titles(user, text, **more):
    answer = signed_in(user).get(reverse("improvement:search"), {"q": text, **more})
    assert answer.status_code == 200
    return [one.title for one in answer.context["found"]]


def told(house):
    """A ticket with a word of its own in each of its parts."""
    acts = {"by": house.staff, "at": NOW}
    ticket = begun(house, "Falls at night", problem="hallways")
    paper = papers.begin(ticket=ticket, **acts)
    papers.write(paper=paper, section=Section.CONDITION, text="moonlight", seen="", **acts)
    cause = analyses.add(
        paper=paper, kind=Cause, uid=uuid4(), said={"text": "slippers", "branch": Branch.PLACE}, **acts
    )
    analyses.add(paper=paper, kind=Countermeasure, uid=uuid4(), said={"text": "handrails"}, **acts)
    cycle = cycles.plan(uid=uuid4(), ticket=ticket, said=Plan(**PLANNED), **acts)
    later = {"by": house.staff, "at": NOW + timedelta(days=1)}
    cycles.start(cycle=cycle, **later)
    cycles.end(
        cycle=cycle, decision=Decision.ADAPT, said=Found(done="Two nights", result=1.0, learned="lanterns"), **later
    )
    tickets.move(ticket=ticket, to=Stage.DONE, outcome="nobody slipped", **later)
    return ticket, paper, cause


@pytest.mark.parametrize(
    "word", ["falls", "hallw", "MOONLIGHT", "slippers", "handrail", "lanterns", "nobody slipped", "night moonlight"]
)
def test_a_ticket_is_found_by_each_of_its_parts(word):
    house = make_house()
    told(house)
    begun(house, "Something else")
    assert titles(house.staff, word) == ["Falls at night"]


def test_what_is_taken_away_or_changed_is_no_longer_found():
    house = make_house()
    _ticket, paper, cause = told(house)
    analyses.take_away(row=cause, by=house.staff, at=NOW)
    papers.write(paper=paper, section=Section.CONDITION, text="daylight", seen="moonlight", by=house.staff, at=NOW)
    assert titles(house.staff, "slippers") == titles(house.staff, "moonlight") == []
    assert titles(house.staff, "daylight") == ["Falls at night"]
    analyses.take_away(row=cause, gone=False, by=house.staff, at=NOW)
    assert titles(house.staff, "slippers") == ["Falls at night"]


def test_only_what_one_may_see_and_narrowed_by_unit_size_and_stage():
    house, other = make_house(), make_organisation(slug="other")
    told(house)
    begun(house, "Falls by day", Size.QUICK_HIT)
    stranger = make_user(Role.STAFF, make_unit(organisation=other))
    assert titles(stranger, "falls") == []
    assert titles(house.staff, "falls") == ["Falls by day", "Falls at night"]
    assert titles(house.staff, "falls", size="a3") == ["Falls at night"]
    assert titles(house.staff, "falls", stage="done") == ["Falls at night"]
    assert titles(house.staff, "falls", size="nonsense", stage="'") == ["Falls by day", "Falls at night"]
    sibling = make_unit(house.line, name="Intensive care")
    assert titles(house.manager, "falls", unit=sibling.pk) == ["Falls by day", "Falls at night"]  # it has no ticket
    tickets.begin(
        uid=uuid4(), unit=sibling, size=Size.DO_IT, words=Words(title="Falls there"), by=house.manager, at=NOW
    )
    assert titles(house.manager, "falls", unit=sibling.pk) == ["Falls there"]


@pytest.mark.parametrize("text", ["", "   ", "&|!:*", "<b>", "'; DROP", "a" * 5000, "é 😀"])
def test_odd_words_find_nothing_and_break_nothing(text):
    house = make_house()
    told(house)
    assert titles(house.staff, text) == []


def test_the_page_says_what_came_of_it_and_that_there_is_more():
    house = make_house()
    told(house)
    for number in range(MOST):
        begun(house, f"Falls {number}")
    with CaptureQueriesContext(connection) as few:
        page = signed_in(house.staff).get(reverse("improvement:search"), {"q": "lanterns"}).content.decode()
    assert "nobody slipped" in page
    assert "PDSA 1, Adapt: lanterns" in page
    with CaptureQueriesContext(connection) as many:
        page = signed_in(house.staff).get(reverse("improvement:search"), {"q": "falls"}).content.decode()
    assert "There are more." in page
    assert len(many) == len(few)


def test_whoever_begins_a_ticket_sees_what_sounds_like_it():
    house = make_house()
    told(house)
    begun(house, "Wheelchairs")
    asked = reverse("improvement:ticket-before", args=[house.ward.pk])
    reader = signed_in(house.staff)
    page = reader.get(asked, {"title": "Nightmares of patients"}).content.decode()
    assert "Falls at night" not in page
    page = reader.get(asked, {"title": "Night falls again"}).content.decode()
    assert "Falls at night" in page
    assert "nobody slipped" in page
    assert "Wheelchairs" not in page
    assert reader.get(asked, {"title": "a an the"}).content.decode().strip() == ""
    assert "before" in reader.get(reverse("improvement:ticket-new"), {"unit": house.ward.pk}).content.decode()


def test_words_go_with_their_ticket():
    house = make_house()
    ticket, _paper, _cause = told(house)
    assert TicketWords.objects.get().ticket_id == ticket.pk
    ticket.delete()
    assert not TicketWords.objects.exists()


def test_a_stage_can_be_looked_through_without_words():
    house = make_house()
    make_ticket(house.ward, title="Louder alarms", stage=Stage.DROPPED)
    make_ticket(house.ward, title="An icon")
    client, there = signed_in(house.staff), reverse("improvement:search")
    found = client.get(there, {"q": "   ", "stage": "dropped"}).content.decode()
    assert "Louder alarms" in found
    assert "An icon" not in found
    assert "No ticket is there." in client.get(there, {"stage": "check"}).content.decode()
    assert "Type a word" in client.get(there, {"q": "   "}).content.decode()
