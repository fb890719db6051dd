"""A task of leader standard work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from rounding.actions.standard_work import Terms
from rounding.models import StandardTask
from rounding.rules import standard_work as rules
from rounding.rules.questions import SetKind
from rounding.rules.standard_work import Cadence, Counted


class TaskForm(PlainForm):
    """What is to be done, how often, and what counts by itself."""

    text = forms.CharField(
        label=_("Task"),
        max_length=rules.TEXT_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What one does, in a few words: “Round with staff”."),
    )
    cadence = forms.ChoiceField(label=_("Begins anew"), choices=Cadence.choices)
    times = forms.IntegerField(
        label=_("How many times"),
        min_value=1,
        max_value=rules.MOST_TIMES,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    counts = forms.ChoiceField(
        label=_("Counts by itself when"),
        required=False,
        choices=[("", _("Nothing: people tap")), *Counted.choices],
    )
    set_kind = forms.ChoiceField(
        label=_("Of rounds, only those of this kind"),
        required=False,
        choices=[("", _("Rounds of any kind")), *SetKind.choices],
    )

    @property
    def terms(self) -> Terms:
        """What was said, once it is valid."""
        said = self.cleaned_data
        return Terms(said["text"], Cadence(said["cadence"]), said["times"], said["counts"], said["set_kind"])


def filled(task: StandardTask) -> dict[str, Any]:
    """What the form shows of a task."""
    return {name: getattr(task, name) for name in ("text", "cadence", "times", "counts", "set_kind")}
