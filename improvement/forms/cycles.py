"""Forms of PDSA cycles: they read what was typed. What is allowed the actions say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from boards.models import Measure
from improvement.actions.cycles import Found, Plan
from improvement.models import Cycle
from improvement.rules import cycles as rules
from improvement.rules.cycles import Decision, Scale
from org.forms.plain import DayField, NumberField, PlainForm
from org.forms.seen import SeenForm

_lazy = gettext_lazy


def _line(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=rules.LINE, required=False, help_text=hint, widget=widget)


def long_text(label: Any, hint: Any = "", rows: int = 2, most: int = rules.TEXT) -> forms.CharField:
    """A field of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, help_text=hint, widget=widget)


def _number(label: Any, hint: Any = "") -> NumberField:
    widget = forms.NumberInput(attrs={"class": "short", "step": "any", "inputmode": "decimal"})
    return NumberField(label=label, required=False, help_text=hint, widget=widget)


def _day(label: Any) -> DayField:
    return DayField(label=label, required=False)


class PlanForm(SeenForm):
    """What is written before a cycle starts. Nothing has to be there until it does."""

    question = _line(_lazy("Which question does this cycle answer?"))
    change = long_text(_lazy("What is tried?"))
    measure = forms.ModelChoiceField(
        Measure.objects.none(), label=_lazy("Measure"), required=False, empty_label=_lazy("None of the board")
    )
    counted = _line(_lazy("Or what is counted, and by whom"), _lazy("Where no measure of the board shows it."))
    predicted = _number(_lazy("Prediction"), _lazy("The number that you expect at the end."))
    why = long_text(_lazy("Why this number?"))
    scale = forms.ChoiceField(
        label=_lazy("On how many is it tried?"),
        required=False,
        choices=(("", _lazy("Not chosen yet")), *((s.value, s.label) for s in Scale)),
        help_text=_lazy("As few as possible. What works grows with the next cycle."),
    )
    where = _line(_lazy("Who, where, when"), _lazy("Roles and places, no names of patients."))
    stop_rule = _line(_lazy("Stop early when"), _lazy("What would show harm?"))
    starts_on = _day(_lazy("First day"))
    ends_on = _day(_lazy("Last day"))
    why_longer = _line(_lazy("Why longer than six weeks"), _lazy("Only where it is."))

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, stands=plan_of(cycle), **kwargs)
        measures = Measure.objects.filter(placements__unit=cycle.ticket.unit_id)
        if cycle.measure_id is not None:
            measures |= Measure.objects.filter(pk=cycle.measure_id)
        field = self.fields["measure"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = measures.distinct().order_by("name")

    def plan(self) -> Plan:
        """What was typed."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


def plan_of(cycle: Cycle) -> dict[str, Any]:
    """What the plan of a cycle says now."""
    return {name: getattr(cycle, name) for name in Plan.__dataclass_fields__}


class FoundForm(SeenForm):
    """What is written while a cycle runs and when it ends."""

    done = long_text(_lazy("What was really done?"), _lazy("Also what was not done as planned."))
    surprises = long_text(_lazy("Surprises"))
    result = _number(_lazy("Result"))
    no_result = _line(_lazy("Or why there is none"))
    learned = long_text(
        _lazy("What did we learn?"),
        _lazy("Most where the prediction was wrong. For which patients was it different?"),
        rows=3,
    )
    decision = forms.ChoiceField(
        label=_lazy("Decision"),
        required=False,
        choices=[(d.value, d.label) for d in Decision],
        widget=forms.RadioSelect,
    )
    then = long_text(_lazy("What next, and who must know?"))

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        stands = {name: getattr(cycle, name) for name in Found.__dataclass_fields__}
        super().__init__(*args, stands=stands, **kwargs)

    def found(self) -> Found:
        """What was typed."""
        return Found(**{name: self.cleaned_data[name] for name in Found.__dataclass_fields__})

    @property
    def decided(self) -> Decision | None:
        """The decision that was chosen; None for none."""
        chosen = self.cleaned_data["decision"]
        return Decision(chosen) if chosen else None


class NumberForm(PlainForm):
    """The number of a day; an empty one takes it away."""

    day = DayField(label=_lazy("Day"))
    value = _number(_lazy("Number"))
    said = _line(_lazy("Note"))
