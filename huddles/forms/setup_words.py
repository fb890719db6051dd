"""Forms with which the hospital sets up choices, clocks, digests and alerts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from huddles.rules import durations
from huddles.rules.clocks import Level
from org.forms.plain import PlainForm
from org.models import Unit
from org.rules import NotAllowed

_lazy = gettext_lazy


class ChoiceForm(PlainForm):
    """A word of a list."""

    name = forms.CharField(
        label=_lazy("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_lazy("Short enough for a button. Never a person's name."),
    )


class LengthField(forms.CharField):
    """A length of time; its value is in minutes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20, widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Minutes as people read them; what was typed stays."""
        return durations.said(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """The minutes that were typed."""
        text = super().clean(value)
        try:
            return durations.read(text)
        except NotAllowed as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
    )


def _days(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=hint, min_value=1, max_value=60, widget=forms.NumberInput(attrs={"class": "short"})
    )


class LevelForm(PlainForm):
    """How long a tier has."""

    acknowledge_minutes = LengthField(
        label=_lazy("Somebody takes it within"), help_text=_lazy("After that it climbs to the next tier by itself.")
    )
    answer_minutes = LengthField(
        label=_lazy("First answer within"),
        help_text=_lazy("Counted from when it was taken. After that its owner is told."),
    )
    quick_hit_days = _days(_lazy("Days for a quick hit"))
    big_days = _days(_lazy("Days until a big issue has its plan"))
    check_in_days = _days(
        _lazy("Days from one check-in to the next"),
        _lazy("A big issue is looked at on these days. Whoever answers it may choose others."),
    )
    confirm_huddles = _days(
        _lazy("Working days to confirm"),
        _lazy("What nobody has confirmed by then is closed as “not confirmed” and counted apart."),
    )
    working = forms.BooleanField(
        label=_lazy("Only working time counts"),
        required=False,
        help_text=_lazy("Otherwise every minute counts, also at night and on holidays."),
    )
    works_from = _clock(_lazy("Working time from"))
    works_until = _clock(_lazy("Working time until"))

    @classmethod
    def of(cls, level: Level, data: Any = None) -> "LevelForm":
        """The form filled with what holds."""
        return cls(data, initial={name: getattr(level, name) for name in cls.base_fields})

    def level(self) -> Level:
        """What was typed."""
        return Level(**self.cleaned_data)


class HabitsForm(PlainForm):
    """When the page before the huddle is mailed."""

    digest_minutes = forms.IntegerField(
        label=_lazy("Minutes before the huddle"),
        min_value=0,
        max_value=720,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_lazy("0 for never."),
    )


class AlertForm(PlainForm):
    """What every unit has to know."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_lazy("For"), empty_label=None)
    title = forms.CharField(
        label=_lazy("What everybody has to know"),
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_lazy("One line. No name, number or date of birth of a patient."),
    )
    text = forms.CharField(
        label=_lazy("What to do"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
