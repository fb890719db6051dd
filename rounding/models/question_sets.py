"""Question sets, versioned: a round of the past still shows the questions of its day."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from org.models import Organisation, Unit
from org.rules import Permission
from org.shipped import ShippedField
from rounding.rules import questions as rules
from rounding.rules.questions import AnswerKind, SetKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    """Question sets, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "QuestionSetQuerySet":
        """Sets of the houses in which `user` leads rounds; of those for one unit only where they lead rounds there, or
        at a unit below it.
        """
        led = Unit.objects.with_permission(user, Permission.ROUND_LEAD)
        below = led.filter(path__startswith=models.OuterRef("unit__path"))
        return self.filter(organisation__in=led.values("organisation")).filter(
            Q(unit__isnull=True) | models.Exists(below)
        )

    def governed_by(self, user: "User | AnonymousUser") -> "QuestionSetQuerySet":
        """Sets that `user` may edit."""
        return self.filter(organisation__in=Organisation.objects.governed_by(user, Permission.AGENDA_EDIT).values("pk"))

    def in_use(self) -> "QuestionSetQuerySet":
        """Sets that are published and not retired."""
        return self.published().filter(retired_at__isnull=True)

    def published(self) -> "QuestionSetQuerySet":
        """Sets with a version. Others are drafts that only whoever edits questions finds."""
        return self.filter(models.Exists(QuestionSetVersion.objects.filter(question_set=models.OuterRef("pk"))))


class QuestionSet(models.Model):
    """What a round of one kind asks, at every unit or at one and those below it. A draft until it has a version."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="question_sets")
    kind = models.CharField(_("kind"), max_length=12, choices=SetKind.choices)
    name = ShippedField(_("name"), max_length=rules.NAME_LENGTH)
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="question_sets", verbose_name=_("only for")
    )
    retired_at = models.DateTimeField(null=True)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("question set")
        verbose_name_plural = _("question sets")
        ordering = ("organisation", "id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=SetKind.values), name="question_set_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="question_set_has_name"),
        )

    def __str__(self) -> str:
        return self.name


class QuestionSetVersion(models.Model):
    """One wording of a set. It never changes: an edit publishes the next one.

    `shared`: whoever works at the unit reads what was noted. `language`: in which the words of its questions stand.
    """

    question_set = models.ForeignKey(QuestionSet, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    shared = models.BooleanField(_("the unit reads what was noted"), default=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of a question set")
        verbose_name_plural = _("versions of question sets")
        ordering = ("question_set", "number")
        constraints = (
            models.UniqueConstraint(fields=("question_set", "number"), name="question_set_version_unique"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=rules.LONGEST_MINUTES), name="question_set_minutes_in_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_set_id} v{self.number}"


class Question(models.Model):
    """A question of a version. `after` is the place of an earlier one: with `after_value` there it is asked."""

    version = models.ForeignKey(QuestionSetVersion, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("answered with"), max_length=8, choices=AnswerKind.choices)
    text = ShippedField(_("question"), max_length=rules.TEXT_LENGTH)
    hint = ShippedField(_("hint"), max_length=rules.TEXT_LENGTH, blank=True, default="")
    choices = ArrayField(ShippedField(max_length=rules.CHOICE_LENGTH), default=list, blank=True)
    required = models.BooleanField(_("needs an answer"), default=False)
    equity = models.BooleanField(_("asks for whom it works less well"), default=False)
    after = models.PositiveSmallIntegerField(_("only after question"), null=True, blank=True)
    after_value = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "position"), name="question_place_unique"),
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="question_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.CHOICE, choices__len__gte=2)
                | ~Q(kind=AnswerKind.CHOICE) & Q(choices__len=0),
                name="question_choices_belong_to_lists",
            ),
            models.CheckConstraint(
                condition=Q(after__isnull=True, after_value="")
                | Q(after__isnull=False, after__lt=F("position"), after__gte=1) & ~Q(after_value=""),
                name="question_hangs_on_an_earlier_one",
            ),
        )

    def __str__(self) -> str:
        return self.text


class AskedWordings(models.Manager["Wording"]):
    """Words with which somebody may be asked: those that are to be checked first are not among them."""

    def get_queryset(self) -> "models.QuerySet[Wording]":
        """Without wordings that are to be checked."""
        return super().get_queryset().filter(to_check=False)


class Wording(models.Model):
    """A question in one more language. `to_check`: the question was given other words in its own language and these
    stayed; only whoever edits the set finds them, with `every`.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="wordings")
    language = models.CharField(_("language"), max_length=12)
    text = models.CharField(_("question"), max_length=rules.TEXT_LENGTH)
    hint = models.CharField(_("hint"), max_length=rules.TEXT_LENGTH, blank=True, default="")
    choices = ArrayField(models.CharField(max_length=rules.CHOICE_LENGTH), default=list, blank=True)
    to_check = models.BooleanField(_("to be checked"), default=False)

    objects = AskedWordings()
    every = models.Manager["Wording"]()

    class Meta:
        verbose_name = _("wording of a question")
        verbose_name_plural = _("wordings of questions")
        ordering = ("question", "language")
        constraints = (
            models.UniqueConstraint(fields=("question", "language"), name="wording_one_for_a_language"),
            models.CheckConstraint(condition=~Q(text=""), name="wording_has_words"),
        )

    def __str__(self) -> str:
        return f"{self.question_id} {self.language}"
