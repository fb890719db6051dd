"""Agendas, versioned: a huddle of the past still shows the agenda of its day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huddles.rules.agendas import Section, StepKind
from org.models import Organisation, Unit
from org.shipped import ShippedField


class Agenda(models.Model):
    """The agenda of a tier, or of one unit and those below it on the same tier."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="agendas")
    tier_level = models.PositiveSmallIntegerField(_("tier"))
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="agendas", verbose_name=_("only for")
    )
    name = ShippedField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("agenda")
        verbose_name_plural = _("agendas")
        ordering = ("organisation", "tier_level", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "tier_level"), condition=Q(unit__isnull=True), name="agenda_one_for_a_tier"
            ),
            models.UniqueConstraint(
                fields=("unit", "tier_level"), condition=Q(unit__isnull=False), name="agenda_one_for_a_unit"
            ),
        )

    def __str__(self) -> str:
        return self.name


class AgendaVersion(models.Model):
    """One wording of an agenda. It never changes: an edit publishes the next one."""

    agenda = models.ForeignKey(Agenda, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of an agenda")
        verbose_name_plural = _("versions of agendas")
        ordering = ("agenda", "number")
        constraints = (models.UniqueConstraint(fields=("agenda", "number"), name="agenda_version_unique"),)

    def __str__(self) -> str:
        return f"{self.agenda_id} v{self.number}"


class AgendaLine(models.Model):
    """A line of an agenda: a step with its time box, a seat, a readiness item, a question."""

    version = models.ForeignKey(AgendaVersion, models.CASCADE, related_name="lines")
    section = models.CharField(max_length=12, choices=Section.choices)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind.choices, blank=True, default="")
    title = ShippedField(_("title"), max_length=80)
    prompt = ShippedField(_("question"), max_length=200, blank=True, default="")
    seconds = models.PositiveSmallIntegerField(_("seconds"), default=0)
    required = models.BooleanField(_("must be here"), default=False)

    class Meta:
        verbose_name = _("line of an agenda")
        verbose_name_plural = _("lines of an agenda")
        ordering = ("version", "section", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "section", "position"), name="agenda_line_place_unique"),
            models.CheckConstraint(
                condition=(Q(section=Section.STEP) & ~Q(kind="") & Q(seconds__gte=1))
                | (~Q(section=Section.STEP) & Q(kind="") & Q(seconds=0)),
                name="agenda_line_step_has_kind_and_time",
            ),
        )

    def __str__(self) -> str:
        return self.title
