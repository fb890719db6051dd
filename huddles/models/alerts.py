"""Alerts that every unit has to know, with receipts."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from huddles.models.issues import Issue
from org.models import Organisation, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class SystemAlertQuerySet(models.QuerySet["SystemAlert"]):
    """Alerts, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "SystemAlertQuerySet":
        """Alerts that went to a unit whose board `user` may open."""
        receipts = AlertReceipt.objects.filter(unit__in=Unit.objects.visible_to(user))
        return self.filter(pk__in=receipts.values("alert"))


class SystemAlert(models.Model):
    """A message to a unit and all below it. Free text: never logged."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="alerts")
    title = models.CharField(_("what everybody has to know"), max_length=140)
    text = models.CharField(_("what to do"), max_length=1000, blank=True, default="")
    issue = models.ForeignKey(Issue, models.SET_NULL, null=True, related_name="alerts")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    uid = models.UUIDField(unique=True)

    objects = SystemAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("system alert")
        verbose_name_plural = _("system alerts")
        ordering = ("-sent_at", "-id")

    def __str__(self) -> str:
        return f"#{self.pk}"


class AlertReceipt(models.Model):
    """One unit to which an alert went, and who said there that it was read."""

    alert = models.ForeignKey(SystemAlert, models.CASCADE, related_name="receipts")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("receipt of an alert")
        verbose_name_plural = _("receipts of alerts")
        constraints = (models.UniqueConstraint(fields=("alert", "unit"), name="alert_receipt_unique"),)

    def __str__(self) -> str:
        return f"{self.alert_id} {self.unit_id}"
