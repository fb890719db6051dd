"""Pairing a display and choosing what it shows."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from org.forms.units import UnitChoice


class BoardsChoice(forms.ModelMultipleChoiceField):
    """Boards in the order of the tree."""

    def label_from_instance(self, obj: Any) -> str:
        """Drawn in like every choice of a unit."""
        return UnitChoice.label_from_instance(self, obj)  # type: ignore[arg-type]


class DeviceForm(PlainForm):
    """What a display is called and shows."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Where it hangs: “5 West, corridor”."))
    boards = BoardsChoice(
        label=_("Boards"), queryset=None, help_text=_("Several are shown by turns, in the order of the tree.")
    )
    seconds_per_board = forms.IntegerField(label=_("Seconds per board"), min_value=10, max_value=600, initial=30)
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=[("auto", _("Dark at night")), ("light", _("Light")), ("dark", _("Dark"))],
        initial="auto",
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the organization")), *settings.LANGUAGES]
    )

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["boards"].queryset = units  # type: ignore[attr-defined]
        if len(own := units[:2]) == 1:
            self.fields["boards"].initial = own


class PairForm(DeviceForm):
    """The code on the screen, and what it shall show."""

    code = forms.CharField(
        label=_("Code on the screen"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ("code", "name", "boards", "seconds_per_board", "theme", "language")
