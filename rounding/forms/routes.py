"""A route through several units."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from org.forms.units import UnitChoice
from org.models import Unit, User
from rounding.actions.routes import Terms
from rounding.models import Route
from rounding.rules import routes as rules

_TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"})


class RouteForm(PlainForm):
    """Name, pair of leaders, when, and the units in their order."""

    name = forms.CharField(
        label=_("Name"), max_length=rules.NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    leader: Any = forms.ModelChoiceField(label=_("Led by"), queryset=None, empty_label=None)
    partner: Any = forms.ModelChoiceField(label=_("and"), queryset=None, required=False, empty_label=_("Nobody else"))
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int)
    starts_at = forms.TimeField(label=_("Begins at"), widget=_TIME, initial="10:00")
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=rules.LONGEST_MINUTES,
        initial=60,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    no_meetings = forms.BooleanField(
        label=_("No other meetings meanwhile"),
        required=False,
        initial=True,
        help_text=_("Calendars show the time as taken."),
    )

    def __init__(self, units: Any, people: Any, days: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = people  # type: ignore[attr-defined]
        self.fields["partner"].queryset = people  # type: ignore[attr-defined]
        self.fields["weekday"].choices = days  # type: ignore[attr-defined]
        for place in range(1, rules.MOST_STOPS + 1):
            self.fields[f"stop_{place}"] = UnitChoice(
                label=_("Unit %(n)s") % {"n": place},
                queryset=units,
                required=place == 1,
                empty_label=_("– none –"),
            )

    @property
    def terms(self) -> Terms:
        """What was said, once it is valid."""
        said = self.cleaned_data
        stops = [said[f"stop_{place}"] for place in range(1, rules.MOST_STOPS + 1)]
        return Terms(
            name=said["name"],
            leader=said["leader"],
            partner=said["partner"],
            weekday=said["weekday"],
            starts_at=said["starts_at"],
            minutes=said["minutes"],
            no_meetings=said["no_meetings"],
            units=[unit for unit in stops if unit is not None],
        )


def filled(route: Route, stops: Sequence[int]) -> Mapping[str, Any]:
    """What the form shows of a route."""
    names = ("name", "leader", "partner", "weekday", "starts_at", "minutes", "no_meetings")
    return {**{name: getattr(route, name) for name in names}, **_stops(stops)}


def begun(user: User, units: Sequence[Unit]) -> Mapping[str, Any]:
    """What the form of a new route shows: who asks, and the units that were suggested."""
    return {"leader": user.pk, **_stops([unit.pk for unit in units])}


def _stops(units: Sequence[int]) -> dict[str, int]:
    return {f"stop_{place}": pk for place, pk in enumerate(units[: rules.MOST_STOPS], start=1)}
