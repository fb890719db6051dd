"""The form that every other one is, and fields that know what can be meant."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: A day before or after these is a slip: "26" becomes the year 26.
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
#: A number beyond this is a slip as well.
LARGEST: Final = 1e9


class PlainForm(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class DayField(forms.DateField):
    """A day that is chosen from the browser's calendar, of this century."""

    def __init__(self, **kwargs: Any) -> None:
        reach = {"type": "date", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        super().__init__(**{"widget": forms.DateInput(attrs=reach, format="%Y-%m-%d"), **kwargs})

    def clean(self, value: Any) -> date | None:
        """The day. Raises ValidationError for one of another century."""
        day: date | None = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(_("Is the year right? Choose a day from 2000 to 2099."))
        return day


class NumberField(forms.FloatField):
    """A number as measures have it."""

    def clean(self, value: Any) -> float | None:
        """The number. Raises ValidationError for one that cannot be meant."""
        number: float | None = super().clean(value)
        if number is not None and abs(number) > LARGEST:
            raise ValidationError(_("This number is larger than any that can be meant."))
        return number
