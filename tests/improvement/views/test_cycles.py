"""The page of a cycle: it asks for what is missing, keeps what was typed, shows result beside prediction."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from improvement.models import Cycle
from improvement.rules.cycles import State
from improvement.rules.tickets import Stage
from org.rules import Role
from tests.factories import make_unit, make_user, signed_in
from tests.improvement.factories import PLANNED, make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db


def typed(**more):
    today = timezone.localdate()
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=14)).isoformat()}
    return {**PLANNED, **days, "measure": "", "where": "", "why_longer": "", **more}


def send(user, cycle, name, **said):
    return signed_in(user).post(reverse(f"improvement:cycle-{name}", args=[cycle.pk]), said)


def text(answer):
    return answer.content.decode()


def page(user, cycle):
    return text(signed_in(user).get(reverse("improvement:cycle", args=[cycle.pk])))


def test_from_the_ticket_to_the_decision():
    house = make_house()
    ticket = make_ticket(house.ward)
    client = signed_in(house.staff)
    uid = str(uuid4())
    for _twice in range(2):
        answer = client.post(reverse("improvement:cycle-new", args=[ticket.pk]), {"uid": uid})
    cycle = Cycle.objects.get()
    assert answer.url == reverse("improvement:cycle", args=[cycle.pk])
    assert send(house.staff, cycle, "plan", act="start", **typed()).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.state, cycle.predicted) == (State.DO, 60.0)
    today = timezone.localdate().isoformat()
    assert send(house.staff, cycle, "count", day=today, value="58", said="Night").status_code == 302
    found = {"done": "Two shifts", "result": "55", "learned": "Half see it", "decision": "adapt", "then": "Larger"}
    assert send(house.staff, cycle, "find", act="end", **found).status_code == 302
    shown = page(house.staff, cycle)
    assert "<dd>60</dd>" in shown
    assert "<dd>55</dd>" in shown
    assert "Night" in shown
    again = client.post(reverse("improvement:cycle-new", args=[ticket.pk]), {"follows": cycle.pk, "uid": str(uuid4())})
    assert Cycle.objects.get(number=2).follows == cycle
    assert "Adapt: predicted 60, found 55" in text(client.get(again.url))


def test_a_start_that_misses_its_prediction_is_refused_and_keeps_what_was_typed():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.PLAN, **dict.fromkeys(("question", "change", "why"), ""))
    answer = send(house.staff, cycle, "plan", act="start", **typed(predicted="", change="An icon"))
    assert answer.status_code == 422
    assert "without a prediction nothing can be learned" in text(answer)
    cycle.refresh_from_db()
    assert (cycle.state, cycle.change) == (State.PLAN, "An icon")


def test_a_plan_is_kept_half_written_and_says_what_is_missing():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.PLAN)
    assert send(house.staff, cycle, "plan", act="keep", **typed(stop_rule="", scale="")).status_code == 302
    shown = page(house.staff, cycle)
    assert "Before it starts, 2 things are missing" in shown
    assert "what would show harm?" in shown


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ({"decision": ""}, "a cycle ends with one of them"),
        ({"result": ""}, "say why there is none"),
        ({"learned": ""}, "also where the prediction was wrong"),
        ({"result": "many"}, "number"),
    ],
)
def test_an_end_that_misses_something_is_refused_and_shows_what_was_typed(said, asks):
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    whole = {"done": "Typed with care", "result": "55", "learned": "Half see it", "decision": "adapt"}
    answer = send(house.staff, cycle, "find", act="end", **{**whole, **said})
    assert answer.status_code == 422
    assert asks in text(answer)
    assert "Typed with care" in text(answer)
    cycle.refresh_from_db()
    assert cycle.state == State.DO
    assert send(house.staff, cycle, "find", act="keep", done="Typed with care").status_code == 302
    cycle.refresh_from_db()
    assert cycle.done == "Typed with care"


def test_a_number_of_a_day_outside_is_refused_and_an_empty_one_takes_it_away():
    house = make_house()
    today = timezone.localdate()
    cycle = make_cycle(make_ticket(house.ward), starts_on=today - timedelta(days=3), ends_on=today)
    outside = (today - timedelta(days=4)).isoformat()
    assert send(house.staff, cycle, "count", day=outside, value="1").status_code == 422
    for value, kept in (("3", 1), ("", 0)):
        send(house.staff, cycle, "count", day=today.isoformat(), value=value)
        assert cycle.numbers.count() == kept
    assert send(house.staff, cycle, "count", day="tomorrow", value="1").status_code == 422


def test_a_cycle_past_its_last_day_says_so_on_its_ramp():
    house = make_house()
    today = timezone.localdate()
    ticket = make_ticket(house.ward)
    make_cycle(ticket, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    shown = text(signed_in(house.staff).get(reverse("improvement:ticket", args=[ticket.pk])))
    assert "should have ended on" in shown


def test_a_plan_goes_and_what_has_started_stays():
    house = make_house()
    ticket = make_ticket(house.ward)
    plan, running = make_cycle(ticket, State.PLAN), make_cycle(ticket)
    assert send(house.staff, plan, "drop").url == reverse("improvement:ticket", args=[ticket.pk])
    assert send(house.staff, running, "drop").status_code == 422
    assert list(Cycle.objects.all()) == [running]


def test_whoever_only_sees_the_board_reads_and_writes_nothing():
    house = make_house()
    steward = make_user(Role.DATA_STEWARD, house.top)
    for state in State:
        cycle = make_cycle(make_ticket(house.ward), state)
        assert "<textarea" not in page(steward, cycle)
    assert send(steward, cycle, "find", act="keep", done="x").status_code == 403
    stranger = make_user(Role.UNIT_LEAD, make_unit())
    assert signed_in(stranger).get(reverse("improvement:cycle", args=[cycle.pk])).status_code == 404


def test_the_huddle_hears_of_tests_that_run_here_and_below_and_of_those_that_ended_lately():
    house = make_house()
    today = timezone.localdate()
    lead = make_user(Role.MANAGER, house.line)
    ticket = make_ticket(house.ward, title="Icon in triage")
    start = today - timedelta(days=4)
    make_cycle(ticket, question="Runs", starts_on=start, ends_on=today + timedelta(days=9))
    make_cycle(ticket, question="Nearly over", starts_on=start, ends_on=today + timedelta(days=1))
    make_cycle(ticket, question="Past its day", starts_on=start, ends_on=today - timedelta(days=1))
    make_cycle(ticket, State.PLAN, question="Planned")
    make_cycle(ticket, State.ENDED, question="Found out", ended_at=timezone.now())
    make_cycle(ticket, State.ENDED, question="Long ago", ended_at=timezone.now() - timedelta(days=9))
    address = reverse("improvement:tests-running", args=[house.line.pk])
    answer = signed_in(lead).get(address)
    assert [(one.question, one.says, one.ends) for one in answer.context["running"]] == [
        ("Past its day", f"should have ended on {(today - timedelta(days=1)).day} {today - timedelta(days=1):%b}", ""),
        ("Nearly over", "day 5 of 6", "ends in 1 day"),
        ("Runs", "day 5 of 14", ""),
    ]
    assert [(one.question, one.says) for one in answer.context["ended"]] == [
        ("Found out", "Adapt: predicted 60, found 55")
    ]
    assert house.ward.name in text(answer)
    partial = text(signed_in(lead).get(address, headers={"HX-Request": "true"}))
    assert "Past its day" in partial
    assert "<html" not in partial


def test_a_unit_without_tests_says_so():
    house = make_house()
    answer = signed_in(house.staff).get(reverse("improvement:tests-running", args=[house.ward.pk]))
    assert "No test of a change runs here." in text(answer)


def test_the_huddle_hears_what_was_brought_to_its_end_here_and_below():
    house = make_house()
    now = timezone.now()
    make_ticket(house.ward, stage=Stage.DONE, title="Seats in the hall", outcome="Nobody stands", ended_at=now)
    make_ticket(house.ward, stage=Stage.DONE, title="Long ago", ended_at=now - timedelta(days=8))
    make_ticket(house.ward, stage=Stage.DROPPED, title="Let go", ended_at=now)
    make_ticket(house.top, stage=Stage.DONE, title="Above", ended_at=now)
    page = text(signed_in(house.manager).get(reverse("improvement:tests-running", args=[house.line.pk])))
    assert "Done in the last week: thank you" in page
    assert "Nobody stands" in page
    assert not any(title in page for title in ("Long ago", "Let go", "Above"))


def test_a_start_names_everything_that_is_missing_at_once():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.PLAN)
    answer = send(house.staff, cycle, "plan", act="start", **typed(question="", predicted="", stop_rule=""))
    assert set(answer.context["form"].errors) == {"question", "predicted", "stop_rule"}


@pytest.mark.parametrize("first", ["0001-01-01", "0026-11-01", "9999-12-31"])
def test_a_year_that_cannot_be_meant_is_a_slip(first):
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.PLAN)
    answer = send(house.staff, cycle, "plan", act="start", **typed(starts_on=first, why_longer="It takes long"))
    assert "Is the year right?" in text(answer)
    assert f'value="{first}"' in text(answer)
    cycle.refresh_from_db()
    assert cycle.state == State.PLAN


def test_a_test_that_began_over_a_year_ago_does_not_start():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.PLAN)
    old = (timezone.localdate() - timedelta(days=400)).isoformat()
    answer = send(house.staff, cycle, "plan", act="start", **typed(starts_on=old, why_longer="It takes long"))
    assert "Its first day lies more than a year back" in text(answer)


def test_a_number_that_cannot_be_meant_is_refused_and_kept_in_its_field():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    for name, said in (("find", {"result": "1e300"}), ("count", {"day": timezone.localdate(), "value": "-1e300"})):
        answer = send(house.staff, cycle, name, **said)
        assert answer.status_code == 422
        assert "larger than any that can be meant" in text(answer)


def test_what_somebody_else_has_written_meanwhile_is_shown_and_not_written_over():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    first, second = signed_in(house.staff), signed_in(house.manager)
    there = reverse("improvement:cycle", args=[cycle.pk])
    seen = second.get(there).context["form"]["seen"].value()
    find = reverse("improvement:cycle-find", args=[cycle.pk])
    assert first.post(find, {"seen": seen, "done": "Two shifts"}).status_code == 302
    answer = second.post(find, {"seen": seen, "done": "Three shifts", "surprises": "None"})
    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile." in text(answer)
    assert "Two shifts" in text(answer)
    assert "Three shifts</textarea>" in text(answer)
    cycle.refresh_from_db()
    assert cycle.done == "Two shifts"
    now = answer.context["form"]["seen"].value()
    assert second.post(find, {"seen": now, "done": "Three shifts", "surprises": "None"}).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.done, cycle.surprises) == ("Three shifts", "None")


def test_whoever_keeps_what_is_kept_already_is_told_of_nobody():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    client = signed_in(house.staff)
    seen = client.get(reverse("improvement:cycle", args=[cycle.pk])).context["form"]["seen"].value()
    for _twice in range(2):
        assert send(house.staff, cycle, "find", seen=seen, done="Two shifts").status_code == 302


def test_after_a_refused_start_ones_own_plan_is_nobody_elses():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.PLAN)
    client = signed_in(house.staff)
    seen = client.get(reverse("improvement:cycle", args=[cycle.pk])).context["form"]["seen"].value()
    refused = send(house.staff, cycle, "plan", act="start", **typed(seen=seen, stop_rule="", question="Another one?"))
    assert set(refused.context["form"].errors) == {"stop_rule"}
    seen = refused.context["form"]["seen"].value()
    again = send(house.staff, cycle, "plan", act="start", **typed(seen=seen, question="Another one?"))
    assert again.status_code == 302


def test_an_end_that_is_sent_again_says_that_it_has_ended():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    found = {"done": "Two shifts", "result": "55", "learned": "Half see it", "decision": "adapt"}
    assert send(house.staff, cycle, "find", act="end", **found).status_code == 302
    again = send(house.staff, cycle, "find", act="end", **found)
    assert again.status_code == 422
    assert "This cycle has ended." in text(again)


def test_an_equity_check_takes_as_much_as_its_field_says():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    field = signed_in(house.staff).get(reverse("improvement:cycle", args=[cycle.pk])).context["check_form"]["groups"]
    most = int(field.field.widget.attrs["maxlength"])
    said = {f"equity-{name}": "x" * most for name in ("groups", "split", "gains", "loses")}
    assert send(house.staff, cycle, "equity", **said).status_code == 302


def test_a_plan_that_is_kept_after_somebody_let_it_start_says_so():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), State.DO)
    answer = send(house.staff, cycle, "plan", act="keep", **typed())
    assert answer.status_code == 422
    assert "a prediction is made before" in text(answer)


def test_what_two_people_write_in_different_fields_stands_beside_each_other():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward), surprises="A night shift")
    first, second = signed_in(house.staff), signed_in(house.manager)
    seen = second.get(reverse("improvement:cycle", args=[cycle.pk])).context["form"]["seen"].value()
    find = reverse("improvement:cycle-find", args=[cycle.pk])
    said = {"seen": seen, "surprises": "A night shift"}
    assert first.post(find, {**said, "done": "Two shifts"}).status_code == 302
    assert second.post(find, {**said, "learned": "Half see it"}).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.done, cycle.learned, cycle.surprises) == ("Two shifts", "Half see it", "A night shift")
    first.post(find, {**said, "done": "Two shifts", "learned": "All see it", "surprises": "None"})
    cycle.refresh_from_db()
    assert (cycle.learned, cycle.surprises) == ("Half see it", "A night shift"), "refused as a whole"


def test_only_what_both_changed_is_asked_and_the_rest_of_the_page_shows_what_stands():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    first, second = signed_in(house.staff), signed_in(house.manager)
    seen = second.get(reverse("improvement:cycle", args=[cycle.pk])).context["form"]["seen"].value()
    find = reverse("improvement:cycle-find", args=[cycle.pk])
    first.post(find, {"seen": seen, "done": "Two shifts", "result": "55"})
    form = second.post(find, {"seen": seen, "done": "Three shifts", "result": ""}).context["form"]
    assert [name for name, _said in form.meanwhile] == ["What was really done?"]
    assert (form["done"].value(), form["result"].value()) == ("Three shifts", "55.0")
    assert second.post(find, {name: form[name].value() for name in ("seen", "done", "result")}).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.done, cycle.result) == ("Three shifts", 55.0)


def test_an_end_after_somebody_elses_end_shows_what_was_typed():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    seen = signed_in(house.manager).get(reverse("improvement:cycle", args=[cycle.pk])).context["form"]["seen"].value()
    found = {"seen": seen, "result": "55", "learned": "Half see it", "decision": "adapt"}
    send(house.staff, cycle, "find", act="end", **found)
    late = send(house.manager, cycle, "find", act="end", **{**found, "learned": "All see it", "result": "60"})
    assert late.status_code == 422
    assert "This cycle has ended." in text(late)
    assert "All see it" in text(late)
    cycle.refresh_from_db()
    assert cycle.learned == "Half see it"


def test_what_is_kept_in_its_place_touches_no_field_unless_others_have_written_meanwhile():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    client, find = signed_in(house.staff), reverse("improvement:cycle-find", args=[cycle.pk])
    seen = client.get(reverse("improvement:cycle", args=[cycle.pk])).context["form"]["seen"].value()
    kept = client.post(find, {"seen": seen, "done": "Two shifts"}, headers={"HX-Request": "true"})
    assert kept.headers["HX-Reswap"] == "none"
    assert "Two shifts" not in text(kept)
    now = kept.context["form"]["seen"].value()
    assert now != seen
    assert f'value="{now}"' in text(kept)
    Cycle.objects.filter(pk=cycle.pk).update(surprises="Of others")
    merged = client.post(find, {"seen": now, "done": "Three shifts"}, headers={"HX-Request": "true"}, follow=True)
    assert "Of others</textarea>" in text(merged)
    ended = {"done": "Three shifts", "result": "1", "learned": "It helps", "decision": "adopt"}
    over = client.post(find, {**ended, "act": "end"}, headers={"HX-Request": "true"})
    assert over.headers["HX-Redirect"] == reverse("improvement:cycle", args=[cycle.pk])
