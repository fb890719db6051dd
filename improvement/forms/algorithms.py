"""Forms of the registry of guidelines that use race."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from improvement.actions.algorithms import Described
from improvement.models import Algorithm
from improvement.rules import algorithms as rules
from org.forms.plain import PlainForm
from org.models import Organisation, Unit, User

_AREA = {"rows": 3}


class AlgorithmForm(PlainForm):
    """What it is, where it is used, what it does with race."""

    name = forms.CharField(label=_("Name"), max_length=rules.NAME_LENGTH)
    kind = forms.ChoiceField(label=_("Kind"), choices=rules.Kind.choices)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit that uses it"), required=False, empty_label=_("The whole organization")
    )
    place = forms.CharField(
        label=_("Where it is used"),
        max_length=160,
        required=False,
        help_text=_("“Laboratory reports”, “order set of …”."),
    )
    uses = forms.CharField(
        label=_("What it does with race or ethnicity"),
        max_length=rules.TEXT_LENGTH,
        widget=forms.Textarea(attrs=_AREA),
    )
    source = forms.CharField(
        label=_("Source"), max_length=rules.TEXT_LENGTH, required=False, widget=forms.Textarea(attrs=_AREA)
    )
    now = forms.CharField(
        label=_("What there is without race"),
        max_length=rules.TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs=_AREA),
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), required=False, empty_label=_("Nobody yet"),
        help_text=_("Who sees to it that it is looked at."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: Organisation, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = organisation.units.filter(closed_on__isnull=True).order_by("path")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    @classmethod
    def of(cls, algorithm: Algorithm, people: Any, data: Any = None) -> "AlgorithmForm":
        """The form of a guideline that stands."""
        initial = {name: getattr(algorithm, name) for name in cls.base_fields}
        return cls(data, initial=initial, organisation=algorithm.organisation, people=people)

    def described(self) -> Described:
        """What was typed, once the form is valid."""
        return Described(**(self.cleaned_data | {"kind": rules.Kind(self.cleaned_data["kind"])}))


class ReviewForm(PlainForm):
    """What a review said."""

    status = forms.ChoiceField(
        label=_("What was decided"),
        choices=[(one.value, one.label) for one in rules.Review if one != rules.Review.NOT_REVIEWED],
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(
        label=_("Decision and reason"),
        max_length=rules.TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What holds from now on, and why. It stays on record as it is written."),
    )
    replaced_by = forms.CharField(label=_("What replaced it"), max_length=rules.NAME_LENGTH, required=False)
    next_review = forms.DateField(
        label=_("Next review by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give the day as year-month-day.")},
        help_text=_("Not needed for what is retired."),
    )
