"""Tier health beside slow plain counts over the same past."""

from collections import Counter
from datetime import datetime, time, timedelta
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues
from huddles.models import Huddle, HuddleMark, Issue
from huddles.queries.health import tier_health
from huddles.rules import schedule
from huddles.rules.health import FEWEST_CONFIDENTIAL
from huddles.rules.schedule import HuddleState
from org.models import Tier, Unit
from tests.huddles.factories import MORNING, make_house, make_issue, send_up
from tests.huddles.hospital import HOUR, make_huddle, make_past, make_version

pytestmark = pytest.mark.django_db

ARRIVES = {"raise", "escalate", "delegate", "transfer", "climb", "unmerge"}
BACK = {"reopen", "resume"}
SILENT = {"read_out", "copy", "edit", "remind", "confirm", "time_out"}


def state(huddle: Huddle, now: datetime) -> HuddleState:
    return huddle.state_at(now)


def slow_facts(unit: Unit, days: int, now: datetime) -> list[tuple[str, int, float | None, bool]]:
    """Every fact of the period by plain loops: kind, unit, seconds, confidential."""
    last = now.astimezone(unit.organisation.zone).date()
    first = last - timedelta(days=days - 1)
    start = datetime.combine(first, time(0), unit.organisation.zone)
    facts = []
    for huddle in Huddle.objects.filter(day__gte=first, day__lte=last):
        found = state(huddle, now)
        on_time = schedule.was_on_time(planned_at=huddle.planned_at, started_at=huddle.started_at)
        if not huddle.is_extra and found in {HuddleState.HELD, HuddleState.NOT_HELD}:
            facts.append(("planned", huddle.unit_id, None, False))
        if found == HuddleState.HELD:
            facts.append(("met", huddle.unit_id, None, False))
            if not huddle.is_extra:
                facts.append(("held", huddle.unit_id, None, False))
                facts += [("on_time", huddle.unit_id, None, False)] * on_time
            if huddle.ended_at:
                facts.append(("length", huddle.unit_id, (huddle.ended_at - huddle.started_at).total_seconds(), False))
        for mark in HuddleMark.objects.filter(huddle=huddle):
            facts.append((f"checked_{mark.choice}", huddle.unit_id, None, False))
    for issue in Issue.objects.filter(merged_into=None):
        facts += [(*fact, issue.confidential) for fact in slow_issue(issue, start)]
    return facts


def slow_issue(issue: Issue, start: datetime) -> list[tuple[str, int, float | None]]:
    facts = []
    events = list(issue.events.order_by("at", "id"))
    steps = [event for event in events if event.act not in SILENT]
    for event, after in zip(steps, [*steps[1:], None], strict=True):
        if event.act in ARRIVES and event.at >= start:
            facts.append(("arrived", event.to_place_id, None))
        if event.act == "raise" and event.at >= start:
            facts.append(("raised", issue.origin_id, None))
        if event.act in {"escalate", "climb"} and event.at >= start:
            facts.append(({"escalate": "escalated", "climb": "climbed"}[event.act], event.from_place_id, None))
        if event.act in ARRIVES | BACK and after and after.act not in {"climb", *BACK} and after.at >= start:
            facts.append(("taken", event.to_place_id, (after.at - event.at).total_seconds()))
    answers = [event for event in events if event.act in {"answer", "decline", "finish"}]
    if answers and answers[0].at >= start:
        facts.append(("answered", issue.origin_id, (answers[0].at - issue.raised_at).total_seconds()))
    recent = {event.act for event in events if event.at >= start}
    if recent & {"finish", "decline", "reopen"}:
        facts.append(("done", issue.origin_id, None))
    if "reopen" in recent:
        facts.append(("reopened", issue.origin_id, None))
    closed = [event for event in events if event.status in {"confirmed", "unconfirmed"} and event.act in SILENT]
    closed = [event for event in closed if event.act in {"confirm", "time_out"}]
    if issue.closed_at and closed and closed[-1].at >= start:
        facts.append((closed[-1].status, issue.origin_id, (closed[-1].at - issue.raised_at).total_seconds()))
        if closed[-1].status == "confirmed":
            level = Unit.objects.get(pk=closed[-1].to_place_id).tier.level
            facts.append((f"solved_{level}", issue.origin_id, None))
    return facts


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_those_of_a_slow_loop_for_units_tiers_and_all(seed):
    now = MORNING + timedelta(days=1)
    past = make_past(seed, now)
    days = 7
    report = tier_health(past.house.top, past.today, days, now)
    facts = slow_facts(past.house.top, days, now)
    plain = [fact for fact in facts if not fact[3]]
    for tier in report.tiers:
        for unit in tier.units:
            expected = Counter(kind for kind, pk, _n, _c in plain if pk == unit.unit_id)
            assert unit.health.counts == expected, unit.name
        ids = {unit.unit_id for unit in tier.units}
        assert tier.health.counts == Counter(kind for kind, pk, _n, _c in plain if pk in ids)
    secret = Counter(kind for kind, _pk, _n, confidential in facts if confidential)
    expected = Counter(kind for kind, _pk, _n, _c in plain)
    expected.update({kind: count for kind, count in secret.items() if count >= FEWEST_CONFIDENTIAL})
    assert report.whole.counts == expected
    for kind in ("length", "taken", "answered", "confirmed"):
        numbers = [n for k, _pk, n, c in facts if k == kind and (not c or secret[kind] >= FEWEST_CONFIDENTIAL)]
        assert report.whole.time(kind).count == len(numbers)
        assert sum(report.whole.time(kind).classes) == len(numbers)
        if numbers:
            assert report.whole.time(kind).median == pytest.approx(median(numbers))


def test_the_report_of_a_unit_alone_counts_what_began_there_what_is_there_and_what_only_passed_through():
    house = make_house()
    issue = make_issue(house, unit=house.other_ward)
    send_up(house, issue, at=MORNING + HOUR)
    issues.delegate(issue=issue, to=house.ward, note="Yours", by=house.lead(house.line), at=MORNING + 2 * HOUR)
    send_up(house, issue, at=MORNING + 3 * HOUR)
    issues.transfer(issue=issue, to=house.support, note="Yours", by=house.lead(house.line), at=MORNING + 4 * HOUR)
    counts = {
        unit: tier_health(unit, MORNING.date(), 7, MORNING + 5 * HOUR).whole.counts
        for unit in (house.other_ward, house.ward, house.support)
    }
    assert counts[house.other_ward] == {"raised": 1, "arrived": 1, "taken": 1, "escalated": 1}
    assert counts[house.ward] == {"arrived": 1, "taken": 1, "escalated": 1}
    assert counts[house.support] == {"arrived": 1}


def test_joined_issues_are_counted_once():
    house = make_house()
    first, second = make_issue(house), make_issue(house, unit=house.other_ward)
    first = send_up(house, first, at=MORNING + HOUR)
    second = send_up(house, second, at=MORNING + HOUR)
    issues.merge(issue=second, into=first, by=house.lead(house.line), at=MORNING + 2 * HOUR)
    report = tier_health(house.top, MORNING.date(), 7, MORNING + 3 * HOUR)
    assert (report.whole.count("raised"), report.whole.count("escalated")) == (1, 1)


def test_a_confidential_issue_is_in_no_number_of_a_unit_and_in_a_total_only_among_five():
    past = make_past(3, MORNING, raised=0)
    house = past.house
    for number in range(FEWEST_CONFIDENTIAL):
        assert tier_health(house.top, past.today, 7, MORNING).whole.count("raised") == 0
        make_issue(house, confidential=True, at=MORNING - number * HOUR)
    report = tier_health(house.top, past.today, 7, MORNING)
    assert report.whole.count("raised") == FEWEST_CONFIDENTIAL
    assert [tier.health.count("raised") for tier in report.tiers] == [0, 0, 0, 0]


def test_units_stand_in_the_order_of_the_tree_and_statements_are_constant():
    house = make_house()
    version, _checks = make_version(house)
    with CaptureQueriesContext(connection) as few:
        report = tier_health(house.top, MORNING.date(), 28, MORNING)
    assert [tier.level for tier in report.tiers] == [1, 2, 3, 4]
    assert [unit.name for unit in report.tiers[0].units] == ["Information technology", "4 East", "5 West"]
    for unit in (house.ward, house.other_ward, house.line):
        make_huddle(unit, MORNING.date(), version, late=0, length=10)
        make_issue(house, unit=unit)
    with CaptureQueriesContext(connection) as more:
        tier_health(house.top, MORNING.date(), 28, MORNING)
    assert len(few) == len(more) == 3


def test_tiers_above_have_names_too_since_what_comes_from_below_may_be_solved_there():
    house = make_house()
    report = tier_health(house.ward, MORNING.date(), 28, MORNING)
    assert [tier.level for tier in report.tiers] == [1]
    assert report.names == {tier.level: tier.name for tier in Tier.objects.filter(organisation=house.ward.organisation)}
    assert set(report.names) == {1, 2, 3, 4}
