"""With whom groups are compared: chosen openly, by a rule, and kept for a while."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards import rules
from boards.models.measures import Measure
from boards.models.strata import Dimension


class ReferenceChoice(models.Model):
    """The comparator of one measure by one dimension from `since` on; without one it is everyone else.

    `group` is the reference group, named once when it was chosen and kept until `until`, which is included: a best
    group chosen afresh every day follows chance. Empty for everyone else.
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="references")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="references")
    rule = models.CharField(_("compared with"), max_length=8, choices=rules.Reference.choices)
    group = models.CharField(_("group"), max_length=120, blank=True, default="")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("choice of a reference group")
        verbose_name_plural = _("choices of reference groups")
        ordering = ("measure", "dimension", "since", "id")
        constraints = (
            models.UniqueConstraint(fields=("measure", "dimension", "since"), name="reference_once_a_day"),
            models.CheckConstraint(
                condition=Q(rule=rules.Reference.REST, group="") | ~Q(rule=rules.Reference.REST) & ~Q(group=""),
                name="reference_group_named",
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure_id} {self.dimension_id} {self.rule}"
