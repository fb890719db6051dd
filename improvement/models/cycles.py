"""PDSA cycles and the numbers that are collected in them. Free text in them is never logged, mailed or pushed."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.models import Measure
from improvement.models.tickets import Ticket
from improvement.rules import cycles as rules
from improvement.rules.cycles import Decision, Scale, State
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class CycleQuerySet(models.QuerySet["Cycle"]):
    """Cycles, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "CycleQuerySet":
        """Cycles of tickets that `user` may see."""
        return self.filter(ticket__unit__in=Unit.objects.visible_to(user).values("pk"))

    def worked_by(self, user: "User | AnonymousUser") -> "CycleQuerySet":
        """Cycles in which `user` may write."""
        return self.filter(ticket__unit__in=Unit.objects.with_permission(user, Permission.IMPROVE).values("pk"))

    def running(self) -> "CycleQuerySet":
        """Cycles that have started and not ended."""
        return self.filter(state=State.DO)


class Cycle(models.Model):
    """One test of a change: plan with a prediction, do, study, act.

    `number` counts the cycles of a ticket; `follows` is the cycle before it on its ramp. `predicted` and `result` are
    in the unit of `measure`, or of what is `counted`. Days are the unit's own.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="cycles")
    uid = models.UUIDField(unique=True)
    number = models.PositiveSmallIntegerField()
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")
    state = models.CharField(_("state"), max_length=5, choices=State.choices, default=State.PLAN)
    question = models.CharField(_("question to answer"), max_length=rules.LINE, blank=True, default="")
    change = models.CharField(_("what is tried"), max_length=rules.TEXT, blank=True, default="")
    predicted = models.FloatField(_("prediction"), null=True, blank=True)
    why = models.CharField(_("why this number"), max_length=rules.TEXT, blank=True, default="")
    scale = models.CharField(_("scale"), max_length=9, choices=Scale.choices, blank=True, default="")
    measure = models.ForeignKey(
        Measure, models.RESTRICT, null=True, blank=True, related_name="cycles", verbose_name=_("measure")
    )
    counted = models.CharField(_("what is counted, and by whom"), max_length=rules.LINE, blank=True, default="")
    where = models.CharField(_("who, where, when"), max_length=rules.LINE, blank=True, default="")
    stop_rule = models.CharField(_("stop early when"), max_length=rules.LINE, blank=True, default="")
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    why_longer = models.CharField(_("why longer than six weeks"), max_length=rules.LINE, blank=True, default="")
    done = models.CharField(_("what was really done"), max_length=rules.TEXT, blank=True, default="")
    surprises = models.CharField(_("surprises"), max_length=rules.TEXT, blank=True, default="")
    result = models.FloatField(_("result"), null=True, blank=True)
    no_result = models.CharField(_("why there is no result"), max_length=rules.LINE, blank=True, default="")
    learned = models.CharField(_("what was learned"), max_length=rules.TEXT, blank=True, default="")
    decision = models.CharField(_("decision"), max_length=7, choices=Decision.choices, blank=True, default="")
    then = models.CharField(_("what next, and who must know"), max_length=rules.TEXT, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("PDSA cycle")
        verbose_name_plural = _("PDSA cycles")
        ordering = ("ticket", "number")
        constraints = (
            models.UniqueConstraint(fields=("ticket", "number"), name="cycle_number_unique"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="cycle_state_known"),
            models.CheckConstraint(condition=Q(scale="") | Q(scale__in=Scale.values), name="cycle_scale_known"),
            models.CheckConstraint(
                condition=Q(state=State.PLAN)
                | (
                    ~Q(question="")
                    & ~Q(change="")
                    & Q(predicted__isnull=False)
                    & ~Q(why="")
                    & ~Q(scale="")
                    & (Q(measure__isnull=False) | ~Q(counted=""))
                    & ~Q(stop_rule="")
                    & Q(starts_on__isnull=False, ends_on__isnull=False, started_at__isnull=False)
                ),
                name="cycle_starts_with_its_prediction",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="cycle_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PLAN)
                | Q(ends_on__lte=F("starts_on") + timedelta(days=rules.LONGEST.days))
                | ~Q(why_longer=""),
                name="cycle_is_short_or_says_why",
            ),
            models.CheckConstraint(
                condition=(~Q(state=State.ENDED) & Q(ended_at__isnull=True) & Q(decision=""))
                | (
                    Q(state=State.ENDED, ended_at__isnull=False, decision__in=Decision.values)
                    & ~Q(learned="")
                    & (Q(result__isnull=False) | ~Q(no_result=""))
                ),
                name="cycle_ends_with_its_decision",
            ),
            models.CheckConstraint(condition=~Q(follows=F("pk")), name="cycle_follows_another"),
        )
        indexes = (
            models.Index(fields=("ends_on",), condition=Q(state=State.DO), name="cycle_running"),
            models.Index(fields=("measure",), condition=Q(measure__isnull=False), name="cycle_of_measure"),
        )

    def __str__(self) -> str:
        return f"PDSA {self.ticket_id}.{self.number}"


class CycleNumber(models.Model):
    """A number collected in a cycle on a day, where it counts something of its own."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="numbers")
    day = models.DateField(_("day"))
    value = models.FloatField(_("number"))
    said = models.CharField(_("note"), max_length=rules.LINE, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("number of a cycle")
        verbose_name_plural = _("numbers of cycles")
        ordering = ("cycle", "day")
        constraints = (models.UniqueConstraint(fields=("cycle", "day"), name="cycle_number_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.day}"
