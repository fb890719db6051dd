"""What is said to a paper, the versions of it that were kept, and its head."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from boards.models import BoardMeasure
from improvement.actions import papers
from improvement.models import PaperComment
from improvement.rules.papers import Section
from improvement.rules.tickets import Size, Stage
from org.rules import Role
from tests.boards.factories import make_measure
from tests.factories import make_user, signed_in
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_paper,
    make_ticket,
)
from tests.improvement.test_shared_text import Writer
from tests.improvement.views.papers.stage import HTMX, at, reader_of, text

pytestmark = pytest.mark.django_db


class TestTalk:
    def test_how_many_are_open_comes_with_them(self, paper, client):
        said = client.post(at("-comments", paper, "goal"), {"text": "How do you know?"}, headers=HTMX)
        assert '<span id="open-goal" hx-swap-oob="true"><b>1 open comment</b>' in text(said)
        settled = client.post(at("-settle", paper, PaperComment.objects.get().pk), headers=HTMX)
        assert '<span id="open-goal" hx-swap-oob="true">Comments' in text(settled)
        assert "hx-swap-oob" not in text(client.get(at("-comments", paper, "goal")))

    def test_a_coach_asks_and_it_is_settled(self, house, paper, client):
        there = at("-comments", paper, "causes")
        coach = signed_in(make_user(Role.COACH, house.top, name="Cora Coach"))
        uid = str(uuid4())
        said = {"text": "How do you know?\nWho saw it?", "uid": uid}
        assert coach.post(there, said).url == f"{at('', paper)}#causes"
        shown = text(coach.post(there, said, headers=HTMX))
        assert shown.count("How do you know?<br>Who saw it?") == 1
        assert "Cora Coach" in shown
        assert "1 open comment" in text(client.get(at("", paper)))
        one = PaperComment.objects.get()
        settle = at("-settle", paper, one.pk)
        assert "Open it again" in text(client.post(settle, headers=HTMX))
        assert "1 open comment" not in text(client.get(at("", paper)))
        assert client.post(settle, {"open": "1"}).url == f"{at('', paper)}#causes"
        assert "1 open comment" in text(client.get(at("", paper)))

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
    def test_a_comment_that_is_too_long_is_shown_again(self, paper, client, headers):
        answer = client.post(at("-comments", paper, "goal"), {"text": "why? " * 201}, headers=headers)
        assert answer.status_code == 422
        assert "why? why?" in text(answer)
        assert not PaperComment.objects.exists()

    def test_no_section_of_this_page_no_talk(self, house, paper, client):
        assert client.get(at("-comments", paper, "scope")).status_code == 404
        other = make_paper(make_ticket(house.ward, size=Size.A3))
        strange = PaperComment.objects.create(paper=other, uid=uuid4(), section="goal", text="?", at=NOW)
        assert client.post(at("-settle", paper, strange.pk)).status_code == 404
        shown = text(reader_of(house).get(at("-comments", paper, "goal")))
        assert "<textarea" not in shown


class TestVersions:
    @pytest.fixture
    def kept(self, house, paper):
        make_cause(paper, "Nobody comes by")
        first = papers.keep(paper=paper, name="First", by=house.staff, at=NOW)
        page = Writer(bytes(paper.shared))
        page.write("background", 1, " Five.")
        papers.edit(
            paper=paper,
            change=page.changes[0],
            section=Section.BACKGROUND,
            by=house.manager,
            at=NOW + timedelta(hours=1),
        )
        make_cause(paper, "No bell")
        return first

    @pytest.mark.usefixtures("kept")
    def test_they_are_listed_in_the_time_of_the_unit_and_compared(self, paper, client):
        shown = client.get(at("-versions", paper))
        assert [one.name for one in shown.context["versions"]] == ["First"]
        assert "2 Dec 2026, 10:00" in text(shown), "15:00 UTC in New York"
        compared = client.get(at("-versions", paper), {"old": 1, "new": 0})
        assert "<ins> Five.</ins>" in text(compared)
        assert "No bell" in text(compared)
        assert [change.title for change in compared.context["changes"]] == ["Background", "Causes"]
        same = client.get(at("-versions", paper), {"old": 1, "new": 1})
        assert "They say the same." in text(same)
        for wrong in ("9", "99999999999999999999"):
            assert client.get(at("-versions", paper), {"old": wrong}).status_code == 404

    def test_one_is_kept_by_name_and_a_name_that_is_too_long_is_shown_again(self, paper, client):
        assert client.post(at("-keep", paper), {"name": "Before the review"}).status_code == 302
        assert "Before the review" in text(client.get(at("-versions", paper)))
        answer = client.post(at("-keep", paper), {"name": "long " * 20})
        assert answer.status_code == 422
        assert "long long" in text(answer)

    def test_one_comes_back(self, house, paper, client, kept):
        answer = client.post(at("-restore", paper, 1), follow=True)
        assert "What stood before is kept" in text(answer)
        paper.refresh_from_db()
        assert paper.texts == kept.texts
        assert paper.versions.first().texts["background"].endswith(" Five.")
        assert client.post(at("-restore", paper, 9)).status_code == 404
        assert "back</button>" not in text(reader_of(house).get(at("-versions", paper), {"old": 1}))


class TestHead:
    def test_it_is_kept_and_what_is_wrong_is_shown_again(self, house, paper, client):
        said = {"sponsor": house.manager.pk, "goal_from": "4", "goal_to": "3.2", "goal_by": "2026-12-24"}
        stay = ["goal", "causes", "plan"]
        assert client.post(at("-head", paper), said | {"sections": stay}).url == at("", paper)
        shown = client.get(at("-head", paper))
        assert shown.context["form"]["sections"].value() == stay
        answer = client.post(at("-head", paper), said | {"goal_to": "soon", "sections": []})
        assert answer.status_code == 422
        assert 'value="soon"' in text(answer)
        answer = client.post(at("-head", paper), said | {"sections": []})
        assert "Leave at least one section in." in text(answer)
        paper.refresh_from_db()
        assert (paper.sponsor, paper.goal_to) == (house.manager, 3.2)

    @pytest.mark.parametrize(
        ("way", "goal", "says"), [("lower", (3, 4), "Less is better"), ("higher", (4, 3), "More is")]
    )
    def test_a_goal_is_better_than_where_it_begins(self, house, client, way, goal, says):
        measure = make_measure(house.organisation, code="falls", direction=way)
        paper = make_paper(make_ticket(house.ward, size=Size.A3, measure=measure))
        said = {"goal_from": goal[0], "goal_to": goal[1], "sections": ["goal"]}
        assert says in text(client.post(at("-head", paper), said))
        said = {"goal_from": goal[1], "goal_to": goal[0], "goal_by": "2001-01-01", "sections": ["goal"]}
        assert "before the page was begun" in text(client.post(at("-head", paper), said))
        assert client.post(at("-head", paper), {**said, "goal_by": ""}).status_code == 302

    def test_a_balancing_measure_of_the_board_stands_in_the_head_and_in_the_results(self, house, client):
        ticket = make_ticket(
            house.ward, size=Size.A3, measure=house.measure, begun_at=NOW, stage=Stage.WORK, owner=house.staff
        )
        paper = make_paper(ticket)
        overtime = make_measure(house.organisation, code="overtime", name="Overtime share")
        for measure in (house.measure, overtime):
            BoardMeasure.objects.create(unit=house.ward, measure=measure)
        choices = [
            str(label) for _value, label in client.get(at("-head", paper)).context["form"]["balancing"].field.choices
        ]
        assert choices == ["None yet", "Overtime share"]
        said = {"balancing": overtime.pk, "sections": ["goal", "results"]}
        assert client.post(at("-head", paper), said).status_code == 302
        assert "Overtime share" in text(client.get(at("", paper)))
        part = text(client.get(reverse("improvement:ticket-effect", args=[ticket.pk])))
        assert "Balancing measure" in part
        assert "Overtime share" in part
        assert "Balancing measure: Overtime share" in text(client.get(at("-print", paper)))

    def test_the_numbers_of_the_goal_stand_where_a_measure_says_what_they_are(self, house, client):
        ticket = make_ticket(house.ward, size=Size.A3, measure=house.measure)
        paper = make_paper(ticket, goal_from=61.0, goal_to=80.0)
        assert re.search(r"61[^<]* → 80[^<]* %", text(client.get(at("", paper))))
        assert client.get(reverse("improvement:ticket-chart", args=[paper.ticket_id])).status_code == 200
        effect = client.get(reverse("improvement:ticket-effect", args=[ticket.pk]))
        assert "Before and after are compared once the work has begun" in text(effect)
