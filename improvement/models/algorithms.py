"""The registry of algorithms and guidelines that use race, and what their reviews said."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from improvement.rules.algorithms import DECIDED, NAME_LENGTH, TEXT_LENGTH, Kind, Review
from org.models import Organisation, Unit


class Algorithm(models.Model):
    """Something in use that looks at race or ethnicity. What it does and its source are free text, never logged."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="algorithms")
    #: Of the list that it was taken from; "" where somebody wrote it.
    code = models.SlugField(_("of the list"), max_length=40, blank=True, default="")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(
        Unit, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("unit that uses it")
    )
    place = models.CharField(_("where it is used"), max_length=160, blank=True, default="")
    uses = models.CharField(_("what it does with race"), max_length=TEXT_LENGTH)
    source = models.CharField(_("source"), max_length=TEXT_LENGTH, blank=True, default="")
    now = models.CharField(_("what there is without race"), max_length=TEXT_LENGTH, blank=True, default="")
    status = models.CharField(_("review"), max_length=12, choices=Review.choices, default=Review.NOT_REVIEWED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    last_review = models.DateField(_("last review"), null=True, blank=True)
    next_review = models.DateField(_("next review by"), null=True, blank=True)
    decision = models.CharField(_("decision and reason"), max_length=TEXT_LENGTH, blank=True, default="")
    replaced_by = models.CharField(_("what replaced it"), max_length=NAME_LENGTH, blank=True, default="")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("guideline that uses race")
        verbose_name_plural = _("guidelines that use race")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "name"), name="algorithm_name_unique"),
            models.UniqueConstraint(
                fields=("organisation", "code"), condition=~Q(code=""), name="algorithm_code_unique"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="algorithm_kind_known"),
            models.CheckConstraint(condition=Q(status__in=Review.values), name="algorithm_review_known"),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(DECIDED)) | ~Q(decision="") & Q(last_review__isnull=False),
                name="algorithm_decided_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.name


class AlgorithmReview(models.Model):
    """One look at a guideline: what was decided then. Written once; a trigger refuses changes."""

    algorithm = models.ForeignKey(Algorithm, models.CASCADE, related_name="reviews")
    before = models.CharField(max_length=12, choices=Review.choices)
    status = models.CharField(_("review"), max_length=12, choices=Review.choices)
    decision = models.CharField(_("decision and reason"), max_length=TEXT_LENGTH, blank=True, default="")
    replaced_by = models.CharField(_("what replaced it"), max_length=NAME_LENGTH, blank=True, default="")
    next_review = models.DateField(_("next review by"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("review of a guideline")
        verbose_name_plural = _("reviews of guidelines")
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=Review.values), name="algorithm_review_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(DECIDED)) | ~Q(decision=""), name="algorithm_review_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.algorithm_id} {self.at:%Y-%m-%d}"
