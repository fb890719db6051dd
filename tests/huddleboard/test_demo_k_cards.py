"""K-cards of the demo hospital: ten weeks of checks that show what cards can show, without patients."""

from datetime import UTC, date, datetime, timedelta

import pytest

from huddleboard.demo import places
from huddleboard.demo.k_cards import CARDS, WEEKS, make_k_cards
from huddleboard.demo.mornings import make_mornings
from huddleboard.demo.organisation import make_organisation
from huddleboard.demo.people import make_people
from huddleboard.demo.removal import remove
from huddleboard.demo.rounds import make_rounds
from huddles.models import Issue
from huddles.rules import hints
from huddles.rules.issues import Source
from org.models import Organisation
from rounding.models import KCard, KCheck
from rounding.queries.k_cards import states_of
from rounding.rules.k_cards import Side, monday

pytestmark = pytest.mark.django_db

LAST = date(2026, 11, 24)
NOW = datetime(2026, 11, 25, 11, 15, tzinfo=UTC)
TODAY = NOW.date()


def make(seed=7, now=NOW, rows=places.HOSPITAL, tiers=places.TIERS):
    last = now.date() - timedelta(days=1)
    organisation, units = make_organisation("cards", "Harbor Valley", tiers, rows, last, now)
    make_people("cards", rows, units, since=last - timedelta(days=60), password=None)
    make_mornings(organisation, units, last, now, seed)
    make_rounds(organisation, now, seed)
    return organisation, make_k_cards(organisation, now, seed)


def states(today=TODAY):
    found = states_of(KCard.objects.order_by("pk"), today)
    return {
        (card.unit.code, state.name): state for card, state in zip(KCard.objects.order_by("pk"), found, strict=True)
    }


def test_every_card_hangs_and_most_checks_are_green():
    _organisation, count = make()
    assert KCard.objects.count() == len(CARDS)
    assert 150 < KCheck.objects.count() == count < 350
    green = KCheck.objects.filter(side=Side.GREEN).count()
    assert 0.8 < green / count < 0.97
    assert all(NOW - timedelta(weeks=WEEKS + 1) < at < NOW for at in KCheck.objects.values_list("at", flat=True))
    assert not KCheck.objects.filter(answers__isnull=True).exists()
    reds = KCheck.objects.filter(side=Side.RED)
    assert reds.count() == reds.filter(answers__value="no").distinct().count() > 10
    texts = [text for row in KCheck.objects.values_list("gets_in_the_way", "coach_note") for text in row if text]
    assert len(texts) > 10
    assert [text for text in texts if hints.find(text)] == []


def test_one_is_steady_one_is_due_and_one_is_red_and_became_an_issue():
    make()
    found = states()
    steady = found["5W", "Hand hygiene at the door"]
    assert (steady.side, steady.pace_text) == ("green", "once a week")
    assert "instead of twice a week" in steady.reason
    due = found["ED", "Hand hygiene at the door"]
    assert (due.due, due.due_text) == (2, "0 of 2 pulled this week")
    red = found["ED", "Interpreter offered and noted"]
    assert (red.side, red.weeks[-1].side) == ("red", "red")
    check = KCheck.objects.filter(card=red.pk).first()
    assert check.day >= monday(TODAY)
    assert (check.issue.origin.code, check.issue.source) == ("ED", Source.ROUND)
    assert check.issue.detail == check.gets_in_the_way


@pytest.mark.parametrize("weekday", range(7))
def test_whatever_the_day_of_the_week_the_newest_card_shows_red(weekday):
    now = datetime(2026, 11, 23, 5, 30, tzinfo=UTC) + timedelta(days=weekday)
    make(now=now, rows=places.SMALL, tiers=places.SMALL_TIERS)
    found = states(now.date())
    assert found["ED", "Interpreter offered and noted"].side == "red"
    assert found["5W", "Hand hygiene at the door"].pace_text == "once a week"
    assert found["ED", "Hand hygiene at the door"].due == 2


def test_the_same_seed_makes_the_same_checks_and_all_of_it_can_be_removed():
    organisation, _count = make(rows=places.SMALL, tiers=places.SMALL_TIERS)
    first = list(KCheck.objects.order_by("at", "pk").values_list("at", "side", "gets_in_the_way"))
    remove(organisation)
    assert not Organisation.objects.exists()
    assert (KCard.objects.count(), KCheck.objects.count(), Issue.objects.count()) == (0, 0, 0)
    make(rows=places.SMALL, tiers=places.SMALL_TIERS)
    assert list(KCheck.objects.order_by("at", "pk").values_list("at", "side", "gets_in_the_way")) == first
