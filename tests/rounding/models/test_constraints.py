"""What PostgreSQL itself refuses: every named constraint of this room, both ways; those of K-cards stand apart."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from org.rules import Role
from rounding.models import (
    CommentsRead,
    Observation,
    Photo,
    Promise,
    Question,
    QuestionSet,
    QuestionSetVersion,
    Recognition,
    Recording,
    Reflection,
    Round,
    RoundComment,
    Wording,
)
from rounding.rules.questions import LONGEST_MINUTES
from tests.factories import make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_round, make_set
from tests.rounding.models.test_standard_constraints import CASES as STANDARD

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
#: Models whose constraints have a file of their own.
ELSEWHERE = {"rounding.models.k_cards"}


class Stage:
    """One of everything, and ways to make another."""

    def __init__(self) -> None:
        self.house = make_house()
        self.organisation, self.ward = self.house.organisation, self.house.ward
        self.leader, self.other = self.house.lead(self.ward), make_user(Role.STAFF, self.ward)
        self.version = make_set(self.ward)
        self.set = self.version.question_set
        self.asked = self.version.questions.get(position=1)
        self.walk = make_round(self.ward, self.leader, self.version)
        self.noted = self.note(position=1)
        self.said = 100

    def named(self, **fields) -> QuestionSet:
        return QuestionSet.objects.create(**{"organisation": self.organisation, "kind": "staff", "name": "x", **fields})

    def wording_of_set(self, **fields) -> QuestionSetVersion:
        given = {"question_set": self.set, "number": 2, "published_at": AT, **fields}
        return QuestionSetVersion.objects.create(**given)

    def question(self, **fields) -> Question:
        self.said += 1
        given = {"version": self.version, "position": self.said, "kind": "text", "text": "x", **fields}
        return Question.objects.create(**given)

    def wording(self, **fields) -> Wording:
        return Wording.objects.create(**{"question": self.asked, "language": "es", "text": "¿Qué?", **fields})

    def round(self, **fields) -> Round:
        given = {
            "uid": uuid4(),
            "organisation": self.organisation,
            "unit": self.ward,
            "version": self.version,
            "leader": self.leader,
            "began_at": AT,
            "received_at": AT,
        }
        return Round.objects.create(**{**given, **fields})

    def note(self, **fields) -> Observation:
        return Observation.objects.create(**{"uid": uuid4(), "round": self.walk, "position": 99, "at": AT, **fields})

    def reflection(self, asked) -> Reflection:
        return Reflection.objects.create(round=self.walk, asked=asked, at=AT)

    def file(self, model, **fields):
        given = {"uid": uuid4(), "observation": self.noted, "size": 1, "content": b"x", "at": AT, **fields}
        return model.objects.create(**given)

    def comment(self, text: str) -> RoundComment:
        return RoundComment.objects.create(uid=uuid4(), round=self.walk, text=text, by=self.other, at=AT)

    def read(self, person) -> CommentsRead:
        return CommentsRead.objects.create(round=self.walk, person=person, at=AT)

    def thanks(self, name: str) -> Recognition:
        return Recognition.objects.create(
            uid=uuid4(), organisation=self.organisation, unit=self.ward, name=name, by=self.leader, at=AT
        )

    def promise(self, **fields) -> Promise:
        given = {
            "uid": uuid4(),
            "organisation": self.organisation,
            "unit": self.ward,
            "text": "Two pumps",
            "due_on": AT.date(),
            "by": self.leader,
            "at": AT,
        }
        return Promise.objects.create(**{**given, **fields})


def photo(s: Stage, **fields) -> Photo:
    return s.file(Photo, **{"media_type": "image/jpeg", **fields})


def recording(s: Stage, **fields) -> Recording:
    return s.file(Recording, **{"media_type": "audio/webm", **fields})


#: Constraint → what it lets be, what it refuses.
CASES = {
    "question_set_kind_known": (lambda s: s.named(kind="k_card"), lambda s: s.named(kind="gossip")),
    "question_set_has_name": (lambda s: s.named(), lambda s: s.named(name="")),
    "question_set_version_unique": (lambda s: s.wording_of_set(), lambda s: s.wording_of_set(number=1)),
    "question_set_minutes_in_range": (
        lambda s: [s.wording_of_set(minutes=1), s.wording_of_set(number=3, minutes=LONGEST_MINUTES)],
        lambda s: s.wording_of_set(minutes=LONGEST_MINUTES + 1),
    ),
    "question_place_unique": (lambda s: s.question(), lambda s: s.question(position=1)),
    "question_kind_known": (lambda s: s.question(kind="scale"), lambda s: s.question(kind="smell")),
    "question_choices_belong_to_lists": (
        lambda s: s.question(kind="choice", choices=["a", "b"]),
        lambda s: s.question(kind="choice", choices=["a"]),
    ),
    "question_hangs_on_an_earlier_one": (
        lambda s: s.question(position=98, after=97, after_value="no"),
        lambda s: s.question(position=98, after=98, after_value="no"),
    ),
    "wording_one_for_a_language": (
        lambda s: [s.wording(), s.wording(language="vi")],
        lambda s: [s.wording(), s.wording(text="¿Cómo?")],
    ),
    "wording_has_words": (lambda s: s.wording(), lambda s: s.wording(text="")),
    "round_ends_after_it_began": (lambda s: s.round(ended_at=AT), lambda s: s.round(ended_at=AT - HOUR)),
    "round_of_two_has_two": (lambda s: s.round(partner=s.other), lambda s: s.round(partner=s.leader)),
    "reflection_asked_0_to_10": (lambda s: s.reflection(10), lambda s: s.reflection(11)),
    "observation_place_unique": (lambda s: s.note(), lambda s: s.note(position=1)),
    "observation_one_for_a_question": (
        lambda s: [s.note(question=s.asked), s.note(position=98), s.note(position=97)],
        lambda s: [s.note(question=s.asked), s.note(position=98, question=s.asked)],
    ),
    "observation_few_tags": (
        lambda s: s.note(tags=[str(n) for n in range(6)]),
        lambda s: s.note(tags=[str(n) for n in range(7)]),
    ),
    "photo_is_a_picture": (photo, lambda s: photo(s, media_type="text/html")),
    "photo_is_not_empty": (photo, lambda s: photo(s, size=0)),
    "recording_is_sound": (recording, lambda s: recording(s, media_type="video/mp4")),
    "recording_is_not_empty": (recording, lambda s: recording(s, size=0)),
    "round_comment_has_words": (lambda s: s.comment("It is mended"), lambda s: s.comment("")),
    "comments_read_once_for_a_person": (
        lambda s: [s.read(s.leader), s.read(s.other)],
        lambda s: [s.read(s.leader), s.read(s.leader)],
    ),
    "recognition_has_a_name": (lambda s: s.thanks("Rosa"), lambda s: s.thanks("")),
    "promise_has_words": (lambda s: s.promise(), lambda s: s.promise(text="")),
    "promise_ended_has_time": (
        lambda s: s.promise(state="kept", ended_at=AT),
        lambda s: s.promise(state="kept"),
    ),
    "promise_withdrawn_has_reason": (
        lambda s: s.promise(state="withdrawn", ended_at=AT, answer="The store has none"),
        lambda s: s.promise(state="withdrawn", ended_at=AT),
    ),
}

#: Other ways past a constraint that has more than one side.
MORE = (
    ("question_choices_belong_to_lists", lambda s: s.question(choices=["a", "b"])),
    ("question_hangs_on_an_earlier_one", lambda s: s.question(after=1)),
    ("question_hangs_on_an_earlier_one", lambda s: s.question(after_value="no")),
    ("question_hangs_on_an_earlier_one", lambda s: s.question(after=0, after_value="no")),
    ("question_set_minutes_in_range", lambda s: s.wording_of_set(minutes=0)),
    ("promise_ended_has_time", lambda s: s.promise(ended_at=AT)),
    ("promise_ended_has_time", lambda s: s.promise(state="broken", ended_at=AT)),
)


def named() -> set[str]:
    models = [model for model in apps.get_app_config("rounding").get_models() if model.__module__ not in ELSEWHERE]
    kinds = (UniqueConstraint, CheckConstraint)
    return {c.name for model in models for c in model._meta.constraints if isinstance(c, kinds)}


def test_every_constraint_has_its_case():
    assert named() == {*CASES, *STANDARD}


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
