"""Letters, measures, their targets and their places on boards."""

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards import rules
from org.models import Organisation, Unit
from org.shipped import ShippedField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class Letter(models.Model):
    """A letter of the board: S, Q, D, C, P, E or the hospital's own."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="letters")
    code = models.CharField(_("letter"), max_length=3)
    name = ShippedField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ("organisation", "position", "code")
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="letter_code_unique"),)

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Measures, in the ward's language."""

    def active(self) -> "MeasureQuerySet":
        """Measures that are still taken."""
        return self.filter(is_active=True)

    def visible_to(self, user: "User | AnonymousUser") -> "MeasureQuerySet":
        """Measures of the organisations in which `user` may see a board."""
        return self.filter(organisation__in=Unit.objects.visible_to(user).values("organisation"))


class Measure(models.Model):
    """Definition of one number: what it counts, which way is better, how it adds up."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="measures")
    code = models.CharField(
        _("identifier"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and _ only."))],
    )
    name = models.CharField(_("name"), max_length=120)
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="measures", verbose_name=_("letter"))
    question = models.CharField(_("question that it answers"), max_length=200, blank=True, default="")
    definition = models.TextField(_("definition"), blank=True, default="")
    kind = models.CharField(_("kind of number"), max_length=12, choices=rules.Kind.choices)
    multiplier = models.FloatField(_("per"), default=100.0)
    unit_text = ShippedField(_("unit"), max_length=60, blank=True, default="%")
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=1)
    numerator_text = models.CharField(_("numerator in words"), max_length=255, blank=True, default="")
    denominator_text = models.CharField(_("denominator in words"), max_length=255, blank=True, default="")
    direction = models.CharField(_("direction"), max_length=8, choices=rules.Direction.choices)
    roll_up = models.CharField(_("roll-up"), max_length=14, choices=rules.RollUp.choices)
    cadence = models.CharField(_("due"), max_length=10, choices=rules.Cadence.choices, default=rules.Cadence.DAILY)
    lag_days = models.PositiveSmallIntegerField(_("arrives after days"), default=0)
    chart = models.CharField(_("chart"), max_length=10, choices=rules.ChartKind.choices, default=rules.ChartKind.XMR)
    stratifiable = models.BooleanField(_("by groups of patients"), default=False)
    about = models.CharField(_("counts"), max_length=8, choices=rules.About.choices, default=rules.About.PATIENTS)
    part_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="parts", verbose_name=_("its counts are part of")
    )
    #: Its place in the order in which groups are told, given once by the clock.
    telling_rank = models.PositiveIntegerField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    steward = models.CharField(_("steward"), max_length=80, blank=True, default="")
    source_note = models.CharField(_("source of the definition"), max_length=255, blank=True, default="")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ("organisation", "letter__position", "name")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="measure_code_unique"),
            models.CheckConstraint(condition=Q(multiplier__gt=0), name="measure_multiplier_positive"),
            models.CheckConstraint(
                condition=~Q(kind=rules.Kind.MEDIAN) | Q(roll_up=rules.RollUp.NONE), name="measure_median_not_summable"
            ),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="measure_decimals_0_to_4"),
            models.CheckConstraint(condition=Q(about__in=rules.About.values), name="measure_about_known"),
            models.CheckConstraint(condition=~Q(part_of=models.F("id")), name="measure_no_part_of_itself"),
        )

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """A target of a measure for a while: for one unit and those below it, or for all (no unit)."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="targets")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="targets")
    valid = DateRangeField(_("from, until"))
    value = models.FloatField(_("target"))
    high = models.FloatField(_("upper end of the band"), null=True, blank=True)
    warning = models.FloatField(_("at risk from"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = (
            ExclusionConstraint(
                name="target_one_at_a_time",
                expressions=(
                    ("measure", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ),
                condition=Q(unit__isnull=False),
            ),
            ExclusionConstraint(
                name="target_one_for_all_at_a_time",
                expressions=(("measure", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)),
                condition=Q(unit__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(high__isnull=True) | Q(high__gte=models.F("value")), name="target_band_upwards"
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure_id} {self.value}"


class BoardMeasure(models.Model):
    """A measure's place on a unit's board. `reports`: the unit sends its own numbers, so a missing one is noticed."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="board_measures")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="placements")
    role = models.CharField(
        _("role"), max_length=10, choices=rules.MeasureRole.choices, default=rules.MeasureRole.WATCH
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    reports = models.BooleanField(_("the unit sends its own numbers"), default=True)

    class Meta:
        verbose_name = _("measure on a board")
        verbose_name_plural = _("measures on boards")
        ordering = ("unit", "position", "id")
        constraints = (models.UniqueConstraint(fields=("unit", "measure"), name="board_measure_unique"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id}"
