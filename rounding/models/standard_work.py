"""Leader standard work: what a role does, and what a person says of it. Only the person reads the latter."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org.models import Membership, Organisation
from org.rules import Permission, Role
from org.shipped import ShippedField
from rounding.rules import standard_work as rules
from rounding.rules.questions import SetKind
from rounding.rules.standard_work import Cadence, Counted

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class StandardTaskQuerySet(models.QuerySet["StandardTask"]):
    """Tasks of leaders, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "StandardTaskQuerySet":
        """Tasks of the roles that `user` holds, each in its own house."""
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        held = Membership.objects.current().filter(
            user=me, unit__organisation=models.OuterRef("organisation"), role=models.OuterRef("role")
        )
        return self.filter(models.Exists(held))

    def governed_by(self, user: "User | AnonymousUser") -> "StandardTaskQuerySet":
        """Tasks that `user` may edit."""
        return self.filter(organisation__in=Organisation.objects.governed_by(user, Permission.AGENDA_EDIT).values("pk"))

    def in_use(self) -> "StandardTaskQuerySet":
        """Tasks that are not retired."""
        return self.filter(retired_at__isnull=True)


class StandardTask(models.Model):
    """What everybody with `role` does `times` in a period. `counts`: what counts towards it by itself; `set_kind`: of
    rounds only those of this kind.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="standard_tasks")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    text = ShippedField(_("task"), max_length=rules.TEXT_LENGTH)
    cadence = models.CharField(_("how often it begins anew"), max_length=8, choices=Cadence.choices)
    times = models.PositiveSmallIntegerField(_("how many times"), default=1)
    counts = models.CharField(_("counts by itself"), max_length=8, choices=Counted.choices, blank=True, default="")
    set_kind = models.CharField(
        _("only rounds of this kind"), max_length=12, choices=SetKind.choices, blank=True, default=""
    )
    position = models.PositiveSmallIntegerField(default=0)
    began_on = models.DateField()
    retired_at = models.DateTimeField(null=True)

    objects = StandardTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task of leader standard work")
        verbose_name_plural = _("tasks of leader standard work")
        ordering = ("organisation", "role", "position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(role__in=Role.values), name="standard_task_role_known"),
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="standard_task_cadence_known"),
            models.CheckConstraint(condition=~Q(text=""), name="standard_task_has_words"),
            models.CheckConstraint(
                condition=Q(times__gte=1, times__lte=rules.MOST_TIMES), name="standard_task_times_in_range"
            ),
            models.CheckConstraint(condition=Q(counts__in=("", *Counted.values)), name="standard_task_counts_known"),
            models.CheckConstraint(
                condition=Q(set_kind="") | Q(set_kind__in=SetKind.values, counts=Counted.ROUND),
                name="standard_task_kind_is_of_rounds",
            ),
        )

    def __str__(self) -> str:
        return self.text


class TaskMarkQuerySet(models.QuerySet["TaskMark"]):
    """Marks, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "TaskMarkQuerySet":
        """One's own, nobody else's."""
        return self.filter(person=(user.pk or 0) if user.is_authenticated and user.is_active else 0)


class TaskMark(models.Model):
    """What a person says of a task in one period: how often it was done, or why not this time."""

    task = models.ForeignKey(StandardTask, models.CASCADE, related_name="marks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="task_marks")
    starts_on = models.DateField()
    done = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("why not this time"), max_length=rules.REASON_LENGTH, blank=True, default="")
    at = models.DateTimeField()

    objects = TaskMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of a task")
        verbose_name_plural = _("marks of tasks")
        constraints = (
            models.UniqueConstraint(fields=("person", "task", "starts_on"), name="task_mark_one_a_period"),
            models.CheckConstraint(condition=Q(done__gte=1) | ~Q(reason=""), name="task_mark_says_something"),
            models.CheckConstraint(condition=Q(done__lte=2 * rules.MOST_TIMES), name="task_mark_done_in_range"),
        )
        indexes = (models.Index(fields=("person", "starts_on"), name="task_mark_of_person"),)

    def __str__(self) -> str:
        return f"Mark {self.pk}"
