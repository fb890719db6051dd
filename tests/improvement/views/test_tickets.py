"""Pages of improvement work: what they show, to whom, and that nothing typed is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boards.models import BoardMeasure, ReasonCode, RedReason
from huddles.models import Issue
from improvement.models import Origin, Ticket, TicketStep
from improvement.queries.tickets import MOST_IN_COLUMN
from improvement.rules.tickets import From, Size, Stage
from org.rules import Role
from tests.factories import make_unit, make_user, signed_in
from tests.huddles.factories import make_house as make_huddle_house
from tests.huddles.factories import make_issue
from tests.improvement.factories import make_cause, make_goal, make_house, make_paper, make_ticket

pytestmark = pytest.mark.django_db


def page(user, name, *args, **query):
    answer = signed_in(user).get(reverse(f"improvement:{name}", args=args), query)
    assert answer.status_code == 200
    return answer


def text(answer):
    return answer.content.decode()


def columns(answer):
    return {c.stage: [card.title for card in c.cards] for c in answer.context["kanban"].columns}


def test_the_kanban_of_a_unit_shows_its_own_and_with_all_below_theirs():
    house = make_house()
    lead = make_user(Role.MANAGER, house.line)
    make_ticket(house.ward, title="Of the ward", stage=Stage.WORK, owner=house.staff)
    make_ticket(house.line, title="Of the line")
    own, all_below = page(lead, "kanban", house.line.pk), page(lead, "kanban", house.line.pk, below=1)
    assert columns(own) == {"idea": ["Of the line"], "next": [], "work": [], "check": [], "done": []}
    assert columns(all_below)["work"] == ["Of the ward"]
    assert house.ward.name in text(all_below)
    assert "data-kanban" in text(own)
    assert "data-kanban" not in text(all_below)


def test_a_kanban_without_work_leads_to_the_units_below_where_there_are_some():
    house = make_house()
    make_ticket(house.ward, title="Of the ward")
    executive = make_user(Role.EXECUTIVE, house.top)
    nothing, ward = (page(executive, "kanban", unit.pk) for unit in (house.top, house.ward))
    for words, there in (("Nothing is open at this unit itself.", True), ("Drag a card", False)):
        assert (words in text(nothing)) == there
        assert (words in text(ward)) != there
    assert "Nothing is open at this unit" not in text(page(executive, "kanban", house.top.pk, below=1))


def test_what_is_over_leaves_the_kanban_after_a_month_and_what_was_let_go_at_once():
    house = make_house()
    now = timezone.now()
    make_ticket(house.ward, title="New", stage=Stage.DONE, ended_at=now - timedelta(days=29))
    make_ticket(house.ward, title="Newest", stage=Stage.DONE, ended_at=now)
    make_ticket(house.ward, title="Old", stage=Stage.DONE, ended_at=now - timedelta(days=31))
    make_ticket(house.ward, title="Let go", stage=Stage.DROPPED, ended_at=now)
    assert columns(page(house.staff, "kanban", house.ward.pk))["done"] == ["Newest", "New"]


def test_a_long_column_shows_its_beginning_and_all_of_it_when_asked():
    house = make_house()
    for number in range(MOST_IN_COLUMN + 3):
        make_ticket(house.ward, title=f"T{number}", position=number)
    first = page(house.staff, "kanban", house.ward.pk)
    assert len(columns(first)["idea"]) == MOST_IN_COLUMN
    assert first.context["kanban"].columns[0].more == 3
    assert "?all=idea" in text(first)
    assert len(columns(page(house.staff, "kanban", house.ward.pk, all="idea"))["idea"]) == MOST_IN_COLUMN + 3


def test_a_kanban_takes_the_same_statements_however_much_is_on_it():
    house = make_house()
    client, address = signed_in(house.staff), reverse("improvement:kanban", args=[house.ward.pk])
    client.get(address)
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
        for number in range(30):
            make_ticket(house.ward, stage=list(Stage)[number % 6], owner=house.staff)
    assert counts[0] == counts[1]


def test_more_in_work_than_a_unit_wants_is_seen():
    house = make_house()
    for _number in range(4):
        make_ticket(house.ward, stage=Stage.WORK, owner=house.staff)
    shown = text(page(house.staff, "kanban", house.ward.pk))
    assert "More than this unit wants at once" in shown
    assert '4<span class="of"> / 3</span>' in shown


def test_a_ticket_begins_from_an_issue_and_leads_back_to_it():
    house = make_huddle_house()
    lead = house.lead(house.ward)
    issue = make_issue(house)
    address = reverse("improvement:ticket-new")
    client = signed_in(lead)
    asked = client.get(address, {"issue": issue.pk, "title": issue.title})
    assert f"#{issue.number} {issue.title}" in text(asked)
    assert asked.context["form"]["title"].value() == issue.title
    said = {"title": "Why it comes back", "size": "a3", "uid": str(uuid4()), "problem": "It does"}
    for _twice in range(2):
        answer = client.post(f"{address}?issue={issue.pk}", said)
    made = Ticket.objects.get()
    assert answer.url == reverse("improvement:ticket", args=[made.pk])
    assert (made.unit, made.size, made.created_by) == (house.ward, Size.A3, lead)
    shown = text(page(lead, "ticket", made.pk))
    assert reverse("huddles:issue", args=[issue.pk]) in shown


def test_a_ticket_begins_from_a_red_day_a_goal_and_a_round():
    house = make_house()
    BoardMeasure.objects.create(unit=house.ward, measure=house.measure)
    goal = make_goal(house)
    client, address = signed_in(house.staff), reverse("improvement:ticket-new")
    for query, kind in (
        (f"measure={house.measure.pk}&day=2026-11-20", From.RED_DAY),
        (f"goal={goal.pk}", From.GOAL),
        ("round=/rounds/4/%23note-2", From.ROUND),
    ):
        assert client.get(f"{address}?{query}").status_code == 200
        client.post(f"{address}?{query}", {"title": "X", "size": "pdsa", "uid": str(uuid4())})
        assert Origin.objects.latest("pk").kind == kind
    assert client.get(f"{address}?measure={house.measure.pk}").status_code == 404
    assert client.get(f"{address}?round=//elsewhere/").status_code == 404
    assert client.get(f"{address}?issue=1").status_code == 404
    assert client.get(f"{address}?goal=x").status_code == 404


def test_what_others_told_in_confidence_is_not_said_on_a_ticket():
    house = make_huddle_house()
    lead = house.lead(house.ward)
    secret = make_issue(house, title="A name")
    Issue.objects.filter(pk=secret.pk).update(confidential=True, owner=house.lead(house.top), raised_by=None)
    ticket = make_ticket(house.ward)
    Origin.objects.create(ticket=ticket, kind=From.ISSUE, issue=secret, added_at=timezone.now())
    assert "A name" not in text(page(lead, "ticket", ticket.pk))
    assert signed_in(lead).get(reverse("improvement:ticket-new"), {"issue": secret.pk}).status_code == 404


def test_who_leads_several_units_is_asked_where():
    house = make_house()
    lead = make_user(Role.MANAGER, house.line)
    asked = signed_in(lead).get(reverse("improvement:ticket-new"), {"title": "Carried on"})
    assert 'name="title" value="Carried on"' in text(asked)
    there = signed_in(lead).get(reverse("improvement:ticket-new"), {"title": "Carried on", "unit": house.ward.pk})
    assert there.context["form"]["title"].value() == "Carried on"


def test_what_cannot_be_kept_is_shown_again_as_it_was_typed():
    house = make_house()
    ticket = make_ticket(house.ward)
    client = signed_in(house.staff)
    answer = client.post(
        reverse("improvement:ticket-edit", args=[ticket.pk]), {"title": " ", "size": "a3", "problem": "Kept on paper"}
    )
    assert answer.status_code == 422
    assert "Kept on paper" in text(answer)
    answer = client.post(reverse("improvement:ticket-move", args=[ticket.pk]), {"to": "done", "outcome": " "})
    assert answer.status_code == 422
    assert "what is different now?" in text(answer)
    ticket.refresh_from_db()
    assert ticket.stage == Stage.IDEA


def test_a_full_column_asks_why_and_takes_the_answer():
    house = make_house()
    for _number in range(3):
        make_ticket(house.ward, stage=Stage.WORK, owner=house.staff)
    ticket = make_ticket(house.ward)
    client, address = signed_in(house.staff), reverse("improvement:ticket-move", args=[ticket.pk])
    asked = client.post(address, {"to": "work"})
    assert asked.status_code == 422
    assert 'name="over_reason"' in text(asked)
    assert client.post(address, {"to": "work", "over_reason": "A recall"}).status_code == 302
    assert "A recall" in text(page(house.staff, "ticket", ticket.pk))


def test_a_card_that_is_dropped_gives_the_columns_or_the_page_that_asks():
    house = make_house()
    ticket = make_ticket(house.ward)
    client, address = signed_in(house.staff), reverse("improvement:ticket-move", args=[ticket.pk])
    moved = client.post(address, {"to": "next"}, headers={"HX-Request": "true"})
    assert ticket.title in text(moved).split('data-stage="next"')[1].split('data-stage="work"')[0]
    assert "<html" not in text(moved)
    asked = client.post(address, {"to": "done"}, headers={"HX-Request": "true"})
    assert asked.headers["HX-Redirect"].endswith(f"/improvement/{ticket.pk}/?to=done&ask=outcome#move")


def test_ones_own_list_has_what_one_owns_and_coaches_by_the_day():
    house = make_house()
    coach = make_user(Role.COACH, house.top)
    today = timezone.localdate()
    make_ticket(house.ward, title="Late", owner=coach, due_on=today - timedelta(days=1), stage=Stage.WORK)
    make_ticket(house.ward, title="Some day", owner=coach)
    make_ticket(house.ward, title="Coached", owner=house.staff, coach=coach)
    make_ticket(house.ward, title="Over", owner=coach, stage=Stage.DONE)
    shown = page(coach, "work")
    own = shown.context["own"]
    assert [card.title for card in own.owned] == ["Late", "Some day"]
    assert [card.title for card in own.coached] == ["Coached"]
    assert (own.owned[0].late, own.owned[1].late) == (True, False)
    assert [count for _row, count in shown.context["units"]] == [3]


def test_how_it_went_is_told_with_its_days():
    house = make_house()
    client = signed_in(house.staff)
    client.post(reverse("improvement:ticket-new"), {"title": "X", "size": "do_it", "uid": str(uuid4())})
    ticket = Ticket.objects.get()
    TicketStep.objects.update(at=timezone.now() - timedelta(days=9))
    client.post(reverse("improvement:ticket-move", args=[ticket.pk]), {"to": "done", "outcome": "It stands there"})
    steps = page(house.staff, "ticket", ticket.pk).context["steps"]
    assert [(step.name, step.stayed) for step in steps] == [("Ideas", "9 days"), ("Done", "")]


def test_a_limit_is_set_and_a_wrong_one_is_refused_with_what_was_typed():
    house = make_house()
    lead = make_user(Role.UNIT_LEAD, house.ward)
    client, address = signed_in(lead), reverse("improvement:work-limit", args=[house.ward.pk])
    assert client.post(address, {"most": "5"}).status_code == 302
    assert page(lead, "kanban", house.ward.pk).context["kanban"].limit == 5
    answer = client.post(address, {"most": "many"})
    assert answer.status_code == 422
    assert 'value="many"' in text(answer)


def test_a_unit_of_others_has_no_kanban():
    house = make_house()
    stranger = make_user(Role.UNIT_LEAD, make_unit())
    assert signed_in(stranger).get(reverse("improvement:kanban", args=[house.ward.pk])).status_code == 404
    assert signed_in(stranger).get(reverse("improvement:ticket", args=[make_ticket(house.ward).pk])).status_code == 404


def test_beside_an_issue_and_a_goal_stands_who_works_on_it_and_the_way_to_begin():
    house = make_huddle_house()
    lead = house.lead(house.ward)
    issue, ticket = make_issue(house), make_ticket(house.ward, title="Why it recurs", stage=Stage.WORK)
    address = reverse("improvement:work-of")
    client = signed_in(lead)
    nobody = text(client.get(address, {"issue": issue.pk}, headers={"HX-Request": "true"}))
    assert "Nobody works on it yet." in nobody
    assert f"?unit={house.ward.pk}&amp;issue={issue.pk}" in nobody
    Origin.objects.create(ticket=ticket, kind=From.ISSUE, issue=issue, added_at=timezone.now())
    found = text(client.get(address, {"issue": issue.pk}))
    assert "Why it recurs" in found
    assert f"issue={issue.pk}" in text(client.get(reverse("huddles:issue", args=[issue.pk])))
    assert client.get(address, {"issue": 0}).status_code == 404
    stranger = signed_in(make_user(Role.UNIT_LEAD, make_unit()))
    assert stranger.get(address, {"issue": issue.pk}).status_code == 404


def test_beside_a_measure_stands_what_should_change_it():
    house = make_house()
    make_ticket(house.ward, title="Of the measure", measure=house.measure)
    make_ticket(house.line, title="Of another unit", measure=house.measure)
    goal = make_goal(house)
    client, address = signed_in(house.staff), reverse("improvement:work-of")
    day = {"unit": house.ward.pk, "measure": house.measure.pk, "day": "2026-11-20"}
    found = text(client.get(address, day))
    assert "Of the measure" in found
    assert "Of another unit" not in found
    assert "Nobody works on it yet." in text(client.get(address, {"goal": goal.pk}))
    assert f"goal={goal.pk}" in text(client.get(reverse("improvement:goal", args=[goal.pk])))
    reader = signed_in(make_user(Role.DATA_STEWARD, house.top))
    assert "Begin a ticket" not in text(reader.get(address, day))


def test_a_bar_of_the_pareto_leads_to_who_works_on_it_and_a_ticket_begins_from_it():
    house = make_house()
    reason = ReasonCode.objects.create(organisation=house.organisation, code="staff", name="Staffing below plan")
    today = timezone.localdate()
    RedReason.objects.create(
        unit=house.ward, measure=house.measure, day=today, reason=reason, entered_at=timezone.now()
    )
    client, address = signed_in(house.staff), reverse("improvement:work-of")
    asked = {"unit": house.ward.pk, "reason": reason.pk}
    way = f"{address}?unit={house.ward.pk}&amp;reason={reason.pk}"
    assert way in text(client.get(reverse("boards:board", args=[house.ward.pk])))
    assert "Nobody works on it yet." in text(client.get(address, asked))
    new = f"{reverse('improvement:ticket-new')}?unit={house.ward.pk}&reason={reason.pk}"
    assert "Staffing below plan" in text(client.get(new))
    begun = client.post(new, {"title": "A pool for the weekend", "size": "a3"})
    assert "Staffing below plan" in text(client.get(begun.url))
    named = make_ticket(house.ward, title="Named as a cause")
    make_cause(make_paper(named), reason=reason)
    taken_away = make_ticket(house.ward, title="No longer named")
    make_cause(make_paper(taken_away), reason=reason, gone_at=timezone.now())
    make_ticket(house.line, title="Not from it")
    shown = text(client.get(address, asked))
    assert "A pool for the weekend" in shown
    assert "Named as a cause" in shown
    assert "Not from it" not in shown
    assert "No longer named" not in shown
    elsewhere = make_unit(house.line, name="Intensive care")
    manager = signed_in(house.manager)
    assert "A pool" not in text(manager.get(address, {"unit": elsewhere.pk, "reason": reason.pk}))
    assert "A pool" in text(manager.get(address, {"unit": house.line.pk, "reason": reason.pk}))


def test_a_ticket_that_somebody_else_has_changed_meanwhile_is_not_written_over():
    house = make_house()
    ticket = make_ticket(house.ward, title="An icon", owner=house.staff)
    there = reverse("improvement:ticket-edit", args=[ticket.pk])
    first, second = signed_in(house.staff), signed_in(house.manager)
    seen = second.get(there).context["form"]["seen"].value()
    said = {"size": "quick_hit", "seen": seen}
    assert first.post(there, {**said, "title": "A larger icon", "owner": house.staff.pk}).status_code == 302
    answer = second.post(there, {**said, "title": "No icon", "owner": house.staff.pk})
    assert answer.status_code == 422
    assert "What stands now" in text(answer)
    assert "A larger icon" in text(answer)
    assert 'value="No icon"' in text(answer)
    ticket.refresh_from_db()
    assert ticket.title == "A larger icon"
    seen = answer.context["form"]["seen"].value()
    assert second.post(there, {**said, "seen": seen, "title": "No icon", "owner": house.staff.pk}).status_code == 302


def test_why_a_ticket_was_let_go_stays_on_record_when_it_is_taken_up_again():
    house = make_house()
    ticket = make_ticket(house.ward, owner=house.staff)
    move = reverse("improvement:ticket-move", args=[ticket.pk])
    client = signed_in(house.staff)
    client.post(move, {"to": "dropped", "outcome": "No room for a second printer"})
    client.post(move, {"to": "work"})
    shown = client.get(reverse("improvement:ticket", args=[ticket.pk]))
    assert [step.said for step in shown.context["steps"]] == ["No room for a second printer", ""]
    assert "No room for a second printer" in text(shown)


@pytest.mark.parametrize(
    ("stage", "then"), [("idea", "next"), ("next", "work"), ("work", "check"), ("check", "done"), ("dropped", "work")]
)
def test_a_ticket_moves_one_column_on_unless_somebody_says_otherwise(stage, then):
    house = make_house()
    ticket = make_ticket(house.ward, stage=stage, owner=house.staff)
    shown = signed_in(house.staff).get(reverse("improvement:ticket", args=[ticket.pk]))
    assert f'<option value="{then}" selected>' in text(shown)


def test_a_ticket_from_an_issue_is_called_as_that_is_unless_it_is_renamed():
    house = make_huddle_house()
    issue = make_issue(house)
    form = signed_in(house.lead(house.ward)).get(
        reverse("improvement:ticket-new"), {"unit": house.ward.pk, "issue": issue.pk}
    )
    assert form.context["form"]["title"].value() == issue.title
    lead = house.lead(house.ward)
    Issue.objects.filter(pk=issue.pk).update(confidential=True, owner=lead)
    form = signed_in(lead).get(reverse("improvement:ticket-new"), {"unit": house.ward.pk, "issue": issue.pk})
    assert form.status_code == 200
    assert form.context["form"]["title"].value() == ""
