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

    # Rows are found by unit, or by organisation and day: an index for each key would double what writing a month costs.
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="published", db_index=False)
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="published", db_index=False)
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="published", db_index=False)
    #: Of a dimension whose answers overlap, each answer is told by itself: those who gave it, and everybody else.
    answer = models.CharField(max_length=120, blank=True, default="")
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
            models.UniqueConstraint(
                fields=("unit", "measure", "dimension", "answer", "stretch", "last"), name="published_once"
            ),
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="published_days_in_order"),
        )
        indexes = (models.Index(fields=("organisation", "last"), name="published_by_day"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id} {self.dimension_id} {self.last}"


class TellingCourse(models.Model):
    """Where the telling of one measure by one dimension stands (`analytics.small_cells.telling.Course`).

    `order`: names of groups, the largest first; the first `quick` are told in every block, usually of a month or of
    `months`. `block`, `period`, `cycle`: the first days that no block, no period of the units, no cycle has told of.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="+")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="+")
    answer = models.CharField(max_length=120, blank=True, default="")
    order = ArrayField(models.CharField(max_length=120))
    quick = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField()
    unit_months = models.PositiveSmallIntegerField()
    block = models.DateField()
    period = models.DateField()
    cycle = models.DateField()
    blocks = models.PositiveSmallIntegerField(default=0)
    alike = ArrayField(models.IntegerField(), default=list)

    class Meta:
        verbose_name = _("course of telling")
        verbose_name_plural = _("courses of telling")
        constraints = (
            models.UniqueConstraint(fields=("measure", "dimension", "answer"), name="telling_course_unique"),
        )

    def __str__(self) -> str:
        return f"{self.measure_id} {self.dimension_id} {self.block}"


class TellingMonth(models.Model):
    """Up to which month an organisation's groups were told."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    done = models.DateField(_("first day of the month told last"))

    class Meta:
        verbose_name = _("month that was told")
        verbose_name_plural = _("months that were told")

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.done}"
