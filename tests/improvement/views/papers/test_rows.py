"""Rows under the sections of a paper: nothing typed is lost, whatever others do meanwhile."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from boards.models import ReasonCode, RedReason
from improvement.actions import analyses
from improvement.models import Cause, Countermeasure, PlanStep
from improvement.rules.papers import Course
from improvement.rules.tickets import Size
from org.rules import Role
from tests.boards.factories import make_measure
from tests.factories import make_user
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_countermeasure,
    make_house,
    make_paper,
    make_step,
    make_ticket,
)
from tests.improvement.views.papers.stage import HTMX, at, reader_of, text

pytestmark = pytest.mark.django_db

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
