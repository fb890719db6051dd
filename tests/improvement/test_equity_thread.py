"""The equity thread of the model day, number for number, through the real actions and tasks.

An emergency department improves for all and its gap widens. Readings come in, months are told, the goal shows "raised
but widened", a rule opens an issue, silence carries it from tier 1 to tier 4, the executive team answers.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from analytics.disparity import Quadrant
from analytics.signals import State
from boards.models import GapLimit, Published, Signal
from boards.tasks import tell_complete_months
from huddles.actions import issues
from huddles.rules.issues import Outcome, Urgency
from huddles.rules.issues import Source as From
from huddles.tasks import carry_on_signals
from improvement.queries.goals import standing_of
from tests.analytics.small_cells.house_attacker import Reader
from tests.huddles.factories import House
from tests.improvement.equity_thread import (
    LAST,
    NAMES,
    NOVEMBER,
    make_department,
    nobody_answers,
    send,
    set_goal,
    the_rule_opens_an_issue,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def thread():
    house = make_department()
    truth = send(house)
    with time_machine.travel(NOVEMBER, tick=False) as clock:
        tell_complete_months()
        yield house, truth, clock


def test_the_equity_thread_number_for_number(thread):
    house, truth, clock = thread
    goal = set_goal(house)
    [standing] = standing_of([goal], NOVEMBER.date())
    newest = standing.steps[-1].halves
    shares = [round(100 * each.rate) for each in (standing.before, newest)]
    gaps = [round(100 * each.gap) for each in (standing.before, newest)]
    assert (shares, gaps) == ([61, 70], [18, 23])
    assert round(standing.before.ratio, 2) == 0.73
    assert (round(100 * standing.aim_rate, 1), round(100 * standing.aim_gap, 1)) == (73.7, 14.4)
    assert newest.absolute == Quadrant.RAISED_WIDENED
    october = Published.objects.get(unit=house.ward, last=LAST, stretch="block")
    assert dict(zip(october.names, zip(october.numerators, october.denominators, strict=True), strict=True)) == {
        "English": (108, 142), "Spanish": (17, 32),
    }  # fmt: skip

    # The hidden group of seven is told nowhere, and nothing tells it.
    assert not Published.objects.filter(names__contains=["Sign language"]).exists()
    _nothing_small_follows(house, truth)

    # Wider than at the beginning for two months in a row: the rule opens an issue by itself.
    issue = the_rule_opens_an_issue()
    assert round(GapLimit.objects.get().points, 1) == 18.1
    assert (issue.place, issue.source, issue.urgency) == (house.ward, From.RULE, Urgency.GAP)
    assert [copy.unit for copy in issue.copies.all()] == [house.top]
    assert not any(text in f"{issue.title} {issue.detail}" for text in ("17", "32", " 7 "))

    # Nobody acknowledges: tier 2 after five working days, tier 3 after two more, tier 4 after two more.
    stays = nobody_answers(issue, clock)
    assert [place for place, _day in stays] == ["WARD", "LINE", "BRANCH", "TOP"]
    working = [int(np.busday_count(a, b)) for (_here, a), (_there, b) in pairwise(stays)]
    assert working == [5, 2, 2]

    # Tier 4 answers; the signal has a countermeasure with a day, and the officer sees the whole path, names of nobody.
    now = datetime(2026, 11, 25, 15, tzinfo=UTC)
    clock.move_to(now)
    issues.answer(
        issue=issue, outcome=Outcome.DECIDED, tell_staff="We launch an A3. First test: an interpreter icon at triage.",
        due_at=now + timedelta(days=14), by=house.lead(house.top), at=now,
    )  # fmt: skip
    carry_on_signals()
    signal = Signal.objects.get(group="Spanish", unit=house.ward)
    assert signal.state == State.COUNTERMEASURE
    client = Client()
    client.force_login(house.people["EQUITY"])
    path = client.get(reverse("huddles:signal", args=[signal.pk])).content.decode()
    for person in house.people.values():
        if person != house.people["EQUITY"]:
            assert person.name not in path
    assert "53.1" in path
    assert "73.1" in path  # everyone else; against English it is 76.1
    page = client.get(reverse("improvement:goal", args=[goal.pk])).content.decode()
    assert "rising tide, growing gap" in page.lower()


def _nothing_small_follows(house: House, truth: np.ndarray) -> None:
    units = [house.ward, house.line, house.branch, house.top]
    codes = list(NAMES.values())
    figures = 0
    for plane in truth:
        reader = Reader([[0]] * len(units), len(NAMES), 17, plane)
        for month in range(17):
            reader.read(0, list(range(len(NAMES))), range(month, month + 1))
        for row in Published.objects.all():
            first, last = ((d.year - 2025) * 12 + d.month - 6 for d in (row.first, row.last))
            for name in row.names:
                reader.read(0, [codes.index(name)], range(first, last + 1))
        spans = [range(month, month + 1) for month in range(17)] + [range(12), range(12, 17), range(17)]
        assert reader.derived(spans) == []
        figures += reader.figures
    assert figures > 100
