"""A unit, its lines, and the file with the whole tree."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from org.forms.organisations import zones
from org.forms.plain import PlainForm
from org.models import Calendar, Organisation
from org.rules import UnitKind

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
MOST_BYTES = 5 * 1024 * 1024


class UnitChoice(forms.ModelChoiceField):
    """A unit, drawn in by its place in the tree."""

    def label_from_instance(self, obj: Any) -> str:
        """The name after one dash for each unit above."""
        return "– " * (obj.path.count("/") - 1) + obj.name


class UnitForm(PlainForm):
    """What a unit is called and how it works."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("As files name the unit. It appears once in the organization.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices, initial=UnitKind.OTHER)
    tier: Any = forms.ModelChoiceField(label=_("Tier"), queryset=None, empty_label=None)
    calendar: Any = forms.ModelChoiceField(
        label=_("Calendar"), queryset=None, required=False, empty_label=_("As the unit above")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    position = forms.IntegerField(label=_("Order among its neighbors"), min_value=0, max_value=10**8, initial=0)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = organisation.tiers.order_by("level")  # type: ignore[attr-defined]
        self.fields["calendar"].queryset = Calendar.objects.filter(organisation=organisation)  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zones(inherited=True)  # type: ignore[attr-defined]


class NewUnitForm(UnitForm):
    """A unit and where it hangs."""

    parent = UnitChoice(label=_("Reports to"), queryset=None, empty_label=None)
    second_parent = UnitChoice(label=_("Also reports to"), queryset=None, required=False, empty_label=_("Nobody else"))
    field_order = ("name", "code", "kind", "tier", "parent", "second_parent", "calendar", "time_zone", "position")

    def __init__(self, organisation: Organisation, parents: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["second_parent"].queryset = organisation.units.filter(  # type: ignore[attr-defined]
            closed_on__isnull=True
        ).order_by("path")


class MoveForm(PlainForm):
    """To whom a unit reports, and from which day."""

    parent = UnitChoice(label=_("Reports to"), queryset=None, empty_label=None)
    from_day = forms.DateField(
        label=_("From"),
        widget=DAY,
        help_text=_("Today or a day of the past. Days before keep the old line."),
    )

    def __init__(self, parents: Any, today: date, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"from_day": today, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class SecondLineForm(MoveForm):
    """The second line, or none."""

    parent = UnitChoice(label=_("Also reports to"), queryset=None, required=False, empty_label=_("Nobody else"))


class TreeFileForm(PlainForm):
    """A file with the whole tree."""

    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}))
    from_day = forms.DateField(
        label=_("Lines that change do so from"), widget=DAY, help_text=_("Today or a day of the past.")
    )
    close_missing = forms.BooleanField(label=_("Close units that are not in the file"), required=False)

    def clean_file(self) -> Any:
        """Small enough to be compared at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. A tree of 20,000 units is smaller."))
        return file


class TreeApplyForm(PlainForm):
    """A shown file, to be applied as it was shown."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=MOST_BYTES)
    from_day = forms.DateField(widget=forms.HiddenInput)
    close_missing = forms.BooleanField(widget=forms.HiddenInput, required=False)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)
