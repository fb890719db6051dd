"""Forms about what is known of groups of patients. They read and check what was typed; writing is the actions' work."""

import math
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.actions.completeness import HUNDRED, Share
from boards.models import Dimension
from boards.rules import OpeningReason
from org.forms.plain import PlainForm
from org.models import Organisation


class DayInput(forms.DateInput):
    """A day as browsers send it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "short"}, format="%Y-%m-%d")


def _percent(label: object, hint: object) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,  # type: ignore[arg-type]
        help_text=hint,  # type: ignore[arg-type]
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )


class LimitsForm(PlainForm):
    """From which share known on a difference is shown, and from which without a warning."""

    least = _percent(_("Shown from (%)"), _("Below this share no difference between groups is shown. As shipped: 80."))
    well = _percent(_("Enough from (%)"), _("Below this share it is shown with a warning. As shipped: 90."))


class CommunityForm(PlainForm):
    """The shares of one dimension's groups in the catchment, pasted as lines."""

    table = forms.CharField(
        label=_("Groups and shares"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("A line for each group: its name, a semicolon or tab, its share in percent. Empty takes it away."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("As it stands below the comparison: “ACS, table S1601”.")
    )
    year = forms.IntegerField(
        label=_("Year"), min_value=1900, max_value=2200, widget=forms.NumberInput(attrs={"class": "short"})
    )

    def __init__(self, groups: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = {name.casefold(): name for name in groups}

    def clean_table(self) -> list[Share]:
        """The lines as shares. What is wrong is said with the number of its line."""
        found = []
        for number, line in enumerate(self.cleaned_data["table"].splitlines(), 1):
            if line.strip():
                found.append(self._share(line, number))
        return found

    def _share(self, line: str, number: int) -> Share:
        parts = re.split(r"\t|;", line)
        group = self._groups.get(parts[0].strip().casefold())
        if len(parts) != 2 or not parts[1].strip():
            raise forms.ValidationError(_("Line %(n)s: give a name, a semicolon and a share."), params={"n": number})
        if group is None:
            raise forms.ValidationError(_("Line %(n)s: this dimension has no such group."), params={"n": number})
        text = parts[1].replace("%", "").strip().replace(",", ".")
        try:
            percent = float(text)
        except ValueError:
            percent = math.nan
        if not 0 <= percent <= HUNDRED:
            raise forms.ValidationError(_("Line %(n)s: a share lies between 0 and 100."), params={"n": number})
        return Share(group, percent)


class OpeningForm(PlainForm):
    """Which exact cells are opened, and why."""

    by = forms.ModelChoiceField(Dimension.objects.none(), label=_("Groups by"), to_field_name="code", empty_label=None)
    first = forms.DateField(label=_("From"), widget=DayInput())
    last = forms.DateField(label=_("To"), widget=DayInput())
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("Choose a reason")), *OpeningReason.choices],
        help_text=_("It goes on record with your name, the unit, the measure and the days."),
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dimensions = Dimension.objects.filter(organisation=organisation).order_by("position", "code")
        self.fields["by"].queryset = dimensions  # type: ignore[attr-defined]
