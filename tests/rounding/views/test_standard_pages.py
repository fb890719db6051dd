"""Pages of standard work, of what is due, of the roster and of routes, as people use them."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from org.rules import Role
from rounding.actions import standard_work
from rounding.models import CalendarAddress, Colleague, RoundCadence, Route, Shift, StandardTask, TaskMark
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house

pytestmark = pytest.mark.django_db

ROSTER = "id,name,unit,start,end\n7,Ana Ruiz,WARD,2026-11-24 15:00,2026-11-24 23:00\n"


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return signed_in(house.lead(house.ward))


def at(name, *args):
    return reverse(f"rounding:{name}", args=args)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def board_task(lead):
    lead.get(at("standard-work"))
    return StandardTask.objects.get(text="Bring the board up to date")


def today(house):
    return timezone.now().astimezone(house.organisation.zone).date()


def test_one_tap_is_done_and_can_be_taken_back(house, lead):
    task = board_task(lead)
    said = {"starts_on": today(house).isoformat(), "done": "1"}
    response = lead.post(at("standard-work-done", task.pk), said)
    assert response.headers["Location"] == at("standard-work") + f"#task-{task.pk}"
    assert TaskMark.objects.get().done == 1
    assert "Undo<span" in text(lead.get(at("standard-work")))
    lead.post(at("standard-work-undo", task.pk), said)
    assert TaskMark.objects.count() == 0


def test_a_reason_is_kept_and_none_is_refused_where_it_was_asked(house, lead):
    task = board_task(lead)
    said = {"starts_on": today(house).isoformat()}
    refused = lead.post(at("standard-work-why-not", task.pk), {**said, "reason": " "})
    assert refused.status_code == 422
    assert "Say in a few words why not this time." in text(refused)
    assert '<details class="why" open>' in text(refused)
    lead.post(at("standard-work-why-not", task.pk), {**said, "reason": "Survey <week>"})
    assert "not this time: Survey &lt;week&gt;" in text(lead.get(at("standard-work")))


@pytest.mark.parametrize("day", ["2020-01-01", "2026-99-01", "", "soon"])
def test_a_page_that_was_left_open_for_days_says_so(lead, day):
    task = board_task(lead)
    refused = lead.post(at("standard-work-done", task.pk), {"starts_on": day, "done": "1"})
    assert (refused.status_code, TaskMark.objects.count()) == (422, 0)
    assert "This period is over" in text(refused)


def test_nobody_marks_a_task_of_another_role(house, lead):
    task = board_task(lead)
    said = {"starts_on": today(house).isoformat(), "done": "1"}
    for code in ("LINE", "STAFF"):
        assert signed_in(house.people[code]).post(at("standard-work-done", task.pk), said).status_code == 404


def test_a_coach_reads_shares_and_no_name(house, lead):
    board_task(lead)
    coach = signed_in(make_user(Role.COACH, house.line))
    page = text(coach.get(at("standard-work-shares")))
    assert "fewer than five people: not told" in page
    assert "Lead of 5 West" not in page
    assert at("standard-work-shares") in text(coach.get(at("standard-work")))
    assert at("standard-work-shares") not in text(lead.get(at("standard-work")))


def test_the_hospital_edits_the_list_of_a_role(house):
    slug = house.organisation.slug
    keeper = signed_in(make_user(Role.ADMINISTRATOR, house.top))
    address = at("setup-standard-list", slug, "coach")
    terms = {"text": "Walk with a new leader", "cadence": "weekly", "times": "2", "counts": "", "set_kind": ""}
    assert keeper.post(address, {**terms, "times": "0"}).status_code == 422
    assert keeper.post(address, terms).headers["Location"] == address
    task = StandardTask.objects.get(role=Role.COACH, text="Walk with a new leader")
    assert "Walk with a new leader" in text(keeper.get(address))
    one = at("setup-standard-task", slug, task.pk)
    assert keeper.post(one, {**terms, "text": ""}).status_code == 422
    keeper.post(one, {**terms, "text": "Walk with a leader"})
    keeper.post(at("setup-standard-task-use", slug, task.pk), {"active": "0"})
    task.refresh_from_db()
    assert (task.text, task.retired_at is not None) == ("Walk with a leader", True)
    assert "Bring back" in text(keeper.get(address))
    assert keeper.get(at("setup-standard-list", slug, "staff")).status_code == 404


def test_whoever_may_begin_a_list_finds_the_way_where_their_role_has_none(house):
    coach = signed_in(make_user(Role.COACH, house.top))
    coach.get(at("standard-work"))
    StandardTask.objects.filter(role=Role.COACH).update(retired_at=timezone.now())
    address = at("setup-standard-work", house.organisation.slug)
    assert f'href="{address}">Begin a list</a>' in text(coach.get(at("standard-work")))
    StandardTask.objects.filter(role=Role.UNIT_LEAD).update(retired_at=timezone.now())
    assert "Begin a list" not in text(signed_in(house.lead(house.ward)).get(at("standard-work")))


def test_of_a_list_without_a_whole_week_a_coach_is_told_when_shares_begin(house):
    coach = signed_in(make_user(Role.COACH, house.top))
    for _one in range(5):
        make_user(Role.UNIT_LEAD, house.ward)
    coach.get(at("standard-work"))
    signed_in(house.lead(house.ward)).get(at("standard-work"))
    page = text(coach.get(at("standard-work-shares")))
    assert "no whole week of it yet: told from five people and one whole week on" in page
    assert "nothing was asked yet" not in page


def upload(client, house, content, **said):
    file = SimpleUploadedFile("roster.csv", content.encode())
    return client.post(at("roster"), {"unit": house.ward.pk, "order": "", "file": file, **said})


def hidden(page):
    names = ("unit", "text", "order", "fingerprint")
    return {name: page.context["form"].initial[name] for name in names}


def test_a_roster_is_looked_at_before_it_is_applied(house, lead):
    page = upload(lead, house, ROSTER)
    assert page.status_code == 200
    assert "Ana Ruiz" in text(page)
    assert Colleague.objects.count() == 0
    applied = lead.post(at("roster-apply"), hidden(page))
    assert applied.headers["Location"] == at("due")
    assert (Colleague.objects.count(), Shift.objects.count()) == (1, 1)
    again = upload(lead, house, ROSTER)
    assert "there is nothing to apply" in text(again)
    assert again.context["form"] is None
    assert "1 colleague" in text(lead.get(at("roster")))


def test_who_leaves_stands_above_the_button_and_the_same_name_under_another_number_is_pointed_out(house, lead):
    page = upload(lead, house, ROSTER)
    assert 'Ana Ruiz</span><span class="quiet">24 Nov 15:00–23:00<' in text(page)
    assert "leaves the roster" not in text(page)
    lead.post(at("roster-apply"), hidden(page))
    other = text(upload(lead, house, ROSTER.replace("7,Ana", "9,Ana")))
    assert "1 person leaves the roster: their id is not in this file." in other
    assert "Same name, other id? Under New and Ended at once: Ana Ruiz." in other
    assert other.index("leaves the roster") < other.index("Apply all of it")
    assert f"<code>{house.ward.code}</code>" in text(lead.get(at("roster")))


def test_a_roster_with_problems_names_rows_and_applies_nothing(house, lead):
    page = upload(lead, house, "id,name,start,end\n7,,,\n")
    assert page.status_code == 422
    assert "1 problem: nothing can be applied before it is solved." in text(page)
    assert "A name has 1 to 80 signs." in text(page)
    assert page.context["form"] is None


def test_a_roster_that_changed_meanwhile_is_shown_again(house, lead):
    page = upload(lead, house, ROSTER)
    said = hidden(page)
    lead.post(at("roster-apply"), said)
    again = lead.post(at("roster-apply"), said)
    assert again.status_code == 422
    assert "look again before you apply" in text(again)


def test_nobody_brings_a_roster_for_a_unit_that_is_not_theirs(house, lead):
    assert upload(lead, house, ROSTER, unit=house.other_ward.pk).status_code == 422
    assert lead.post(at("roster-apply"), {"unit": house.other_ward.pk}).headers["Location"] == at("roster")
    assert Colleague.objects.count() == 0


def test_the_due_list_says_when_one_meets_somebody(house, lead):
    assert "No colleague is known yet" in text(lead.get(at("due")))
    now = timezone.now()
    who = Colleague.objects.create(
        organisation=house.organisation,
        unit=house.ward,
        external_id="7",
        name="Ana Ruiz",
        added_on=today(house) - timedelta(days=400),
    )
    Shift.objects.create(colleague=who, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=7))
    page = text(lead.get(at("due")))
    assert "Ana Ruiz" in page
    assert "on shift now, until" in page
    top = signed_in(house.lead(house.top))
    assert "Ana Ruiz" not in text(top.get(at("due")))
    assert "choose a unit to see them" in text(top.get(at("due")))
    assert "Ana Ruiz" in text(top.get(at("due"), {"unit": house.ward.pk}))
    assert "Ana Ruiz" not in text(top.get(at("due"), {"unit": "x"}))


def test_how_often_is_kept_for_a_unit(house, lead):
    address = at("cadence-set", house.ward.pk)
    assert lead.post(address, {"talks": "14", "walks": "0"}).status_code == 302
    assert sorted(RoundCadence.objects.values_list("kind", "days")) == [("gemba", 0), ("staff", 14)]
    refused = lead.post(address, {"talks": "400", "walks": "0"})
    assert refused.status_code == 422
    assert "from 0 to 366" in text(refused)
    assert lead.post(at("cadence-set", house.other_ward.pk), {"talks": "1", "walks": "1"}).status_code == 404


def route_said(house, **said):
    return {
        "name": "Tuesday walk",
        "leader": house.lead(house.line).pk,
        "partner": "",
        "weekday": "1",
        "starts_at": "10:00",
        "minutes": "60",
        "no_meetings": "on",
        "stop_1": house.ward.pk,
        "stop_2": house.other_ward.pk,
        **said,
    }


def test_a_route_is_made_of_what_is_suggested_and_changed(house):
    director = signed_in(house.lead(house.line))
    page = director.get(at("routes"))
    assert "no round yet" in text(page)
    begun = director.get(page.context["new_url"])
    suggested = [one.unit for one in page.context["suggested"]]
    assert [begun.context["form"].initial[f"stop_{n}"] for n in (1, 2)] == suggested
    assert director.post(at("route-new"), route_said(house, stop_2=house.ward.pk)).status_code == 422
    assert director.post(at("route-new"), route_said(house)).headers["Location"] == at("routes")
    route = Route.objects.get()
    assert [stop.unit for stop in route.stops.all()] == [house.ward, house.other_ward]
    director.post(at("route", route.pk), route_said(house, name="Walk", stop_2=""))
    route.refresh_from_db()
    assert (route.name, route.stops.count()) == ("Walk", 1)
    director.post(at("route-use", route.pk), {"active": "0"})
    assert "Take up again" in text(director.get(at("routes")))


def test_a_route_is_changed_by_whoever_leads_at_all_of_its_units(house, lead):
    signed_in(house.lead(house.line)).post(at("route-new"), route_said(house))
    route = Route.objects.get()
    assert "Tuesday walk" in text(lead.get(at("routes")))
    assert lead.get(at("route", route.pk)).status_code == 403
    assert lead.post(at("route-use", route.pk), {"active": "0"}).status_code == 403
    assert signed_in(house.lead(house.support)).get(at("route", route.pk)).status_code == 404


def test_a_calendar_program_reads_the_secret_address_until_it_is_renewed(house):
    director = signed_in(house.lead(house.line))
    director.post(at("route-new"), route_said(house))
    page = director.post(at("calendar-address"))
    address = page.context["address"]
    assert address not in text(director.get(at("routes")))
    feed = Client().get(address.removeprefix("http://localhost:8000"))
    assert (feed.status_code, feed.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert feed.content.count(b"BEGIN:VEVENT") == 8
    assert b"SUMMARY:Tuesday walk\r\n" in feed.content
    director.post(at("calendar-address"))
    assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 404
    director.post(at("calendar-address"), {"withdraw": "1"})
    assert CalendarAddress.objects.count() == 0


def test_a_house_is_furnished_when_its_first_leader_looks(house, lead):
    assert StandardTask.objects.count() == 0
    lead.get(at("standard-work"))
    count = StandardTask.objects.count()
    lead.get(at("standard-work"))
    assert StandardTask.objects.count() == count > 0
    assert standard_work.furnish(organisation=house.organisation, at=timezone.now()) == 0
