"""Who lives in the catchment: the shares of groups, to set those of patients beside."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.models.strata import Dimension
from org.models import Organisation


class CommunityShare(models.Model):
    """The share of a group among the people who live in the catchment, in percent, as a named source tells it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="community_shares")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="community_shares")
    group = models.CharField(_("group"), max_length=120)
    share = models.FloatField(_("share (%)"), validators=[MinValueValidator(0), MaxValueValidator(100)])
    source = models.CharField(_("source"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("share of the community")
        verbose_name_plural = _("shares of the community")
        ordering = ("dimension", "position")
        constraints = (
            models.UniqueConstraint(fields=("dimension", "group"), name="community_group_unique"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=100), name="community_share_percent"),
            models.CheckConstraint(condition=Q(year__gte=1900, year__lte=2200), name="community_year_sane"),
        )

    def __str__(self) -> str:
        return f"{self.dimension_id} {self.group}"
