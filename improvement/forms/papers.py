"""Forms of papers and of their rows: they read what was typed. What is allowed the actions say."""

from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from boards.models import Measure, ReasonCode
from boards.rules import Direction
from improvement.actions.analyses import FIELDS, Row
from improvement.actions.papers import Head
from improvement.models import Cause, Countermeasure, Cycle, Driver, Paper, PlanStep, Ticket
from improvement.queries.ticket_people import owners_for
from improvement.rules import papers as rules
from improvement.rules.papers import Branch, Course, Level, Part, Place, Section, Standing
from org.forms.plain import DayField, NumberField, PlainForm
from org.models import User

_lazy = gettext_lazy


def _line(label: Any, hint: Any = "", *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=rules.LINE, required=required, help_text=hint, widget=widget)


def _day(label: Any) -> DayField:
    return DayField(label=label, required=False)


def _choice(label: Any, choices: Any, none: Any = None) -> forms.ChoiceField:
    given = [*choices] if none is None else [("", none), *choices]
    return forms.ChoiceField(label=label, choices=given, required=False)


class RowForm(PlainForm):
    """A row of `paper`; `row` where it is there already. `seen` is the revision that the page showed."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind: type[Row]

    def __init__(self, *args: Any, paper: Paper, row: Row | None = None, **kwargs: Any) -> None:
        said = {} if row is None else {name: getattr(row, name) for name in FIELDS[self.kind]} | {"seen": row.revision}
        super().__init__(*args, **{"initial": said, "auto_id": f"{_prefix(self.kind, row)}_%s", **kwargs})
        self.paper = paper
        self.row = row
        self.offer()

    def offer(self) -> None:
        """Fill the choices."""

    def values(self) -> dict[str, Any]:
        """What was typed, by the names that the action knows."""
        return {name: self.cleaned_data[name] for name in FIELDS[self.kind] if name in self.cleaned_data}

    def said(self) -> list[tuple[str, str]]:
        """What stands in the row, with the names of its fields; what is empty is left out."""
        found = []
        for bound in self.visible_fields():
            value, field = bound.initial, bound.field
            if value is None or value == "":
                continue
            if isinstance(field, forms.ModelChoiceField):
                value = field.label_from_instance(value)
            elif isinstance(field, forms.ChoiceField):
                value = dict(list(field.choices))[value]  # type: ignore[arg-type]
            elif isinstance(value, date):
                value = formats.date_format(value, _("j M Y"))
            found.append((str(field.label), str(value)))
        return found

    def choose_from(self, name: str, found: "QuerySet[Any]") -> None:
        """Offer these."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = found


def _people(paper: Paper, held: int | None) -> "QuerySet[User]":
    """Whom a paper can name: people who work on improvements of its unit, and the one who is `held` to it already."""
    people = owners_for(paper.ticket.unit)
    if held is None:
        return people
    return User.objects.filter(Q(pk__in=people.values("pk")) | Q(pk=held)).order_by("name", "pk")


def _balancing(paper: Paper) -> "QuerySet[Measure]":
    """Measures on the board of the unit but the one that should change, and the one that was chosen before."""
    placed = Q(placements__unit=paper.ticket.unit_id)
    if paper.balancing_id is not None:
        placed |= Q(pk=paper.balancing_id)
    found = Measure.objects.filter(placed).distinct().order_by("name")
    return found if paper.ticket.measure_id is None else found.exclude(pk=paper.ticket.measure_id)


def _prefix(kind: type[Row], row: Row | None) -> str:
    """What ids of fields begin with: forms of several sections are open on one page."""
    return f"{kind._meta.model_name}-{'new' if row is None else row.pk}"


class CauseForm(RowForm):
    """A cause: a rib of the fishbone, or the answer to "why?" of another one."""

    kind = Cause
    text = _line(_lazy("Cause"))
    branch = _choice(_lazy("Where it lies"), Branch.choices, _lazy("Choose"))
    standing = _choice(_lazy("Checked?"), Standing.choices)
    fact = _line(_lazy("How it was checked"), _lazy("What was seen, counted or asked, where and when?"))
    reason = forms.ModelChoiceField(
        ReasonCode.objects.none(),
        label=_lazy("Reason of red days that counts it"),
        required=False,
        empty_label=_lazy("None"),
    )

    def __init__(self, *args: Any, of: Cause | None = None, **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **kwargs)

    def offer(self) -> None:
        """Reasons of the organisation; an answer to "why?" lies where its question lies."""
        row = self.row
        assert row is None or isinstance(row, Cause)
        if self.of is not None or (row is not None and row.of_id is not None):
            del self.fields["branch"], self.fields["reason"]
            self.fields["text"].label = _lazy("Because")
        else:
            held = None if row is None else row.reason_id
            in_use = ReasonCode.objects.filter(
                Q(is_active=True) | Q(pk=held), organisation=self.paper.ticket.organisation_id
            )
            self.choose_from("reason", in_use.order_by("name"))
        if row is None:
            del self.fields["standing"], self.fields["fact"]

    def values(self) -> dict[str, Any]:
        """What was typed; what is new is a guess until it is checked."""
        said = super().values()
        if "standing" in said:
            said["standing"] = said["standing"] or Standing.GUESS
        return said


class CountermeasureForm(RowForm):
    """A countermeasure: effect and effort, what else it does, who may be worse off."""

    kind = Countermeasure
    text = _line(_lazy("Countermeasure"))
    cause = forms.ModelChoiceField(
        Cause.objects.none(), label=_lazy("Cause that it takes away"), required=False, empty_label=_lazy("Not said")
    )
    effect = _choice(_lazy("Effect"), Level.choices, _lazy("Not judged"))
    effort = _choice(_lazy("Effort"), Level.choices, _lazy("Not judged"))
    side_effects = _line(_lazy("What else it does"))
    loses = _line(_lazy("Who may be worse off?"), _lazy("“Nobody that we know of” is an answer."))
    course = _choice(_lazy("How far it is"), Course.choices)
    cycle = forms.ModelChoiceField(
        Cycle.objects.none(), label=_lazy("Test that tries it"), required=False, empty_label=_lazy("None")
    )

    def offer(self) -> None:
        """Causes of the paper, cycles of its ticket."""
        held = self.row.cause_id if isinstance(self.row, Countermeasure) else None
        there = Cause.objects.filter(Q(gone_at__isnull=True) | Q(pk=held), paper=self.paper)
        self.choose_from("cause", there.order_by("position", "pk"))
        causes = self.fields["cause"]
        cycles = self.fields["cycle"]
        assert isinstance(causes, forms.ModelChoiceField)
        assert isinstance(cycles, forms.ModelChoiceField)
        causes.label_from_instance = lambda obj: str(obj.text)  # type: ignore[method-assign]
        self.choose_from("cycle", Cycle.objects.filter(ticket=self.paper.ticket_id).order_by("number"))
        cycles.label_from_instance = lambda obj: f"PDSA {obj.number} {obj.question}"[:80]  # type: ignore[method-assign]

    def values(self) -> dict[str, Any]:
        """What was typed; what is new is an idea."""
        said = super().values()
        said["course"] = said["course"] or Course.IDEA
        return said


class StepForm(RowForm):
    """A step of the plan."""

    kind = PlanStep
    what = _line(_lazy("What"))
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_lazy("Who"), required=False, empty_label=_lazy("Nobody yet")
    )
    due_on = _day(_lazy("By when"))

    def offer(self) -> None:
        """People who work on improvements of the unit, and whoever has it already."""
        held = self.row.owner_id if isinstance(self.row, PlanStep) else None
        self.choose_from("owner", _people(self.paper, held))


class DriverForm(RowForm):
    """A node of the driver diagram: what it is, what shows whether it moves; of an idea how far it is."""

    kind = Driver
    text = _line(_lazy("What it is"))
    place = _choice(_lazy("Where it stands"), Place.choices)
    measure = forms.ModelChoiceField(
        Measure.objects.none(), label=_lazy("Measure that shows it"), required=False, empty_label=_lazy("None yet")
    )
    part = _choice(_lazy("Kind of measure"), Part.choices, _lazy("Not said"))
    course = _choice(_lazy("How far the idea is"), Course.choices)
    ticket = forms.ModelChoiceField(
        Ticket.objects.none(), label=_lazy("Ticket that tries it"), required=False, empty_label=_lazy("None yet")
    )

    def __init__(self, *args: Any, of: Driver | None = None, **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **kwargs)

    def offer(self) -> None:
        """Measures of the unit's board, open tickets of its line; only what can stand here."""
        row = self.row
        assert row is None or isinstance(row, Driver)
        above = self.of or (row.of if row else None)
        fits = rules.BELOW[above.place] if above is not None else (Place.PRIMARY,)
        if row is not None or len(fits) == 1:
            del self.fields["place"]
            self.stands: str = row.place if row is not None else fits[0]
        else:
            field = self.fields["place"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(place.value, place.label) for place in fits]
            self.stands = ""
        if self.stands in {Place.PRIMARY, Place.SECONDARY}:
            del self.fields["course"], self.fields["ticket"]
        else:
            own = self.paper.ticket
            tickets = Ticket.objects.filter(organisation=own.organisation_id, unit__path__startswith=own.unit.path)
            offered = tickets.open().exclude(pk=own.pk)
            if row is not None and row.ticket_id is not None:
                offered |= Ticket.objects.filter(pk=row.ticket_id)
            self.choose_from("ticket", offered.distinct().order_by("number"))
            chosen = self.fields["ticket"]
            assert isinstance(chosen, forms.ModelChoiceField)
            chosen.label_from_instance = lambda obj: f"{obj.number} {obj.title}"  # type: ignore[method-assign]
        measures = Measure.objects.filter(placements__unit=self.paper.ticket.unit_id)
        if row is not None and row.measure_id is not None:
            measures |= Measure.objects.filter(pk=row.measure_id)
        self.choose_from("measure", measures.distinct().order_by("name"))

    def values(self) -> dict[str, Any]:
        """What was typed; where only one place is left it stands there."""
        said = super().values()
        said.setdefault("place", self.stands)
        if said["place"] != Place.IDEA:
            said.pop("course", None)
            said.pop("ticket", None)
        return said


FORMS: Final[dict[str, type[RowForm]]] = {
    Section.CAUSES: CauseForm,
    Section.COUNTERMEASURES: CountermeasureForm,
    Section.PLAN: StepForm,
    Section.DRIVERS: DriverForm,
}


class HeadForm(PlainForm):
    """What stands over the sections, and which are there."""

    sponsor = forms.ModelChoiceField(
        User.objects.none(), label=_lazy("Sponsor"), required=False, empty_label=_lazy("Nobody yet")
    )
    balancing = forms.ModelChoiceField(
        Measure.objects.none(),
        label=_lazy("Balancing measure"),
        required=False,
        empty_label=_lazy("None yet"),
        help_text=_lazy("What must not get worse meanwhile. Results show it beside the other."),
    )
    goal_from = NumberField(
        label=pgettext_lazy("number", "From"),
        required=False,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )
    goal_to = NumberField(
        label=pgettext_lazy("number", "To"),
        required=False,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )
    goal_by = _day(pgettext_lazy("day", "By"))
    audit_on = _day(_lazy("Somebody looks again on"))
    sections = forms.MultipleChoiceField(
        label=_lazy("Sections"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        said: dict[str, Any] = {
            name: getattr(paper, name) for name in Head.__dataclass_fields__ if name != "left_out"
        } | {"sections": [s.value for s in rules.sections_of(paper.form, paper.left_out)]}
        super().__init__(*args, **{"initial": said, **kwargs})
        self.paper = paper
        sponsor, sections = self.fields["sponsor"], self.fields["sections"]
        assert isinstance(sponsor, forms.ModelChoiceField)
        assert isinstance(sections, forms.MultipleChoiceField)
        sponsor.queryset = _people(paper, paper.sponsor_id)
        balancing = self.fields["balancing"]
        assert isinstance(balancing, forms.ModelChoiceField)
        balancing.queryset = _balancing(paper)
        sections.choices = [(s.value, s.label) for s in rules.SECTIONS[paper.form]]

    def clean(self) -> dict[str, Any]:
        """A goal is better than where it begins, and lies ahead of the page's beginning."""
        said = super().clean() or self.cleaned_data
        first, last, measure = said.get("goal_from"), said.get("goal_to"), self.paper.ticket.measure
        if measure is not None and first is not None and last is not None:
            if measure.direction == Direction.LOWER and last > first:
                self.add_error("goal_to", _("Less is better here: this goal is worse than where it begins."))
            if measure.direction == Direction.HIGHER and last < first:
                self.add_error("goal_to", _("More is better here: this goal is worse than where it begins."))
        by = said.get("goal_by")
        if by is not None and by != self.paper.goal_by and by < self.paper.created_at.date():
            self.add_error("goal_by", _("This day lies before the page was begun."))
        return said

    def head(self) -> Head:
        """What was typed."""
        said = self.cleaned_data
        stay = set(said["sections"])
        return Head(
            left_out=frozenset(s for s in rules.SECTIONS[self.paper.form] if s.value not in stay),
            **{name: said[name] for name in Head.__dataclass_fields__ if name != "left_out"},
        )
