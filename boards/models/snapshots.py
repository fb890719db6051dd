"""Snapshots: what every unit's board says of a day; tiles: what it says now; runs and due work."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards import rules
from boards.models.measures import Measure
from boards.models.strata import Layout
from org.models import Organisation, Unit


class Snapshot(models.Model):
    """One measure of one unit for the period that ends on `day`. Partitioned by month of `day`.

    The scalar columns are the total; the arrays hold the counts of every group, aligned to `layout.strata`.
    """

    pk = models.CompositePrimaryKey("day", "unit_id", "measure_id")
    day = models.DateField(_("last day of the period"))
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, models.DO_NOTHING, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+", db_index=False)
    period_start = models.DateField(_("first day of the period"))
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)
    target = models.FloatField(null=True)
    target_high = models.FloatField(null=True)
    status = models.SmallIntegerField(default=rules.STATUS_CODES[rules.Status.NO_DATA])
    origin = models.SmallIntegerField(default=0)
    expected = models.IntegerField(_("units that should report"), default=0)
    reported = models.IntegerField(_("units that reported"), default=0)
    corrected = models.BooleanField(default=False)
    data_at = models.DateTimeField(_("newest reading received"), null=True)
    taken_at = models.DateTimeField(_("taken"))
    layout = models.ForeignKey(Layout, models.DO_NOTHING, null=True, related_name="+", db_index=False)
    numerators = ArrayField(models.FloatField(), null=True)
    denominators = ArrayField(models.FloatField(), null=True)

    class Meta:
        managed = False
        db_table = "boards_snapshot"
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id} {self.measure_id}"


class Tile(models.Model):
    """The latest state of one measure on one board, with the tail of points that its sparkline and limits need.

    `tail_*` are aligned, oldest first, at most `rules.TAIL_POINTS` long; NaN where a due number is missing.
    `variation`, `assurance` and `rule` are codes of `analytics.spc`, `run` the points that the rule found in a row.
    `version` grows whenever anything on the tile changes.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="tiles")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="tiles", db_index=False)
    day = models.DateField()
    period_start = models.DateField()
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)
    target = models.FloatField(null=True)
    target_high = models.FloatField(null=True)
    status = models.SmallIntegerField()
    origin = models.SmallIntegerField(default=0)
    expected = models.IntegerField(default=0)
    reported = models.IntegerField(default=0)
    corrected = models.BooleanField(default=False)
    data_at = models.DateTimeField(null=True)
    last_value_day = models.DateField(null=True)
    variation = models.SmallIntegerField(default=0)
    assurance = models.SmallIntegerField(default=0)
    rule = models.SmallIntegerField(default=0)
    run = models.SmallIntegerField(default=0)
    mean = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    provisional = models.BooleanField(default=False)
    tail_days = ArrayField(models.DateField(), default=list)
    tail_values = ArrayField(models.FloatField(), default=list)
    tail_statuses = ArrayField(models.SmallIntegerField(), default=list)
    tail_flags = ArrayField(models.SmallIntegerField(), default=list)
    gap = models.JSONField(null=True)
    #: Open signals of this measure here: gaps that ask for help.
    asked = models.PositiveSmallIntegerField(default=0, db_default=0)
    version = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        constraints = (models.UniqueConstraint(fields=("unit", "measure"), name="tile_unique"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id}"


class SnapshotRun(models.Model):
    """One taking of a day's snapshot: of the whole organisation, or of what late readings touched."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="snapshot_runs")
    day = models.DateField()
    whole = models.BooleanField(default=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    readings = models.IntegerField(default=0)
    snapshots = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("snapshot run")
        verbose_name_plural = _("snapshot runs")
        indexes = (models.Index(fields=("organisation", "-day"), name="run_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"


class TreeSeen(models.Model):
    """Up to which change of its tree an organisation's snapshots were marked to be taken again."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    change_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("change of the tree that was taken up")
        verbose_name_plural = _("changes of the tree that were taken up")

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.change_id}"


class DueSnapshot(models.Model):
    """A unit's day whose readings changed after, or before, its snapshot was taken. Taken and deleted by the clock."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="due_snapshots")
    day = models.DateField()
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("due snapshot")
        verbose_name_plural = _("due snapshots")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "day", "unit"), name="due_snapshot_unique"),
            models.CheckConstraint(condition=Q(day__gte="1900-01-01"), name="due_snapshot_day_sane"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id}"
