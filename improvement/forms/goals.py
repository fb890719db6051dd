"""Forms of goals: they read what was typed. What is allowed the actions say."""

from collections import Counter
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy

from boards.models import Dimension, Measure
from boards.queries.terms import say
from huddles.rules import hints
from improvement.actions.goals import Aim, Charter
from improvement.models import Goal
from improvement.models.goals import LINE, TEXT
from improvement.queries.goal_check import balancing_of, measures_of, owners_of, splits_for, sponsors_of
from improvement.rules.goals import GapKind, Status, Whom
from org.forms.plain import DayField, PlainForm
from org.models import Unit

_lazy = gettext_lazy
_BAR: Final = "|"


class MonthField(forms.Field):
    """A month; gives its first day. Browsers without a picker of months take it as text, "2026-07"."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "month", "class": "short", "placeholder": "2026-07", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), required=False, **kwargs)

    def to_python(self, value: str | None) -> date | None:
        """The first day of the month; ValidationError for what is none."""
        if not value:
            return None
        try:
            found = date.fromisoformat(f"{value.strip()}-01")
        except ValueError as error:
            raise forms.ValidationError(gettext("Give year and month, as in 2026-07.")) from error
        if not 1990 <= found.year <= 2200:
            raise forms.ValidationError(gettext("Give year and month, as in 2026-07."))
        return found

    def prepare_value(self, value: Any) -> Any:
        """What the field shows of a day."""
        return value.strftime("%Y-%m") if isinstance(value, date) else value


class PercentField(forms.FloatField):
    """A share, typed as per cent; gives 0 .. 1."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.NumberInput(attrs={"class": "short", "step": "any", "min": "0", "inputmode": "decimal"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> float | None:
        """The share that was typed."""
        found = super().clean(value)
        return None if found is None else round(found / 100, 6)

    def prepare_value(self, value: Any) -> Any:
        """A share as per cent; what was typed stays."""
        return f"{100 * value:g}" if isinstance(value, float) else value


class GroupField(forms.ChoiceField):
    """A group of patients, by its dimension; gives (dimension, name) or None."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = _lazy("Choose a group by which this measure is told.")
        super().__init__(required=False, error_messages={"invalid_choice": wrong}, **kwargs)
        self.dimensions: dict[str, Dimension] = {}

    def clean(self, value: Any) -> tuple[Dimension, str] | None:
        """The dimension and the name of the group."""
        found = super().clean(value)
        if not found:
            return None
        key, _bar, name = found.partition(_BAR)
        return self.dimensions[key], name


def _text(label: Any, most: int, hint: Any = "", *, lines: int = 2) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, help_text=hint)


def _chosen(label: Any, hint: Any = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Unit.objects.none(), label=label, required=False, empty_label=_lazy("Not chosen yet"), help_text=hint
    )


class NewGoalForm(PlainForm):
    """The first two things about a goal."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_lazy("Unit that owns the goal"),
        empty_label=None,
        help_text=_lazy(
            "Whoever sees its board sees the goal once it runs. Before, it is seen by whoever may set goals there, its "
            "owner and its executive sponsor."
        ),
    )
    title = forms.CharField(label=_lazy("Title"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units


class CharterForm(PlainForm):
    """Who answers for a goal, what shows harm, what happens if it is missed."""

    title = forms.CharField(label=_lazy("Title"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    owner = _chosen(_lazy("Owner"))
    sponsor = _chosen(_lazy("Executive sponsor"), _lazy("Reports to the board of directors."))
    partners = _text(
        _lazy("Together with"), LINE, _lazy("Patients, community, partners. Never a patient's name."), lines=1
    )
    balancing = _chosen(_lazy("Balancing measure"), _lazy("Shows whether it does harm elsewhere."))
    if_missed = _text(_lazy("What happens if it is missed"), TEXT, lines=3)
    source_note = _text(
        _lazy("Where the data come from"), TEXT, _lazy("Who asks patients, how, and how complete it is."), lines=3
    )
    ask = _text(_lazy("What is asked of the board of directors"), LINE, lines=1)

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": self.said(goal), **kwargs})
        self.goal = goal
        for name, found in (
            ("owner", owners_of(goal.unit)),
            ("sponsor", sponsors_of(goal.unit)),
            ("balancing", balancing_of(goal.organisation_id)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = found

    def said(self, goal: Goal) -> dict[str, Any]:
        """What the goal says now."""
        return {name: getattr(goal, name) for name in CharterForm.base_fields}

    def charter(self) -> Charter:
        """What was typed."""
        return Charter(**{name: self.cleaned_data.get(name) for name in CharterForm.base_fields})  # type: ignore[arg-type]

    def aim(self) -> Aim | None:
        """The aim stands while a goal runs."""
        return None


class GoalForm(CharterForm):
    """All that a goal says, while it is a draft."""

    measure = _chosen(_lazy("Measure"), _lazy("A share of cases that is told by groups of patients."))
    whom = forms.ChoiceField(label=_lazy("It gets better for"), choices=Whom.choices)
    raise_by = PercentField(
        label=_lazy("By how many per cent of what it was"), help_text=_lazy("20 makes 61 % become 73.2 %.")
    )
    group = GroupField(
        label=_lazy("Group of patients"),
        help_text=_lazy("Of those by which the measure is told. Choose another measure, and keep it, to see others."),
    )
    reference = GroupField(label=_lazy("Compared with"))
    narrow_by = PercentField(
        label=_lazy("narrower by how many per cent of what it was"),
        help_text=_lazy("20 makes 18 points become 14.4 points."),
    )
    gap_kind = forms.ChoiceField(
        label=_lazy("by which the goal goes"),
        choices=GapKind.choices,
        help_text=_lazy("Both are shown always. They can disagree: 60 and 40 % becoming 80 and 58 %."),
    )
    baseline_first = MonthField(label=_lazy("Months before: from"))
    baseline_last = MonthField(label=_lazy("Months before: to"))
    first_month = MonthField(label=_lazy("Goal: from"))
    last_month = MonthField(label=_lazy("Goal: to"))
    minimum = forms.IntegerField(
        label=_lazy("Least cases on each side"),
        min_value=1,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_lazy("With fewer nothing is said of the goal."),
    )

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, goal=goal, **kwargs)
        for name in ("narrow_by", "gap_kind"):
            self.fields[name].label = f"{say(goal.organisation, 'Gap')}: {self.fields[name].label}"
        measure = self.fields["measure"]
        assert isinstance(measure, forms.ModelChoiceField)
        measure.queryset = measures_of(goal.organisation_id)
        splits = splits_for(goal, self._measure())
        shared = Counter(name for split in splits for name in split.groups)
        named = [
            (
                split.dimension.name,
                [
                    (
                        f"{split.dimension.pk}{_BAR}{name}",
                        f"{split.dimension.name}: {name}" if shared[name] > 1 else name,
                    )
                    for name in split.groups
                ],
            )
            for split in splits
        ]
        for name, empty in (("group", gettext("Not chosen yet")), ("reference", gettext("everyone else"))):
            field = self.fields[name]
            assert isinstance(field, GroupField)
            field.choices = [("", empty), *named]
            field.dimensions = {str(split.dimension.pk): split.dimension for split in splits}

    def _measure(self) -> Measure | None:
        """The measure that is typed, else the one that the goal has."""
        typed = self.data.get("measure", "") if self.is_bound else ""
        if typed.isascii() and typed.isdigit():
            return measures_of(self.goal.organisation_id).filter(pk=int(typed)).first()
        return self.goal.measure

    def said(self, goal: Goal) -> dict[str, Any]:
        """What the goal says now."""
        own = {name: getattr(goal, name) for name in GoalForm.base_fields}
        return own | {
            name: f"{goal.dimension_id}{_BAR}{getattr(goal, name)}" if getattr(goal, name) else ""
            for name in ("group", "reference")
        }

    def clean(self) -> dict[str, Any]:
        """A group is compared within its own dimension."""
        super().clean()
        group, reference = self.cleaned_data.get("group"), self.cleaned_data.get("reference")
        if reference and (not group or group[0] != reference[0]):
            self.add_error("reference", gettext("Choose a group of the same kind."))
        return self.cleaned_data

    def aim(self) -> Aim | None:
        """What was typed; what could not be read is left out."""
        data = self.cleaned_data
        group, reference = data.get("group"), data.get("reference")
        names = ("measure", "raise_by", "narrow_by", "baseline_first", "baseline_last", "first_month", "last_month")
        return Aim(
            **{name: data.get(name) for name in names},
            dimension=group[0] if group else None,
            group=group[1] if group else "",
            reference=reference[1] if reference else "",
            whom=data.get("whom") or Whom.ALL,
            gap_kind=data.get("gap_kind") or GapKind.ABSOLUTE,
            minimum=data.get("minimum") or self.goal.minimum,
        )


def form_of(goal: Goal, data: Any = None) -> CharterForm:
    """The form with which `goal` is written: all of it while it is a draft, its charter while it runs."""
    return (GoalForm if goal.status == Status.DRAFT else CharterForm)(data, goal=goal)


class CloseForm(PlainForm):
    """How a goal ends."""

    to = forms.ChoiceField(label=_lazy("How it ends"), widget=forms.RadioSelect)
    note = _text(
        _lazy("Why, and what is done now"), TEXT, _lazy("For a goal that is met this may stay empty."), lines=4
    )

    def __init__(self, *args: Any, to: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, Status(each).label) for each in Status if each in to]


class CarefulForm(PlainForm):
    """A form that asks once more where its text looks as if it told who a patient is."""

    sure = forms.BooleanField(label=_lazy("It does not tell who a patient is"), required=False)

    def clean(self) -> dict[str, Any]:
        """What looks like a patient is sent only when somebody says that it is not."""
        super().clean()
        data = self.cleaned_data
        text = "\n".join(value for value in data.values() if isinstance(value, str))
        if not data.get("sure"):
            for hint in hints.find(text):
                self.add_error("sure", hint.words)
        return data


class VoiceForm(CarefulForm):
    """What somebody of the community said."""

    heard = _text(
        _lazy("Who was heard"), 120, _lazy("Like “patient and family council”. Never a patient's name."), lines=1
    )
    day = DayField(
        label=_lazy("When"), widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    )
    said = _text(_lazy("What was said"), TEXT, lines=3)
    changed = _text(_lazy("What changed because of it"), TEXT, _lazy("This can be written later."), lines=3)


class AnswerForm(CarefulForm):
    """What changed because of what was said."""

    changed = _text(_lazy("What changed because of it"), TEXT, lines=3)


class ReviewForm(CarefulForm):
    """What was seen and decided."""

    seen = _text(_lazy("What was seen"), TEXT, lines=3)
    decided = _text(_lazy("What was decided"), TEXT, lines=3)


class PlanForm(PlainForm):
    """When a goal is looked at."""

    day = DayField(
        label=_lazy("Plan a review for"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
