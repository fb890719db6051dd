"""Who answers for the area, and when its yearly report was told to whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from improvement.rules.accountability import HOW_LENGTH, TITLE_LENGTH, Audience
from org.models import Organisation


class EquityLeader(models.Model):
    """Somebody who is named to lead the work, from a day on, until another day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="equity_leaders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True, default="")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("leader for equity")
        verbose_name_plural = _("leaders for equity")
        ordering = ("organisation", "since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "user"), condition=Q(until__isnull=True), name="equity_leader_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="equity_leader_days_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.user_id}"


class YearlyReport(models.Model):
    """The report about a year was told to somebody. `how` is free text of the hospital, never logged."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="yearly_reports")
    year = models.PositiveSmallIntegerField(_("year"))
    told_on = models.DateField(_("told on"))
    audience = models.CharField(_("to whom"), max_length=10, choices=Audience.choices)
    how = models.CharField(_("how"), max_length=HOW_LENGTH)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("yearly report that was told")
        verbose_name_plural = _("yearly reports that were told")
        ordering = ("-year", "-told_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "year", "told_on", "audience"), name="yearly_report_told_once"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="yearly_report_audience_known"),
            models.CheckConstraint(condition=~Q(how=""), name="yearly_report_says_how"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.audience}"
