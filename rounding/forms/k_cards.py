"""How often a card is pulled, and which one is put up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.models import Measure
from org.forms.plain import PlainForm
from rounding.models import QuestionSet
from rounding.rules.k_cards import MOST_OFTEN, Per


class CardForm(PlainForm):
    """How often a card is pulled, and what shows harm."""

    often = forms.IntegerField(
        label=_("How many times"),
        min_value=1,
        max_value=MOST_OFTEN,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    per = forms.ChoiceField(label=_("In a"), choices=Per.choices)
    measure = forms.ModelChoiceField(
        Measure.objects.none(),
        label=_("Measure of harm"),
        required=False,
        empty_label=_("None"),
        help_text=_("From this board. A day on which it is missed brings all cards back."),
    )

    def __init__(self, *args: Any, measures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "measure", measures)


class PutUpForm(CardForm):
    """A card that is put up."""

    question_set = forms.ModelChoiceField(QuestionSet.objects.none(), label=_("Card"), empty_label=None)
    field_order = ("question_set", "often", "per", "measure")

    def __init__(self, *args: Any, sets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "question_set", sets)


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
