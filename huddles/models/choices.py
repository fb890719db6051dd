"""What the hospital edits: lists of words, service levels, who hears what is confidential."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huddles.rules.clocks import Level
from huddles.rules.issues import ChoiceKind, Urgency
from org.models import Organisation
from org.shipped import ShippedField


class Choice(models.Model):
    """One word of a list that is chosen in a tap: a category, a reason, a criterion."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="issue_choices")
    kind = models.CharField(_("list"), max_length=12, choices=ChoiceKind.choices)
    code = models.SlugField(_("code"), max_length=40)
    name = ShippedField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ("organisation", "kind", "position", "name")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "kind", "code"), name="choice_code_unique"),
            models.CheckConstraint(condition=Q(kind__in=ChoiceKind.values), name="choice_kind_known"),
        )

    def __str__(self) -> str:
        return self.name


class ServiceLevel(models.Model):
    """How long a tier has for an issue of one urgency."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="service_levels")
    tier_level = models.PositiveSmallIntegerField(_("tier"))
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices)
    acknowledge_minutes = models.PositiveIntegerField(_("minutes until somebody takes it"))
    answer_minutes = models.PositiveIntegerField(_("minutes until the first answer"))
    quick_hit_days = models.PositiveSmallIntegerField(_("days for a quick hit"), default=3)
    big_days = models.PositiveSmallIntegerField(_("days until a big issue has a plan"), default=14)
    confirm_huddles = models.PositiveSmallIntegerField(_("huddle days to confirm"), default=3)
    working = models.BooleanField(_("counts in working time only"), default=True)
    works_from = models.TimeField(_("working time from"), default=time(7, 0))
    works_until = models.TimeField(_("working time until"), default=time(18, 0))
    check_in_days = models.PositiveSmallIntegerField(_("days between looks at a big issue"), default=14)

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        ordering = ("organisation", "tier_level", "urgency")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "tier_level", "urgency"), name="service_level_unique"),
            models.CheckConstraint(
                condition=Q(acknowledge_minutes__gte=1, answer_minutes__gte=1, confirm_huddles__gte=1),
                name="service_level_positive",
            ),
            models.CheckConstraint(condition=Q(check_in_days__gte=1), name="service_level_looks_again"),
        )

    def __str__(self) -> str:
        return f"{self.tier_level} {self.urgency}"

    @property
    def level(self) -> Level:
        """The row as the pure value that the clocks read."""
        return Level(
            self.acknowledge_minutes,
            self.answer_minutes,
            self.quick_hit_days,
            self.big_days,
            self.confirm_huddles,
            self.working,
            self.works_from,
            self.works_until,
            self.check_in_days,
        )


class Confidant(models.Model):
    """Somebody who is named to hear confidential issues, and nobody else does."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="confidants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("person of trust")
        verbose_name_plural = _("people of trust")
        ordering = ("organisation", "position", "id")
        constraints = (models.UniqueConstraint(fields=("organisation", "user"), name="confidant_unique"),)

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.user_id}"
