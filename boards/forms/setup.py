"""Forms of board set-up. They read and check what was typed; writing is the actions' work."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards import rules, setup_rules
from boards.actions.measures import Definition
from boards.models import Category, Grouping, Letter, Measure
from boards.rules import TargetLine
from org.forms.plain import PlainForm
from org.models import Organisation, Unit
from org.rules import NotAllowed

_lazy = gettext_lazy

CODE_OF_MEASURE = RegexValidator(r"^[a-z][a-z0-9_]*$", _lazy("Small letters, digits and _ only, a letter first."))
CODE_OF_GROUP = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _lazy("Small letters, digits, - and _ only."))
CODE_OF_CATEGORY = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._:+-]*$", _lazy("Letters, digits and . _ : + - only."))


def _choices(kinds: type[TextChoices], first: str = "") -> list[tuple[str, Any]]:
    return ([("", first)] if first else []) + list(kinds.choices)


def _day(label: Any, hint: Any, *, required: bool) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": _lazy("Give the day as year-month-day.")},
    )


class LetterForm(PlainForm):
    """A letter and what it stands for."""

    code = forms.CharField(
        label=_lazy("Letter"),
        max_length=3,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        help_text=_lazy("One to three signs. S, Q, D, C, P and E are drawn as calendars in their own shape."),
    )
    name = forms.CharField(label=_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ReasonForm(PlainForm):
    """A reason for a red day."""

    name = forms.CharField(
        label=_lazy("Reason"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_lazy("Short enough for a button: “Interpreter not available”. Never a person's name."),
    )


class MeasureForm(PlainForm):
    """The definition of a measure."""

    name = forms.CharField(label=_lazy("Name"), max_length=120, help_text=_lazy("As it stands on the tile."))
    code = forms.CharField(
        label=_lazy("Identifier"),
        max_length=60,
        validators=[CODE_OF_MEASURE],
        help_text=_lazy("How files name it, such as falls_rate. It stays for good once numbers have come."),
    )
    letter = forms.ModelChoiceField(Letter.objects.none(), label=_lazy("Letter"), empty_label=_lazy("Choose a letter"))
    question = forms.CharField(
        label=_lazy("Question that it answers"),
        max_length=200,
        required=False,
        help_text=_lazy("“Do patients wait for a bed?”"),
    )
    kind = forms.ChoiceField(label=_lazy("Kind of number"), choices=_choices(rules.Kind))
    multiplier = forms.FloatField(
        label=_lazy("Per"),
        required=False,
        initial=100,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
        help_text=_lazy(
            "100 for a share in percent, 1000 for a rate per 1,000, 1 for a mean. Counts, medians and days ignore it."
        ),
    )
    unit_text = forms.CharField(
        label=_lazy("Unit"),
        max_length=60,
        required=False,
        initial="%",
        help_text=_lazy("“%”, “per 1,000 days”, “min”."),
    )
    decimals = forms.IntegerField(
        label=_lazy("Decimals"),
        min_value=0,
        max_value=4,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    direction = forms.ChoiceField(
        label=_lazy("Which way is better"),
        choices=_choices(rules.Direction),
        help_text=_lazy("Context only: the number is shown, never judged."),
    )
    roll_up = forms.ChoiceField(
        label=_lazy("How units add up"),
        choices=_choices(rules.RollUp),
        help_text=_lazy(
            "Shares and rates: ratio of sums. Means: weighted by cases. Counts: sum. Days since: smallest. Medians: no."
        ),
    )
    cadence = forms.ChoiceField(label=_lazy("Due"), choices=_choices(rules.Cadence))
    lag_days = forms.IntegerField(
        label=_lazy("Arrives after days"),
        min_value=0,
        max_value=400,
        initial=0,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_lazy("Days after the end of the period before a missing number counts as missing."),
    )
    chart = forms.ChoiceField(label=_lazy("Chart"), choices=_choices(rules.ChartKind))
    stratifiable = forms.BooleanField(label=_lazy("Numbers come for groups of patients, too"), required=False)
    about = forms.ChoiceField(
        label=_lazy("Counts"),
        choices=_choices(rules.About),
        required=False,
        help_text=_lazy("Groups of staff are seen only by whoever is on the list of readers for staff."),
    )
    part_of = forms.ModelChoiceField(
        Measure.objects.none(),
        label=_lazy("Its cases are among those of"),
        required=False,
        empty_label=_lazy("No other measure"),
        help_text=_lazy(
            "As falls with an injury are among all falls. "
            "Groups are then told so that one minus the other tells of nobody."
        ),
    )
    numerator_text = forms.CharField(
        label=_lazy("Numerator in words"), max_length=255, required=False, help_text=_lazy("Who or what is counted.")
    )
    denominator_text = forms.CharField(
        label=_lazy("Denominator in words"), max_length=255, required=False, help_text=_lazy("Out of whom or what.")
    )
    definition = forms.CharField(
        label=_lazy("Definition"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_lazy("What everybody finds behind the tile: who counts, who does not, from which system."),
    )
    steward = forms.CharField(
        label=_lazy("Steward"),
        max_length=80,
        required=False,
        help_text=_lazy("Office that answers for the definition."),
    )
    source_note = forms.CharField(label=_lazy("Source of the definition"), max_length=255, required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["letter"].queryset = organisation.letters.all()  # type: ignore[attr-defined]
        self.fields["part_of"].queryset = organisation.measures.active().filter(  # type: ignore[attr-defined]
            kind__in=rules.PARTED_KINDS
        )

    def clean(self) -> dict[str, Any]:
        """Kind and roll-up have to fit; a kind that has no "per" is per 1."""
        found = super().clean() or self.cleaned_data
        if "kind" in found and "roll_up" in found:
            try:
                setup_rules.check_roll_up(rules.Kind(found["kind"]), rules.RollUp(found["roll_up"]))
            except NotAllowed as refusal:
                self.add_error("roll_up", str(refusal))
        if "multiplier" in found:
            if found.get("kind") in setup_rules.PLAIN_KINDS:
                found["multiplier"] = 1.0
            elif found["multiplier"] is None or found["multiplier"] <= 0:
                self.add_error("multiplier", _("“Per” is a number above 0, such as 100 or 1000."))
        return found

    def definition_of(self) -> Definition:
        """What was typed, once the form is valid."""
        found = self.cleaned_data
        chosen = {
            "kind": rules.Kind(found["kind"]),
            "direction": rules.Direction(found["direction"]),
            "roll_up": rules.RollUp(found["roll_up"]),
            "cadence": rules.Cadence(found["cadence"]),
            "chart": rules.ChartKind(found["chart"]),
            "about": rules.About(found["about"] or rules.About.PATIENTS),
        }
        return Definition(**(found | chosen))

    @classmethod
    def of(cls, measure: Measure, data: Any = None) -> "MeasureForm":
        """The form of a measure that stands."""
        initial = {name: getattr(measure, name) for name in cls.base_fields}
        initial |= {"letter": measure.letter_id, "multiplier": f"{measure.multiplier:g}", "part_of": measure.part_of_id}
        form = cls(data, initial=initial, organisation=measure.organisation)
        wholes = form.fields["part_of"]
        wholes.queryset = wholes.queryset.exclude(pk=measure.pk)  # type: ignore[attr-defined]
        return form


class AgainForm(PlainForm):
    """From which day on snapshots are taken again; none leaves the past as it is."""

    again_from = _day(
        _lazy("Take past days again from"),
        _lazy("Empty: past days keep what they say. At most 400 days back, up to yesterday."),
        required=False,
    )


class TargetForm(PlainForm):
    """A target from a day on, for all or for one unit and those below it."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_lazy("For"),
        required=False,
        empty_label=_lazy("All units"),
        help_text=_lazy("A unit's own target goes before that of the units above it, and that before the one for all."),
    )
    first = _day(_lazy("From"), _lazy("What runs then ends the day before."), required=True)
    last = _day(_lazy("Last day"), _lazy("Empty: until another target begins."), required=False)
    value = forms.FloatField(label=_lazy("Target"), widget=forms.NumberInput(attrs={"class": "short", "step": "any"}))
    high = forms.FloatField(
        label=_lazy("Upper end of the band"),
        required=False,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )
    warning = forms.FloatField(
        label=_lazy("At risk from"),
        required=False,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure
        self.fields["unit"].queryset = measure.organisation.units.open().order_by("path")  # type: ignore[attr-defined]
        if measure.direction == rules.Direction.BAND:
            self.fields["value"].label = _("Lower end of the band")
            self.fields["high"].required = True
            del self.fields["warning"]
        else:
            del self.fields["high"]
            self.fields["value"].help_text = (
                _("Met at this number or above.")
                if measure.direction == rules.Direction.HIGHER
                else _("Met at this number or below.")
            )
            self.fields["warning"].help_text = (
                _("A number above the target; between the two it is met, but at risk. May be empty.")
                if measure.direction == rules.Direction.HIGHER
                else _("A number below the target; between the two it is met, but at risk. May be empty.")
            )

    def line(self) -> TargetLine:
        """The numbers of the target."""
        found = self.cleaned_data
        return TargetLine(found["value"], found.get("high"), found.get("warning"))

    def clean(self) -> dict[str, Any]:
        """The numbers have to make sense for the measure's direction, the days for each other."""
        found = super().clean() or self.cleaned_data
        if found.get("first") and found.get("last") and found["last"] < found["first"]:
            self.add_error("last", _("The last day lies before the first."))
        if "value" in found and not (self.errors.keys() & {"high", "warning"}):
            kind, direction = rules.Kind(self.measure.kind), rules.Direction(self.measure.direction)
            try:
                setup_rules.check_target(kind, self.measure.multiplier, direction, self.line())
            except NotAllowed as refusal:
                self.add_error("high" if "high" in self.fields else "value", str(refusal))
        return found


class LastDayForm(PlainForm):
    """The last day on which something holds."""

    last = _day(_lazy("Last day"), "", required=True)


class PlaceForm(PlainForm):
    """Measures to put on a board, with the role that they have there."""

    measures = forms.ModelMultipleChoiceField(
        Measure.objects.none(), error_messages={"required": _lazy("Tick at least one measure.")}
    )
    role = forms.ChoiceField(
        label=_lazy("Role"),
        choices=_choices(rules.MeasureRole),
        initial=rules.MeasureRole.DRIVER,
        help_text=_lazy("Few drivers move more than many: three to five on a board."),
    )
    reports = forms.BooleanField(
        label=_lazy("The unit sends its own numbers"),
        required=False,
        initial=True,
        help_text=_lazy(
            "Then a number that does not come is noticed. Without it the number is made from the units below."
        ),
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measures"].queryset = (  # type: ignore[attr-defined]
            unit.organisation.measures.filter(is_active=True)
            .exclude(placements__unit=unit)
            .select_related("letter")
            .order_by("letter__position", "letter__code", "name")
        )


class PlacementForm(PlainForm):
    """The role of a measure that stands on a board."""

    role = forms.ChoiceField(label=_lazy("Role"), choices=_choices(rules.MeasureRole))
    reports = forms.BooleanField(label=_lazy("The unit sends its own numbers"), required=False)


class CopyForm(PlainForm):
    """The unit from whose board the measures are taken."""

    source = forms.ModelChoiceField(Unit.objects.none(), label=_lazy("Copy from"), empty_label=_lazy("Choose a unit"))

    def __init__(self, *args: Any, sources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]


class DimensionForm(PlainForm):
    """A way to split patients."""

    name = forms.CharField(label=_lazy("Name"), max_length=80, help_text=_lazy("“Housing”, “Veteran”, “Care program”."))
    code = forms.CharField(
        label=_lazy("Code"),
        max_length=40,
        validators=[CODE_OF_GROUP],
        help_text=_lazy("How files name it. It stays for good."),
    )
    is_ordered = forms.BooleanField(label=_lazy("The categories have an order, such as ages"), required=False)
    is_partition = forms.BooleanField(
        label=_lazy("Each patient is in exactly one category"),
        required=False,
        initial=True,
        help_text=_lazy("Then a hidden small number cannot be worked out from the others."),
    )


class CategoryForm(PlainForm):
    """A category of a dimension with the spellings in which sources write it."""

    name = forms.CharField(label=_lazy("Name"), max_length=120)
    code = forms.CharField(
        label=_lazy("Code"),
        max_length=60,
        validators=[CODE_OF_CATEGORY],
        help_text=_lazy("How it is stored. It stays for good."),
    )
    state = forms.ChoiceField(
        label=_lazy("State"),
        choices=_choices(rules.CategoryState),
        help_text=_lazy("Unknown, declined and not asked are three different things and never hidden in each other."),
    )
    spellings = forms.CharField(
        label=_lazy("Also written as"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_lazy("One spelling on each line, as files write it. Capitals do not matter."),
    )

    def spelling_list(self) -> list[str]:
        """The spellings, one a line."""
        lines: list[str] = self.cleaned_data["spellings"].splitlines()
        return lines

    @classmethod
    def of(cls, category: Category, data: Any = None) -> "CategoryForm":
        """The form of a category that stands; its code does not change."""
        spellings = "\n".join(category.aliases.order_by("text").values_list("text", flat=True))
        form = cls(data, initial={"name": category.name, "state": category.state, "spellings": spellings})
        del form.fields["code"]
        return form


class GroupingForm(PlainForm):
    """A new grouping, empty or like another one."""

    name = forms.CharField(label=_lazy("Name"), max_length=80)
    code = forms.CharField(label=_lazy("Code"), max_length=40, validators=[CODE_OF_GROUP])
    like = forms.ModelChoiceField(
        Grouping.objects.none(), label=_lazy("Start with the groups of"), required=False, empty_label=_lazy("None")
    )

    def __init__(self, *args: Any, groupings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].queryset = groupings  # type: ignore[attr-defined]
