"""What PostgreSQL itself refuses: every named constraint of this room, both ways."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from boards.models import Dimension, Letter, Measure, Signal
from huddles.actions.defaults import furnish
from huddles.models import (
    Agenda,
    AgendaLine,
    AgendaVersion,
    AlertReceipt,
    Attachment,
    CaptureCode,
    CheckIn,
    Choice,
    Confidant,
    Huddle,
    HuddleMark,
    Issue,
    IssueCopy,
    ServiceLevel,
    SignalIssue,
    SystemAlert,
    UnitHabits,
)
from huddles.rules.issues import ChoiceKind, Size, Source, Status, Urgency, Verdict
from tests.huddles.factories import MORNING, make_choice, make_house, make_issue

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Stage:
    """One of everything, and ways to make another."""

    def __init__(self) -> None:
        self.house = make_house()
        self.organisation, self.ward = self.house.organisation, self.house.ward
        furnish(organisation=self.organisation, at=MORNING)
        self.agenda = Agenda.objects.get(organisation=self.organisation, tier_level=1)
        self.version = self.agenda.versions.get()
        self.line = self.version.lines.filter(section="seat").first()
        self.issue = make_issue(self.house)
        self.other = make_issue(self.house)
        self.minutes = 0
        self.signal: Signal | None = None

    def asked(self, issue: Issue, **fields) -> SignalIssue:
        """An issue of the one signal of the stage."""
        if self.signal is None:
            letter = Letter.objects.create(organisation=self.organisation, code="Q", name="Quality")
            measure = Measure.objects.create(organisation=self.organisation, code="pain", name="Pain", letter=letter)
            dimension = Dimension.objects.create(organisation=self.organisation, code="language", name="Language")
            self.signal = Signal.objects.create(
                organisation=self.organisation,
                unit=self.ward,
                measure=measure,
                dimension=dimension,
                group="Spanish",
                state="escalated",
                tier=1,
                since=MORNING.date(),
                changed_on=MORNING.date(),
            )
        return SignalIssue.objects.create(issue=issue, signal=self.signal, followed_to=1, **fields)

    def huddle(self, **fields) -> Huddle:
        self.minutes += 1
        at = MORNING + timedelta(minutes=self.minutes)
        return Huddle.objects.create(**{"unit": self.ward, "day": at.date(), "planned_at": at, "minutes": 15, **fields})

    def row(self, **fields) -> AgendaLine:
        self.minutes += 1
        return AgendaLine.objects.create(
            **{"version": self.version, "section": "seat", "position": 100 + self.minutes, "title": "x", **fields}
        )

    def now(self, **fields) -> None:
        assert Issue.objects.filter(pk=self.issue.pk).update(**fields) == 1

    def raw(self, **fields) -> Issue:
        self.minutes += 1
        return Issue.objects.create(
            **{
                "organisation": self.organisation,
                "number": 1000 + self.minutes,
                "client_id": uuid4(),
                "title": "x",
                "origin": self.ward,
                "place": self.ward,
                "owner": self.issue.owner,
                "source": Source.PAGE,
                "raised_at": MORNING,
                "arrived_at": MORNING,
                "changed_at": MORNING,
                "clock_at": MORNING,
                **fields,
            }
        )

    def level(self, tier: int, **fields) -> ServiceLevel:
        given = {"urgency": Urgency.ROUTINE, "acknowledge_minutes": 1, "answer_minutes": 1, **fields}
        return ServiceLevel.objects.create(organisation=self.organisation, tier_level=tier, **given)

    def code(self, **fields) -> CaptureCode:
        return CaptureCode.objects.create(unit=self.ward, token=uuid4().hex, made_at=MORNING, **fields)

    def look(self, **fields) -> CheckIn:
        return CheckIn.objects.create(issue=self.issue, day=MORNING.date(), **fields)

    def attachment(self, size: int) -> Attachment:
        return Attachment.objects.create(
            uid=uuid4(), issue=self.issue, name="x", media_type="image/png", size=size, content=b"x", at=MORNING
        )


def receipt(s: Stage, times: int) -> None:
    alert = SystemAlert.objects.create(organisation=s.organisation, title="x", sent_at=MORNING, uid=uuid4())
    for _ in range(times):
        AlertReceipt.objects.create(alert=alert, unit=s.ward)


def twice(make, number: int) -> None:
    for _ in range(number):
        make()


#: Constraint → what it lets be, what it refuses.
CASES = {
    "agenda_one_for_a_tier": (
        lambda s: Agenda.objects.create(organisation=s.organisation, tier_level=9, name="x"),
        lambda s: Agenda.objects.create(organisation=s.organisation, tier_level=1, name="x"),
    ),
    "agenda_one_for_a_unit": (
        lambda s: Agenda.objects.create(organisation=s.organisation, tier_level=1, unit=s.ward, name="x"),
        lambda s: twice(
            lambda: Agenda.objects.create(organisation=s.organisation, tier_level=1, unit=s.ward, name="x"), 2
        ),
    ),
    "agenda_version_unique": (
        lambda s: AgendaVersion.objects.create(agenda=s.agenda, number=2, published_at=MORNING),
        lambda s: AgendaVersion.objects.create(agenda=s.agenda, number=1, published_at=MORNING),
    ),
    "agenda_line_place_unique": (lambda s: s.row(position=99), lambda s: s.row(position=1)),
    "agenda_line_step_has_kind_and_time": (
        lambda s: s.row(section="step", kind="alert", seconds=30),
        lambda s: s.row(section="step", kind="alert", seconds=0),
    ),
    "choice_code_unique": (
        lambda s: make_choice(s.organisation, ChoiceKind.PARK, code="equipment"),
        lambda s: make_choice(s.organisation, ChoiceKind.CATEGORY, code="equipment"),
    ),
    "choice_kind_known": (
        lambda s: make_choice(s.organisation, ChoiceKind.PARK),
        lambda s: Choice.objects.create(organisation=s.organisation, kind="other", code="x", name="x"),
    ),
    "service_level_unique": (lambda s: s.level(9), lambda s: s.level(1)),
    "service_level_positive": (lambda s: s.level(9), lambda s: s.level(9, answer_minutes=0)),
    "service_level_looks_again": (lambda s: s.level(9), lambda s: s.level(9, check_in_days=0)),
    "issue_looked_at_is_big": (
        lambda s: s.now(status=Status.ACKNOWLEDGED, size=Size.BIG, check_in_at=MORNING),
        lambda s: s.now(status=Status.ACKNOWLEDGED, size=Size.QUICK_HIT, check_in_at=MORNING),
    ),
    "check_in_once_a_day": (
        lambda s: (s.look(), s.look(seen="on_track", seen_at=MORNING)),
        lambda s: twice(s.look, 2),
    ),
    "check_in_seen_has_time": (lambda s: s.look(), lambda s: s.look(seen="on_track")),
    "confidant_unique": (
        lambda s: Confidant.objects.create(organisation=s.organisation, user=s.issue.owner),
        lambda s: twice(lambda: Confidant.objects.create(organisation=s.organisation, user=s.issue.owner), 2),
    ),
    "huddle_slot_unique": (
        lambda s: s.huddle(),
        lambda s: twice(lambda: s.huddle(planned_at=MORNING), 2),
    ),
    "huddle_ends_after_start": (
        lambda s: s.huddle(version=s.version, started_at=MORNING, ended_at=MORNING),
        lambda s: s.huddle(version=s.version, started_at=MORNING, ended_at=MORNING - HOUR),
    ),
    "huddle_started_has_agenda": (
        lambda s: s.huddle(version=s.version, started_at=MORNING),
        lambda s: s.huddle(started_at=MORNING),
    ),
    "huddle_not_held_or_started": (
        lambda s: s.huddle(not_held_reason=make_choice(s.organisation, ChoiceKind.NOT_HELD)),
        lambda s: s.huddle(
            not_held_reason=make_choice(s.organisation, ChoiceKind.NOT_HELD), version=s.version, started_at=MORNING
        ),
    ),
    "huddle_minutes_1_to_240_held": (lambda s: s.huddle(minutes=240), lambda s: s.huddle(minutes=241)),
    "huddle_mark_unique": (
        lambda s: HuddleMark.objects.create(huddle=s.huddle(), line=s.line, choice="here", tapped_at=MORNING),
        lambda s: [
            HuddleMark.objects.create(huddle=one, line=s.line, choice="here", tapped_at=MORNING)
            for one in [s.huddle()] * 2
        ],
    ),
    "habits_digest_within_day": (
        lambda s: UnitHabits.objects.create(unit=s.ward, digest_minutes=720),
        lambda s: UnitHabits.objects.create(unit=s.ward, digest_minutes=721),
    ),
    "capture_code_one_of_a_unit": (
        lambda s: (s.code(ended_at=MORNING), s.code()),
        lambda s: twice(s.code, 2),
    ),
    "issue_number_unique": (lambda s: s.raw(), lambda s: s.raw(number=s.issue.number)),
    "issue_status_known": (
        lambda s: s.now(status=Status.ACKNOWLEDGED),
        lambda s: s.now(status="lost", clock_at=None),
    ),
    "issue_open_has_clock": (lambda s: s.now(clock_at=MORNING), lambda s: s.now(clock_at=None)),
    "issue_merged_into_another": (
        lambda s: s.now(status=Status.MERGED, merged_into=s.other, clock_at=None),
        lambda s: s.now(merged_into=s.other),
    ),
    "issue_not_part_of_itself": (
        lambda s: s.now(status=Status.MERGED, merged_into=s.other, clock_at=None),
        lambda s: s.now(status=Status.MERGED, merged_into=s.issue, clock_at=None),
    ),
    "issue_confirmed_has_verdict": (
        lambda s: s.now(status=Status.CONFIRMED, clock_at=None, closed_at=MORNING, verdict=Verdict.PARTLY),
        lambda s: s.now(status=Status.CONFIRMED, clock_at=None, closed_at=MORNING, verdict=Verdict.NOT_SOLVED),
    ),
    "issue_closed_has_time": (
        lambda s: s.now(status=Status.UNCONFIRMED, clock_at=None, closed_at=MORNING),
        lambda s: s.now(status=Status.UNCONFIRMED, clock_at=None),
    ),
    "issue_copy_unique": (
        lambda s: IssueCopy.objects.create(issue=s.issue, unit=s.ward, copied_at=MORNING),
        lambda s: twice(lambda: IssueCopy.objects.create(issue=s.issue, unit=s.ward, copied_at=MORNING), 2),
    ),
    "attachment_not_empty": (lambda s: s.attachment(1), lambda s: s.attachment(0)),
    "signal_one_open_issue": (
        lambda s: [s.asked(s.issue), s.asked(s.other, is_open=False)],
        lambda s: [s.asked(s.issue), s.asked(s.other)],
    ),
    "alert_receipt_unique": (lambda s: receipt(s, 1), lambda s: receipt(s, 2)),
}


def named() -> set[str]:
    models = apps.get_app_config("huddles").get_models()
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
