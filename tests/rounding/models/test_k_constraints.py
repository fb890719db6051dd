"""What PostgreSQL itself refuses of K-cards: every named constraint, both ways."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from rounding.models import KAnswer, KCard, KCheck
from rounding.rules.k_cards import MOST_OFTEN
from tests.huddles.factories import make_house
from tests.rounding.factories import AT
from tests.rounding.stage_k_cards import make_card, make_card_set, make_check

pytestmark = pytest.mark.django_db


class Stage:
    """A card that hangs at a ward and was pulled, and ways to make another."""

    def __init__(self) -> None:
        self.house = make_house()
        self.ward, self.lead = self.house.ward, self.house.lead(self.house.ward)
        self.version = make_card_set(self.ward)
        self.hangs = make_card(self.ward, self.lead, self.version)
        self.pulled = make_check(self.hangs, self.lead)
        self.asked = self.version.questions.get(position=1)
        self.words = self.version.questions.get(position=4)

    def card(self, **fields) -> KCard:
        given = {
            "organisation": self.house.organisation,
            "unit": self.house.other_ward,
            "question_set": self.version.question_set,
            "token": uuid4().hex[:12],
            "added_at": AT,
            "added_by": self.lead,
        }
        return KCard.objects.create(**{**given, **fields})

    def check(self, **fields) -> KCheck:
        given = {
            "uid": uuid4(),
            "card": self.hangs,
            "version": self.version,
            "by": self.lead,
            "at": AT,
            "day": AT.date(),
            "side": "green",
        }
        return KCheck.objects.create(**{**given, **fields})

    def answer(self, **fields) -> KAnswer:
        return KAnswer.objects.create(**{"check_of": self.pulled, "question": self.words, "value": "yes", **fields})


#: Constraint → what it lets be, what it refuses.
CASES = {
    "k_card_stands_once_at_a_unit": (
        lambda s: [s.card(), s.card(unit=s.ward, retired_at=AT), s.card(unit=s.ward, retired_at=AT)],
        lambda s: s.card(unit=s.ward),
    ),
    "k_card_often_in_range": (
        lambda s: [s.card(often=1), s.card(unit=s.house.line, often=MOST_OFTEN)],
        lambda s: s.card(often=0),
    ),
    "k_card_per_known": (lambda s: s.card(per="month"), lambda s: s.card(per="day")),
    "k_card_has_token": (lambda s: s.card(), lambda s: s.card(token="")),
    "k_check_side_known": (lambda s: s.check(side="red"), lambda s: s.check(side="amber")),
    "k_answer_one_for_a_question": (lambda s: s.answer(), lambda s: s.answer(question=s.asked)),
    "k_answer_known": (lambda s: s.answer(value="none"), lambda s: s.answer(value="part")),
}

#: Other ways past a constraint that has more than one side, and what is unique without a name of ours.
MORE = (
    ("k_card_often_in_range", lambda s: s.card(often=MOST_OFTEN + 1)),
    ("token", lambda s: s.card(token=s.hangs.token)),
    ("uid", lambda s: s.check(uid=s.pulled.uid)),
)


def named() -> set[str]:
    models = [model for model in apps.get_app_config("rounding").get_models() if model.__module__ == KCard.__module__]
    kinds = (UniqueConstraint, CheckConstraint)
    return {c.name for model in models for c in model._meta.constraints if isinstance(c, kinds)}


def test_every_constraint_has_its_case():
    assert named() == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_may_be_is_kept_and_what_may_not_is_refused_by_its_name(name):
    may, may_not = CASES[name]
    stage = Stage()
    with transaction.atomic():
        may(stage)
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        may_not(stage)


@pytest.mark.parametrize(("name", "may_not"), MORE)
def test_the_other_sides_of_a_constraint_are_refused_too(name, may_not):
    stage = Stage()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        may_not(stage)
