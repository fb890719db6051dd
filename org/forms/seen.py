"""A form that several people may have open at once: nobody writes over what they have not seen."""

from collections.abc import Mapping
from datetime import date
from hashlib import blake2s
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _

from org.forms.plain import PlainForm


class SeenForm(PlainForm):
    """A form that several people may have open. What only one of them has changed is kept; where two have changed the
    same, the later one is shown what stands now, keeps what they typed, and may keep it after all.

    `stands`: what is kept now, by the names of the fields.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stands: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {**stands, "seen": _stamped(stands)}, **kwargs})
        self.stands = stands
        self.meanwhile: list[tuple[str, str]] = []
        self.merged = False  # something that others have changed stands beside what was typed

    def clean(self) -> dict[str, Any]:
        """What was typed, with what others changed beside it. Raises ValidationError where both changed the same."""
        said = super().clean() or self.cleaned_data
        was = dict(part.split(":", 1) for part in said.get("seen", "").split() if ":" in part)
        clash = []
        for name, value in self.stands.items():
            now = _stamp(value)
            if name not in said or was.get(name, now) == now or _stamp(said[name]) == now:
                continue
            if _stamp(said[name]) == was[name]:  # untouched here: somebody else's stands
                self.merged = True
                said[name] = value
                self._fill(name, value)
            else:
                clash.append(name)
        if clash:
            self.saw(self.stands)
            self.meanwhile = [(str(self[name].label), shown(self.fields[name], self.stands[name])) for name in clash]
            raise ValidationError(
                _("Somebody else has changed this meanwhile. Look at what stands now, then keep yours.")
            )
        return said

    def saw(self, stands: Mapping[str, Any]) -> None:
        """Whoever sent it knows what stands now: it was shown, or is their own."""
        self._type("seen", _stamped(stands))

    def typed(self) -> list[tuple[str, str]]:
        """What was typed, with the names of its fields; what is empty is left out."""
        said = getattr(self, "cleaned_data", {})
        told = [(str(bound.label), shown(bound.field, said.get(bound.name))) for bound in self.visible_fields()]
        return [(name, text) for name, text in told if text != "–"]

    def _fill(self, name: str, value: Any) -> None:
        prepared = self.fields[name].prepare_value(value)
        self._type(name, "" if prepared is None else str(prepared))

    def _type(self, name: str, text: str) -> None:
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix(name)] = text
        self.data = data


def shown(field: forms.Field, value: Any) -> str:
    """A value of a field as people read it; "–" for none."""
    if value is None or value == "":
        return "–"
    if isinstance(field, forms.ModelChoiceField):
        return str(field.label_from_instance(value))
    if isinstance(field, forms.ChoiceField):
        return str(dict(list(field.choices)).get(value, value))  # type: ignore[arg-type]
    return formats.date_format(value, _("j M Y")) if isinstance(value, date) else str(value)


def _stamped(stands: Mapping[str, Any]) -> str:
    return " ".join(f"{name}:{_stamp(value)}" for name, value in stands.items())


def _stamp(value: Any) -> str:
    """A short text that is another one for any other value; a browser's ends of lines make none."""
    plain = value.pk if isinstance(value, models.Model) else "" if value is None else value
    text = str(plain).replace("\r\n", "\n").strip()
    return blake2s(text.encode(), digest_size=6).hexdigest()
