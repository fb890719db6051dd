"""The outbox: what is to be told to whom, as a row that is fact and work item at once."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from org import rules
from org.models.units import Organisation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models.people import User


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "MessageQuerySet":
        """Messages of the organisations that `user` sets up."""
        allowed = Organisation.objects.governed_by(user, rules.Permission.PEOPLE_EDIT)
        return self.filter(organisation_id__in=allowed.values("pk"))

    def given_up(self) -> "MessageQuerySet":
        """Messages that were tried often enough and need a person."""
        return self.filter(failed_at__isnull=False)


class Message(models.Model):
    """A message that waits, was sent, or was given up. `dedup_key` makes a repeated action harmless."""

    organisation_id = models.IntegerField(null=True)
    channel = models.CharField(max_length=20, default="email")
    recipient = models.CharField(max_length=254)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="en")
    dedup_key = models.CharField(max_length=120, unique=True)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, blank=True, default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(sent_at__isnull=True, failed_at__isnull=True), name="message_due"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True), name="message_sent_or_failed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.template} #{self.pk}"
