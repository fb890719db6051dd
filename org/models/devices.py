"""Wall displays: paired by code, read-only, revocable."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org import rules
from org.models.units import Organisation, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models.people import User


class WallDeviceQuerySet(models.QuerySet["WallDevice"]):
    """Devices, in the ward's language."""

    def paired(self) -> "WallDeviceQuerySet":
        """Devices that may show their boards now."""
        return self.filter(paired_at__isnull=False, revoked_at__isnull=True)

    def visible_to(self, user: "User | AnonymousUser") -> "WallDeviceQuerySet":
        """Displays that `user` may change: every board on them is one at which displays are theirs to pair."""
        reach = Unit.objects.with_permission(user, rules.Permission.DEVICE_PAIR)
        beyond = DeviceBoard.objects.filter(device=models.OuterRef("pk")).exclude(unit__in=reach)
        return self.filter(~models.Exists(beyond), boards__isnull=False).distinct()


class WallDevice(models.Model):
    """A screen on a wall. It shows one board or a rotation of boards and can do nothing else."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="devices")
    name = models.CharField(_("name"), max_length=80, blank=True, default="")
    code = models.CharField(max_length=8, blank=True, default="")
    code_expires_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, unique=True)
    paired_at = models.DateTimeField(null=True)
    paired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seconds_per_board = models.PositiveSmallIntegerField(_("seconds per board"), default=30)
    theme = models.CharField(_("appearance"), max_length=10, default="auto")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")

    objects = WallDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("wall display")
        verbose_name_plural = _("wall displays")
        constraints = (
            models.UniqueConstraint(fields=("code",), condition=~Q(code=""), name="device_code_unique"),
            models.CheckConstraint(
                condition=Q(paired_at__isnull=True) | Q(organisation__isnull=False), name="device_paired_somewhere"
            ),
        )

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class DeviceBoard(models.Model):
    """A board in a device's rotation."""

    device = models.ForeignKey(WallDevice, models.CASCADE, related_name="boards")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("device", "position")
        constraints = (models.UniqueConstraint(fields=("device", "unit"), name="device_board_unique"),)

    def __str__(self) -> str:
        return f"{self.device_id} {self.unit_id}"
