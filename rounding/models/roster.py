"""Who works at a unit, and when: names and shifts from a file. Personal; read by whoever leads rounds there."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from org.models import Organisation, Unit
from org.rules import Permission
from rounding.rules import roster as rules

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class ColleagueQuerySet(models.QuerySet["Colleague"]):
    """Colleagues, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "ColleagueQuerySet":
        """Colleagues at units where `user` leads rounds."""
        return self.filter(unit__in=Unit.objects.with_permission(user, Permission.ROUND_LEAD).values("pk"))

    def present(self) -> "ColleagueQuerySet":
        """Colleagues who have not left."""
        return self.filter(ended_at__isnull=True)


class Colleague(models.Model):
    """Somebody who works at a unit. `external_id` is how the roster names them; `person` is their account, if any."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="colleagues")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="colleagues", verbose_name=_("unit"))
    external_id = models.CharField(_("number in the roster"), max_length=rules.ID_LENGTH)
    name = models.CharField(_("name"), max_length=rules.NAME_LENGTH)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="colleagues"
    )
    started_on = models.DateField(_("began to work here on"), null=True, blank=True)
    added_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    objects = ColleagueQuerySet.as_manager()

    class Meta:
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")
        ordering = ("unit", "name", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "external_id"), name="colleague_number_unique"),
            models.CheckConstraint(condition=~Q(external_id="") & ~Q(name=""), name="colleague_has_number_and_name"),
        )
        indexes = (models.Index(fields=("unit",), condition=Q(ended_at__isnull=True), name="colleague_present_at"),)

    def __str__(self) -> str:
        return f"Colleague {self.pk}"


class ShiftQuerySet(models.QuerySet["Shift"]):
    """Shifts, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "ShiftQuerySet":
        """Shifts of the colleagues whom `user` may see."""
        return self.filter(colleague__in=Colleague.objects.visible_to(user).values("pk"))

    def not_over(self, now: "datetime") -> "ShiftQuerySet":
        """Shifts that run or come."""
        return self.filter(ends_at__gt=now)


class Shift(models.Model):
    """When a colleague works: half-open, in UTC."""

    colleague = models.ForeignKey(Colleague, models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("colleague", "starts_at"), name="shift_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + rules.LONGEST_SHIFT),
                name="shift_ends_after_it_starts",
            ),
        )
        indexes = (models.Index(fields=("ends_at",), name="shift_by_end"),)

    def __str__(self) -> str:
        return f"Shift {self.pk}"
