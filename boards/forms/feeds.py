"""Forms of feeds: a file, a source, a mapping. They read and check what was given; writing is the actions' work."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from boards.actions.feeds import LARGEST_FILE
from boards.feeds.mapping import recipe
from boards.models import FeedMapping, Source
from org.forms.plain import PlainForm
from org.models import Organisation


class UploadForm(PlainForm):
    """A file and how it is read. `how` is "<source>" for the simple long form or "<source>:<mapping>"."""

    how = forms.ChoiceField(
        label=_lazy("Source"), help_text=_lazy("Who sends these numbers, and by which mapping the file is read.")
    )
    file = forms.FileField(
        label=_lazy("File"), help_text=_lazy("CSV: simple long form, SANER, or as the mapping says.")
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = Source.objects.filter(organisation=organisation, kind=Source.SourceKind.FILE).order_by("name")
        self._sources = {str(source.pk): source for source in sources}
        self._mappings = {
            f"{mapping.source_id}:{mapping.pk}": mapping
            for mapping in FeedMapping.objects.filter(source__in=sources).order_by("source__name", "name")
        }
        plain = [(pk, _("%(name)s – simple long form") % {"name": source.name}) for pk, source in self._sources.items()]
        mapped = [(key, f"{self._sources[str(m.source_id)].name} – {m.name}") for key, m in self._mappings.items()]
        field = self.fields["how"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = mapped + plain
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,text/csv,text/plain"

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        largest = getattr(settings, "FEED_MAX_BYTES", LARGEST_FILE)
        if (file.size or 0) > largest:
            message = _("The file is larger than %(size)s. Split it by month or by unit.")
            raise forms.ValidationError(message % {"size": filesizeformat(largest)})
        return file

    def chosen(self) -> tuple[Source, FeedMapping | None]:
        """The source and, where one was chosen, the mapping."""
        how = self.cleaned_data["how"]
        return self._sources[how.partition(":")[0]], self._mappings.get(how)


class SourceForm(PlainForm):
    """A sender of files."""

    name = forms.CharField(label=_lazy("Name"), max_length=80)
    code = forms.SlugField(
        label=_lazy("Code"), max_length=40, help_text=_lazy("Name of its watched folder; cannot be changed later.")
    )
    partial_allowed = forms.BooleanField(
        label=_lazy("Good rows of a bad file count"),
        required=False,
        help_text=_lazy("Otherwise a file counts whole or not at all."),
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if source is not None:
            del self.fields["code"]


class MappingForm(PlainForm):
    """How a source's files are read, as JSON."""

    name = forms.CharField(label=_lazy("Name"), max_length=80)
    settings = forms.CharField(
        label=_lazy("How files are read (JSON)"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_settings(self) -> dict[str, Any]:
        """The settings, checked; every mistake and where it stands."""
        try:
            found = json.loads(self.cleaned_data["settings"])
        except json.JSONDecodeError as error:
            message = _("This is not JSON: line %(line)s, column %(column)s.")
            raise forms.ValidationError(message % {"line": error.lineno, "column": error.colno}) from error
        except RecursionError as error:
            raise forms.ValidationError(_("This is nested too deeply.")) from error
        recipe(found)
        assert isinstance(found, dict)
        return found
