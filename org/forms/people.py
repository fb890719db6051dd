"""Inviting people and giving roles."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from org.forms.units import UnitChoice
from org.models import Membership, User
from org.rules import Role


class RoleForm(PlainForm):
    """A role at a unit."""

    unit = UnitChoice(
        label=_("At"), queryset=None, empty_label=None, help_text=_("The role holds here and at every unit below.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """Somebody and their first role."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("email", "name", "language", "unit", "role")


class StandInChoice(forms.ModelChoiceField):
    """A membership, as "role at unit of person"."""

    def label_from_instance(self, obj: Any) -> str:
        """Who holds what where."""
        return f"{obj.user} · {obj.get_role_display()} · {obj.unit}"


class StandInForm(PlainForm):
    """For whom somebody stands in."""

    stands_in_for = StandInChoice(label=_("Stands in for"), queryset=None, empty_label=None)

    def __init__(self, reader: User, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Membership.objects.visible_to(reader).current().exclude(user=person)
        self.fields["stands_in_for"].queryset = roles.filter(stands_in_for__isnull=True).select_related(  # type: ignore[attr-defined]
            "user", "unit"
        )


class TrailForm(PlainForm):
    """What to look for in the audit trail."""

    what = forms.CharField(label=_("What"), required=False, max_length=60)
    unit = UnitChoice(label=_("Unit"), queryset=None, required=False, empty_label=_("Any"))
    who = forms.CharField(label=_("By"), required=False, max_length=120)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, units: Any, verbs: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        choices = [("", _("Anything")), *verbs]
        self.fields["what"].widget = forms.Select(choices=choices)

    def chosen_day(self) -> date | None:
        """The day, where one is chosen."""
        return self.cleaned_data.get("day") if self.is_valid() else None
