"""Forms of what can be done with an issue. They read what was typed; what is allowed the actions say."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from boards.models import Letter
from huddles.actions.attachments import MAX_BYTES
from huddles.models import Choice, Issue
from huddles.queries import strata
from huddles.queries.strata import Group
from huddles.rules import issues as rules
from huddles.rules.issues import Ask, Harm, Outcome, Seen, Size, Urgency, Verdict
from org.forms.plain import PlainForm
from org.models import Unit, User


class WhenField(forms.Field):
    """A moment on the clock of a place. Gives an aware time; set `zone` before use."""

    zone: tzinfo

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}), **kwargs})

    def to_python(self, value: str | None) -> datetime | None:
        """The moment; ValidationError for what is none."""
        if not value:
            return None
        try:
            read = datetime.fromisoformat(value)
            return read if read.tzinfo else read.replace(tzinfo=self.zone)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Give day and time.")) from error

    def prepare_value(self, value: Any) -> Any:
        """What the field shows of an aware time."""
        return value.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


def text(
    label: Any, most: int, *, required: bool = True, lines: int = 2, hint: Any = "", **attrs: str
) -> forms.CharField:
    """A field of some lines, or of one."""
    given = {"autocomplete": "off", **attrs}
    widget = forms.Textarea(attrs={"rows": lines, **given}) if lines > 1 else forms.TextInput(attrs=given)
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, help_text=hint)


def check_size(sent: UploadedFile) -> None:
    """Refuse a file that is too large before anybody reads it. Raises ValidationError."""
    if (sent.size or 0) > MAX_BYTES:
        raise forms.ValidationError(_("This file is larger than 10 MB."))


def day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day on the calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )


class GroupsInput(forms.CheckboxSelectMultiple):
    """Boxes to tick, folded by their dimension; one in which something is ticked stands open."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - as every widget
        """The boxes."""
        chosen = set(value or ())
        parts = [
            (part, [(key, text, key in chosen) for key, text in options], any(key in chosen for key, _text in options))
            for part, options in self.choices
        ]
        return render_to_string("issues/groups.html", {"name": name, "parts": parts, "open": bool(chosen)})


def groups_field() -> forms.MultipleChoiceField:
    """Groups of patients, by name; `offer_groups` fills it."""
    return forms.MultipleChoiceField(
        label=_("Groups of patients it touches"),
        required=False,
        widget=GroupsInput,
        help_text=_("Named, never counted: beside a group a small number of people is not kept."),
    )


def harm_field() -> forms.ChoiceField:
    """What it has done to people so far."""
    return forms.ChoiceField(
        label=_("Harm so far"), required=False, choices=[("", _("Not said")), *Harm.choices], widget=forms.RadioSelect
    )


def offer_groups(form: forms.Form, groups: Sequence[Group], kept: Sequence[str] = ()) -> None:
    """Offer these groups; a house that names none is not asked."""
    choices = strata.choices(groups, kept)
    if choices:
        form.fields["groups"].choices = choices  # type: ignore[attr-defined]
    else:
        del form.fields["groups"]


class UnitField(forms.ModelChoiceField):
    """A choice of units that were found before; no statement of its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), **kwargs)
        self.units: dict[str, Unit] = {}

    def offer(self, units: Sequence[Unit], first: str | None = None) -> None:
        """Offer these units, with their tier; `first` is the words of an empty choice."""
        self.units = {str(unit.pk): unit for unit in units}
        named = [(str(unit.pk), f"{unit.name} · {unit.tier.name}") for unit in units]
        self.widget.choices = named if first is None else [("", first), *named]

    def to_python(self, value: Any) -> Unit | None:
        """The unit; ValidationError for one that was not offered."""
        if value in self.empty_values:
            return None
        found = self.units.get(str(value))
        if found is None:
            raise forms.ValidationError(_("Choose one of these units."))
        return found


class PlainAct(PlainForm):
    """An act that asks for nothing."""


class AssignForm(PlainForm):
    """Giving an issue to one person."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("To whom"), empty_label=_("Choose somebody"))
    note = text(_("A word for them"), rules.NOTE_LENGTH, required=False)


class EscalateForm(PlainForm):
    """Sending up: why, what is asked, by when."""

    cannot = forms.ModelChoiceField(
        Choice.objects.none(), label=_("Why can it not be solved here?"), empty_label=_("Choose a reason")
    )
    ask = forms.ChoiceField(label=_("What do you ask for?"), choices=Ask.choices, widget=forms.RadioSelect)
    asked = text(
        _("The ask in one line"), 200, lines=1, hint=_("“Ten IV pumps by noon.” What shall they decide, give or do?")
    )
    needed_by = WhenField(label=_("Needed by"))
    to = UnitField(label=_("To"), required=False, help_text=_("The next tier, unless you skip one."))
    note = text(_("Why a tier is skipped, or what else they should know"), rules.NOTE_LENGTH, required=False)


class HandForm(PlainForm):
    """Handing an issue to a unit below or beside."""

    to = UnitField(label=_("To"))
    note = text(_("What shall they do?"), rules.NOTE_LENGTH)


class CopyForm(PlainForm):
    """Letting a unit know."""

    unit = UnitField(label=_("Who shall know?"), help_text=_("They can read it. It stays where it is."))


class ParkForm(PlainForm):
    """Putting an issue on the parking lot."""

    reason = forms.ModelChoiceField(
        Choice.objects.none(), label=_("Why does it wait?"), empty_label=_("Choose a reason")
    )
    look_again_on = day(_("Look at it again on"))
    note = text(_("What does it wait for?"), rules.NOTE_LENGTH, required=False)


class AnswerForm(PlainForm):
    """Answering."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(o.value, o.label) for o in (Outcome.DECIDED, Outcome.RESOURCED, Outcome.WATCHED)],
        widget=forms.RadioSelect,
    )
    tell_staff = text(
        _("What staff will hear, in one plain sentence"),
        rules.TELL_STAFF_LENGTH,
        hint=_("It is read out where this began: “Twelve pumps come at 15:00.”"),
    )
    due_at = WhenField(label=_("Done by"))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who does it"), required=False, empty_label=_("I do"))
    size = forms.ChoiceField(label=_("What it takes"), choices=Size.choices, required=False)
    look_every = forms.IntegerField(
        label=_("A big issue is looked at every … days"),
        required=False,
        min_value=1,
        max_value=60,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("The days stand on its page then: move them, take them off, add others."),
    )

    def clean(self) -> dict[str, Any]:
        """What becomes big, and for which nobody has chosen another day, is promised for the day that fits its size."""
        said = super().clean() or {}
        grows = said.get("size") == Size.BIG and self.initial.get("size") != Size.BIG
        if grows and "due_at" not in self.changed_data:
            said["due_at"] = None
        return said


class CheckInForm(PlainForm):
    """Planning a day on which a big issue is looked at."""

    day = day(_("Day"))
    look_at = text(_("What will be looked at"), rules.LOOK_LENGTH, required=False, lines=1)


class MoveCheckInForm(CheckInForm):
    """Moving such a day."""

    check_in = forms.IntegerField(widget=forms.HiddenInput)


class DropCheckInForm(PlainForm):
    """Taking such a day off."""

    check_in = forms.IntegerField(widget=forms.HiddenInput)


class LookForm(PlainForm):
    """Saying what was seen."""

    check_in = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.ChoiceField(label=_("What you see"), choices=Seen.choices, widget=forms.RadioSelect)
    line = text(_("What you see, in one line"), rules.LOOK_LENGTH, required=False, lines=1)


class DeclineForm(PlainForm):
    """An honest no."""

    tell_staff = text(
        _("Why it is not possible, in one plain sentence"),
        rules.TELL_STAFF_LENGTH,
        hint=_("Staff hear it as you write it. Where it began they may say that it must be looked at again."),
    )


class FinishForm(PlainForm):
    """Saying that it is done."""

    note = text(
        _("What was done, in one plain sentence"),
        rules.TELL_STAFF_LENGTH,
        required=False,
        hint=_("Not closed yet: where it began they say whether it is solved."),
    )


class ConfirmForm(PlainForm):
    """The word of the origin."""

    verdict = forms.ChoiceField(label=_("Is it solved?"), choices=Verdict.choices, widget=forms.RadioSelect)
    note = text(_("What is left, or what helped"), rules.NOTE_LENGTH, required=False)


class ReopenForm(PlainForm):
    """Saying that it is not solved."""

    note = text(_("What is not solved?"), rules.NOTE_LENGTH)


class NumberField(forms.IntegerField):
    """The number of an issue, as people write it: 149 or #149."""

    def to_python(self, value: Any) -> int | None:
        """The number; ValidationError for what is none."""
        return super().to_python(value.strip().removeprefix("#") if isinstance(value, str) else value)


class MergeForm(PlainForm):
    """Joining with another issue, by its number."""

    into = NumberField(
        label=_("Number of the other issue"),
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off"}),
        help_text=_("This one becomes part of it: one answer, and both units confirm."),
    )


class SortedForm(PlainForm):
    """What helps to sort an issue; nobody has to say it."""

    category = forms.ModelChoiceField(
        Choice.objects.none(), label=_("What it is about"), required=False, empty_label=_("Not sorted")
    )
    letter = forms.ModelChoiceField(Letter.objects.none(), label=_("Letter"), required=False, empty_label=_("None"))
    people_touched = forms.IntegerField(
        label=_("People affected, about"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    groups = groups_field()
    harm = harm_field()
    first_seen_on = day(_("First seen on"), required=False)
    recurring = forms.BooleanField(label=_("It keeps coming back"), required=False)


class EditForm(SortedForm):
    """The words of an issue. `revision` tells whether somebody else has changed it meanwhile."""

    field_order = ("revision", "title", "detail", "tried", "spot", "urgency", "size")

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = text(_("What is wrong?"), rules.TITLE_LENGTH, lines=1)
    detail = text(_("More about it"), rules.NOTE_LENGTH, required=False, lines=3)
    tried = text(_("What was tried"), rules.NOTE_LENGTH, required=False)
    spot = text(_("Where exactly"), 80, required=False, lines=1)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    size = forms.ChoiceField(label=_("What it takes"), choices=Size.choices)


def initial_words(issue: Issue) -> dict[str, Any]:
    """What the form of words shows of an issue."""
    return {name: getattr(issue, name) for name in EditForm.base_fields}


class CommentForm(PlainForm):
    """Words beside an issue."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    text = text(_("Write beside it"), rules.NOTE_LENGTH, hint=_("@ and a name asks somebody. No patients."))
    mention = forms.ModelChoiceField(
        User.objects.none(), label=_("Ask somebody"), required=False, empty_label=_("Nobody in particular")
    )


class AttachmentForm(PlainForm):
    """A picture or a document."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Picture or PDF"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif,application/pdf"}),
        help_text=_("At most 10 MB. Place, time and camera are taken out of pictures. No patients in the picture."),
        validators=[check_size],
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty.")},
    )
