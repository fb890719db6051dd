"""Forms of tickets: they read what was typed. What is allowed the actions say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from boards.models import Measure
from improvement.actions.tickets import Words
from improvement.models import Ticket
from improvement.queries.ticket_people import coaches_for, owners_for
from improvement.rules import tickets as rules
from improvement.rules.tickets import Size, Stage
from org.forms.plain import DayField, PlainForm
from org.forms.seen import SeenForm
from org.models import Unit, User

_lazy = gettext_lazy


class WordsForm(SeenForm):
    """What a ticket of `unit` says, of what size it is, and who has it in hand."""

    title = forms.CharField(
        label=_lazy("What is it about?"), max_length=rules.TITLE, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    problem = forms.CharField(
        label=_lazy("What is the problem, and for whom?"),
        max_length=rules.TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_lazy("Plain words. No names of patients, no numbers, no dates of birth."),
    )
    size = forms.ChoiceField(label=_lazy("Size"), choices=(), widget=forms.RadioSelect)
    measure = forms.ModelChoiceField(
        Measure.objects.none(), label=_lazy("Measure that should change"), required=False, empty_label=_lazy("None yet")
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_lazy("Owner"), required=False, empty_label=_lazy("Nobody yet")
    )
    coach = forms.ModelChoiceField(
        User.objects.none(), label=_lazy("Coach"), required=False, empty_label=_lazy("Nobody yet")
    )
    due_on = DayField(label=_lazy("Until"), required=False)

    def __init__(self, *args: Any, unit: Unit, ticket: Ticket | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stands=words_of(ticket) if ticket is not None else {}, **kwargs)
        size = self.fields["size"]
        assert isinstance(size, forms.ChoiceField)
        size.choices = [(s.value, s.label) for s in Size]
        measures = Measure.objects.filter(placements__unit=unit)
        if ticket is not None and ticket.measure_id is not None:
            measures |= Measure.objects.filter(pk=ticket.measure_id)
        self._offer("measure", measures.distinct().order_by("name"))
        for name, people in (("owner", owners_for(unit)), ("coach", coaches_for(unit))):
            kept = getattr(ticket, f"{name}_id", None)
            self._offer(
                name, people | User.objects.filter(pk=kept).distinct().order_by("name", "pk") if kept else people
            )

    def _offer(self, name: str, found: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = found

    def words(self) -> Words:
        """What was typed."""
        return Words(**{name: self.cleaned_data[name] for name in Words.__dataclass_fields__})

    @property
    def chosen_size(self) -> Size:
        """The size that was chosen."""
        return Size(self.cleaned_data["size"])


def words_of(ticket: Ticket) -> dict[str, Any]:
    """What the form shows of a ticket that is there."""
    return {name: getattr(ticket, name) for name in Words.__dataclass_fields__} | {"size": ticket.size}


class MoveForm(PlainForm):
    """Where a ticket goes, and what that asks."""

    to = forms.ChoiceField(choices=[(s.value, s.label) for s in Stage])
    above = forms.IntegerField(required=False)
    outcome = forms.CharField(max_length=rules.TEXT, required=False)
    over_reason = forms.CharField(max_length=200, required=False)
