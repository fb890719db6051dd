"""Pages of signals: what a nurse, a director and an officer see; figures as published, names of nobody."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.signals import State
from boards.models import GapLimit, Signal, SignalPolicy
from huddles.actions import issues, signals
from huddles.models import Issue
from org.rules import Role
from tests.factories import make_user
from tests.huddles.factories import MORNING
from tests.huddles.signals import make_signal, make_stage, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    house, signal = make_stage()
    signals.carry_on(at=MORNING)
    return house, signal


def page(person, name: str, *arguments, **query) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(reverse(name, args=arguments), query)
    assert response.status_code == 200
    return response.content.decode()


def post(person, name: str, *arguments, data=None):
    client = Client()
    client.force_login(person)
    return client.post(reverse(name, args=arguments), data or {})


def test_the_officer_sees_signals_of_all_units_by_state_and_tier(stage):
    house, _signal = stage
    make_signal(house, house.line, group="English")
    text = page(house.people["EQUITY"], "huddles:signals")
    assert "Pain relief within 60 minutes: Spanish" in text
    assert "issue at 5 West" in text
    assert "The gap has held for 7 days in a row, each time counted over 28 days." in text
    assert "English" in text
    narrowed = page(house.people["EQUITY"], "huddles:signals", tier="2")
    assert "minutes: English" in narrowed
    assert "minutes: Spanish" not in narrowed
    assert "Nothing found" in page(house.people["EQUITY"], "huddles:signals", state="monitoring")


def test_one_gap_stands_once_where_somebody_is_asked(stage):
    house, _signal = stage
    make_signal(house, house.line)
    text = page(house.people["EQUITY"], "huddles:signals")
    assert text.count("Pain relief within 60 minutes: Spanish") == 1
    assert f"Seen also in: {house.line.name}" in text
    assert "minutes: Spanish" in page(house.people["EQUITY"], "huddles:unit-signals", house.line.pk)
    # Where it is dismissed at the unit, the line rests with it, and says where and why.
    signals.dismiss(
        signal=Signal.objects.get(unit=house.ward), reason="It moved", by=house.lead(house.ward), at=MORNING
    )
    assert "minutes: Spanish" not in page(house.people["EQUITY"], "huddles:signals")
    above = Signal.objects.get(unit=house.line)
    text = page(house.people["EQUITY"], "huddles:signal", above.pk)
    assert f"It was dismissed at {house.ward.name}, with a reason." in text
    assert "“It moved”" in text


def test_the_list_shows_the_way_up_the_tiers(stage):
    house, signal = stage
    assert 'class="path' not in page(house.people["EQUITY"], "huddles:signals")
    later = MORNING + timedelta(days=8)
    assert issues.ring_due(at=later) == 1
    signals.carry_on(at=later)
    signal.refresh_from_db()
    text = page(house.people["EQUITY"], "huddles:signals")
    assert signal.tier == 2
    way = text.split('class="path')[1].split("</ol>")[0]
    assert way.index(house.ward.tier.name) < way.index(f"<b>{house.line.tier.name}</b>")


def test_the_page_tells_the_limit_and_what_was_beyond_it_since_it_holds(stage):
    house, signal = stage
    for last in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)):
        publish(signal, last, spanish=(101, 190) if last.month != 10 else (120, 190))
    officer = house.people["EQUITY"]
    assert "Gap: English" not in page(officer, "huddles:signal", signal.pk)
    GapLimit.objects.create(
        organisation=house.organisation, unit=signal.unit, measure=signal.measure, dimension=signal.dimension,
        group="Spanish", reference="English", points=14.4, since=date(2026, 9, 1), set_at=MORNING,
    )  # fmt: skip
    text = page(officer, "huddles:signal", signal.pk)
    assert "Its limit is 14.4 points behind English." in text
    assert "Gap: English" in text
    assert text.count("22.8 points worse") == 2
    assert text.count("beyond its limit") == 1


def test_a_nurse_sees_those_of_her_board_and_not_the_list_of_all(stage):
    house, _signal = stage
    staff = house.people["STAFF"]
    assert "minutes: Spanish" in page(staff, "huddles:unit-signals", house.ward.pk)
    client = Client()
    client.force_login(staff)
    assert client.get(reverse("huddles:signals")).status_code == 403
    assert client.get(reverse("huddles:unit-signals", args=[house.other_ward.pk])).status_code == 404
    assert "minutes: Spanish" not in page(house.lead(house.other_ward), "huddles:unit-signals", house.other_ward.pk)


def test_the_path_tells_published_figures_and_roles_and_no_exact_figure(stage):
    house, signal = stage
    publish(signal, date(2026, 10, 31))
    lead = house.lead(house.ward)
    issues.acknowledge(issue=Issue.objects.get(), by=lead, at=MORNING + timedelta(hours=1))
    signals.carry_on(at=MORNING + timedelta(hours=1))
    text = page(house.people["EQUITY"], "huddles:signal", signal.pk)
    assert "101 of 190" in text
    assert "22.6 points worse" in text
    assert "97 of" not in text  # the exact figures of the window that caused the step
    assert "of 600" not in text
    assert "Vietnamese" not in text
    assert "Somebody took it on." in text
    assert "Unit lead" in text
    assert lead.name not in text


def test_a_hidden_group_has_its_path_and_no_figures(stage):
    house, signal = stage
    Signal.objects.filter(pk=signal.pk).update(group="Vietnamese")
    publish(signal, date(2026, 10, 31))
    text = page(house.people["EQUITY"], "huddles:signal", signal.pk)
    assert "not told, to protect a small group" in text
    assert "101 of 190" not in text


def test_dismissing_takes_a_reason_and_whoever_works_there(stage):
    house, signal = stage
    lead = house.lead(house.ward)
    assert post(house.people["EQUITY"], "huddles:signal-dismiss", signal.pk, data={"reason": "x"}).status_code == 403
    refused = post(lead, "huddles:signal-dismiss", signal.pk, data={"reason": " "})
    assert refused.status_code == 422
    assert "Say why." in refused.content.decode()
    assert post(lead, "huddles:signal-dismiss", signal.pk, data={"reason": "It moved"}).status_code == 302
    text = page(house.people["EQUITY"], "huddles:signal", signal.pk)
    assert "“It moved”" in text
    assert "It was dismissed, with a reason." in text
    signal.refresh_from_db()
    assert signal.state == State.CLOSED


def test_the_list_takes_the_same_statements_for_one_row_and_three(stage):
    house, _signal = stage

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(house.people["EQUITY"], "huddles:signals")
        return len(seen)

    one = statements()
    for unit in (house.other_ward, house.line):
        make_signal(house, unit)
    assert statements() == one


def test_the_page_takes_the_same_statements_for_a_long_path(stage):
    house, signal = stage
    lead = house.lead(house.ward)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(house.people["EQUITY"], "huddles:signal", signal.pk)
        return len(seen)

    publish(signal, date(2026, 9, 30))
    one = statements()
    issue = Issue.objects.get()
    issues.acknowledge(issue=issue, by=lead, at=MORNING + timedelta(hours=1))
    signals.carry_on(at=MORNING + timedelta(hours=1))
    issues.finish(issue=issue, by=lead, at=MORNING + timedelta(hours=2))
    signals.carry_on(at=MORNING + timedelta(hours=2))
    publish(signal, date(2026, 10, 31))
    assert statements() == one


def test_rules_and_limits_are_set_by_the_officer(stage):
    house, _signal = stage
    officer, slug = house.people["EQUITY"], house.organisation.slug
    text = page(officer, "huddles:setup-signals", slug)
    assert "No limit is set" in text
    rules = {
        "is_on": "on",
        "window": 28,
        "days": 5,
        "least_relative": 10,
        "least_patients": 30,
        "step_down": 14,
        "restart": 91,
        "units": 3,
        "limit_blocks": 2,
    }
    assert post(officer, "huddles:setup-signals", slug, data=rules).status_code == 302
    assert SignalPolicy.objects.get().days == 5
    assert post(officer, "huddles:setup-signals", slug, data={**rules, "window": 3}).status_code == 422
    measure = house.organisation.measures.get(code="pain")
    dimension = house.organisation.dimensions.get(code="language")
    limit = {
        "unit": house.ward.pk,
        "measure": measure.pk,
        "group": f"{dimension.pk}:Spanish",
        "reference": f"{dimension.pk}:English",
        "points": 14.4,
    }
    assert post(officer, "huddles:setup-limit-new", slug, data={**limit, "points": 0}).status_code == 422
    assert post(officer, "huddles:setup-limit-new", slug, data=limit).status_code == 302
    made = GapLimit.objects.get()
    assert (made.group, made.reference, made.points, made.set_by) == ("Spanish", "English", 14.4, officer)
    assert post(officer, "huddles:setup-limit-end", slug, made.pk).status_code == 302
    made.refresh_from_db()
    assert made.until is not None
    stranger = make_user(Role.MANAGER, house.top)
    assert post(stranger, "huddles:setup-signals", slug, data=rules).status_code == 403


def test_the_issue_of_a_signal_says_that_a_rule_told_it_and_leads_to_its_path(stage):
    house, signal = stage
    issue = Issue.objects.get()
    text = page(house.lead(house.ward), "huddles:issue", issue.pk)
    assert "Told by a rule at 5 West" in text
    assert reverse("huddles:signal", args=[signal.pk]) in text
    issues.transfer(issue=issue, to=house.support, note="Yours", by=house.lead(house.ward), at=MORNING)
    elsewhere = page(house.lead(house.support), "huddles:issue", issue.pk)
    assert reverse("huddles:signal", args=[signal.pk]) not in elsewhere


def test_a_huddle_and_the_desk_list_open_gaps_below(stage):
    house, _signal = stage
    text = page(house.lead(house.top), "huddles:desk", house.top.pk)
    assert "minutes: Spanish" in text
    assert "No gap waits for an answer here." in page(house.lead(house.other_ward), "huddles:desk", house.other_ward.pk)


def test_the_desk_says_the_gap_as_far_as_it_is_told_and_asks_in_plain_words(stage):
    house, signal = stage
    lead = house.lead(house.ward)
    text = page(lead, "huddles:desk", house.ward.pk)
    assert '<h2 id="ask" tabindex="-1">Who does what until when, or who else can?</h2>' in text
    assert "Asked by a rule" in text
    assert "No figures of this gap can be told yet." in text
    assert f'href="{reverse("huddles:signal", args=[signal.pk])}">Signal: its path' in text
    publish(signal, date(2026, 10, 31))
    text = page(lead, "huddles:desk", house.ward.pk)
    assert "Spanish 53.2 % (101 of 190), everyone else 75.7 % (641.5 of 847): 22.6 points worse" in text


def test_a_unit_that_is_not_told_apart_says_where_the_groups_are_told(stage):
    house, signal = stage
    above = make_signal(house, house.line)
    publish(above, date(2026, 10, 31))
    said = "Spanish 53.2 % (101 of 190), everyone else 75.7 % (641.5 of 847): 22.6 points worse"
    address = reverse("boards:measure", args=[house.line.pk, signal.measure_id]) + "?by=language#groups"
    for person, linked in ((house.people["EQUITY"], True), (house.lead(house.ward), False)):
        text = page(person, "huddles:signal", signal.pk)
        assert "5 West is not told apart" in text
        assert said in text
        assert (address in text) == linked
        assert "No figures were published yet" not in text
    assert "Nearest told" not in page(house.people["EQUITY"], "huddles:signal", above.pk)


def test_the_page_says_who_is_asked_and_after_the_numbers_of_which_day(stage):
    house, signal = stage
    reader = page(house.people["EQUITY"], "huddles:signal", signal.pk)
    assert "Asked now: Unit lead, 5 West." in reader
    assert "They take it, answer it or dismiss it; you read along." in reader
    assert "you read along" not in page(house.lead(house.ward), "huddles:signal", signal.pk)
    day = MORNING.date()
    step = reader.split("Its path")[1].split("</li>")[0]
    assert f'datetime="{day:%Y-%m-%d}"' in step
    assert f"after the numbers of {day.day - 1} {day:%b}" in step
    with time_machine.travel(MORNING + timedelta(days=9), tick=False):
        reader = page(house.people["EQUITY"], "huddles:signal", signal.pk)
    assert "first seen 10 days ago" in reader
    assert "help asked for 9 days ago" in reader
