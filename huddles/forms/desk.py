"""The small form of each outcome of a desk."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from huddles.queries.desk import Named
from huddles.rules.issues import NOTE_LENGTH, TELL_STAFF_LENGTH, Outcome

#: What a browser sends for a day and time.
_MOMENT: Final = "%Y-%m-%dT%H:%M"


class OutcomeForm(forms.Form):
    """A sentence, and what the outcome needs besides it. The first field is where one begins to type."""

    #: Outcome → what the sentence is.
    SENTENCES: Final = {
        Outcome.DECIDED: _("What was decided? One sentence that staff will hear"),
        Outcome.RESOURCED: _("What do they get? One sentence that staff will hear"),
        Outcome.DELEGATED: _("What shall they do?"),
        Outcome.WATCHED: _("What is watched, and why? One sentence that staff will hear"),
        Outcome.DECLINED: _("Why is it not possible? One sentence that staff will hear"),
    }
    WHEN: Final = {
        Outcome.DECIDED: _("Done by"),
        Outcome.RESOURCED: _("There by"),
        Outcome.WATCHED: _("Looked at again by"),
    }

    tell_staff = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        outcome: Outcome,
        places: Sequence[Named],
        people: Sequence[Named],
        data: Any = None,
        due: datetime | None = None,
    ) -> None:
        """`due`: the time that is proposed, in the zone of the reader."""
        super().__init__(data, prefix=outcome.value)
        self.outcome = outcome
        sentence = self.fields["tell_staff"]
        assert isinstance(sentence, forms.CharField)
        sentence.label = self.SENTENCES[outcome]
        sentence.max_length = NOTE_LENGTH if outcome == Outcome.DELEGATED else TELL_STAFF_LENGTH
        sentence.widget.attrs["maxlength"] = sentence.max_length
        if outcome == Outcome.DELEGATED:
            choices = [(str(place.pk), self._named(place)) for place in places]
            self.fields["to"] = forms.ChoiceField(label=_("Who has it from now on?"), choices=choices)
            self.order_fields(["to", "tell_staff"])
        elif outcome != Outcome.DECLINED:
            self.fields["due_at"] = forms.DateTimeField(
                label=self.WHEN[outcome],
                required=False,
                input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S"],
                initial=due.strftime(_MOMENT) if due else None,
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
            )
            choices = [(str(person.pk), f"{person.name} · {person.of}") for person in people]
            self.fields["owner"] = forms.ChoiceField(label=_("Who sees to it?"), choices=choices, required=False)

    @staticmethod
    def _named(place: Named) -> str:
        return str(_("%(unit)s, where it began")) % {"unit": place.name} if place.of else place.name

    def due_in(self, zone: tzinfo) -> datetime | None:
        """The time that was typed, read in `zone`."""
        found = self.cleaned_data.get("due_at")
        return found.replace(tzinfo=zone) if isinstance(found, datetime) else None

    def chosen(self, name: str) -> int | None:
        """The id of what was chosen in the field `name`."""
        value = self.cleaned_data.get(name, "")
        return int(value) if value else None
