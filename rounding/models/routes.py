"""Routes of several units, led in pairs, and the address under which a calendar program fetches them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from org.models import Organisation, Unit
from org.rules import Permission
from rounding.rules import routes as rules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class RouteQuerySet(models.QuerySet["Route"]):
    """Routes, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "RouteQuerySet":
        """Routes that `user` leads or made, and those with a unit where they lead rounds."""
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        led = Unit.objects.with_permission(user, Permission.ROUND_LEAD).values("pk")
        near = models.Exists(RouteStop.objects.filter(route=models.OuterRef("pk"), unit__in=led))
        return self.filter(Q(leader=me) | Q(partner=me) | Q(made_by=me) | near)

    def led_by(self, user: "User") -> "RouteQuerySet":
        """Routes that `user` leads, alone or with somebody."""
        return self.filter(Q(leader=user) | Q(partner=user))

    def in_use(self) -> "RouteQuerySet":
        """Routes that have not been given up."""
        return self.filter(retired_at__isnull=True)


class Route(models.Model):
    """A weekly walk through several units. `starts_at` is wall-clock time where the house is; `weekday` 0 is Monday.

    `no_meetings`: nobody is asked to a meeting meanwhile.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="routes")
    name = models.CharField(_("name"), max_length=rules.NAME_LENGTH)
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="routes")
    partner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    weekday = models.PositiveSmallIntegerField(_("day"))
    starts_at = models.TimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    no_meetings = models.BooleanField(_("no other meetings meanwhile"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ("weekday", "starts_at", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="route_has_a_name"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="route_weekday_0_to_6"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=rules.LONGEST_MINUTES), name="route_minutes_in_range"
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=True) | ~Q(partner=F("leader")), name="route_of_two_has_two"
            ),
        )

    def __str__(self) -> str:
        return self.name


class RouteStop(models.Model):
    """A unit of a route, in its order."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stops")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="route_stops")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("stop of a route")
        verbose_name_plural = _("stops of routes")
        ordering = ("route", "position")
        constraints = (
            models.UniqueConstraint(fields=("route", "unit"), name="route_stop_unit_once"),
            models.UniqueConstraint(
                fields=("route", "position"), name="route_stop_place_unique", deferrable=models.Deferrable.DEFERRED
            ),
        )

    def __str__(self) -> str:
        return f"{self.route_id} {self.position}"


class CalendarAddress(models.Model):
    """The secret address under which a person's calendar program fetches routes and dates. Only its hash is kept."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_address")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar address of a person")
        verbose_name_plural = _("calendar addresses of persons")

    def __str__(self) -> str:
        return f"Calendar of {self.person_id}"
