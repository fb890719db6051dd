"""Tickets of improvement work, what they began from, and how many a unit works on at once.

Free text in them is never logged, mailed or pushed.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.models import Measure, ReasonCode, Signal
from huddles.models import Issue
from improvement.models.goals import Goal
from improvement.rules import tickets as rules
from improvement.rules.tickets import From, Size, Stage
from org.models import Organisation, Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Tickets, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "TicketQuerySet":
        """Tickets of units whose boards `user` may open: what is worked on is no secret of a few."""
        return self.filter(unit__in=Unit.objects.visible_to(user).values("pk"))

    def worked_by(self, user: "User | AnonymousUser") -> "TicketQuerySet":
        """Tickets of units where `user` may write in improvement work."""
        return self.filter(unit__in=Unit.objects.with_permission(user, Permission.IMPROVE).values("pk"))

    def open(self) -> "TicketQuerySet":
        """Tickets that are not over."""
        return self.filter(stage__in=rules.OPEN)

    def whole(self) -> "TicketQuerySet":
        """Each with its unit and people. No statement of its own."""
        return self.select_related("organisation", "unit", "owner", "coach")


class Ticket(models.Model):
    """One piece of improvement work of a unit, of a size, on its way through the columns of the kanban.

    `number` is the organisation's own. `position` orders a column, the smallest on top. `over_reason`: why it was taken
    into work although the unit had enough there.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="tickets")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="tickets", verbose_name=_("unit"))
    number = models.PositiveIntegerField()
    uid = models.UUIDField(unique=True)
    title = models.CharField(_("title"), max_length=rules.TITLE)
    problem = models.CharField(_("what is the problem, and for whom?"), max_length=rules.TEXT, blank=True, default="")
    size = models.CharField(_("size"), max_length=9, choices=Size.choices)
    stage = models.CharField(_("stage"), max_length=7, choices=Stage.choices, default=Stage.IDEA)
    position = models.IntegerField(default=0)
    measure = models.ForeignKey(
        Measure, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("measure")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_tickets",
        verbose_name=_("owner"),
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="coached_tickets",
        verbose_name=_("coach"),
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    over_reason = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(_("what came of it"), max_length=rules.TEXT, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ("organisation", "number")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="ticket_number_unique"),
            models.CheckConstraint(condition=Q(size__in=Size.values), name="ticket_size_known"),
            models.CheckConstraint(condition=~Q(title=""), name="ticket_has_title"),
            models.CheckConstraint(
                condition=(Q(stage__in=sorted(rules.OVER)) & Q(ended_at__isnull=False) & ~Q(outcome=""))
                | (Q(stage__in=sorted(rules.OPEN)) & Q(ended_at__isnull=True)),
                name="ticket_ends_with_its_outcome",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "stage", "position"), name="ticket_of_column"),
            models.Index(fields=("owner",), condition=Q(stage__in=sorted(rules.OPEN)), name="ticket_of_owner"),
        )

    def __str__(self) -> str:
        return f"{self.get_size_display()} {self.number}"


class TicketStep(models.Model):
    """A ticket came into a stage: how it went, how long each took. `said`: what came of it, or why it was let go or
    taken over the limit.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=7, choices=Stage.choices)
    said = models.CharField(max_length=rules.TEXT, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("step of a ticket")
        verbose_name_plural = _("steps of tickets")
        ordering = ("ticket", "at", "id")
        constraints = (models.CheckConstraint(condition=Q(stage__in=Stage.values), name="ticket_step_known"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.stage}"


def _only(kind: From, **given: bool) -> Q:
    """An origin of this kind has what is `given`, and nothing else."""
    fields: dict[str, Any] = {f"{name}__isnull": not given.get(name, False) for name in _LINKS}
    return Q(kind=kind, **fields) & (~Q(address="") if given.get("address") else Q(address=""))


_LINKS = ("issue", "measure", "day", "reason", "signal", "goal")


class Origin(models.Model):
    """What a ticket began from, or serves: one thing, and no words of its own, so that it shows what that thing is now.

    `address` is a page of rounds, which this room does not know.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="origins")
    kind = models.CharField(max_length=7, choices=From.choices)
    issue = models.ForeignKey(Issue, models.CASCADE, null=True, related_name="tickets")
    measure = models.ForeignKey(Measure, models.CASCADE, null=True, related_name="+")
    day = models.DateField(null=True)
    reason = models.ForeignKey(ReasonCode, models.CASCADE, null=True, related_name="+")
    signal = models.ForeignKey(Signal, models.CASCADE, null=True, related_name="tickets")
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, related_name="tickets")
    address = models.CharField(max_length=60, blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("origin of a ticket")
        verbose_name_plural = _("origins of tickets")
        ordering = ("ticket", "id")
        constraints = (
            models.CheckConstraint(
                condition=_only(From.ISSUE, issue=True)
                | _only(From.RED_DAY, measure=True, day=True)
                | _only(From.REASON, measure=True, reason=True)
                | _only(From.REASON, reason=True)
                | _only(From.SIGNAL, signal=True)
                | _only(From.GOAL, goal=True)
                | _only(From.ROUND, address=True),
                name="origin_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(address="") | Q(address__regex=rules.ROUND_ADDRESS), name="origin_address_of_a_round"
            ),
            models.UniqueConstraint(
                fields=("ticket", "kind", *_LINKS, "address"), nulls_distinct=False, name="origin_once"
            ),
        )
        indexes = (
            models.Index(fields=("measure", "day"), condition=Q(measure__isnull=False), name="origin_of_red_day"),
            models.Index(fields=("address",), condition=~Q(address=""), name="origin_of_round"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class WorkLimit(models.Model):
    """How many tickets a unit has in work at once."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="work_limit")
    most = models.PositiveSmallIntegerField(_("in work at once, at most"))

    class Meta:
        verbose_name = _("limit of work")
        verbose_name_plural = _("limits of work")
        constraints = (
            models.CheckConstraint(condition=Q(most__gte=1, most__lte=rules.LARGEST_LIMIT), name="work_limit_in_range"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.most}"
