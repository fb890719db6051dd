"""What a round leaves behind: thanks that reach somebody, promises that come back. Free text is never logged."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org.models import Organisation, Unit
from org.rules import Permission
from rounding.models.rounds import Observation, Round
from rounding.rules import rounds as rules
from rounding.rules.rounds import PromiseState

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    """Thanks, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "RecognitionQuerySet":
        """Thanks to `user`, by them, and at units where they read what rounds noted."""
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        read = Unit.objects.with_permission(user, Permission.ROUND_READ)
        return self.filter(Q(unit__in=read.values("pk")) | Q(person=me) | Q(by=me))


class Recognition(models.Model):
    """Thanks to a colleague, by name. `person` where they have an account; `name` as it was said."""

    uid = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="recognitions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recognitions")
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="recognitions")
    observation = models.ForeignKey(Observation, models.SET_NULL, null=True, related_name="recognitions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="recognitions")
    name = models.CharField(_("name"), max_length=rules.NAME_LENGTH)
    text = models.CharField(_("for what"), max_length=rules.THANKS_LENGTH, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_out_at = models.DateTimeField(null=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("thanks")
        verbose_name_plural = _("thanks")
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="recognition_has_a_name"),)
        indexes = (
            models.Index(fields=("unit",), condition=Q(read_out_at__isnull=True), name="recognition_to_read_out"),
        )

    def __str__(self) -> str:
        return f"Thanks {self.pk}"


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "PromiseQuerySet":
        """Promises of `user`, and at units where they read what rounds noted. What was promised between two stays with
        whoever led the round.
        """
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        read = Unit.objects.with_permission(user, Permission.ROUND_READ)
        return self.filter(Q(unit__in=read.values("pk")) & self._SHARED | Q(by=me) | Q(round__partner=me))

    _SHARED = Q(round__isnull=True) | Q(round__version__shared=True)

    def shared(self) -> "PromiseQuerySet":
        """Promises that their unit reads."""
        return self.filter(self._SHARED)

    def open(self) -> "PromiseQuerySet":
        """Promises that are neither kept nor withdrawn."""
        return self.filter(state=PromiseState.OPEN)

    def overdue(self, today: "date") -> "PromiseQuerySet":
        """Open promises for a day before `today`."""
        return self.open().filter(due_on__lt=today)


class Promise(models.Model):
    """What a leader has promised a unit, for a day. It is open until it is kept, or withdrawn with a reason."""

    uid = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="promises")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="promises")
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="promises")
    observation = models.ForeignKey(Observation, models.SET_NULL, null=True, related_name="promises")
    text = models.CharField(_("what"), max_length=rules.PROMISE_LENGTH)
    due_on = models.DateField(_("by"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    answer = models.CharField(_("what came of it"), max_length=rules.PROMISE_LENGTH, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveSmallIntegerField(default=1)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="promise_has_words"),
            models.CheckConstraint(
                condition=Q(state=PromiseState.OPEN, ended_at__isnull=True)
                | Q(state__in=(PromiseState.KEPT, PromiseState.WITHDRAWN), ended_at__isnull=False),
                name="promise_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=PromiseState.WITHDRAWN) | ~Q(answer=""), name="promise_withdrawn_has_reason"
            ),
        )
        indexes = (
            models.Index(fields=("by", "due_on"), condition=Q(state="open"), name="promise_open_of_person"),
            models.Index(fields=("unit", "due_on"), condition=Q(state="open"), name="promise_open_of_unit"),
        )

    def __str__(self) -> str:
        return f"Promise {self.pk}"
