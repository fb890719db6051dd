"""The demo hospital tells its equity story by itself: what the guard tells, what nights found, what became of it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from analytics.disparity import Quadrant
from analytics.signals import Cause, State
from analytics.small_cells import House
from analytics.small_cells.telling import tell
from boards.models import Annotation, GapLimit, Published, Signal, Target
from huddleboard.demo import make_hospital, remove, story
from huddleboard.demo.organisation import ZONE
from huddles.models import Issue
from huddles.rules.issues import Source
from improvement.models import Goal
from improvement.queries.evidence import evidence_of
from improvement.queries.goal_pages import goal_page
from improvement.queries.goals import standing_of
from improvement.rules.algorithms import Review
from improvement.rules.evidence import Standing
from org.models import User

LAST = date(2026, 11, 24)
AT = datetime(2026, 11, 25, 6, 15, tzinfo=ZoneInfo(ZONE))


def months_of(last: date) -> np.ndarray:
    """The story as exact counts: (planes, groups, months)."""
    told = story.languages(np.random.default_rng(7), last)
    first = story.first_day(last)
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    month = (days.astype("datetime64[M]") - np.datetime64(first, "M")).astype(int)
    counts = np.zeros((2, len(told), month[-1] + 1))
    for group, (x, n) in enumerate(told.values()):
        np.add.at(counts[0, group], month, x)
        np.add.at(counts[1, group], month, n - x)
    return counts


@pytest.mark.parametrize("last", [date(2026, 11, 30), date(2027, 1, 4), date(2028, 2, 29), date(2026, 12, 18)])
def test_on_whatever_day_it_is_made_both_languages_are_told_before_and_since(last):
    counts = months_of(last)
    house = House(
        counts[None, :, None], counts.sum(axis=1)[None, :, None], np.ones((1, 1, counts.shape[1]), bool),
        np.array([-1]), np.array([1]),
    )  # fmt: skip
    courses, told = [None], []
    for month in range(17):
        courses, new = tell(house, courses, origin=0, month=month, threshold=11)
        told += [each for each in new if not each.whole_cycle]
    both = {(each.first, each.last) for each in told if each.groups[0, :2].all()}
    assert both == {(0, 3), (3, 6), (6, 9), (9, 12), *((month, month + 1) for month in range(12, 17))}


@pytest.fixture(scope="module")
def hospital(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_hospital(small=False, last=LAST, at=AT, say=lambda _text: None)
        yield made.organisation
        transaction.set_rollback(True)


pytestmark = pytest.mark.slow


def test_the_goal_is_raised_but_widened(hospital, db):
    [standing] = standing_of(list(Goal.objects.whole().filter(organisation=hospital)), AT.date())
    assert standing.quadrant == Quadrant.RAISED_WIDENED
    assert standing.twice
    newest = standing.steps[-1].halves
    assert [round(100 * each.rate) for each in (standing.before, newest)] == [61, 70]
    assert [round(100 * each.gap) for each in (standing.before, newest)] == [18, 23]
    assert not Published.objects.filter(
        measure__code=story.MEASURE, names__contains=["American Sign Language"], stretch="block"
    ).exists()


def test_the_page_of_the_goal_its_chart_and_its_board_have_one_aim(hospital, db):
    goal = Goal.objects.whole().get(organisation=hospital)
    shown = goal_page(goal, AT.date(), goal.owner).row
    assert (shown.rate_aim, shown.gap_aim) == ("≥ 73.7 %", "≤ 14.4 points")
    note = Annotation.objects.get(unit=goal.unit, measure=goal.measure)
    assert (note.day, note.text) == (goal.first_month, "Goal: all ≥ 73.7 %, gap Spanish to English ≤ 14.4 points")
    target = Target.objects.filter(measure=goal.measure).order_by("valid").last()
    assert f"≥ {target.value:g} %" == shown.rate_aim


def test_its_gap_became_an_issue_that_silence_carried_up(hospital, db):
    signal = Signal.objects.get(unit__code=story.UNIT, measure__code=story.MEASURE, group="Spanish")
    assert (signal.state, signal.unit.organisation) == (State.ESCALATED, hospital)
    asked = list(signal.changes.filter(after=State.ESCALATED))
    assert [change.cause for change in asked] == [Cause.LIMIT, *[Cause.SILENCE] * 3]
    assert [change.tier for change in asked] == [1, 2, 3, 4]
    assert asked[0].figures["people"] == 32
    issue = signal.issues.get().issue
    assert (issue.source, issue.place.code, issue.climbs) == (Source.RULE, "HVH", 3)
    assert GapLimit.objects.get().reference == "English"
    # Nobody has the work of a rule done by hand: every step came before now, in its order.
    moments = list(signal.changes.values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= AT


def test_others_are_watched_worked_on_closed_and_dismissed(hospital, db):
    signals = Signal.objects.filter(organisation=hospital)
    states = set(signals.values_list("state", flat=True))
    assert {State.WATCH, State.ESCALATED, State.COUNTERMEASURE, State.CLOSED} <= states
    dismissed = signals.filter(changes__cause=Cause.DISMISSED).first()
    assert dismissed.changes.get(cause=Cause.DISMISSED).reason.startswith("All cases of these weeks were read")
    confirmed = signals.filter(changes__after=State.CLOSED, changes__cause=Cause.PERSON).first()
    assert confirmed.issues.filter(issue__verdict="solved").exists()
    of_rule = Issue.objects.filter(organisation=hospital, source=Source.RULE)
    assert 5 <= of_rule.count() <= 20
    assert of_rule.count() == of_rule.filter(signal_issue__isnull=False).count()


def test_evidence_has_something_of_each_kind(hospital, db):
    sections = evidence_of(hospital, AT).sections
    assert [section.number for section in sections if section.standing == Standing.MISSING] == [5]
    assert "it was raised but its gap widened, and no review since then" in sections[4].lacks[0].text
    states = dict(hospital.algorithms.values_list("code", "status"))
    assert set(states.values()) == set(Review)
    assert hospital.algorithms.filter(status=Review.UNDER_REVIEW, next_review__lt=LAST).count() == 1


def test_the_first_page_of_the_officer_shows_it(hospital, db, time_machine):
    time_machine.move_to(AT, tick=False)
    client = Client()
    client.force_login(User.objects.get(email="equity@harborvalley.example"))
    answer = client.get(reverse("improvement:equity-home"))
    page = answer.context_data["page"]
    assert [field.name for field in page.corners if field.rows] == ["Raised but widened"]
    [row] = [row for row in page.signals if row.unit == "Emergency department"]
    assert [stop.tier for stop in row.path] == ["Unit", "Service line", "Branch", "Executive team"]
    # Each of them is asked about somewhere: no unit waits for nobody, above one that is asked about the same gap.
    assert len(page.signals) > 1
    waiting = Signal.objects.filter(pk__in=[row.pk for row in page.signals], state=State.ESCALATED)
    assert not waiting.exclude(issues__is_open=True).exists()
    shares = [float(box.text.split()[-2]) for _name, box in page.known]
    assert shares == sorted(shares)
    assert not any("staff" in name.lower() for name, _box in page.known)
    assert page.unsent > 0
    text = answer.content.decode()
    assert 'class="count">0<' not in text


def signed_in(local: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=f"{local}@harborvalley.example"))
    return client


def test_women_are_promoted_less_often_which_the_night_found_and_no_issue_tells(hospital, db):
    told = Published.objects.filter(
        measure__code="staff_promotion", dimension__code="staff_sex", unit__code="HVH", stretch="block"
    )
    assert told.count() >= 6
    counts = {name: np.zeros(2) for name in ("Female", "Male")}
    for block in told:
        for name, events, people in zip(block.names, block.numerators, block.denominators, strict=True):
            counts[name] += (events, people)
    shares = {name: events / people for name, (events, people) in counts.items()}
    assert 0.3 < shares["Female"] / shares["Male"] < 0.6
    asked = Signal.objects.open().filter(measure__about="staff", unit__code="HVH")
    assert set(asked.values_list("measure__code", "group")) == {("staff_promotion", "Female")}
    assert not Issue.objects.filter(measure__about="staff").exists()


@pytest.mark.parametrize("local", ["workforce", "equity"])
def test_readers_of_groups_of_staff_find_the_way_from_their_first_page(hospital, db, time_machine, local):
    time_machine.move_to(AT, tick=False)
    client = signed_in(local)
    first = client.get("/", follow=True).content.decode()
    assert reverse("huddles:workforce") in first
    page = client.get(reverse("huddles:workforce"))
    assert [row.group for row in page.context_data["rows"]] == ["Female"]
    cards = "".join(page.context_data["measures"].equity.cards)
    assert cards.count("<article") == 4
    assert "fares worse, more than chance" in cards


def test_everybody_else_sees_numbers_of_all_staff_and_no_group(hospital, db, time_machine):
    time_machine.move_to(AT, tick=False)
    signal = Signal.objects.get(measure__code="staff_promotion", unit__code="HVH", group="Female")
    for local in ("staff", "lead", "manager", "executive", "coach", "data", "admin"):
        client = signed_in(local)
        assert client.get(reverse("huddles:signal", args=[signal.pk])).status_code == 404
        assert client.get(reverse("huddles:workforce")).status_code == 403
        page = client.get(reverse("boards:measure", args=[signal.unit_id, signal.measure_id])).content.decode()
        assert "Colleagues promoted" in page
        assert "Female" not in page


def test_it_goes_with_all_that_its_nights_left(hospital, db):
    with transaction.atomic():
        remove(hospital)
        assert (Signal.objects.count(), Issue.objects.count(), Published.objects.count()) == (0, 0, 0)
        transaction.set_rollback(True)
