"""Rounds and what was noted on them. Free text in them is never logged, mailed or pushed."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huddles.models import Issue
from org.models import Organisation, Unit
from org.rules import Permission
from rounding.models.question_sets import Question, QuestionSetVersion
from rounding.models.roster import Colleague
from rounding.rules import rounds as rules
from rounding.rules.themes import MOST_TAGS, TAG_LENGTH

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "RoundQuerySet":
        """Rounds that `user` leads, and those that have ended at units where they read what rounds noted. What was said
        between two stays with whoever led the round.
        """
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        read = Unit.objects.with_permission(user, Permission.ROUND_READ)
        shared = self._TOLD & Q(unit__in=read.values("pk"))
        return self.filter(shared | Q(leader=me) | Q(partner=me))

    #: What a leader types is read once they have ended the round: until then it is a draft.
    _TOLD = Q(version__shared=True, ended_at__isnull=False)

    def shared(self) -> "RoundQuerySet":
        """Rounds that their unit reads: they have ended, and are not between two."""
        return self.filter(self._TOLD)

    def led_by(self, user: "User") -> "RoundQuerySet":
        """Rounds that `user` leads, alone or with somebody."""
        return self.filter(Q(leader=user) | Q(partner=user))


class Round(models.Model):
    """One visit of a leader, or of two, to a unit. `uid` was given by the device on which it began."""

    uid = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rounds")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name=_("unit"))
    version = models.ForeignKey(QuestionSetVersion, models.PROTECT, related_name="rounds")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="rounds")
    partner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    #: With whom it was. Personal: only whoever led the round is shown it.
    colleague = models.ForeignKey(Colleague, models.SET_NULL, null=True, blank=True, related_name="rounds")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ("-began_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="round_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=True) | ~Q(partner=F("leader")), name="round_of_two_has_two"
            ),
        )
        indexes = (
            models.Index(fields=("unit", "-began_at"), name="round_of_unit"),
            models.Index(fields=("leader", "-began_at"), name="round_of_leader"),
            models.Index(
                fields=("colleague", "-began_at"), condition=Q(colleague__isnull=False), name="round_with_colleague"
            ),
        )

    def __str__(self) -> str:
        return f"Round {self.pk}"


class ReflectionQuerySet(models.QuerySet["Reflection"]):
    """Reflections, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "ReflectionQuerySet":
        """Only one's own."""
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        return self.filter(round__leader=me)


class Reflection(models.Model):
    """The leader's own minute after a round. Only the leader reads it, and nothing counts it."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="reflection")
    asked = models.PositiveSmallIntegerField(_("how much of it I asked instead of told"), null=True, blank=True)
    surprised = models.CharField(_("what surprised me"), max_length=rules.ANSWER_LENGTH, blank=True, default="")
    at = models.DateTimeField()

    objects = ReflectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")
        constraints = (
            models.CheckConstraint(
                condition=Q(asked__isnull=True) | Q(asked__gte=0, asked__lte=10), name="reflection_asked_0_to_10"
            ),
        )

    def __str__(self) -> str:
        return f"Reflection on {self.round_id}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Observations, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "ObservationQuerySet":
        """Observations of the rounds that `user` may read."""
        return self.filter(round__in=Round.objects.visible_to(user).values("pk"))


class Observation(models.Model):
    """An answer, or something that was seen. `position` counts what was noted on the round, in its order.

    `value` is what was tapped ("yes", "4", the place of a choice), `number` a number, `text` words. `revision` grows
    with each change of these; who changes an older one is asked. `tags`: its themes (`rules.themes`).
    """

    uid = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, models.CASCADE, related_name="observations")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=8, blank=True, default="")
    number = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    text = models.CharField(max_length=rules.ANSWER_LENGTH, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=TAG_LENGTH), default=list, blank=True, verbose_name=_("themes"))
    at = models.DateTimeField()
    revision = models.PositiveSmallIntegerField(default=1)
    issue = models.ForeignKey(Issue, models.SET_NULL, null=True, related_name="observations")

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ("round", "position")
        constraints = (
            models.UniqueConstraint(fields=("round", "position"), name="observation_place_unique"),
            models.UniqueConstraint(
                fields=("round", "question"), condition=Q(question__isnull=False), name="observation_one_for_a_question"
            ),
            models.CheckConstraint(condition=Q(tags__len__lte=MOST_TAGS), name="observation_few_tags"),
        )
        indexes = (
            GinIndex(fields=("tags",), name="observation_tags"),
            GinIndex(SearchVector("text", config="simple"), name="observation_words"),
        )

    def __str__(self) -> str:
        return f"Observation {self.pk}"


class PhotoQuerySet(models.QuerySet["Photo"]):
    """Photos, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "PhotoQuerySet":
        """Photos of what `user` may read."""
        return self.filter(observation__in=Observation.objects.visible_to(user).values("pk"))


class Photo(models.Model):
    """A picture of an observation, drawn anew: without place, time and camera."""

    uid = models.UUIDField(unique=True)
    observation = models.ForeignKey(Observation, models.CASCADE, related_name="photos")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField()

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("observation", "id")
        constraints = (
            models.CheckConstraint(condition=Q(media_type__startswith="image/"), name="photo_is_a_picture"),
            models.CheckConstraint(condition=Q(size__gte=1), name="photo_is_not_empty"),
        )

    def __str__(self) -> str:
        return f"Photo {self.pk}"


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Voice notes, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "RecordingQuerySet":
        """Voice notes of the rounds that `user` leads: a voice tells who speaks, so nobody else hears it."""
        me = (user.pk or 0) if user.is_authenticated and user.is_active else 0
        return self.filter(Q(observation__round__leader=me) | Q(observation__round__partner=me))


class Recording(models.Model):
    """A voice note until somebody has typed what is said in it: then its words are noted, and it is gone."""

    uid = models.UUIDField(unique=True)
    observation = models.ForeignKey(Observation, models.CASCADE, related_name="recordings")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField()

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("voice note")
        verbose_name_plural = _("voice notes")
        ordering = ("observation", "id")
        constraints = (
            models.CheckConstraint(condition=Q(media_type__startswith="audio/"), name="recording_is_sound"),
            models.CheckConstraint(condition=Q(size__gte=1), name="recording_is_not_empty"),
        )

    def __str__(self) -> str:
        return f"Recording {self.pk}"
