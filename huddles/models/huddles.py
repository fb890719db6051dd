"""Huddles and what is said in them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huddles.models.agendas import AgendaLine, AgendaVersion
from huddles.models.choices import Choice
from huddles.rules.agendas import Choice as Tap
from huddles.rules.schedule import HuddleState, state_of
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class HuddleQuerySet(models.QuerySet["Huddle"]):
    """Huddles, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "HuddleQuerySet":
        """Huddles of units at or under those where `user` has a role. Whoever sees the board of a unit above by being
        part of it is not in its huddle, and reads nothing that was said there.
        """
        return self.with_permission(user, Permission.BOARD_VIEW)

    def with_permission(self, user: "User | AnonymousUser", permission: Permission) -> "HuddleQuerySet":
        """Huddles of units at which `user` holds `permission`."""
        return self.filter(unit__in=Unit.objects.with_permission(user, permission))

    def on(self, day: "date") -> "HuddleQuerySet":
        """Huddles planned for `day` by their unit's calendar."""
        return self.filter(day=day)

    def running(self) -> "HuddleQuerySet":
        """Huddles that have begun and not ended."""
        return self.filter(started_at__isnull=False, ended_at__isnull=True)


class Huddle(models.Model):
    """One planned or called meeting of a unit. Its state follows from its times (`rules.schedule.state_of`)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="huddles")
    day = models.DateField(_("day"))
    planned_at = models.DateTimeField(_("planned for"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    is_extra = models.BooleanField(_("called outside the calendar"), default=False)
    version = models.ForeignKey(AgendaVersion, models.PROTECT, null=True, related_name="huddles")
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    step = models.PositiveSmallIntegerField(_("present step"), default=0)
    step_at = models.DateTimeField(null=True)
    from_paper = models.BooleanField(_("entered afterwards"), default=False)
    not_held_reason = models.ForeignKey(Choice, models.PROTECT, null=True, related_name="+")
    not_held_note = models.CharField(max_length=200, blank=True, default="")
    not_held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    not_held_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)

    objects = HuddleQuerySet.as_manager()

    class Meta:
        verbose_name = _("huddle")
        verbose_name_plural = _("huddles")
        ordering = ("planned_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("unit", "planned_at"), name="huddle_slot_unique"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="huddle_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | Q(version__isnull=False), name="huddle_started_has_agenda"
            ),
            models.CheckConstraint(
                condition=Q(not_held_reason__isnull=True) | Q(started_at__isnull=True),
                name="huddle_not_held_or_started",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="huddle_minutes_1_to_240_held"),
        )
        indexes = (models.Index(fields=("day", "unit"), name="huddle_by_day"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.planned_at:%Y-%m-%d %H:%M}"

    def state_at(self, now: "datetime") -> HuddleState:
        """Its state at `now` (`rules.schedule.state_of`)."""
        return state_of(
            planned_at=self.planned_at,
            minutes=self.minutes,
            started_at=self.started_at,
            ended_at=self.ended_at,
            not_held=self.not_held_reason_id is not None,
            now=now,
        )


class HuddleMark(models.Model):
    """What was tapped beside a line: who is here, what is ready. The latest tap counts."""

    huddle = models.ForeignKey(Huddle, models.CASCADE, related_name="marks")
    line = models.ForeignKey(AgendaLine, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=12, choices=Tap.choices)
    tapped_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("mark of a huddle")
        verbose_name_plural = _("marks of huddles")
        constraints = (models.UniqueConstraint(fields=("huddle", "line"), name="huddle_mark_unique"),)

    def __str__(self) -> str:
        return f"{self.huddle_id} {self.line_id} {self.choice}"


class HuddleNote(models.Model):
    """Words of a huddle, under one of its lines. Free text: never logged, mailed or pushed.

    `uid` is made where it was typed, so that the same words sent twice are there once. Whoever changes words that
    somebody else has changed meanwhile leaves a second note beside the first: nobody's words are lost.
    """

    uid = models.UUIDField(unique=True)
    huddle = models.ForeignKey(Huddle, models.CASCADE, related_name="notes")
    line = models.ForeignKey(AgendaLine, models.PROTECT, related_name="+")
    text = models.CharField(_("note"), max_length=500)
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    beside = models.ForeignKey("self", models.SET_NULL, null=True, related_name="others")

    class Meta:
        verbose_name = _("note of a huddle")
        verbose_name_plural = _("notes of huddles")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"{self.huddle_id} {self.line_id} #{self.pk}"


class HuddleEntry(models.Model):
    """That an entry from a huddle page was stored: sent again it changes nothing and hears the same.

    `note_uid`, `note_revision`: where its words stood then.
    """

    uid = models.UUIDField(unique=True)
    huddle = models.ForeignKey(Huddle, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=12)
    stored_at = models.DateTimeField()
    note_uid = models.UUIDField(null=True)
    note_revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("entry of a huddle")
        verbose_name_plural = _("entries of huddles")

    def __str__(self) -> str:
        return f"{self.huddle_id} {self.kind}"


class UnitHabits(models.Model):
    """What a unit has chosen about its huddles: when the page before the huddle is sent."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="habits")
    digest_minutes = models.PositiveSmallIntegerField(
        _("minutes before the huddle at which its page is mailed; 0 for never"), default=30
    )

    class Meta:
        verbose_name = _("habits of a unit")
        verbose_name_plural = _("habits of units")
        constraints = (models.CheckConstraint(condition=Q(digest_minutes__lte=720), name="habits_digest_within_day"),)

    def __str__(self) -> str:
        return str(self.unit_id)


class CaptureCode(models.Model):
    """The code that hangs at a unit: whoever reads it may raise an issue there, without an account."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="capture_codes")
    token = models.CharField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("code of a unit")
        verbose_name_plural = _("codes of units")
        constraints = (
            models.UniqueConstraint(
                fields=("unit",), condition=Q(ended_at__isnull=True), name="capture_code_one_of_a_unit"
            ),
        )

    def __str__(self) -> str:
        return str(self.unit_id)
