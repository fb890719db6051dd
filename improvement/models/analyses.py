"""Rows of a paper: causes with the facts behind them, countermeasures, steps of the plan.

A row that is taken away keeps its moment (`gone_at`), so that it can come back. `revision` counts its changes: whoever
writes on what somebody else has changed meanwhile is told. Free text in them is never logged, mailed or pushed.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.models import ReasonCode
from improvement.models.cycles import Cycle
from improvement.models.papers import Paper
from improvement.rules import papers as rules
from improvement.rules.papers import Branch, Course, Level, Standing


class Row(models.Model):
    """What the rows have in common."""

    position = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    gone_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Cause(Row):
    """Why something happens: a rib of the fishbone (`branch`), or the answer to "why?" of another cause (`of`).

    `reason`: the reason code that counts it on red days. `fact`: how it was checked, and what was seen.
    """

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="causes")
    uid = models.UUIDField(unique=True)
    of = models.ForeignKey("self", models.CASCADE, null=True, related_name="whys")
    branch = models.CharField(_("where it lies"), max_length=11, choices=Branch.choices, blank=True, default="")
    text = models.CharField(_("cause"), max_length=rules.LINE)
    reason = models.ForeignKey(ReasonCode, models.SET_NULL, null=True, blank=True, related_name="causes")
    standing = models.CharField(max_length=7, choices=Standing.choices, default=Standing.GUESS)
    fact = models.CharField(_("how it was checked"), max_length=rules.LINE, blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")
        ordering = ("paper", "position", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="cause_has_text"),
            models.CheckConstraint(
                condition=Q(of__isnull=True, branch__in=Branch.values) | Q(of__isnull=False, branch=""),
                name="cause_is_a_rib_or_answers_why",
            ),
            models.CheckConstraint(condition=~Q(of=F("pk")), name="cause_of_another"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="cause_standing_known"),
            models.CheckConstraint(
                condition=Q(standing=Standing.GUESS) | (~Q(fact="") & Q(checked_at__isnull=False)),
                name="cause_checked_by_a_fact",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.pk}"


class Countermeasure(Row):
    """What takes a cause away: how much effect for how much effort, what else it does, who may be worse off.

    `cycle` is the test that tries it.
    """

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="countermeasures")
    uid = models.UUIDField(unique=True)
    cause = models.ForeignKey(Cause, models.SET_NULL, null=True, blank=True, related_name="countermeasures")
    text = models.CharField(_("countermeasure"), max_length=rules.LINE)
    effect = models.CharField(_("effect"), max_length=1, choices=Level.choices, blank=True, default="")
    effort = models.CharField(_("effort"), max_length=1, choices=Level.choices, blank=True, default="")
    side_effects = models.CharField(_("what else it does"), max_length=rules.LINE, blank=True, default="")
    loses = models.CharField(_("who may be worse off"), max_length=rules.LINE, blank=True, default="")
    course = models.CharField(_("how far it is"), max_length=8, choices=Course.choices, default=Course.IDEA)
    cycle = models.ForeignKey(Cycle, models.SET_NULL, null=True, blank=True, related_name="countermeasures")

    class Meta:
        verbose_name = _("countermeasure")
        verbose_name_plural = _("countermeasures")
        ordering = ("paper", "position", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="countermeasure_has_text"),
            models.CheckConstraint(condition=Q(course__in=Course.values), name="countermeasure_course_known"),
            models.CheckConstraint(
                condition=Q(effect__in=["", *Level.values], effort__in=["", *Level.values]),
                name="countermeasure_levels_known",
            ),
            models.CheckConstraint(
                condition=Q(course__in=[Course.IDEA, Course.DROPPED]) | ~Q(loses=""),
                name="countermeasure_says_who_may_be_worse_off",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.pk}"


class PlanStep(Row):
    """Who does what by when."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="steps")
    uid = models.UUIDField(unique=True)
    what = models.CharField(_("what"), max_length=rules.LINE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plan_steps",
        verbose_name=_("who"),
    )
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("step of a plan")
        verbose_name_plural = _("steps of plans")
        ordering = ("paper", "position", "pk")
        constraints = (models.CheckConstraint(condition=~Q(what=""), name="plan_step_has_what"),)
        indexes = (
            models.Index(
                fields=("owner",), condition=Q(done_at__isnull=True, gone_at__isnull=True), name="plan_step_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.pk}"
