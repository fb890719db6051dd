"""The issue by which a signal is asked about: the gap is the boards' business, what people do about it is ours."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.models import Signal
from huddles.models.issues import Issue


class SignalIssue(models.Model):
    """One issue of a signal. `is_open` until its loop has ended: one at a time for each gap.

    `followed_to`: up to which revision of the issue, and of what it joined, the signal was moved; `told_step`: up to
    which step of the signal the issue was; `told_block`: the last day of the newest published figures that its history
    knows.
    """

    issue = models.OneToOneField(Issue, models.CASCADE, primary_key=True, related_name="signal_issue")
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="issues")
    is_open = models.BooleanField(default=True)
    followed_to = models.PositiveIntegerField()
    told_step = models.IntegerField(default=0)
    told_block = models.DateField(null=True)

    class Meta:
        verbose_name = _("issue of a signal")
        verbose_name_plural = _("issues of signals")
        constraints = (
            models.UniqueConstraint(fields=("signal",), condition=Q(is_open=True), name="signal_one_open_issue"),
        )

    def __str__(self) -> str:
        return f"{self.signal_id} {self.issue_id}"
