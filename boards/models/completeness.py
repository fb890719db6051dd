"""From which known share on an organisation speaks of differences between groups."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from org.models import Organisation


class CompletenessLimits(models.Model):
    """Two limits in percent; an organisation without a row goes by `completeness_rules.Limits`."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="completeness_limits"
    )
    least = models.PositiveSmallIntegerField(_("shown from (%)"), default=80, validators=[MaxValueValidator(100)])
    well = models.PositiveSmallIntegerField(_("enough from (%)"), default=90, validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = _("limits of completeness")
        verbose_name_plural = _("limits of completeness")
        constraints = (
            models.CheckConstraint(condition=Q(least__lte=F("well"), well__lte=100), name="completeness_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.least}, {self.well}"
