"""The paper of a ticket: the shared text of its sections, its versions and what a coach says to them.

Free text in them is never logged, mailed or pushed.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.models import Measure
from improvement.models.tickets import Ticket
from improvement.rules import papers as rules
from improvement.rules.papers import Form, Kept, Section
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class PaperQuerySet(models.QuerySet["Paper"]):
    """Papers, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "PaperQuerySet":
        """Papers of tickets that `user` may see."""
        return self.filter(ticket__unit__in=Unit.objects.visible_to(user).values("pk"))

    def worked_by(self, user: "User | AnonymousUser") -> "PaperQuerySet":
        """Papers in which `user` may write."""
        return self.filter(ticket__unit__in=Unit.objects.with_permission(user, Permission.IMPROVE).values("pk"))

    def whole(self) -> "PaperQuerySet":
        """Each with its ticket, its unit and people, and what stands over the sections. No statement of its own."""
        ticket = ("organisation", "unit", "owner", "coach", "measure")
        return self.select_related("sponsor", "balancing", *(f"ticket__{name}" for name in ticket))

    def in_short(self) -> "PaperQuerySet":
        """Each with no more than what says where it belongs and which version it is. No statement of its own."""
        ticket = ("number", "title", "measure", "unit__name", "unit__path", "unit__organisation", "unit__time_zone")
        named = ("organisation__name", "organisation__slug", "organisation__time_zone", *ticket)
        found = self.select_related("ticket__unit", "ticket__organisation")
        return found.only("form", "left_out", "version", *(f"ticket__{name}" for name in named))


class Paper(models.Model):
    """The A3 or the charter of a ticket: one page.

    `shared` is the document that merges what several people write (`improvement.shared_text`); `texts` is what it says,
    by section. `revision` counts its changes. `unkept_since` is the first change that no version holds yet. Numbers of
    the goal are in the unit of the ticket's measure; `balancing` is the one that must not get worse by it.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="paper")
    form = models.CharField(max_length=7, choices=Form.choices)
    left_out = ArrayField(models.CharField(max_length=15, choices=Section.choices), default=list, blank=True)
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sponsored_papers",
        verbose_name=_("sponsor"),
    )
    balancing = models.ForeignKey(
        Measure, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("balancing measure")
    )
    goal_from = models.FloatField(_("from"), null=True, blank=True)
    goal_to = models.FloatField(_("to"), null=True, blank=True)
    goal_by = models.DateField(_("by"), null=True, blank=True)
    audit_on = models.DateField(_("somebody looks again on"), null=True, blank=True)
    shared = models.BinaryField()
    texts = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)
    unkept_since = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a ticket")
        verbose_name_plural = _("papers of tickets")
        ordering = ("ticket",)
        constraints = (
            models.CheckConstraint(condition=Q(form__in=Form.values), name="paper_form_known"),
            models.CheckConstraint(condition=Q(left_out__contained_by=Section.values), name="paper_sections_known"),
        )
        indexes = (models.Index(fields=("audit_on",), condition=Q(audit_on__isnull=False), name="paper_audits"),)

    def __str__(self) -> str:
        return f"{self.get_form_display()} {self.ticket_id}"


class PaperVersion(models.Model):
    """What a paper said at a moment: its texts by section, and what stood in its tables, a line for each row."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kept = models.CharField(max_length=6, choices=Kept.choices)
    name = models.CharField(_("name"), max_length=rules.NAME, blank=True, default="")
    texts = models.JSONField(default=dict)
    tables = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    class Meta:
        verbose_name = _("version of a paper")
        verbose_name_plural = _("versions of papers")
        ordering = ("paper", "-number")
        constraints = (
            models.UniqueConstraint(fields=("paper", "number"), name="paper_version_unique"),
            models.CheckConstraint(condition=Q(kept__in=Kept.values), name="paper_version_kept_known"),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} v{self.number}"


class PaperWriter(models.Model):
    """Who wrote in which section since the last version: it says whose words a version holds, and who is here now."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="writers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    section = models.CharField(max_length=15, choices=Section.choices)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("writer of a paper")
        verbose_name_plural = _("writers of papers")
        ordering = ("paper", "-at")
        constraints = (
            models.UniqueConstraint(fields=("paper", "user"), name="paper_writer_once"),
            models.CheckConstraint(condition=Q(section__in=Section.values), name="paper_writer_section_known"),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.user_id}"


class PaperComment(models.Model):
    """A question or a word of a coach to a section; settled by whoever works on it."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="comments")
    uid = models.UUIDField(unique=True)
    section = models.CharField(max_length=15, choices=Section.choices)
    text = models.CharField(_("comment"), max_length=rules.COMMENT)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("comment on a paper")
        verbose_name_plural = _("comments on papers")
        ordering = ("paper", "at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(section__in=Section.values), name="paper_comment_section_known"),
            models.CheckConstraint(condition=~Q(text=""), name="paper_comment_has_text"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("at")), name="paper_comment_settled_after"
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.section}"
