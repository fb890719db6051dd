"""Forms of who leads, and of to whom the yearly report was told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from improvement.rules import accountability as rules
from org.forms.plain import PlainForm
from org.models import User


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give the day as year-month-day.")},
    )


class LeaderForm(PlainForm):
    """Who leads, by which title, since when."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Person"), empty_label=_("Choose a person"))
    title = forms.CharField(label=_("Title"), max_length=rules.TITLE_LENGTH, required=False)
    since = _day(_("Since"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class ToldForm(PlainForm):
    """About which year, when, to whom, how."""

    year = forms.IntegerField(
        label=_("About the year"), min_value=rules.FIRST_YEAR, widget=forms.NumberInput(attrs={"class": "short"})
    )
    told_on = _day(_("Told on"))
    audience = forms.ChoiceField(label=_("To whom"), choices=rules.Audience.choices)
    how = forms.CharField(
        label=_("How"),
        max_length=rules.HOW_LENGTH,
        help_text=_("“Meeting of leaders”, “letter to all staff”. No names of patients."),
    )
