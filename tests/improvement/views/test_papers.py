"""The page of a ticket: who sees what, that nothing typed is lost, and that it costs the same however much is on it."""

import base64
import io
import json
import re
import zlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boards.models import BoardMeasure, ReasonCode, RedReason
from improvement.actions import analyses, papers
from improvement.models import Cause, Countermeasure, Paper, PaperComment, PlanStep
from improvement.rules.papers import LARGEST_CHANGE, MOST, SECTIONS, Course, Form, Section
from improvement.rules.tickets import Size, Stage
from org.rules import Role
from tests.boards.factories import make_measure
from tests.factories import make_unit, make_user, signed_in
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_countermeasure,
    make_house,
    make_paper,
    make_step,
    make_ticket,
)
from tests.improvement.test_shared_text import Writer

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def paper(house):
    ticket = make_ticket(house.ward, size=Size.A3, title="Falls at night")
    return make_paper(ticket, {"background": "Four falls – ¿por qué?"})


@pytest.fixture
def client(house):
    return signed_in(house.staff)


def at(name, paper, *more):
    return reverse(f"improvement:paper{name}", args=[paper.ticket_id, *more])


def text(answer):
    return answer.content.decode()


def packed(content):
    return base64.b64encode(content).decode()


def reader_of(house):
    return signed_in(make_user(Role.DATA_STEWARD, house.top))


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


class TestRows:
    @pytest.mark.parametrize(
        ("section", "model", "said"),
        [("causes", Cause, CAUSE), ("countermeasures", Countermeasure, LISTED), ("plan", PlanStep, STEP)],
    )
    def test_added_changed_taken_away_and_put_back_with_and_without_script(self, paper, client, section, model, said):
        name, words = next(iter(said.items()))
        form = client.get(f"{at('-rows', paper, section)}?new", headers=HTMX)
        assert f'name="{name}"' in text(form)
        assert "<html" not in text(form)
        uid = str(uuid4())
        plain = client.post(at("-add", paper, section), said | {"uid": uid})
        assert plain.url == f"{at('', paper)}#{section}"
        again = client.post(at("-add", paper, section), said | {"uid": uid}, headers=HTMX)
        assert words in text(again)
        row = model.objects.get()
        assert "<html" in text(client.get(f"{at('-rows', paper, section)}?edit={row.pk}"))
        new = said | {name: "Said better", "seen": "0"}
        assert "Said better" in text(client.post(at("-write", paper, section, row.pk), new, headers=HTMX))
        gone = text(client.post(at("-gone", paper, section, row.pk), headers=HTMX))
        assert "Put it back" in gone
        assert "Said better" not in gone
        back = text(client.post(at("-gone", paper, section, row.pk), {"back": "1"}, headers=HTMX))
        assert "Said better" in back
        plain = client.post(at("-gone", paper, section, row.pk))
        assert plain.url == f"{at('-rows', paper, section)}?taken={row.pk}"
        assert "Put it back" in text(client.get(plain.url))
        assert client.post(at("-gone", paper, section, row.pk), {"back": "1"}).url == f"{at('', paper)}#{section}"
        assert "Put it back" not in text(client.get(plain.url))

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
    def test_what_cannot_be_kept_is_shown_as_it_was_typed(self, paper, client, headers):
        answer = client.post(at("-add", paper, "causes"), {"text": "Typed on paper"}, headers=headers)
        assert answer.status_code == 422
        assert "Typed on paper" in text(answer)
        assert "Choose where the cause lies." in text(answer)
        row = make_countermeasure(paper)
        said = {"text": "Typed anew", "course": "chosen", "seen": "0"}
        answer = client.post(at("-write", paper, "countermeasures", row.pk), said, headers=headers)
        assert answer.status_code == 422
        assert "Typed anew" in text(answer)
        assert "who may be worse off by it?" in text(answer)
        assert ("<html" in text(answer)) == (not headers)
        row.refresh_from_db()
        assert row.course == Course.IDEA

    def test_what_another_changed_is_shown_beside_what_was_typed_and_kept_only_then(self, house, paper, client):
        row = make_cause(paper)
        analyses.write(row=row, said={"text": "Theirs"}, seen=0, by=house.manager, at=NOW)
        there = at("-write", paper, "causes", row.pk)
        unfit = client.post(there, CAUSE | {"text": "Mine", "standing": "fact", "seen": "0"}, headers=HTMX)
        assert unfit.context["form"]["seen"].value() == "0", "a refusal for another reason has shown nothing of theirs"
        mine = CAUSE | {"text": "Mine", "seen": unfit.context["form"]["seen"].value()}
        asked = client.post(there, mine, headers=HTMX)
        assert asked.status_code == 422
        assert {"Theirs", "Way of working"} <= {said for _name, said in asked.context["stands"]}
        for word in ("What stands now", "Theirs", 'value="Mine"', "meanwhile"):
            assert word in text(asked)
        row.refresh_from_db()
        assert row.text == "Theirs"
        client.post(there, mine | {"seen": asked.context["form"]["seen"].value()}, headers=HTMX)
        row.refresh_from_db()
        assert row.text == "Mine"

    @pytest.mark.parametrize("section", ["causes", "countermeasures", "plan"])
    def test_what_was_typed_in_a_row_that_is_gone_meanwhile_is_not_lost(self, house, paper, client, section):
        make = {"causes": make_cause, "countermeasures": make_countermeasure, "plan": make_step}[section]
        said = {"causes": CAUSE, "countermeasures": LISTED, "plan": STEP}[section]
        row = make(paper)
        analyses.take_away(row=row, by=house.manager, at=NOW)
        mine = said | {next(iter(said)): "Mine", "seen": "0"}
        there = at("-write", paper, section, row.pk)
        asked = client.post(there, mine, headers=HTMX)
        assert asked.status_code == 422
        assert 'value="Mine"' in text(asked)
        assert "taken this away meanwhile" in text(asked)
        kept = client.post(there, mine | {"seen": asked.context["form"]["seen"].value()}, headers=HTMX)
        assert "Mine" in text(kept)
        row.refresh_from_db()
        assert row.gone_at is None

    def test_an_answer_to_what_is_gone_meanwhile_is_not_lost(self, house, paper, client):
        row = make_cause(paper)
        assert 'name="of"' in text(client.get(f"{at('-rows', paper, 'causes')}?on={row.pk}", headers=HTMX))
        analyses.take_away(row=row, by=house.manager, at=NOW)
        answer = client.post(at("-add", paper, "causes"), {"text": "Because", "of": row.pk}, headers=HTMX)
        assert answer.status_code == 422
        assert 'value="Because"' in text(answer)

    def test_no_room_for_what_comes_back_says_so(self, house, paper, client, monkeypatch):
        monkeypatch.setitem(analyses._MOST, Cause, 1)
        row = make_cause(paper)
        analyses.take_away(row=row, by=house.staff, at=NOW)
        make_cause(paper)
        for headers in ({}, HTMX):
            answer = client.post(at("-gone", paper, "causes", row.pk), {"back": "1"}, headers=headers)
            assert answer.status_code == 422
            assert "1 fit on one page" in text(answer)

    def test_a_step_is_done_and_opened(self, paper, client):
        step = make_step(paper)
        assert "Not done" in text(client.post(at("-tick", paper), {"done": step.pk}, headers=HTMX))
        assert client.post(at("-tick", paper), {"open": step.pk}).status_code == 302
        step.refresh_from_db()
        assert step.done_at is None

    def test_who_left_the_unit_is_still_offered_where_they_have_it(self, house, paper, client):
        leaver = make_user(Role.STAFF, house.ward, name="Lea Leaver")
        step = make_step(paper, owner=leaver)
        cause = make_cause(paper, "Gone since")
        row = make_countermeasure(paper, cause=cause)
        leaver.memberships.update(ended_on="2026-01-01")
        analyses.take_away(row=cause, by=house.staff, at=NOW)
        assert "Lea Leaver" in text(client.get(f"{at('-rows', paper, 'plan')}?edit={step.pk}", headers=HTMX))
        offered = text(client.get(f"{at('-rows', paper, 'plan')}?new", headers=HTMX)).split("<select")[1]
        assert "Lea Leaver" not in offered
        shown = text(client.get(f"{at('-rows', paper, 'countermeasures')}?edit={row.pk}", headers=HTMX))
        assert f'<option value="{cause.pk}" selected>Gone since</option>' in shown

    def test_forms_of_two_sections_share_no_id(self, paper, client):
        found = []
        for section in ("causes", "countermeasures", "plan"):
            found += re.findall(r' id="([^"]+)"', text(client.get(f"{at('-rows', paper, section)}?new", headers=HTMX)))
        assert len(found) == len(set(found)) > 10

    def test_only_sections_with_rows_have_some_and_only_of_their_page(self, house, paper, client):
        other = make_cause(make_paper(make_ticket(house.ward, size=Size.A3)))
        assert client.get(at("-rows", paper, "goal")).status_code == 404
        assert client.post(at("-add", paper, "poem")).status_code == 404
        for address in (at("-write", paper, "causes", other.pk), at("-gone", paper, "causes", other.pk)):
            assert client.post(address, CAUSE).status_code == 404
        sent = client.post(at("-add", paper, "causes"), {"uid": str(other.uid), **CAUSE}, headers=HTMX)
        assert sent.status_code == 422
        assert "This form is of another page." in text(sent)
        reader = reader_of(house)
        assert reader.get(f"{at('-rows', paper, 'causes')}?new").status_code == 403
        assert "Add a cause" not in text(reader.get(at("-rows", paper, "causes"), headers=HTMX))


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


class TestSheet:
    @pytest.fixture
    def full(self, house, paper):
        gone = make_cause(paper, "An alarm that is too quiet")
        make_cause(paper, "Not on the plan", of=make_cause(paper, "Nobody comes by"))
        make_countermeasure(paper, cause=gone)
        make_step(paper, owner=house.staff)
        analyses.take_away(row=gone, by=house.staff, at=NOW)
        return paper

    def test_to_print_all_stands_on_one_page_but_what_was_taken_away(self, house, full):
        shown = text(reader_of(house).get(at("-print", full)))
        for words in ("Four falls", "Nobody comes by", "Not on the plan", "A list at the door", "Print the list"):
            assert words in shown
        assert "too quiet" not in shown
        assert "is-tabloid" in text(reader_of(house).get(f"{at('-print', full)}?sheet=tabloid"))

    def test_the_pdf_is_one_tagged_page_whose_words_can_be_found(self, client, full):
        answer = client.get(at("-pdf", full))
        assert answer.headers["Content-Type"] == "application/pdf"
        assert f"a3-{full.ticket.number}.pdf" in answer.headers["Content-Disposition"]
        plain = inflated(answer.content)
        assert len(re.findall(rb"/Type\s*/Page\b", plain)) == 1
        for sign in (b"/StructTreeRoot", b"pdfuaid", b"/ToUnicode", b"/Lang"):
            assert sign in plain
        assert b"/Subtype /Image" not in plain, "no picture of words"

    def test_where_none_can_be_made_the_page_to_print_is_shown(self, client, full, monkeypatch):
        monkeypatch.setattr("improvement.evidence.document.PATIENCE", 0.001)
        assert client.get(at("-pdf", full)).url == at("-print", full)


def inflated(pdf: bytes) -> bytes:
    """A PDF with the streams that can be unpacked, unpacked."""
    out = io.BytesIO()
    out.write(pdf)
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            out.write(zlib.decompress(stream))
        except zlib.error:
            continue
    return out.getvalue()


class TestReasonsOfRedDays:
    def test_they_stand_beside_the_causes_and_a_cause_is_taken_from_them(self, house, client):
        ticket = make_ticket(house.ward, size=Size.A3, measure=house.measure)
        paper = make_paper(ticket)
        other = make_measure(house.organisation, code="overtime")
        staff, method = (
            ReasonCode.objects.create(organisation=house.organisation, code=name, name=name.title())
            for name in ("staffing", "method")
        )
        today = timezone.now().astimezone(house.organisation.zone).date()
        for measure, reason, days in (
            (house.measure, staff, [1, 2, 3]),
            (house.measure, method, [4, 89]),
            (house.measure, method, [90]),
            (other, method, [1, 2, 3, 4]),
        ):
            RedReason.objects.bulk_create(
                RedReason(
                    unit=house.ward,
                    measure=measure,
                    reason=reason,
                    day=today - timedelta(days=back),
                    entered_at=timezone.now(),
                )
                for back in days
            )
        part = client.get(at("-rows", paper, "causes"), headers=HTMX)
        assert [(one.bar.name, one.bar.count) for one in part.context["counted"]] == [("Staffing", 3), ("Method", 2)]
        way = f"{at('-rows', paper, 'causes')}?new&amp;reason={staff.pk}"
        assert way in text(part)
        form = client.get(way.replace("&amp;", "&"), headers=HTMX).context["form"]
        assert (form["text"].value(), form["reason"].value()) == ("Staffing", staff.pk)
        said = {"text": "One nurse less at night", "branch": "people", "reason": staff.pk}
        taken = client.post(at("-add", paper, "causes"), said, headers=HTMX)
        assert "3 red days in 90" in text(taken)
        assert way not in text(taken)
        assert "Staffing 3, Method 2" in text(client.get(at("-print", paper)))
        assert way not in text(reader_of(house).get(at("-rows", paper, "causes"), headers=HTMX))
        strange = ReasonCode.objects.create(organisation=make_house().organisation, code="x", name="X")
        assert client.get(f"{at('-rows', paper, 'causes')}?new&reason={strange.pk}").status_code == 404
