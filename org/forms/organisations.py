"""Settings of an organisation and its tiers."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from org import rules
from org.forms.plain import PlainForm

TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"})


@lru_cache(maxsize=1)
def _zone_names() -> list[str]:
    # Asked once: looking through the zone files of the system takes a tenth of a second.
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def zones(*, inherited: bool = False) -> list[tuple[str, str]]:
    """Time zones to choose from, with "as above" where a unit may inherit its own."""
    first = [("", str(_("As the unit above")))] if inherited else []
    return [*first, ("UTC", "UTC"), *((name, name) for name in _zone_names())]


class OrganisationForm(PlainForm):
    """What the whole organisation shares."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    snapshot_at = forms.TimeField(
        label=_("Daily snapshot at"),
        widget=TIME,
        help_text=_("When yesterday's numbers are rolled up, before the first huddle."),
    )
    small_cell_threshold = forms.IntegerField(
        label=_("Hide counts below"),
        min_value=1,
        max_value=100,
        help_text=_("Groups of fewer patients are hidden on every page and in every download. 11 is usual in the US."),
    )
    idle_minutes = forms.IntegerField(label=_("Sign out after minutes without use"), min_value=5, max_value=720)
    hard_hours = forms.IntegerField(
        label=_("Sign out after hours in any case"),
        min_value=1,
        max_value=24,
        help_text=_("Both limits hold for whoever signs in from now on."),
    )


class TierForm(PlainForm):
    """One tier; an empty name leaves it out."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    huddle_at = forms.TimeField(label=_("Huddle starts at"), widget=TIME, required=False)
    huddle_minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=240, initial=15, required=False)


if TYPE_CHECKING:
    TierFormSet = forms.BaseFormSet[TierForm]
else:
    TierFormSet = forms.BaseFormSet


class TiersFormSet(TierFormSet):
    """All tiers, front line first."""

    def clean(self) -> None:
        """Names stand without a gap, and differ."""
        names = [form.cleaned_data.get("name", "") for form in self.forms if form.is_valid()]
        given = [name for name in names if name]
        if names[: len(given)] != given:
            raise ValidationError(_("Leave no empty tier between two others."))
        if len({name.casefold() for name in given}) < len(given):
            raise ValidationError(_("Two tiers have the same name."))

    def given(self) -> list[dict[str, Any]]:
        """The tiers that have a name."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]


TierForms = forms.formset_factory(
    TierForm,
    formset=TiersFormSet,
    extra=0,
    min_num=rules.MAX_TIERS,
    max_num=rules.MAX_TIERS,
    absolute_max=rules.MAX_TIERS,
)
