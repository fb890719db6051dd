"""What was told of groups of patients: written once for a stretch of time, never changed, the only source of pages."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards import rules
from boards.models.measures import Measure
from boards.models.strata import Dimension
from org.models import Organisation, Unit


class Published(models.Model):
    """The groups of one dimension in one unit over whole months, as far as they may be told.

    `names`, `states`, `numerators` and `denominators` are aligned: the groups told one by one. `numerator` and
    `denominator` are of all patients of the same days; what the named groups leave of them belongs to the groups in
    `hidden`, and to patients of whom nothing was sent. Every part is nothing or not small, whatever else was told
    (`analytics.small_cells.houses`).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="published")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="published")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="published")
    stretch = models.CharField(max_length=8, choices=rules.Stretch.choices)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    names = ArrayField(models.CharField(max_length=120))
    states = ArrayField(models.CharField(max_length=10))
    numerators = ArrayField(models.FloatField())
    denominators = ArrayField(models.FloatField())
    numerator = models.FloatField()
    denominator = models.FloatField()
    hidden = ArrayField(models.CharField(max_length=120), default=list)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("published groups")
        verbose_name_plural = _("published groups")
        constraints = (
            models.UniqueConstraint(fields=("unit", "measure", "dimension", "stretch", "last"), name="published_once"),
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="published_days_in_order"),
        )
        indexes = (models.Index(fields=("organisation", "last"), name="published_by_day"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id} {self.dimension_id} {self.last}"
