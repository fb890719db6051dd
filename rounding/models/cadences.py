"""How often a unit's colleagues are talked with, and how often a leader goes to a unit."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org.models import Unit
from org.rules import Permission
from rounding.rules import due as rules
from rounding.rules.questions import SetKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class RoundCadenceQuerySet(models.QuerySet["RoundCadence"]):
    """Cadences, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "RoundCadenceQuerySet":
        """Those of units where `user` leads rounds, and of their own walks."""
        led = Unit.objects.with_permission(user, Permission.ROUND_LEAD).values("pk")
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        return self.filter(unit__in=led).filter(Q(leader__isnull=True) | Q(leader=me))


class RoundCadence(models.Model):
    """Every how many days: each colleague of `unit` is talked with (`leader` None), or `leader` goes there; 0 is never.

    Without one it is `rules.DEFAULT_DAYS`.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="round_cadences")
    kind = models.CharField(max_length=12, choices=SetKind.choices)
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="round_cadences")
    days = models.PositiveSmallIntegerField(_("every how many days"))

    objects = RoundCadenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("cadence of rounds")
        verbose_name_plural = _("cadences of rounds")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "kind", "leader"), nulls_distinct=False, name="round_cadence_one_for_each"
            ),
            models.CheckConstraint(
                condition=Q(leader__isnull=True, kind=SetKind.STAFF) | Q(leader__isnull=False, kind=SetKind.GEMBA),
                name="round_cadence_of_people_or_walks",
            ),
            models.CheckConstraint(condition=Q(days__lte=rules.MOST_DAYS), name="round_cadence_within_a_year"),
        )

    def __str__(self) -> str:
        return f"Cadence {self.pk}"
