"""A roster as a file."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from org.forms.units import UnitChoice

MOST_BYTES: Final = 2 * 1024 * 1024
ORDERS: Final = (
    ("", _("Year first: 2026-11-24")),
    ("dmy", _("Day first: 24/11/2026")),
    ("mdy", _("Month first: 11/24/2026")),
)


class RosterForm(PlainForm):
    """Which unit, which file, how days are written."""

    unit = UnitChoice(
        label=_("Unit"),
        queryset=None,
        empty_label=None,
        help_text=_("The file may also name units below it."),
    )
    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}))
    order = forms.ChoiceField(label=_("How days are written"), choices=ORDERS, required=False)

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Small enough to be compared at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. A roster of two months is smaller."))
        return file


class RosterApplyForm(PlainForm):
    """A shown file, to be applied as it was shown."""

    unit: Any = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput)
    text = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=2 * MOST_BYTES)
    order = forms.ChoiceField(choices=ORDERS, widget=forms.HiddenInput, required=False)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
