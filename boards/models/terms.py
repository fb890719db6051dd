"""The hospital's own words for what the pages about gaps between groups are called."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from org.models import Organisation


class Term(models.Model):
    """What an organisation calls a thing in one language; where no row stands it is called as shipped."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="terms")
    key = models.SlugField(_("word"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("called"), max_length=60)

    class Meta:
        verbose_name = _("own word")
        verbose_name_plural = _("own words")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "key", "language"), name="term_unique"),
            models.CheckConstraint(condition=~models.Q(text=""), name="term_not_empty"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"
