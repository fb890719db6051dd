"""Forms with which the rules of signals and limits of gaps are set."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.models import Measure, SignalPolicy
from boards.queries.terms import Words
from boards.signals.groups import Groups
from org.forms.plain import PlainForm
from org.models import Unit


def _whole(label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "short"})
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=most, widget=widget)


class PolicyForm(PlainForm):
    """The numbers of the rules. What follows from them stands in the documents of the methods."""

    is_on = forms.BooleanField(label=_("look for them every night"), required=False)
    window = _whole(_("Days that are added up"), 7, 366)
    days = _whole(_("Days in a row before help is asked for"), 1, 90)
    least_relative = forms.IntegerField(
        label=_("size in percent of everyone else's number, at least"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    least_patients = _whole(
        _("Patients on each side, at least"),
        10,
        10_000,
        _("Below that nothing is judged, and nothing is called quiet."),
    )
    step_down = _whole(_("Quiet days before a step down"), 1, 366)
    restart = _whole(_("Days after which counting begins anew"), 28, 1000)
    units = _whole(_("units with the same one that make a second step"), 2, 100)
    limit_blocks = _whole(_("Published blocks in a row beyond a limit"), 1, 12)

    @classmethod
    def of(cls, policy: SignalPolicy, data: Any, said: Words) -> "PolicyForm":
        """The form with the numbers that hold; `said`: what the organisation calls things."""
        initial = {name: getattr(policy, name) for name in cls.base_fields}
        initial["least_relative"] = round(100 * policy.least_relative)
        form = cls(data, initial=initial)
        for name, key in (("is_on", "Gaps"), ("least_relative", "Gap"), ("units", "Gap")):
            form.fields[name].label = f"{said.say(key)}: {form.fields[name].label}"
        return form

    def values(self) -> dict[str, Any]:
        """The numbers as the row keeps them."""
        return {**self.cleaned_data, "least_relative": self.cleaned_data["least_relative"] / 100}


class LimitForm(PlainForm):
    """How wide a gap may be."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    measure = forms.ModelChoiceField(Measure.objects.none(), label=_("Measure"))
    group = forms.ChoiceField(label=_("Group of patients"))
    reference = forms.ChoiceField(label=_("Compared with"), required=False)
    points = forms.FloatField(
        label=_("At most so many points apart"),
        min_value=0.1,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )

    def offer(self, units: Any, measures: Any, groups: Sequence[Groups]) -> None:
        """What can be chosen: units and measures of the house, groups by their dimension."""
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["measure"].queryset = measures  # type: ignore[attr-defined]
        listed = [(g.dimension.name, [(f"{g.dimension.pk}:{name}", name) for name in g.names]) for g in groups]
        self.fields["group"].choices = listed  # type: ignore[attr-defined]
        self.fields["reference"].choices = [("", _("Everyone else")), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The group and what it is compared with are of one dimension."""
        said = super().clean() or self.cleaned_data
        group, reference = said.get("group", ""), said.get("reference", "")
        if group and reference:
            if group.split(":")[0] != reference.split(":")[0]:
                self.add_error("reference", _("Compare groups of one kind, such as two languages."))
            elif group == reference:
                self.add_error("reference", _("A group is not compared with itself."))
        return said
