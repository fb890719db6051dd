"""The form that every other one is, and fields that know what can be meant."""

from collections.abc import Mapping
from datetime import date
from hashlib import blake2s
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import formats
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


class SeenForm(PlainForm):
    """A form that several people may have open: whoever sends it after somebody else has changed what it says is shown
    what stands now, keeps what was typed, and may keep it after all.

    `stands`: what is kept now, by the names of the fields.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stands: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {**stands, "seen": _stamp(stands)}, **kwargs})
        self.stands = stands
        self.meanwhile: list[tuple[str, str]] = []

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where the page showed something else than stands now."""
        said = super().clean() or self.cleaned_data
        typed = {name: said.get(name) for name in self.stands}
        now = _stamp(self.stands)
        if said.get("seen") in ("", now) or _stamp(typed) == now:
            return said
        self.saw(self.stands)
        self.meanwhile = [(str(bound.label), text) for bound, text in self._told() if bound.name in self.stands]
        raise ValidationError(_("Somebody else has changed this meanwhile. Look at what stands now, then keep yours."))

    def saw(self, stands: Mapping[str, Any]) -> None:
        """Whoever sent it knows what stands now: it was shown, or is their own."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("seen")] = _stamp(stands)
        self.data = data

    def _told(self) -> list[tuple[Any, str]]:
        return [(bound, shown(bound.field, self.stands.get(bound.name))) for bound in self.visible_fields()]


def shown(field: forms.Field, value: Any) -> str:
    """A value of a field as people read it; "–" for none."""
    if value is None or value == "":
        return "–"
    if isinstance(field, forms.ModelChoiceField):
        return str(field.label_from_instance(value))
    if isinstance(field, forms.ChoiceField):
        return str(dict(list(field.choices)).get(value, value))  # type: ignore[arg-type]
    return formats.date_format(value, _("j M Y")) if isinstance(value, date) else str(value)


def _stamp(said: Mapping[str, Any]) -> str:
    """A short text that is another one for anything else that is said."""
    plain = {
        name: value.pk if isinstance(value, models.Model) else None if value == "" else str(value)
        for name, value in said.items()
        if value is not None
    }
    return blake2s(repr(sorted(plain.items())).encode(), digest_size=8).hexdigest()
