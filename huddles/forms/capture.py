"""Forms for telling what is wrong: two fields, everything else may stay out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from huddles.actions.issues.raising import Details
from huddles.forms.issues import SortedForm, UnitField, check_size, text
from huddles.rules import issues as rules
from huddles.rules.issues import Size, Urgency, Verdict
from org.forms.plain import PlainForm

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"


class ToldForm(PlainForm):
    """What everybody may tell."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    title = text(_("What is wrong?"), rules.TITLE_LENGTH, lines=1, enterkeyhint="send")
    detail = text(_("More about it"), rules.NOTE_LENGTH, required=False, lines=3)
    spot = text(_("Where exactly"), 80, required=False, lines=1, hint=_("Room, bed place, machine. No patient."))
    urgent = forms.BooleanField(label=_("Harm is possible now"), required=False)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_("Place, time and camera are taken out. No patients in the picture."),
        validators=[check_size],
    )
    confidential = forms.BooleanField(
        label=_("Tell it in confidence"),
        required=False,
        help_text=_("Only the people of trust named by the hospital read it: bias, harm by behavior, fear to speak."),
    )

    def say_who_reads(self, named: Sequence[str], *, names: bool) -> None:
        """Say beside the choice who reads what is told in confidence, by name where `names`. Where nobody is named, it
        cannot be chosen; what was chosen before stays chosen, so that nothing goes out openly by itself.
        """
        field = self.fields["confidential"]
        if not named:
            field.help_text = _(
                "Nobody is named yet to hear it, so nothing can be told in confidence here. Say it to somebody whom "
                "you trust, or ask an administrator to name people."
            )
            if not self["confidential"].value():
                field.widget.attrs["disabled"] = True
        elif names:
            field.help_text = format_lazy(
                _("Only {people} and you read it: bias, harm by behavior, fear to speak."), people=", ".join(named)
            )

    def ask_for_picture_again(self) -> None:
        """After a refusal: a page cannot keep a chosen file, so its field says that it has to be chosen again."""
        if self.errors and "picture" in self.files and "picture" not in self.errors:
            self.add_error("picture", _("Choose the picture again: it was not sent with the rest."))

    def picture_of(self) -> tuple[bytes, str] | None:
        """The picture that came with it, and its name."""
        sent: Any = self.cleaned_data["picture"]
        return None if sent is None else (sent.read(), sent.name)

    @property
    def sent_id(self) -> UUID:
        """What makes sending twice harmless."""
        found: UUID = self.cleaned_data["client_id"]
        return found


class WordForm(PlainForm):
    """What whoever told it without an account says about what was done."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    line = text(
        _("A line for the unit"), rules.LOOK_LENGTH, required=False, lines=1, hint=_("May stay empty. No patients.")
    )


class CodeForm(ToldForm):
    """Telling without an account."""

    reporter = text(_("Your name"), 80, required=False, lines=1, hint=_("May stay empty."))

    def details(self) -> Details:
        """What was said besides what is wrong and where."""
        said = self.cleaned_data
        return Details(
            detail=said["detail"],
            spot=said["spot"],
            urgency=Urgency.URGENT if said["urgent"] else Urgency.ROUTINE,
            reporter=said["reporter"],
            confidential=said["confidential"],
        )


class CaptureForm(ToldForm, SortedForm):
    """Telling with an account."""

    field_order = ("client_id", "title", "detail", "spot", "urgent", "picture", "confidential", "unit", "size", "tried")

    unit = UnitField(label=_("Where?"))
    size = forms.ChoiceField(label=_("What it takes"), choices=Size.choices, required=False, widget=forms.RadioSelect)
    tried = text(_("What was tried or done"), rules.NOTE_LENGTH, required=False)

    def details(self) -> Details:
        """What was said besides what is wrong and where."""
        said = self.cleaned_data
        return Details(
            detail=said["detail"],
            tried=said["tried"],
            spot=said["spot"],
            urgency=Urgency.URGENT if said["urgent"] else Urgency.ROUTINE,
            size=Size(said["size"] or Size.UNSORTED),
            recurring=said["recurring"],
            people_touched=said["people_touched"],
            harm=said["harm"],
            groups=said.get("groups", ()),
            letter=said["letter"],
            category=said["category"],
            first_seen_on=said["first_seen_on"],
            confidential=said["confidential"],
        )
