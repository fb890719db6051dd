"""Readings: raw counts of one measure, unit and period, for the total and for every group of patients.

Both tables are partitioned by month of `day` (see `boards.partitions`); the arrays are aligned to `layout.strata`
and hold NaN where a group sent nothing.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.models.feeds import Batch
from boards.models.measures import Measure
from boards.models.strata import Layout
from org.models import Organisation, Unit


class ReadingFields(models.Model):
    """What a reading and a replaced reading have in common."""

    day = models.DateField(_("last day of the period"))
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, models.DO_NOTHING, related_name="+", db_index=False)
    period_start = models.DateField(_("first day of the period"))
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+", db_index=False)
    layout = models.ForeignKey(Layout, models.DO_NOTHING, related_name="+", db_index=False)
    numerators = ArrayField(models.FloatField())
    denominators = ArrayField(models.FloatField())
    suppressed = ArrayField(models.IntegerField(), null=True)
    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="+", db_index=False)
    received_at = models.DateTimeField(_("received"))
    revision = models.SmallIntegerField(default=0)

    class Meta:
        abstract = True


class Reading(ReadingFields):
    """The present word of the sources. One row per day, unit, measure and period start; strata in arrays.

    `numerators[i]`, `denominators[i]` belong to `layout.strata[i]`. A median or days-since stands in the numerator;
    a mean's numerator is the sum. `suppressed` lists strata that the source itself hid ("<11", "*").
    """

    pk = models.CompositePrimaryKey("day", "unit_id", "measure_id", "period_start")

    class Meta:
        managed = False
        db_table = "boards_reading"
        verbose_name = _("reading")
        verbose_name_plural = _("readings")

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id} {self.measure_id}"


class ReplacedReading(ReadingFields):
    """A reading as it stood before a later batch replaced it."""

    pk = models.CompositePrimaryKey("day", "unit_id", "measure_id", "period_start", "revision")
    replaced_at = models.DateTimeField(_("replaced"))
    replaced_by = models.ForeignKey(Batch, models.DO_NOTHING, related_name="+", db_index=False)

    class Meta:
        managed = False
        db_table = "boards_replacedreading"
        verbose_name = _("replaced reading")
        verbose_name_plural = _("replaced readings")

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id} {self.measure_id} r{self.revision}"
