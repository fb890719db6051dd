"""The audit trail."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from org import rules
from org.models.units import Organisation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models.people import User


class EventQuerySet(models.QuerySet["Event"]):
    """Events, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "EventQuerySet":
        """Events of the organisations whose audit trail `user` may read."""
        allowed = Organisation.objects.governed_by(user, rules.Permission.AUDIT_VIEW)
        return self.filter(organisation_id__in=allowed.values("pk"))


class Event(models.Model):
    """One thing that happened. Append-only (a trigger refuses update and delete); no foreign keys, no free text."""

    organisation_id = models.IntegerField(null=True, db_index=True)
    at = models.DateTimeField(_("at"))
    actor_kind = models.CharField(max_length=10)  # person, device, system
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(_("by"), max_length=120)
    verb = models.CharField(_("what"), max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(_("subject"), max_length=160)
    unit_id = models.IntegerField(null=True)
    facts = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("organisation_id", "-at"), name="event_by_organisation"),
            models.Index(fields=("subject_kind", "subject_id"), name="event_by_subject"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
