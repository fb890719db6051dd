"""What was told of two dimensions crossed: written once, never changed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.models.measures import Measure
from boards.models.strata import Dimension
from org.models import Organisation, Unit


class PublishedCrossing(models.Model):
    """The groups of two dimensions crossed, in a top unit over whole months, as far as they may be told.

    `numerators`, `denominators`: row by row, (a + 1) × (b + 1) numbers for a `row_names` and b `column_names`; the last
    of each row and the last row are of all other groups together. They split what `Published` tells of the same months;
    None is a cell that is hidden, since it is small or would tell of one that is (`analytics.small_cells.crossed`).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="+")
    rows = models.ForeignKey(Dimension, models.CASCADE, related_name="+")
    columns = models.ForeignKey(Dimension, models.CASCADE, related_name="+")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    row_names = ArrayField(models.CharField(max_length=120))
    row_states = ArrayField(models.CharField(max_length=10))
    column_names = ArrayField(models.CharField(max_length=120))
    column_states = ArrayField(models.CharField(max_length=10))
    numerators = ArrayField(models.FloatField(null=True))
    denominators = ArrayField(models.FloatField(null=True))
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("published crossing")
        verbose_name_plural = _("published crossings")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "measure", "rows", "columns", "last"), name="published_crossing_once"
            ),
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="published_crossing_days_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id} {self.rows_id} × {self.columns_id} {self.last}"
