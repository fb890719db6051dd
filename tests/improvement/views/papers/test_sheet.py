"""The sheet of a paper: its driver diagram, writing without scripts, and that what is remembered of it is never old."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from boards.models import BoardMeasure, Tile
from boards.rules import STATUS_CODES, Status
from improvement import shared_text
from improvement.actions import cycles, papers, tickets
from improvement.actions.tickets import Words
from improvement.models import Driver, Paper
from improvement.rules.papers import Form, Section
from improvement.rules.tickets import Size
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.improvement.factories import NOW, make_driver, make_paper, make_ticket
from tests.improvement.views.papers.stage import HTMX, at, text

pytestmark = pytest.mark.django_db


class TestDrivers:
    """The diagram under the aim of a charter."""

    @pytest.fixture
    def charter(self, house):
        ticket = make_ticket(house.ward, size=Size.PROJECT, title="Readers that answer")
        return make_paper(ticket, {"goal": "Every reader within a second"}, form=Form.CHARTER)

    def test_it_grows_from_the_aim_by_keyboard_alone(self, house, charter, client):
        BoardMeasure.objects.create(unit=house.ward, measure=house.measure)
        there = at("-rows", charter, "drivers")
        assert "Every reader within a second" not in text(client.get(there))
        assert "What would have to change" in text(client.get(there))
        answer = client.post(at("-add", charter, "drivers"), {"text": "A reader answers", "measure": house.measure.pk})
        assert answer.status_code == 302, text(answer)
        first = Driver.objects.get()
        shown = text(client.get(there))
        assert "Every reader within a second" in shown
        assert "No data" in shown.split(house.measure.name)[0]
        form = text(client.get(f"{there}?on={first.pk}", headers=HTMX))
        assert 'value="secondary"' in form
        assert 'value="primary"' not in form
        said = {"text": "Move the slowest", "place": "idea", "course": "tried", "of": first.pk}
        answer = client.post(at("-add", charter, "drivers"), said, headers=HTMX)
        assert answer.status_code == 200
        assert "Being tried" in text(answer)
        answer = client.post(
            at("-add", charter, "drivers"), {"text": "Odd", "place": "x", "of": first.pk}, headers=HTMX
        )
        assert answer.status_code == 422
        assert 'value="Odd"' in text(answer)

    def test_its_measures_show_what_stands_on_the_board_now(self, house, charter, client):
        make_driver(charter, measure=house.measure)
        Tile.objects.create(
            unit=house.ward,
            measure=house.measure,
            day=NOW.date(),
            period_start=NOW.date(),
            value=0.75,
            status=STATUS_CODES[Status.MISSED],
            version=1,
            changed_at=NOW,
        )
        shown = text(client.get(at("", charter)))
        assert "is-missed" in shown.split('class="drivers"')[1]
        Tile.objects.update(status=STATUS_CODES[Status.MET], version=2)
        shown = text(client.get(at("", charter)))
        assert "is-met" in shown.split('class="drivers"')[1]

    def test_an_a3_begins_without_it(self, house, client):
        ticket = make_ticket(house.ward, size=Size.A3)
        client.post(at("-begin", Paper(ticket_id=ticket.pk)))
        shown = text(client.get(at("", Paper(ticket_id=ticket.pk))))
        assert 'id="drivers"' not in shown
        assert 'id="causes"' in shown


class TestWithoutScripts:
    """A section on a page of its own."""

    def test_what_is_typed_is_kept_and_merges_with_the_shared_text(self, paper, client):
        there = at("-section", paper, "background")
        assert "Four falls – ¿por qué?" in text(client.get(there))
        said = {"text": "Five falls\r\n– ¿por qué?", "seen": "Four falls – ¿por qué?"}
        assert client.post(there, said).status_code == 302
        paper.refresh_from_db()
        assert paper.texts["background"] == "Five falls\n– ¿por qué?"
        assert shared_text.texts_of(bytes(paper.shared), ["background"]) == {"background": paper.texts["background"]}

    def test_what_somebody_else_wrote_meanwhile_is_shown_and_not_written_over(self, paper, client):
        there = at("-section", paper, "background")
        answer = client.post(there, {"text": "Mine", "seen": "Three falls"})
        assert answer.status_code == 422
        assert "Mine</textarea>" in text(answer)
        assert 'value="Four falls – ¿por qué?"' in text(answer)
        assert client.post(there, {"text": "Mine", "seen": "Four falls – ¿por qué?"}).status_code == 302

    def test_too_much_is_refused_and_stays_in_the_field(self, paper, client):
        there = at("-section", paper, "background")
        answer = client.post(there, {"text": "x" * 4001, "seen": "Four falls – ¿por qué?"})
        assert answer.status_code == 422
        assert "x" * 4001 in text(answer)
        assert client.get(at("-section", paper, "scope")).status_code == 404


class TestRemembered:
    """The sheet is drawn once for a version; whatever changes it makes the next."""

    def test_every_change_is_on_the_next_page(self, house, paper, client):
        acts = {"by": house.staff, "at": NOW}
        assert "A new owner" not in text(client.get(at("", paper)))
        tickets.write(ticket=paper.ticket, words=Words(title="Falls by day", owner=house.manager), **acts)
        assert "Falls by day</h1>" in text(client.get(at("", paper)))
        papers.comment(paper=paper, uid=uuid4(), section=Section.GOAL, text="How much?", **acts)
        assert "1 open comment" in text(client.get(at("", paper)))
        papers.arrange(paper=paper, said=papers.Head(left_out=frozenset({Section.RESULTS})), **acts)
        assert 'id="results"' not in text(client.get(at("", paper)))
        cycle = cycles.plan(uid=uuid4(), ticket=paper.ticket, **acts)
        assert reverse("improvement:cycle", args=[cycle.pk]) in text(client.get(at("", paper)))
        cycles.drop(cycle=cycle, **acts)
        assert reverse("improvement:cycle", args=[cycle.pk]) not in text(client.get(at("", paper)))

    def test_it_names_no_reader_and_each_reads_their_own(self, house, paper):
        writer, reader = signed_in(house.staff), signed_in(make_user(Role.DATA_STEWARD, house.ward))
        assert "data-text=" in text(writer.get(at("", paper)))
        assert "data-text=" not in text(reader.get(at("", paper)))
        other = signed_in(house.manager)
        tokens = {re.search(r'csrfmiddlewaretoken" value="(\w+)"', text(one.get(at("", paper)))).group(1)
                  for one in (writer, other)}  # fmt: skip
        assert len(tokens) == 2
