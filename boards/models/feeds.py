"""Where readings come from: sources, saved mappings, received files with their problems."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org.models import Organisation


class Source(models.Model):
    """A sender of numbers: a file feed, a person's keyboard, later an interface."""

    class SourceKind(models.TextChoices):
        FILE = "file", _("Files")
        MANUAL = "manual", _("Entered by hand")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="sources")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind.choices, default=SourceKind.FILE)
    partial_allowed = models.BooleanField(_("good rows of a bad file may count"), default=False)
    folder = models.CharField(_("watched folder"), max_length=255, blank=True, default="")

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="source_code_unique"),)

    def __str__(self) -> str:
        return self.name


class FeedMapping(models.Model):
    """How a source's files are read: form, columns, dates, words. `feeds.mapping` checks `settings`."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="mappings")
    name = models.CharField(_("name"), max_length=80)
    settings = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        constraints = (models.UniqueConstraint(fields=("source", "name"), name="mapping_name_unique"),)

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One received file or one saving of a form: what came, from whom, what became of it."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("Checked, not counted yet")
        IMPORTED = "imported", _("Counted")
        QUARANTINED = "quarantined", _("Set aside because of problems")
        DISCARDED = "discarded", _("Discarded")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="batches")
    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    mapping = models.ForeignKey(FeedMapping, models.SET_NULL, null=True, blank=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(_("bytes"), default=0)
    content = models.BinaryField(null=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PREVIEWED)
    received_at = models.DateTimeField(_("received"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    imported_at = models.DateTimeField(_("counted at"), null=True)
    rows = models.IntegerField(_("rows"), default=0)
    new_readings = models.IntegerField(_("new"), default=0)
    replaced_readings = models.IntegerField(_("replaced"), default=0)
    same_readings = models.IntegerField(_("unchanged"), default=0)
    problem_count = models.IntegerField(_("problems"), default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ("-received_at",)
        indexes = (models.Index(fields=("organisation", "-received_at"), name="batch_by_organisation"),)
        constraints = (
            models.UniqueConstraint(
                fields=("source", "sha256"),
                condition=Q(state="imported") & ~Q(sha256=""),
                name="batch_file_counts_once",
            ),
        )

    def __str__(self) -> str:
        return self.file_name or f"#{self.pk}"


class Problem(models.Model):
    """One thing that is wrong with a file: where, what, and how grave. At most `feeds.PROBLEM_LIMIT` are kept."""

    class Severity(models.TextChoices):
        ERROR = "error", _("Error")
        WARNING = "warning", _("Notice")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="problems")
    row = models.IntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=80, blank=True, default="")
    code = models.CharField(max_length=40)
    value = models.CharField(_("found"), max_length=80, blank=True, default="")
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.ERROR)

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ("batch", "row", "id")

    def __str__(self) -> str:
        return f"{self.row}:{self.column} {self.code}"
