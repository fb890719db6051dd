"""Goals with two halves, voices of the community, reviews. Free text in them is never logged, mailed or pushed."""

from datetime import date
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.models import Dimension, Measure
from boards.rules import Direction
from improvement.rules import goals as rules
from improvement.rules.goals import GapKind, Status, Whom
from org.models import Organisation, Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User

TEXT: Final = 1000
LINE: Final = 200


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "GoalQuerySet":
        """Goals that run or ran, of units whose boards `user` may open; drafts where `user` may set goals, and those
        there in which `user` is named as owner or executive sponsor.
        """
        named = Q(activated_at__isnull=False)
        if user.pk is not None:
            named |= Q(owner=user.pk) | Q(sponsor=user.pk)
        seen = named & Q(unit__in=Unit.objects.visible_to(user).values("pk"))
        return self.filter(seen | Q(unit__in=Unit.objects.with_permission(user, Permission.GOAL_EDIT).values("pk")))

    def active(self) -> "GoalQuerySet":
        """Goals that run."""
        return self.filter(status=Status.ACTIVE)

    def whole(self) -> "GoalQuerySet":
        """Each with everything that its standing and its sentence need. No statement of its own."""
        return self.select_related("organisation", "unit", "measure", "dimension", "balancing", "sponsor", "owner")


def _first_of_month(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__day": 1})


class Goal(models.Model):
    """Raise a measure and narrow its gap, within some months. `reference` "": everyone else. Months are told by their
    first day. Shares are 0 .. 1: `raise_by` of the first rate, `narrow_by` of the first gap.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="goals")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="goals", verbose_name=_("unit"))
    title = models.CharField(_("title"), max_length=120)
    measure = models.ForeignKey(Measure, models.RESTRICT, null=True, blank=True, related_name="goals")
    dimension = models.ForeignKey(Dimension, models.RESTRICT, null=True, blank=True, related_name="+")
    group = models.CharField(_("group"), max_length=120, blank=True, default="")
    reference = models.CharField(_("compared with"), max_length=120, blank=True, default="")
    whom = models.CharField(_("for whom"), max_length=8, choices=Whom.choices, default=Whom.ALL)
    raise_by = models.FloatField(_("gets better by"), null=True, blank=True)
    narrow_by = models.FloatField(_("narrows by"), null=True, blank=True)
    gap_kind = models.CharField(_("gap"), max_length=8, choices=GapKind.choices, default=GapKind.ABSOLUTE)
    baseline_first = models.DateField(_("months before: from"), null=True, blank=True)
    baseline_last = models.DateField(_("months before: to"), null=True, blank=True)
    first_month = models.DateField(_("from"), null=True, blank=True)
    last_month = models.DateField(_("to"), null=True, blank=True)
    minimum = models.PositiveSmallIntegerField(
        _("least cases on each side"),
        default=rules.MINIMUM,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
    )
    balancing = models.ForeignKey(Measure, models.RESTRICT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, null=True, blank=True, related_name="+")
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, null=True, blank=True, related_name="+")
    partners = models.CharField(_("together with"), max_length=LINE, blank=True, default="")
    if_missed = models.CharField(_("what happens if it is missed"), max_length=TEXT, blank=True, default="")
    source_note = models.CharField(_("where the data come from"), max_length=TEXT, blank=True, default="")
    ask = models.CharField(_("what is asked of the board of directors"), max_length=LINE, blank=True, default="")
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    activated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_note = models.CharField(max_length=TEXT, blank=True, default="")

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal with two halves")
        verbose_name_plural = _("goals with two halves")
        ordering = ("organisation", "unit__path", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(status__in=rules.WHOLE)
                | (
                    Q(measure__isnull=False, dimension__isnull=False, raise_by__isnull=False, narrow_by__isnull=False)
                    & Q(baseline_first__isnull=False, baseline_last__isnull=False)
                    & Q(first_month__isnull=False, last_month__isnull=False, balancing__isnull=False)
                    & Q(owner__isnull=False, sponsor__isnull=False, activated_at__isnull=False)
                    & ~Q(group="")
                    & ~Q(if_missed="")
                ),
                name="goal_has_two_halves_and_its_charter",
            ),
            models.CheckConstraint(
                condition=(Q(raise_by__isnull=True) | Q(raise_by__gt=0))
                & (Q(narrow_by__isnull=True) | Q(narrow_by__gt=0, narrow_by__lte=1)),
                name="goal_halves_are_shares",
            ),
            models.CheckConstraint(
                condition=(Q(baseline_first__isnull=True) | Q(baseline_last__isnull=True))
                | Q(baseline_first__lte=F("baseline_last")),
                name="goal_baseline_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(first_month__isnull=True) | Q(last_month__isnull=True))
                | Q(first_month__lte=F("last_month")),
                name="goal_months_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(baseline_last__isnull=True) | Q(first_month__isnull=True))
                | Q(baseline_last__lt=F("first_month")),
                name="goal_baseline_before_it",
            ),
            models.CheckConstraint(
                condition=_first_of_month("baseline_first")
                & _first_of_month("baseline_last")
                & _first_of_month("first_month")
                & _first_of_month("last_month"),
                name="goal_of_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(measure__isnull=True) | Q(balancing__isnull=True) | ~Q(balancing=F("measure")),
                name="goal_balanced_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reference="") | ~Q(reference=F("group")), name="goal_compared_with_others"
            ),
            models.CheckConstraint(
                condition=Q(status__in=(Status.DRAFT, Status.ACTIVE), closed_at__isnull=True)
                | Q(status=Status.MET, closed_at__isnull=False)
                | (Q(status__in=tuple(rules.ASKS_WHY), closed_at__isnull=False) & ~Q(closing_note="")),
                name="goal_ends_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(minimum__gte=1), name="goal_minimum_positive"),
        )
        indexes = (models.Index(fields=("organisation", "status"), name="goal_by_status"),)

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def baseline(self) -> tuple[date, date] | None:
        """First and last day of the months before."""
        if self.baseline_first is None or self.baseline_last is None:
            return None
        return self.baseline_first, rules.month_end(self.baseline_last)

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day of the goal."""
        if self.first_month is None or self.last_month is None:
            return None
        return self.first_month, rules.month_end(self.last_month)

    @property
    def favourable(self) -> bool:
        """Whether a higher number of its measure is better."""
        return self.measure is not None and self.measure.direction == Direction.HIGHER


class VoiceQuerySet(models.QuerySet["Voice"]):
    """Voices, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "VoiceQuerySet":
        """Those about goals that `user` may see; of a whole organisation for whoever sets goals in it."""
        setters = Unit.objects.with_permission(user, Permission.GOAL_EDIT).values("organisation")
        return self.filter(
            Q(goal__in=Goal.objects.visible_to(user).values("pk")) | Q(goal__isnull=True, organisation__in=setters)
        )


class Voice(models.Model):
    """What somebody of the community said, and what changed because of it. Bodies, never names of patients."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="voices")
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="voices")
    heard = models.CharField(_("who was heard"), max_length=120)
    day = models.DateField(_("when"))
    said = models.CharField(_("what was said"), max_length=TEXT)
    changed = models.CharField(_("what changed because of it"), max_length=TEXT, blank=True, default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("voice of the community")
        verbose_name_plural = _("voices of the community")
        ordering = ("-day", "-id")
        constraints = (models.CheckConstraint(condition=~Q(heard="") & ~Q(said=""), name="voice_says_who_and_what"),)

    def __str__(self) -> str:
        return f"#{self.pk}"


class Review(models.Model):
    """A day on which a goal is looked at; what was seen and decided stands here afterwards."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="reviews")
    day = models.DateField(_("planned for"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    seen = models.CharField(_("what was seen"), max_length=TEXT, blank=True, default="")
    decided = models.CharField(_("what was decided"), max_length=TEXT, blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("review of a goal")
        verbose_name_plural = _("reviews of goals")
        ordering = ("day", "id")
        constraints = (
            models.UniqueConstraint(fields=("goal", "day"), name="review_once_a_day"),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True, seen="", decided="")
                | (Q(held_on__isnull=False) & ~Q(seen="") & ~Q(decided="")),
                name="review_held_says_what",
            ),
        )

    def __str__(self) -> str:
        return f"{self.goal_id} {self.day}"
