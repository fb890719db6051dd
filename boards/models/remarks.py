"""What people write on a board: reasons of red days, countermeasures, notes on charts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.models.measures import Measure
from org.models import Organisation, Unit
from org.shipped import ShippedField


class ReasonCode(models.Model):
    """A cause of a miss that can be chosen in one tap; counted in the Pareto."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="reason_codes")
    code = models.SlugField(_("code"), max_length=40)
    name = ShippedField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ("organisation", "position", "name")
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="reason_code_unique"),)

    def __str__(self) -> str:
        return self.name


class RedReason(models.Model):
    """Why a measure was missed on a day and what is done about it. The countermeasure is free text and never logged."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="red_reasons")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="+")
    day = models.DateField()
    reason = models.ForeignKey(ReasonCode, models.PROTECT, related_name="uses")
    countermeasure = models.CharField(_("countermeasure"), max_length=200, blank=True, default="")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reason of a red day")
        verbose_name_plural = _("reasons of red days")
        constraints = (models.UniqueConstraint(fields=("unit", "measure", "day"), name="red_reason_unique"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id} {self.day}"


class Annotation(models.Model):
    """A word on a chart at a day: a test, a change, an event."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="annotations")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="annotations")
    day = models.DateField(_("day"))
    text = models.CharField(_("what changed"), max_length=120)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note on a chart")
        verbose_name_plural = _("notes on charts")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id} {self.day}"
