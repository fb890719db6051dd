"""The page of a ticket: who sees what, text that several write, and that it costs the same however much is on it."""

import base64
import json
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from improvement.models import Paper, PaperComment
from improvement.rules.papers import LARGEST_CHANGE, MOST, SECTIONS, Form
from improvement.rules.tickets import Size
from org.rules import Role
from tests.factories import make_unit, make_user, signed_in
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_countermeasure,
    make_step,
    make_ticket,
)
from tests.improvement.test_shared_text import Writer
from tests.improvement.views.papers.stage import at, reader_of, text

pytestmark = pytest.mark.django_db


def packed(content):
    return base64.b64encode(content).decode()


class TestPage:
    def test_who_writes_gets_fields_and_the_shared_text(self, paper, client):
        answer = client.get(at("", paper))
        shown = text(answer)
        assert answer.context["state"] == packed(bytes(paper.shared))
        for section in SECTIONS[Form.A3]:
            assert f'data-text="{section.value}"' in shown
        assert f'data-url="{at("-text", paper)}"' in shown
        assert "Add a cause" in shown

    def test_who_reads_gets_words_and_no_field(self, house, paper):
        shown = text(reader_of(house).get(at("", paper)))
        assert "<p>Four falls – ¿por qué?</p>" in shown
        for word in ("data-text=", "paper-state", at("-text", paper), "Add a cause", "<noscript><div"):
            assert word not in shown

    def test_who_is_of_another_house_finds_nothing(self, paper):
        stranger = signed_in(make_user(Role.UNIT_LEAD, make_unit()))
        for name in ("", "-text", "-live", "-head", "-versions", "-print", "-pdf"):
            method = stranger.post if name == "-text" else stranger.get
            assert method(at(name, paper)).status_code == 404

    def test_it_begins_with_a_press_once(self, house, client):
        ticket = make_ticket(house.ward, size=Size.PROJECT)
        there = reverse("improvement:paper", args=[ticket.pk])
        assert "Begin the page" in text(client.get(there))
        assert "Begin the page" not in text(reader_of(house).get(there))
        for _twice in range(2):
            assert client.post(reverse("improvement:paper-begin", args=[ticket.pk])).url == there
        assert Paper.objects.get().form == Form.CHARTER
        assert 'data-text="risks"' in text(client.get(there))

    def test_a_quick_hit_has_none_until_it_grows(self, house, client):
        ticket = make_ticket(house.ward, size=Size.QUICK_HIT)
        assert client.get(reverse("improvement:paper", args=[ticket.pk])).status_code == 404
        answer = client.post(reverse("improvement:paper-begin", args=[ticket.pk]), follow=True)
        assert "has no page of its own" in text(answer)
        assert not Paper.objects.exists()

    def test_the_ticket_leads_to_it(self, paper, client):
        assert at("", paper) in text(client.get(reverse("improvement:ticket", args=[paper.ticket_id])))

    def test_a_section_that_is_left_out_is_not_shown(self, paper, client):
        Paper.objects.update(left_out=["background", "drivers", "plan"])
        answer = client.get(at("", paper))
        shown = re.findall(r'<section id="(\w+)".*?<h2><span class="quiet">(\d)', text(answer), re.DOTALL)
        assert shown[:2] == [("condition", "2"), ("goal", "3")]
        assert [number for _name, number in shown] == ["2", "3", "4", "5", "6", "7"]
        assert "plan" not in dict(shown)

    def test_it_takes_the_same_statements_however_much_is_on_it(self, house, paper, client):
        counts = []
        for more in (3, 27):
            top = make_cause(paper, f"Rib {more}")
            for number in range(more):
                cause = make_cause(paper, f"Cause {number}", of=top)
                make_countermeasure(paper, cause=cause)
                make_step(paper, owner=house.staff)
                PaperComment.objects.create(paper=paper, uid=uuid4(), section="goal", text="?", at=NOW)
            found = {}
            for name in ("", "-print", "-versions"):
                client.get(at(name, paper))
                with CaptureQueriesContext(connection) as asked:
                    client.get(at(name, paper))
                found[name] = len(asked)
            counts.append(found)
        assert counts[0] == counts[1]
        assert max(counts[0].values()) < 40


class TestText:
    def send(self, client, paper, **said):
        return client.post(at("-text", paper), json.dumps(said), content_type="application/json")

    def test_two_pages_write_and_each_hears_the_other(self, house, paper, client):
        one, two = Writer(bytes(paper.shared)), Writer(bytes(paper.shared))
        one.write("background", 1, " One at night. 😀")
        two.write("goal", 0, "No fall")
        for page, by, section in ((one, client, "background"), (two, signed_in(house.manager), "goal")):
            vector = packed(page.document.get_state())
            answer = self.send(by, paper, change=packed(page.changes[0]), vector=vector, section=section)
            page.hear(base64.b64decode(answer.json()["missing"]))
        assert answer.json()["revision"] == 2
        assert answer.json()["here"] == [{"name": house.staff.name, "section": "background"}]
        answer = self.send(client, paper, vector=packed(one.document.get_state()))
        one.hear(base64.b64decode(answer.json()["missing"]))
        paper.refresh_from_db()
        assert one.says() == two.says() == paper.texts
        assert paper.texts == {"background": "Four falls – ¿por qué? One at night. 😀", "goal": "No fall"}

    def test_who_only_asks_changes_nothing(self, paper, client):
        answer = self.send(client, paper)
        assert base64.b64decode(answer.json()["missing"]) == bytes(paper.shared)
        paper.refresh_from_db()
        assert (paper.revision, paper.edited_at) == (0, None)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"no json",
            b"[]",
            b"3",
            b'{"change": 3}',
            b'{"change": "no base"}',
            '{"change": "é"}'.encode(),
            b'{"change": "/////w8="}',
            b'{"vector": "/////w8="}',
            b'{"vector": ["x"]}',
            b'{"section": "poem"}',
            b'{"section": ["goal"]}',
            b"\xff\xfe",
        ],
        ids=repr,
    )
    def test_what_is_no_change_is_refused_in_words(self, paper, client, body):
        answer = client.post(at("-text", paper), body, content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["code"] in {"unread", "refused"}
        assert "Load the page anew" in answer.json()["refused"]

    def test_what_is_too_much_is_refused_in_words_and_what_stood_stays(self, paper, client):
        page = Writer(bytes(paper.shared))
        page.write("background", 0, "x" * MOST)
        answer = self.send(client, paper, change=packed(page.changes[0]), section="background")
        assert (answer.status_code, answer.json()["code"]) == (422, "refused")
        assert "Shorten it" in answer.json()["refused"]
        for size in (LARGEST_CHANGE + 1, LARGEST_CHANGE * 2):
            answer = self.send(client, paper, change=packed(b"x" * size))
            assert answer.status_code == 422
            assert "too much at once" in answer.json()["refused"]
        paper.refresh_from_db()
        assert paper.texts == {"background": "Four falls – ¿por qué?"}

    def test_a_fresh_address_to_listen_to(self, house, paper):
        assert "token=" in reader_of(house).get(at("-live", paper)).json()["url"]


CAUSE = {"text": "Nobody comes by", "branch": "way"}
LISTED = {"text": "A list at the door", "effect": "3", "effort": "1"}
STEP = {"what": "Print the list", "due_on": "2026-12-24"}
