"""Who gains from a piece of improvement work, and who may lose: asked of every A3 and every test of a change."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from improvement.models.cycles import Cycle
from improvement.models.tickets import Ticket
from org.models import Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User

ANSWER = 400


class EquityCheckQuerySet(models.QuerySet["EquityCheck"]):
    """Equity checks, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "EquityCheckQuerySet":
        """Checks of tickets and cycles that `user` may see."""
        units = Unit.objects.visible_to(user).values("pk")
        return self.filter(Q(ticket__unit__in=units) | Q(cycle__ticket__unit__in=units))


class EquityCheck(models.Model):
    """Four answers about one ticket or one cycle. Groups are named, patients never; no count stands here."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, null=True, related_name="equity_check")
    cycle = models.OneToOneField(Cycle, models.CASCADE, null=True, related_name="equity_check")
    groups = models.CharField(_("which groups of patients were thought of?"), max_length=ANSWER)
    split = models.CharField(_("how are the data looked at by group?"), max_length=ANSWER)
    gains = models.CharField(_("who gains?"), max_length=ANSWER)
    loses = models.CharField(_("who may be worse off, and what is done about it?"), max_length=ANSWER)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = EquityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("equity check")
        verbose_name_plural = _("equity checks")
        constraints = (
            models.CheckConstraint(
                condition=Q(ticket__isnull=False, cycle__isnull=True) | Q(ticket__isnull=True, cycle__isnull=False),
                name="equity_check_of_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(groups="") & ~Q(split="") & ~Q(gains="") & ~Q(loses=""), name="equity_check_is_whole"
            ),
        )

    def __str__(self) -> str:
        return f"Equity check {self.pk}"
