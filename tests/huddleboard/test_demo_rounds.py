"""Four weeks of rounds in the demo hospital: of all kinds, as the actions would have left them, without patients."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from huddleboard.demo import places
from huddleboard.demo.mornings import make_mornings
from huddleboard.demo.organisation import make_organisation
from huddleboard.demo.people import make_people
from huddleboard.demo.removal import remove
from huddleboard.demo.rounds import DAYS, make_rounds
from huddles.rules import hints
from huddles.rules.issues import Source
from org.models import Organisation
from rounding.models import Observation, Promise, QuestionSet, Recognition, Reflection, Round, RoundComment
from rounding.rules.questions import SetKind, answers_of
from rounding.rules.rounds import PromiseState

pytestmark = pytest.mark.django_db

LAST = date(2026, 11, 24)
NOW = datetime(2026, 11, 25, 11, 15, tzinfo=UTC)


def make(seed=7, rows=places.HOSPITAL, tiers=places.TIERS):
    organisation, units = make_organisation("rounds", "Harbor Valley", tiers, rows, LAST, NOW)
    make_people("rounds", rows, units, since=LAST - timedelta(days=60), password=None)
    make_mornings(organisation, units, LAST, NOW, seed)
    return organisation, make_rounds(organisation, NOW, seed)


def said():
    """What was noted on rounds that found no issue of the mornings."""
    rows = Observation.objects.exclude(round__observations__issue__isnull=False).order_by(
        "round__began_at", "round__uid", "position"
    )
    return list(rows.values_list("uid", "position", "value", "text"))


def test_rounds_are_of_every_kind_and_within_four_weeks():
    organisation, count = make()
    led = Round.objects.filter(organisation=organisation).select_related("version__question_set")
    kinds = Counter(row.version.question_set.kind for row in led)
    assert set(kinds) == set(SetKind) - {SetKind.K_CARD}
    assert 90 < sum(kinds.values()) == count < 220
    assert all(NOW - timedelta(days=DAYS + 1) < row.began_at < row.ended_at < NOW for row in led)
    assert {row.version.shared for row in led if row.version.question_set.kind == SetKind.NEW_STARTER} == {False}


def test_answers_are_those_of_their_questions_and_tell_of_no_patient():
    make()
    for row in Observation.objects.filter(question__isnull=False).select_related("question", "round"):
        assert row.question.version_id == row.round.version_id
        assert not row.value or row.value in answers_of(row.question.kind, row.question.choices)
    texts = [text for model, field in (
        (Observation, "text"), (Promise, "text"), (Promise, "answer"), (Recognition, "text"), (RoundComment, "text"),
        (Reflection, "surprised"),
    ) for text in model.objects.values_list(field, flat=True)]  # fmt: skip
    assert len(texts) > 500
    assert [text for text in texts if hints.find(text)] == []


def test_some_issues_were_found_on_rounds_and_promises_ended_in_every_way():
    make()
    found = Observation.objects.filter(issue__isnull=False).select_related("issue", "round")
    assert len(found) >= 3
    assert {row.issue.source for row in found} == {Source.ROUND}
    assert all(row.issue.origin_id == row.round.unit_id for row in found)
    assert all(row.round.began_at < row.issue.raised_at for row in found)
    states = Counter(Promise.objects.values_list("state", flat=True))
    assert set(states) == set(PromiseState)
    assert Promise.objects.overdue(NOW.date()).exists()
    assert Recognition.objects.filter(read_out_at__isnull=True).exists()
    assert Recognition.objects.filter(person__isnull=False, read_out_at__isnull=False).exists()
    assert RoundComment.objects.exists()


def test_the_same_seed_makes_the_same_rounds_and_all_of_it_can_be_removed():
    organisation, _count = make()
    first = said()
    remove(organisation)
    assert not Organisation.objects.exists()
    assert [model.objects.count() for model in (Round, Observation, Promise, Recognition, QuestionSet)] == [0] * 5
    make()
    assert said() == first


def test_a_small_house_has_rounds_too():
    _organisation, count = make(rows=places.SMALL, tiers=places.SMALL_TIERS)
    assert count > 15
