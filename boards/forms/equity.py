"""Forms about what is known of groups of patients. They read and check what was typed; writing is the actions' work."""

from django import forms
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm


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
