"""Issues, what happened to them, and what hangs on them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from boards.models import Letter, Measure
from huddles.models.choices import Choice, Confidant
from huddles.models.huddles import Huddle
from huddles.rules import issues as rules
from huddles.rules.issues import (
    CLOSED,
    LOOKED_AT,
    OPEN,
    Act,
    Ask,
    Harm,
    Outcome,
    Seen,
    Size,
    Source,
    Status,
    Urgency,
    Verdict,
)
from org.models import Organisation, Unit
from org.rules import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class IssueQuerySet(models.QuerySet["Issue"]):
    """Issues, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "IssueQuerySet":
        """What `user` may read: issues that began or are at a unit of theirs or below it, that were copied to one, that
        are theirs to settle, or that they raised. Of confidential ones only those that they raised or are named for:
        whoever owned one and is named no more reads it no more.
        """
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        reach = Unit.objects.with_permission(user, Permission.BOARD_VIEW).values("pk")
        copied = IssueCopy.objects.filter(issue=OuterRef("pk"), unit__in=reach)
        # Not null is said twice: the planner then reads the few that joined another one instead of all issues.
        joined = Issue.objects.filter(merged_into__isnull=False, merged_into=OuterRef("pk"), origin__in=reach)
        mine = Q(owner=me) | Q(raised_by=me)
        near = Q(origin__in=reach) | Q(place__in=reach) | Exists(copied) | Exists(joined)
        return self.filter(Q(confidential=False) & (near | mine) | Q(confidential=True) & self._trusted(me))

    @staticmethod
    def _trusted(me: int) -> Q:
        trusted = Confidant.objects.filter(user=me).values("organisation")
        return Q(organisation__in=trusted) | Q(raised_by=me)

    def open(self) -> "IssueQuerySet":
        """Issues for which somebody still has to do something."""
        return self.filter(status__in=sorted(OPEN))

    def at(self, unit: "Unit") -> "IssueQuerySet":
        """Issues whose place is `unit` now."""
        return self.filter(place=unit)

    def overdue(self, now: "datetime") -> "IssueQuerySet":
        """Issues whose clock has run out."""
        return self.filter(status__in=sorted(OPEN), clock_at__lte=now)

    def late(self, now: "datetime") -> "IssueQuerySet":
        """Issues whose clock has run out, or that were to be looked at by now."""
        return self.filter(Q(clock_at__lte=now) | Q(check_in_at__lte=now))

    def late_promises(self, now: "datetime") -> "IssueQuerySet":
        """What was promised for a time that is over, or was to be looked at by now; what is confidential is counted
        nowhere. The desk counts the same in SQL (`queries.house`).
        """
        return self.filter(Q(status=Status.ANSWERED, due_at__lt=now) | Q(check_in_at__lt=now), confidential=False)

    def ringing(self, now: "datetime") -> "IssueQuerySet":
        """Issues whose clock has run out and has not rung yet."""
        return self.overdue(now).filter(rang_at__isnull=True)


class Issue(models.Model):
    """Something that is not as it should be: one place and one owner at any moment, until its origin has confirmed.

    `place` is the unit that has it, `owner` the one person there who answers for it. `title`, `detail`, `tried`,
    `tell_staff` (what was answered, then what was done) and `reporter_line` are free text: never logged, mailed or
    pushed. `reporter` is personal, and may stay empty.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="issues")
    number = models.PositiveIntegerField(_("number"))
    client_id = models.UUIDField(unique=True)
    title = models.CharField(_("what is wrong"), max_length=rules.TITLE_LENGTH)
    detail = models.CharField(_("more about it"), max_length=rules.NOTE_LENGTH, blank=True, default="")
    tried = models.CharField(_("what was tried"), max_length=rules.NOTE_LENGTH, blank=True, default="")
    spot = models.CharField(_("where exactly"), max_length=80, blank=True, default="")
    origin = models.ForeignKey(Unit, models.PROTECT, related_name="issues_begun", verbose_name=_("began at"))
    place = models.ForeignKey(Unit, models.PROTECT, related_name="issues_here", verbose_name=_("is at"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="issues_owned", verbose_name=_("owner")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.RAISED)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    size = models.CharField(_("size"), max_length=12, choices=Size.choices, default=Size.UNSORTED)
    confidential = models.BooleanField(_("confidential"), default=False)
    recurring = models.BooleanField(_("it keeps coming back"), default=False)
    people_touched = models.PositiveIntegerField(_("people affected"), null=True, blank=True)
    harm = models.CharField(_("harm so far"), max_length=8, choices=Harm.choices, blank=True, default="", db_default="")
    #: Keys of categories of patients, "dimension:category". Named, never counted.
    groups = ArrayField(models.CharField(max_length=101), default=list, blank=True, verbose_name=_("groups affected"))
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Choice, models.PROTECT, null=True, blank=True, related_name="+")
    measure = models.ForeignKey(Measure, models.SET_NULL, null=True, blank=True, related_name="issues")
    source = models.CharField(max_length=10, choices=Source.choices)
    huddle = models.ForeignKey(Huddle, models.SET_NULL, null=True, related_name="issues")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="issues_raised")
    reporter = models.CharField(_("name of whoever told it"), max_length=80, blank=True, default="")
    follow_hash = models.CharField(max_length=64, null=True, unique=True)
    raised_at = models.DateTimeField()
    first_seen_on = models.DateField(_("first seen on"), null=True, blank=True)

    arrived_at = models.DateTimeField(_("at its place since"))
    ask = models.CharField(_("what is asked"), max_length=14, choices=Ask.choices, blank=True, default="")
    asked = models.CharField(_("the ask in one line"), max_length=200, blank=True, default="")
    cannot = models.ForeignKey(Choice, models.PROTECT, null=True, blank=True, related_name="+")
    needed_by = models.DateTimeField(_("needed by"), null=True, blank=True)

    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True, default="")
    tell_staff = models.CharField(_("what to tell staff"), max_length=rules.TELL_STAFF_LENGTH, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answered_from = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(_("promised for"), null=True)
    #: The end of the day on which it is looked at next; follows from its open check-ins.
    check_in_at = models.DateTimeField(_("looked at next"), null=True)
    done_at = models.DateTimeField(null=True)
    read_out_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    verdict_at = models.DateTimeField(null=True)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    #: What whoever told it without an account says about what was done; it closes nothing.
    reporter_verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="", db_default="")
    reporter_line = models.CharField(max_length=rules.LOOK_LENGTH, blank=True, default="", db_default="")

    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    clock_at = models.DateTimeField(null=True)
    rang_at = models.DateTimeField(null=True)
    climbs = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ("-raised_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="issue_number_unique"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="issue_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OPEN), clock_at__isnull=False)
                | ~Q(status__in=sorted(OPEN)) & Q(clock_at__isnull=True),
                name="issue_open_has_clock",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.MERGED, merged_into__isnull=False)
                | ~Q(status=Status.MERGED) & Q(merged_into__isnull=True),
                name="issue_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="issue_not_part_of_itself"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CONFIRMED) | Q(verdict__in=(Verdict.SOLVED, Verdict.PARTLY)),
                name="issue_confirmed_has_verdict",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(CLOSED), closed_at__isnull=False)
                | ~Q(status__in=(*sorted(CLOSED), Status.MERGED)) & Q(closed_at__isnull=True)
                | Q(status=Status.MERGED),
                name="issue_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(check_in_at__isnull=True) | Q(size=Size.BIG, status__in=sorted(LOOKED_AT)),
                name="issue_looked_at_is_big",
            ),
        )
        indexes = (
            models.Index(
                fields=("clock_at",),
                condition=Q(rang_at__isnull=True, clock_at__isnull=False),
                name="issue_clock_due",
            ),
            models.Index(
                fields=("organisation", "clock_at", "id"),
                condition=Q(clock_at__isnull=False),
                name="issue_open_by_clock",
            ),
            models.Index(
                fields=("organisation", "check_in_at"),
                condition=Q(check_in_at__isnull=False),
                name="issue_looked_at_next",
            ),
            models.Index(fields=("place", "status", "clock_at"), name="issue_by_place"),
            models.Index(fields=("origin", "status", "-raised_at"), name="issue_by_origin"),
            models.Index(fields=("owner", "status"), name="issue_by_owner"),
            models.Index(fields=("organisation", "-raised_at", "-id"), name="issue_by_time"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="issue_title_trigram"),
            GinIndex(SearchVector("title", "detail", config="simple"), name="issue_words"),
        )

    def __str__(self) -> str:
        return f"#{self.number}"


class IssueEvent(models.Model):
    """One thing that happened to an issue: who, when, from where to where. Written once, never changed.

    `note` is free text: never logged, mailed or pushed.
    """

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=12, choices=Act.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_place = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    to_place = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=12, choices=Status.choices)
    ask = models.CharField(max_length=14, choices=Ask.choices, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    choice = models.ForeignKey(Choice, models.PROTECT, null=True, related_name="+")
    clock = models.CharField(max_length=12, blank=True, default="")
    due_at = models.DateTimeField(null=True)
    seen = models.CharField(max_length=10, choices=Seen.choices, blank=True, default="", db_default="")
    note = models.CharField(max_length=rules.NOTE_LENGTH, blank=True, default="")
    huddle = models.ForeignKey(Huddle, models.SET_NULL, null=True, related_name="+")
    other = models.ForeignKey(Issue, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("event of an issue")
        verbose_name_plural = _("events of issues")
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=("issue", "at", "id"), name="issue_event_in_order"),
            models.Index(fields=("at", "act"), name="issue_event_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.issue_id} {self.act}"


class CheckIn(models.Model):
    """A day on which a big issue is looked at, and what was seen then. `look_at` and `line` are free text: never
    logged, mailed or pushed.
    """

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="check_ins")
    day = models.DateField(_("day"))
    look_at = models.CharField(_("what is looked at"), max_length=rules.LOOK_LENGTH, blank=True, default="")
    seen = models.CharField(_("what was seen"), max_length=10, choices=Seen.choices, blank=True, default="")
    line = models.CharField(_("in one line"), max_length=rules.LOOK_LENGTH, blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("day", "id")
        constraints = (
            models.UniqueConstraint(fields=("issue", "day"), condition=Q(seen=""), name="check_in_once_a_day"),
            models.CheckConstraint(
                condition=Q(seen="", seen_at__isnull=True, line="") | Q(seen__in=Seen.values, seen_at__isnull=False),
                name="check_in_seen_has_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.issue_id} {self.day}"


class IssueCopy(models.Model):
    """A unit that is told about an issue and does not own it."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="copies")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    copied_at = models.DateTimeField()
    copied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("copy of an issue")
        verbose_name_plural = _("copies of issues")
        constraints = (models.UniqueConstraint(fields=("issue", "unit"), name="issue_copy_unique"),)

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.unit_id}"


class Comment(models.Model):
    """A word about an issue. Free text: never logged, mailed or pushed."""

    uid = models.UUIDField(unique=True)
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="comments")
    text = models.CharField(max_length=rules.NOTE_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.issue_id} #{self.pk}"


class Attachment(models.Model):
    """A picture or document of an issue, kept in the database so that one back-up holds all. Pictures are drawn anew
    on arrival, which leaves place, time and camera behind.
    """

    uid = models.UUIDField(unique=True)
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=Q(size__gte=1), name="attachment_not_empty"),)

    def __str__(self) -> str:
        return f"{self.issue_id} #{self.pk}"
