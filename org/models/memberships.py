"""Who holds which role where."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org import rules
from org.models.units import Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models.people import User


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, in the ward's language."""

    def current(self) -> "MembershipQuerySet":
        """Memberships that have not ended."""
        return self.filter(ended_on__isnull=True)

    def visible_to(self, user: "User | AnonymousUser") -> "MembershipQuerySet":
        """Memberships at units whose people are `user`'s to edit."""
        return self.filter(unit__in=Unit.objects.with_permission(user, rules.Permission.PEOPLE_EDIT))


class Membership(models.Model):
    """A role of a person at a unit; rights flow down the tree. A stand-in holds the same rights."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="memberships", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=rules.Role.choices, default=rules.Role.STAFF)
    stands_in_for = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="stand_ins", verbose_name=_("stands in for")
    )
    started_on = models.DateField(_("since"))
    ended_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "unit", "role"), condition=Q(ended_on__isnull=True), name="membership_unique"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(role__in=rules.Role.values), name="membership_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"
