"""What the desk, the cascade and the map of silence read."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues
from huddles.models import Confidant, Huddle, Issue
from huddles.queries.cascade import cascade
from huddles.queries.desk import card, people_for, places_below, queue
from huddles.queries.desk_page import queue_rows
from huddles.queries.house import house as house_of
from huddles.queries.house import promises
from huddles.queries.silence import Heard, silence
from huddles.rules.issues import Outcome, Urgency, Verdict
from huddles.rules.schedule import HuddleState
from tests.huddles.factories import MORNING, make_choice, make_groups, make_house, make_issue, send_up
from tests.huddles.hospital import HOUR, make_huddle, make_past, make_version
from tests.huddles.queries.test_health import state

pytestmark = pytest.mark.django_db


def to_top(house, issue, at):
    for _tier in range(3):
        at += timedelta(minutes=10)
        issue = send_up(house, issue, at=at)
    return issue


def test_the_queue_is_urgent_first_then_by_when_it_is_needed_then_by_age():
    house = make_house()
    top = house.lead(house.top)
    later = to_top(house, make_issue(house, title="later"), MORNING + HOUR)
    sooner = to_top(house, make_issue(house, title="sooner"), MORNING)
    urgent = to_top(house, make_issue(house, title="urgent", urgency=Urgency.URGENT), MORNING + 2 * HOUR)
    no_ask = make_issue(house, unit=house.top, title="no ask")
    answered = to_top(house, make_issue(house, title="answered"), MORNING)
    issues.decline(issue=answered, tell_staff="No", by=top, at=MORNING + 2 * HOUR)
    assert [one.pk for one in queue(house.top, top, MORNING + HOUR)] == [urgent.pk, sooner.pk, later.pk, no_ask.pk]


def test_what_is_late_stands_before_what_is_due_later_though_nobody_said_when_it_is_needed():
    house = make_house()
    top = house.lead(house.top)
    gap = make_issue(house, unit=house.top, title="a gap", urgency=Urgency.GAP, at=MORNING - 96 * HOUR)
    needed = to_top(house, make_issue(house, title="needed"), MORNING)
    urgent = to_top(house, make_issue(house, title="urgent", urgency=Urgency.URGENT), MORNING)
    found = queue(house.top, top, MORNING + HOUR)
    assert gap.clock_at < MORNING
    assert [one.pk for one in found] == [urgent.pk, gap.pk, needed.pk]
    rows = queue_rows(found, 0, "/desk/", (MORNING + HOUR).astimezone(house.organisation.zone))
    assert "late – due" in rows[1].line
    assert [row.late for row in rows[1:]] == [True, False]


def test_a_confidential_issue_waits_only_on_the_desk_of_whom_it_is_for():
    house = make_house()
    Confidant.objects.create(organisation=house.organisation, user=house.lead(house.top))
    issue = make_issue(house, unit=house.line, confidential=True, by=house.people["STAFF"])
    assert [one.pk for one in queue(house.line, house.lead(house.top), MORNING)] == [issue.pk]
    assert queue(house.line, house.lead(house.line), MORNING) == []


def test_the_card_tells_way_units_people_groups_and_the_answer_given_then():
    house = make_house()
    make_groups(house.organisation)
    category = make_choice(house.organisation, "category")
    past = make_issue(house, title="IV pumps are missing on nights", category=category, at=MORNING - 90 * HOUR)
    issues.decline(issue=past, tell_staff="None to be had.", by=past.owner, at=MORNING - 80 * HOUR)
    make_issue(house, title="Something else", category=category)
    make_issue(house, unit=house.support, title="IV pumps missing", category=category)
    first = make_issue(house, people_touched=30, groups=["language:es"], category=category)
    second = make_issue(house, unit=house.other_ward, people_touched=40, groups=["language:es", "interpreter:yes"])
    first = to_top(house, first, MORNING)
    issues.merge(issue=second, into=first, by=second.owner, at=MORNING + HOUR)
    now = MORNING + 2 * HOUR
    found = card(house.top, queue(house.top, house.lead(house.top), now)[0], house.lead(house.top), now)
    assert [stop.name for stop in found.way] == ["5 West", "Medicine", "Clinical branch", "Executive team"]
    ten = timedelta(minutes=10)
    assert [stop.stayed for stop in found.way] == [ten, ten, ten, 2 * HOUR - 3 * ten]
    assert (found.units, found.people, found.groups) == (
        ("5 West", "4 East"),
        70,
        ["Language: Spanish", "Interpreter: Needs one"],
    )
    assert [(one.pk, one.said) for one in found.before] == [(past.pk, "None to be had.")]
    assert found.elsewhere == 1
    ward = make_issue(house, title="IV pumps are missing")
    mine = card(house.ward, queue(house.ward, house.lead(house.ward), now)[-1], house.lead(house.ward), now)
    assert ward.pk != mine.before[0].pk
    assert mine.elsewhere == 0  # what is similar elsewhere is for those who may read it


def test_handing_down_goes_to_the_origin_the_way_and_what_reports_here():
    house = make_house()
    to_top(house, make_issue(house), MORNING)
    top = house.lead(house.top)
    found = card(house.top, queue(house.top, top, MORNING)[0], top, MORNING + HOUR)
    assert [place.pk for place in places_below(house.top, found)] == [house.ward.pk, house.branch.pk, house.line.pk]
    assert [person.pk for person in people_for(house.top, top)] == [top.pk, house.lead(house.branch).pk]


def test_promises_are_kept_late_ahead_or_reopened():
    house = make_house()
    lead = house.lead(house.ward)
    made = [make_issue(house, title=f"Promise {n}", at=MORNING) for n in range(5)]
    for issue, hours in zip(made, (1, 9, 1, 2, 3), strict=True):
        issues.answer(
            issue=issue,
            outcome=Outcome.DECIDED,
            tell_staff="It comes",
            due_at=MORNING + hours * HOUR,
            by=lead,
            at=MORNING + HOUR / 2,
        )
    issues.finish(issue=made[2], by=lead, at=MORNING + 2 * HOUR)
    issues.finish(issue=made[3], by=lead, at=MORNING + 2 * HOUR)
    issues.finish(issue=made[4], by=lead, at=MORNING + 2 * HOUR)
    issues.confirm(issue=made[4], verdict=Verdict.NOT_SOLVED, note="No", by=lead, at=MORNING + 3 * HOUR)
    found = promises(house.ward, MORNING + 4 * HOUR)
    lists = (found.late, found.ahead, found.kept_late, found.kept, found.reopened)
    assert [[one.pk for one in rows] for rows in lists] == [[issue.pk] for issue in made]
    kinds = ("late", "ahead", "kept", "kept_late", "reopened")
    assert found.counts == {"not_looked_at": 0, **dict.fromkeys(kinds, 1)}


@pytest.mark.parametrize("seed", range(4))
def test_the_map_of_silence_and_the_house_are_those_of_a_slow_loop(seed):
    past = make_past(seed, MORNING, raised=0)
    found = silence(past.house.top, past.today, MORNING)
    for row in found.rows:
        for cell in row.cells:
            every = Huddle.objects.filter(unit=row.unit_id, day=cell.day)
            huddles = every.filter(is_extra=False)
            met = {HuddleState.HELD, HuddleState.RUNNING}
            assert cell.called == sum(state(one, MORNING) in met for one in every.filter(is_extra=True))
            states = Counter((state(one, MORNING), bool(one.not_held_reason_id)) for one in huddles)
            assert cell.held == states[HuddleState.HELD, False]
            assert cell.with_reason == states[HuddleState.NOT_HELD, True]
            assert cell.silent == states[HuddleState.NOT_HELD, False]
            assert cell.planned + cell.open == len(huddles)
            assert (cell.heard == Heard.NONE) == (len(huddles) == 0)
    huddles = Huddle.objects.filter(day=past.today, is_extra=False).select_related("unit__tier")
    states = Counter((one.unit.tier.level, state(one, MORNING)) for one in huddles)
    for tier in house_of(past.house.top, past.today, MORNING).huddles:
        assert tier.held == states[tier.level, HuddleState.HELD]
        assert tier.not_held == states[tier.level, HuddleState.NOT_HELD]
        assert tier.planned == sum(count for (level, _s), count in states.items() if level == tier.level)


def test_the_cascade_tells_huddles_counts_and_what_comes_up():
    house = make_house()
    version, _checks = make_version(house)
    day = MORNING.date()
    make_huddle(house.ward, day, version, late=1, length=3)
    make_huddle(house.ward, day, version, hour=19)
    make_huddle(house.other_ward, day, version, hour=6)
    make_huddle(house.line, day, version, hour=7, late=0)
    issue = make_issue(house, at=MORNING - HOUR)
    send_up(house, issue, at=MORNING - HOUR / 2)
    make_issue(house, at=MORNING - HOUR)
    found = cascade(house.line, day, MORNING)
    assert [[unit.name for unit in tier.units] for tier in found.tiers] == [["4 East", "5 West"]]
    east, west = found.tiers[0].units
    assert [huddle.state for huddle in west.huddles] == [HuddleState.HELD, HuddleState.COMING]
    assert (west.state, west.raised, west.sent_up) == (HuddleState.HELD, 2, 1)
    assert (east.state, east.huddles[0].unheard) == (HuddleState.NOT_HELD, True)
    assert found.tiers[0].counts[HuddleState.NOT_HELD] == 1
    assert [(one.pk, one.from_name) for one in found.coming] == [(issue.pk, "5 West")]
    whole = cascade(house.top, day, MORNING)
    assert [tier.level for tier in whole.tiers] == [1, 2, 3]
    assert whole.tiers[1].units[0].state == HuddleState.RUNNING


def test_statements_are_constant_whatever_the_number_of_units_and_issues():
    house = make_house()
    version, _checks = make_version(house)
    top = house.lead(house.top)
    counts = []
    for _round in range(2):
        to_top(house, make_issue(house), MORNING)
        make_huddle(house.ward, MORNING.date(), version, hour=7 + _round)
        with CaptureQueriesContext(connection) as asked:
            cascade(house.top, MORNING.date(), MORNING)
            silence(house.top, MORNING.date(), MORNING)
            house_of(house.top, MORNING.date(), MORNING)
            promises(house.top, MORNING)
            waiting = queue(house.top, top, MORNING)
            card(house.top, waiting[0], top, MORNING)
        counts.append(len(asked) - any("org_membership" in q["sql"] for q in asked))
    assert counts[0] == counts[1] == 3 + 1 + 4 + 1 + 1 + 4
    assert Issue.objects.count() == 2
