"""What people of a unit say to what was noted there, and what of it whoever led the round has read."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rounding.models.rounds import Observation, Round
from rounding.rules import rounds as rules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class RoundCommentQuerySet(models.QuerySet["RoundComment"]):
    """Comments, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "RoundCommentQuerySet":
        """What was said to rounds that `user` may read."""
        return self.filter(round__in=Round.objects.visible_to(user).values("pk"))

    def new_to(self, user: "User") -> "RoundCommentQuerySet":
        """What others said to rounds that `user` leads, since they last looked at the round."""
        seen = CommentsRead.objects.filter(round=models.OuterRef("round"), person=user, at__gte=models.OuterRef("at"))
        led = Q(round__leader=user) | Q(round__partner=user)
        return self.filter(led).exclude(by=user).exclude(models.Exists(seen))


class RoundComment(models.Model):
    """What somebody of the unit says to what was noted there."""

    uid = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, models.CASCADE, related_name="comments")
    observation = models.ForeignKey(Observation, models.CASCADE, null=True, related_name="comments")
    text = models.CharField(max_length=rules.COMMENT_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RoundCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a round")
        verbose_name_plural = _("comments on rounds")
        ordering = ("round", "id")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="round_comment_has_words"),)

    def __str__(self) -> str:
        return f"Comment {self.pk}"


class CommentsReadQuerySet(models.QuerySet["CommentsRead"]):
    """When comments were read, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "CommentsReadQuerySet":
        """Only one's own."""
        return self.filter(person=(user.pk or 0) if user.is_authenticated and user.is_active else 0)


class CommentsRead(models.Model):
    """When somebody who led a round last looked at its comments. Nothing counts it and nobody else reads it."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="comments_read")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = CommentsReadQuerySet.as_manager()

    class Meta:
        verbose_name = _("comments that were read")
        verbose_name_plural = _("comments that were read")
        constraints = (models.UniqueConstraint(fields=("round", "person"), name="comments_read_once_for_a_person"),)

    def __str__(self) -> str:
        return f"Comments of {self.round_id} read by {self.person_id}"
