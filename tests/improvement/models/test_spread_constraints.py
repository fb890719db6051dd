"""What PostgreSQL itself refuses of offers of changes: every named constraint, both ways."""

import pytest
from django.db import IntegrityError, models, transaction

from improvement.models import Offer, OfferedTo
from improvement.rules.spread import Answer
from tests.factories import make_unit
from tests.improvement.factories import NOW, make_ticket

pytestmark = pytest.mark.django_db
TAKEN = {"answer": Answer.TAKEN, "answered_at": NOW}
DECLINED = {"answer": Answer.DECLINED, "answered_at": NOW, "reason": "No screens here"}


@pytest.fixture
def offer():
    return Offer.objects.create(ticket=make_ticket(make_unit()), change="Do it", offered_at=NOW)


def asked(offer, unit=None, **fields):
    return OfferedTo.objects.create(offer=offer, unit=unit or make_unit(), **fields)


def says(change):
    return lambda: Offer.objects.create(ticket=make_ticket(make_unit()), change=change, offered_at=NOW)


CASES = {
    "offer_says_what_to_do": lambda _: [(says(""), says("x"))],
    "offered_once_to_a_unit": lambda o: [(lambda: asked(o, asked(o).unit), lambda: asked(o))],
    "offer_answer_known": lambda o: [(lambda: asked(o, **TAKEN | {"answer": "maybe"}), lambda: asked(o, **TAKEN))],
    "offer_declined_says_why": lambda o: [
        (lambda: asked(o, **DECLINED | {"reason": ""}), lambda: asked(o, **DECLINED)),
        (lambda: asked(o, **DECLINED | {"answered_at": None}), lambda: asked(o, **DECLINED)),
        (lambda: asked(o, **TAKEN | {"answered_at": None}), lambda: asked(o, **TAKEN)),
        (lambda: asked(o, answered_at=NOW), lambda: asked(o)),
        (
            lambda: asked(o, **DECLINED, own=make_ticket(make_unit())),
            lambda: asked(o, **TAKEN, own=make_ticket(make_unit())),
        ),
        (lambda: asked(o, own=make_ticket(make_unit())), lambda: asked(o)),
    ],
}


def test_every_constraint_has_its_case():
    kinds = (models.CheckConstraint, models.UniqueConstraint)
    named = {c.name for model in (Offer, OfferedTo) for c in model._meta.constraints if isinstance(c, kinds)}
    assert named == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses_it_and_takes_its_neighbour(name, offer):
    for bad, good in CASES[name](offer):
        with pytest.raises(IntegrityError, match=f"{name}|offer_declined_says_why"), transaction.atomic():
            bad()
        good()
