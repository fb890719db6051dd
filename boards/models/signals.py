"""Signals: a gap that deserves attention, every step of it, what is kept for the next night, and limits of gaps."""

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.signals import Policy, State
from analytics.signals.machine import OPEN
from boards.models.measures import Measure
from boards.models.strata import Dimension
from boards.rules import GROUPS_NEED, About
from org.models import Organisation, Unit, User

#: States of a signal that is not over.
LIVING: Final = (State.WATCH.value, *sorted(state.value for state in OPEN))


class SignalPolicy(models.Model):
    """The settings of the rules of an organisation; without a row they are those of `analytics.signals.Policy`."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="signal_policy")
    is_on = models.BooleanField(_("look for gaps every night"), default=True)
    window = models.PositiveSmallIntegerField(_("days that are added up"), default=28)
    days = models.PositiveSmallIntegerField(_("days in a row before help is asked for"), default=7)
    step_down = models.PositiveSmallIntegerField(_("quiet days before a step down"), default=14)
    least_patients = models.PositiveSmallIntegerField(_("patients on each side, at least"), default=30)
    least_relative = models.FloatField(_("size of the gap beside everyone else's number, at least"), default=0.10)
    restart = models.PositiveSmallIntegerField(_("days after which counting begins anew"), default=91)
    units = models.PositiveSmallIntegerField(_("units with the same gap that make a second step"), default=3)
    limit_blocks = models.PositiveSmallIntegerField(_("published blocks in a row beyond a limit"), default=2)

    class Meta:
        verbose_name = _("rules for signals")
        verbose_name_plural = _("rules for signals")
        constraints = (
            models.CheckConstraint(
                condition=Q(window__gte=7, days__gte=1, step_down__gte=1, least_patients__gte=10, restart__gte=28)
                & Q(units__gte=2, limit_blocks__gte=1, least_relative__gte=0, least_relative__lte=1),
                name="signal_policy_sane",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id}"

    def policy(self) -> Policy:
        """The row as the pure value that the rules read; tiers are those of the unit (`for_tier`)."""
        return replace(
            Policy(first_tier=1, top_tier=6),
            window=self.window,
            days=self.days,
            step_down=self.step_down,
            least_patients=self.least_patients,
            least_relative=self.least_relative,
            restart=self.restart,
            units=self.units,
        )


class SignalWindow(models.Model):
    """What is kept of the past of the gaps of one measure and dimension, up to `counted`: made again from snapshots
    whenever it is lost.

    Bytes are arrays in the machine's own order: `unit_ids` int32 (n,), `began` int64 (n,), sums (n, groups) float32
    where they fit, else float64, `run` and `quiet` int16 (n, groups). `strata` and `places`: which stratum belongs to
    which of `groups`.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="+")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="+")
    counted = models.DateField()
    window = models.PositiveSmallIntegerField()
    groups = ArrayField(models.CharField(max_length=120))
    strata = ArrayField(models.IntegerField())
    places = ArrayField(models.SmallIntegerField())
    unit_ids = models.BinaryField()
    began = models.BinaryField()
    events = models.BinaryField()
    people = models.BinaryField()
    since_events = models.BinaryField()
    since_people = models.BinaryField()
    run = models.BinaryField()
    quiet = models.BinaryField()

    class Meta:
        verbose_name = _("window of a gap")
        verbose_name_plural = _("windows of gaps")
        constraints = (models.UniqueConstraint(fields=("measure", "dimension"), name="signal_window_unique"),)

    def __str__(self) -> str:
        return f"{self.measure_id} {self.dimension_id} {self.counted}"


class SignalDay(models.Model):
    """The counts of one day of one measure and dimension while it is in the window: what leaves it is not read again
    from snapshots. Bytes as in `SignalWindow`; `events` and `people` (n, groups) in the least room (`signals.ring`).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="+")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="+")
    day = models.DateField()
    groups = ArrayField(models.CharField(max_length=120))
    strata = ArrayField(models.IntegerField())
    places = ArrayField(models.SmallIntegerField())
    unit_ids = models.BinaryField()
    events = models.BinaryField()
    people = models.BinaryField()

    class Meta:
        verbose_name = _("day of a gap")
        verbose_name_plural = _("days of gaps")
        constraints = (models.UniqueConstraint(fields=("measure", "dimension", "day"), name="signal_day_unique"),)

    def __str__(self) -> str:
        return f"{self.measure_id} {self.dimension_id} {self.day}"


class DueSignal(models.Model):
    """A unit whose numbers of a day were taken again after gaps were looked at. `counted`: the window has the new ones;
    the row stays while the day is in a window, since what was kept of the day (`SignalDay`) does not.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    day = models.DateField()
    counted = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("gap to be counted anew")
        verbose_name_plural = _("gaps to be counted anew")
        constraints = (models.UniqueConstraint(fields=("organisation", "unit", "day"), name="due_signal_unique"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day}"


class SignalNight(models.Model):
    """Up to which day the gaps of an organisation were looked at; its row is the lock of the looking."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    day = models.DateField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("night of signals")
        verbose_name_plural = _("nights of signals")

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"


def about_seen(user: "User", about: About) -> Q:
    """Signals of measures `about` whose groups `user` may see."""
    return Q(measure__about=about, unit__in=Unit.objects.with_permission(user, GROUPS_NEED[about]))


class SignalQuerySet(models.QuerySet["Signal"]):
    """Signals, in the ward's language."""

    def visible_to(self, user: "User") -> "SignalQuerySet":
        """Signals of units whose groups `user` may see: groups of patients, and of staff, have readers of their own."""
        return self.filter(reduce(or_, (about_seen(user, about) for about in GROUPS_NEED)))

    def of(self, about: About) -> "SignalQuerySet":
        """Signals of measures that count patients, or staff."""
        return self.filter(measure__about=about)

    def living(self) -> "SignalQuerySet":
        """Signals that are not over."""
        return self.filter(state__in=LIVING)

    def open(self) -> "SignalQuerySet":
        """Signals by which somebody was asked for help: they end by a person's word."""
        return self.filter(state__in=sorted(OPEN))


class Signal(models.Model):
    """One gap that deserves attention, from the first look that saw it to the day on which it is over: the people of
    `group` against everyone else in `unit`. `moved` counts looks (`boards.signals.steps`).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="signals")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="signals")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="signals")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="signals")
    group = models.CharField(max_length=120)
    state = models.CharField(max_length=14, choices=[(s.value, s.value) for s in State])
    tier = models.PositiveSmallIntegerField()
    since = models.DateField(_("first seen"))
    changed_on = models.DateField(_("last step"))
    moved = models.IntegerField(default=-1)
    due = models.DateField(_("countermeasure due"), null=True)
    by_units = models.BooleanField(default=False)
    #: The gap on the day on which it was dismissed: it comes back when it is worse.
    dismissed_gap = models.FloatField(null=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = (
            models.UniqueConstraint(
                fields=("measure", "unit", "dimension", "group"),
                condition=Q(state__in=LIVING),
                name="signal_one_living",
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="signal_state_known"),
            models.CheckConstraint(condition=Q(since__lte=F("changed_on")), name="signal_days_in_order"),
        )
        indexes = (
            models.Index(fields=("organisation", "dimension"), condition=Q(state__in=LIVING), name="signal_living"),
            models.Index(fields=("unit", "measure"), name="signal_by_unit"),
        )

    def __str__(self) -> str:
        return f"{self.group}: {self.state}"


class SignalChange(models.Model):
    """One step of a signal, with the figures that caused it. Written once, never changed.

    `figures` are exact and stay inside the house: pages tell what was published (`boards.queries.published`). `reason`
    is free text of whoever dismissed it: never logged, mailed or pushed.
    """

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="changes")
    day = models.DateField()
    at = models.DateTimeField()
    cause = models.CharField(max_length=10)
    before = models.CharField(max_length=14)
    after = models.CharField(max_length=14)
    tier_before = models.PositiveSmallIntegerField()
    tier = models.PositiveSmallIntegerField()
    run = models.PositiveSmallIntegerField(default=0)
    quiet = models.PositiveSmallIntegerField(default=0)
    due = models.DateField(null=True)
    figures = models.JSONField(null=True)
    role = models.CharField(max_length=20, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("step of a signal")
        verbose_name_plural = _("steps of signals")
        ordering = ("at", "id")
        indexes = (models.Index(fields=("signal", "at", "id"), name="signal_change_in_order"),)

    def __str__(self) -> str:
        return f"{self.signal_id} {self.before} {self.after}"


class GapLimit(models.Model):
    """How far apart the patients of a group and the others may be, in points of the measure's unit: chosen by people,
    such as by a goal. `reference` "": everyone else.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="gap_limits")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="gap_limits")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="gap_limits")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="gap_limits")
    group = models.CharField(max_length=120)
    reference = models.CharField(max_length=120, blank=True, default="")
    points = models.FloatField(_("limit in points"))
    since = models.DateField()
    until = models.DateField(null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("limit of a gap")
        verbose_name_plural = _("limits of gaps")
        constraints = (
            models.UniqueConstraint(
                fields=("measure", "unit", "dimension", "group"), condition=Q(until=None), name="gap_limit_one"
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="gap_limit_positive"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="gap_limit_days_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group}: {self.points:g}"
