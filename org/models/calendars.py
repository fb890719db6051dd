"""Which days and times a unit works and huddles."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org import rules
from org.models.units import Organisation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models.people import User


class CalendarQuerySet(models.QuerySet["Calendar"]):
    """Calendars, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "CalendarQuerySet":
        """Calendars of the organisations that `user` sets up."""
        return self.filter(organisation__in=Organisation.objects.governed_by(user, rules.Permission.UNIT_EDIT))


class Calendar(models.Model):
    """Working days and huddle times, shared by units and inherited down the tree."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="calendars")
    name = models.CharField(_("name"), max_length=80)
    weekdays = models.PositiveSmallIntegerField(_("working days"), default=rules.ALL_WEEKDAYS)
    is_default = models.BooleanField(_("used where no other is chosen"), default=False)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ("organisation", "name")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "name"), name="calendar_name_unique"),
            models.UniqueConstraint(
                fields=("organisation",), condition=Q(is_default=True), name="calendar_one_default"
            ),
            models.CheckConstraint(condition=Q(weekdays__lte=rules.ALL_WEEKDAYS), name="calendar_seven_weekdays"),
        )

    def __str__(self) -> str:
        return self.name


class CalendarHuddle(models.Model):
    """One huddle of the weekly pattern, in wall-clock time of the unit."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="huddles")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    starts_at = models.TimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)

    class Meta:
        verbose_name = _("huddle time")
        verbose_name_plural = _("huddle times")
        ordering = ("calendar", "weekday", "starts_at")
        constraints = (
            models.UniqueConstraint(fields=("calendar", "weekday", "starts_at"), name="huddle_time_unique"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="huddle_weekday_0_to_6"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="huddle_minutes_1_to_240"),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_at}"


class Holiday(models.Model):
    """A day that differs from the weekly pattern."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    works = models.BooleanField(_("the unit works on it"), default=False)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("calendar", "day")
        constraints = (models.UniqueConstraint(fields=("calendar", "day"), name="holiday_day_unique"),)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
