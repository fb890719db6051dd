"""Exact counts of whole months: what the telling of groups reads. Never shown."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.models.measures import Measure
from org.models import Organisation, Unit


class CountedMonth(models.Model):
    """How far the counts of a month are added up. `days`: a bit for each day that is in them, the lowest for the first.

    Once a month was told of it is `closed`: what comes later for its days changes no count behind anything that is
    told, then or later, since the difference would tell of those who came late.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    month = models.DateField(_("first day"))
    days = models.PositiveIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("month that is added up")
        verbose_name_plural = _("months that are added up")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "month"), name="counted_month_unique"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="counted_month_first_day"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.month}"


class MonthCounts(models.Model):
    """The counts of one measure in one month, of every unit and group, added up from snapshots.

    Bytes are arrays: `unit_ids` int32 (n,), in order; the others in the least room (`boards.packed`): of all patients
    `numerator` and `denominator` (n,), of the groups `numerators` and `denominators` (n, s), aligned to `strata`.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(_("first day"))
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="+")
    strata = ArrayField(models.IntegerField())
    unit_ids = models.BinaryField()
    numerator = models.BinaryField()
    denominator = models.BinaryField()
    numerators = models.BinaryField()
    denominators = models.BinaryField()

    class Meta:
        verbose_name = _("counts of a month")
        verbose_name_plural = _("counts of months")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "month", "measure"), name="month_counts_unique"),
        )

    def __str__(self) -> str:
        return f"{self.measure_id} {self.month}"


class DueMonth(models.Model):
    """A unit whose snapshots were taken again after their days were added up. Counted anew and deleted by the clock."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    month = models.DateField(_("first day"))

    class Meta:
        verbose_name = _("month to be counted anew")
        verbose_name_plural = _("months to be counted anew")
        constraints = (models.UniqueConstraint(fields=("organisation", "month", "unit"), name="due_month_unique"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month}"
