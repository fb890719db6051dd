"""K-cards that stand at units, and their checks. Nothing here tells of whom it was: a card looks at work."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.models import Measure
from huddles.models import Issue
from org.models import Organisation, Unit
from org.rules import Permission
from rounding.models.question_sets import Question, QuestionSet, QuestionSetVersion
from rounding.rules import k_cards as rules
from rounding.rules.k_cards import Answer, Per, Side

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class KCardQuerySet(models.QuerySet["KCard"]):
    """K-cards, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "KCardQuerySet":
        """Cards of units that `user` sees; reading them takes more, which views ask for."""
        return self.filter(unit__in=Unit.objects.visible_to(user).values("pk"))

    def led_by(self, user: "User | AnonymousUser") -> "KCardQuerySet":
        """Cards at units where `user` leads rounds."""
        return self.filter(unit__in=Unit.objects.with_permission(user, Permission.ROUND_LEAD).open().values("pk"))

    def standing(self) -> "KCardQuerySet":
        """Cards that are not taken away."""
        return self.filter(retired_at__isnull=True)


class KCard(models.Model):
    """One standard that a unit checks by talking: the newest version of its question set is asked.

    `measure`: what shows harm if the standard fails; days on which it is missed count as harm. `token`: its address.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="k_cards")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="k_cards")
    question_set = models.ForeignKey(
        QuestionSet, models.PROTECT, related_name="k_cards", verbose_name=_("what it looks at")
    )
    often = models.PositiveSmallIntegerField(_("how many times"), default=1)
    per = models.CharField(_("in a"), max_length=5, choices=Per.choices, default=Per.WEEK)
    measure = models.ForeignKey(
        Measure, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("measure of harm")
    )
    token = models.CharField(max_length=32, unique=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)

    objects = KCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("K-card")
        verbose_name_plural = _("K-cards")
        ordering = ("unit", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "question_set"),
                condition=Q(retired_at__isnull=True),
                name="k_card_stands_once_at_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(often__gte=1, often__lte=rules.MOST_OFTEN), name="k_card_often_in_range"
            ),
            models.CheckConstraint(condition=Q(per__in=Per.values), name="k_card_per_known"),
            models.CheckConstraint(condition=~Q(token=""), name="k_card_has_token"),
        )

    def __str__(self) -> str:
        return f"K-card {self.pk}"


class KCheckQuerySet(models.QuerySet["KCheck"]):
    """Checks of K-cards, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "KCheckQuerySet":
        """Checks at units where `user` reads what rounds noted."""
        read = Unit.objects.with_permission(user, Permission.ROUND_READ)
        return self.filter(card__unit__in=read.values("pk"))


class KCheck(models.Model):
    """One pull of a card. `day` is the unit's own; `uid` was given by the page, so that sending twice is one check.

    `coach_note` is for whoever checked and whoever leads the unit, nobody else.
    """

    uid = models.UUIDField(unique=True)
    card = models.ForeignKey(KCard, models.CASCADE, related_name="checks")
    version = models.ForeignKey(QuestionSetVersion, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    day = models.DateField()
    side = models.CharField(max_length=5, choices=Side.choices)
    gets_in_the_way = models.CharField(max_length=rules.TEXT_LENGTH, blank=True, default="")
    coach_note = models.CharField(max_length=rules.TEXT_LENGTH, blank=True, default="")
    issue = models.ForeignKey(Issue, models.SET_NULL, null=True, related_name="+")

    objects = KCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a K-card")
        verbose_name_plural = _("checks of K-cards")
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=Q(side__in=Side.values), name="k_check_side_known"),)
        indexes = (models.Index(fields=("card", "day"), name="k_check_of_card"),)

    def __str__(self) -> str:
        return f"Check {self.pk}"


class KAnswer(models.Model):
    """What was seen of one element."""

    check_of = models.ForeignKey(KCheck, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    value = models.CharField(max_length=4, choices=Answer.choices)

    class Meta:
        verbose_name = _("answer on a K-card")
        verbose_name_plural = _("answers on K-cards")
        ordering = ("check_of", "question__position")
        constraints = (
            models.UniqueConstraint(fields=("check_of", "question"), name="k_answer_one_for_a_question"),
            models.CheckConstraint(condition=Q(value__in=Answer.values), name="k_answer_known"),
        )

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.question_id}"
