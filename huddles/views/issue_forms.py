"""The forms of what can be done with an issue, filled with what makes sense there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.forms import CharField
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from boards.models import Letter
from huddles.forms import issues as forms
from huddles.models import Choice, Issue
from huddles.queries import issues_people
from huddles.queries.issues_people import Ways
from huddles.queries.strata import groups_of
from huddles.queries.terms import Terms
from huddles.rules.issues import Act, Ask, ChoiceKind, Outcome, Size, Status, Urgency, Verdict
from org.forms.plain import PlainForm

#: Acts in the order in which they are offered, with the words of their button and the key that opens them.
OFFERED: Final[Mapping[Act, tuple[Any, str]]] = {
    Act.CONFIRM: (_("Say whether it is solved"), "c"),
    Act.READ_OUT: (_("It was read out"), ""),
    Act.ACKNOWLEDGE: (_("Take it"), "t"),
    Act.RESUME: (_("Take it up again"), "t"),
    Act.ANSWER: (_("Answer"), "a"),
    Act.FINISH: (_("It is done"), "d"),
    Act.ESCALATE: (_("Send up"), "e"),
    Act.REOPEN: (_("Not solved"), ""),
    Act.UNMERGE: (_("Separate again"), ""),
    Act.ASSIGN: (_("Give to somebody"), "g"),
    Act.DELEGATE: (_("Hand down"), ""),
    Act.TRANSFER: (_("Hand sideways"), "s"),
    Act.PARK: (_("Park"), "p"),
    Act.DECLINE: (_("Not possible"), ""),
    Act.COPY: (_("Let somebody know"), ""),
    Act.MERGE: (_("Join with another"), "m"),
    Act.EDIT: (_("Change the words"), ""),
}
#: Status → what comes next and stands first; everything else waits behind "More".
FIRST: Final[Mapping[Status, tuple[Act, ...]]] = {
    Status.RAISED: (Act.ACKNOWLEDGE, Act.ANSWER, Act.FINISH, Act.ESCALATE),
    Status.ACKNOWLEDGED: (Act.ANSWER, Act.FINISH, Act.ESCALATE),
    Status.ANSWERED: (Act.FINISH, Act.READ_OUT),
    Status.DONE: (Act.CONFIRM, Act.READ_OUT),
    Status.PARKED: (Act.RESUME, Act.DECLINE),
    Status.MERGED: (Act.CONFIRM, Act.READ_OUT, Act.UNMERGE),
    Status.CONFIRMED: (Act.REOPEN,),
    Status.UNCONFIRMED: (Act.CONFIRM, Act.REOPEN),
}
FORMS: Final[Mapping[Act, type[PlainForm]]] = {
    Act.ASSIGN: forms.AssignForm,
    Act.ESCALATE: forms.EscalateForm,
    Act.DELEGATE: forms.HandForm,
    Act.TRANSFER: forms.HandForm,
    Act.COPY: forms.CopyForm,
    Act.PARK: forms.ParkForm,
    Act.ANSWER: forms.AnswerForm,
    Act.DECLINE: forms.DeclineForm,
    Act.FINISH: forms.FinishForm,
    Act.CONFIRM: forms.ConfirmForm,
    Act.REOPEN: forms.ReopenForm,
    Act.MERGE: forms.MergeForm,
    Act.EDIT: forms.EditForm,
    Act.CHECK_ADD: forms.CheckInForm,
    Act.CHECK_MOVE: forms.MoveCheckInForm,
    Act.CHECK_DROP: forms.DropCheckInForm,
    Act.CHECK_IN: forms.LookForm,
}
#: What the origin is asked about an honest no.
_ACCEPT: Final = _("Say whether it is accepted")
#: One tap, nothing to fill in.
AT_ONCE: Final = frozenset({Act.ACKNOWLEDGE, Act.RESUME, Act.READ_OUT, Act.UNMERGE})
_LOOK_AGAIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offer:
    """An act on the page: its button, its form, whether it stands open.

    Without a form it is one tap; or, where it is `folded`, the form comes when somebody asks for it: most of the many
    are never opened.
    """

    act: str
    name: str
    url: str
    key: str
    form: PlainForm | None
    primary: bool
    open: bool
    folded: bool


@dataclass(slots=True)
class Desk:
    """What the forms of one page share: read once, when the first of them asks."""

    issue: Issue
    terms: Terms
    now: datetime
    _ways: Ways | None = None

    @property
    def ways(self) -> Ways:
        """Where the issue can go."""
        if self._ways is None:
            self._ways = issues_people.ways_from(self.issue, self.terms)
        return self._ways

    def form(self, act: Act, data: QueryDict | None = None) -> PlainForm:
        """The form of `act`, ready to be shown or read."""
        kind = FORMS.get(act, forms.PlainAct)
        form = kind(data, prefix=act.value, auto_id="id_%s", initial=self._initial(act))
        fill = _FILL.get(act)
        if fill is not None:
            fill(self, form)
        return form

    def choices(self, kind: ChoiceKind) -> Any:
        """Words of a list that are in use."""
        found = Choice.objects.filter(organisation=self.issue.organisation_id, kind=kind, is_active=True)
        return found.order_by("position", "name")

    def _initial(self, act: Act) -> dict[str, Any]:
        issue, now = self.issue, self.now
        if act == Act.ESCALATE:
            return {"ask": Ask.DECISION, "needed_by": _needed_by(self.terms, now)}
        if act == Act.PARK:
            return {"look_again_on": (now + _LOOK_AGAIN).astimezone(self.terms.zone).date()}
        if act == Act.ANSWER:
            due_at = issue.due_at if issue.due_at and issue.due_at > now else self.terms.due(issue.size, now)
            # The end of a day is midnight of the next; people say 18:00.
            end = due_at - timedelta(hours=6) if due_at != issue.due_at else due_at
            return {
                "outcome": issue.outcome or "decided",
                "tell_staff": issue.tell_staff,
                "due_at": max(end, now + timedelta(hours=1)),
                "size": issue.size,
                "look_every": self.terms.level.check_in_days,
            }
        if act == Act.CONFIRM:
            return {"verdict": Verdict.SOLVED}
        return forms.initial_words(issue) if act == Act.EDIT else {}


def _needed_by(terms: Terms, now: datetime) -> datetime:
    """The usual wish: as soon as the next tier has answered by its own clock, on a full hour."""
    at = terms.answer_by(now).astimezone(terms.zone)
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _fill_owner(desk: Desk, form: Any) -> None:
    form.fields["owner"].queryset = issues_people.possible_owners(desk.issue)


def _fill_escalate(desk: Desk, form: Any) -> None:
    form.fields["cannot"].queryset = desk.choices(ChoiceKind.CANNOT)
    form.fields["needed_by"].zone = desk.terms.zone
    form.fields["to"].offer(desk.ways.above)


def _fill_answer(desk: Desk, form: Any) -> None:
    form.fields["due_at"].zone = desk.terms.zone
    if desk.issue.size != Size.BIG:
        days = desk.terms.level.big_days
        hint = ngettext("Left as it is, a big issue has %(n)s day.", "Left as it is, a big issue has %(n)s days.", days)
        form.fields["due_at"].help_text = hint % {"n": days}
    _fill_owner(desk, form)


def _fill_park(desk: Desk, form: Any) -> None:
    form.fields["reason"].queryset = desk.choices(ChoiceKind.PARK)


def _fill_edit(desk: Desk, form: Any) -> None:
    form.fields["category"].queryset = desk.choices(ChoiceKind.CATEGORY)
    form.fields["letter"].queryset = Letter.objects.filter(organisation=desk.issue.organisation_id)
    forms.offer_groups(form, groups_of(desk.issue.organisation_id), desk.issue.groups)
    if desk.issue.urgency != Urgency.GAP:  # the clocks of gaps are for what a rule has raised
        form.fields["urgency"].choices = [each for each in Urgency.choices if each[0] != Urgency.GAP]


_FILL: Final[Mapping[Act, Callable[[Desk, Any], None]]] = {
    Act.ASSIGN: _fill_owner,
    Act.ESCALATE: _fill_escalate,
    Act.DELEGATE: lambda desk, form: form.fields["to"].offer(desk.ways.below, str(_("Choose a unit"))),
    Act.TRANSFER: lambda desk, form: form.fields["to"].offer(desk.ways.sideways, str(_("Choose a unit"))),
    Act.COPY: lambda desk, form: form.fields["unit"].offer(desk.ways.all, str(_("Choose a unit"))),
    Act.PARK: _fill_park,
    Act.ANSWER: _fill_answer,
    Act.EDIT: _fill_edit,
}


def words_of(act: Act, sent: QueryDict) -> list[str]:
    """What somebody wrote in the form of `act`, in their own words."""
    fields = FORMS.get(act, forms.PlainAct).base_fields
    written = (sent.get(f"{act}-{name}", "").strip() for name, field in fields.items() if type(field) is CharField)
    return [words for words in written if words]


def offers(
    desk: Desk, allowed: frozenset[Act], *, failed: PlainForm | None = None, wanted: Act | None = None
) -> tuple[list[Offer], list[Offer]]:
    """What somebody may do: what comes next, and the rest. `failed` is a form with errors, shown as it was sent;
    `wanted` stands open.
    """
    first = FIRST[Status(desk.issue.status)]
    declined = (desk.issue.merged_into or desk.issue).outcome == Outcome.DECLINED
    next_steps: list[Offer] = []
    more: list[Offer] = []
    for act in [*first, *(one for one in OFFERED if one not in first)]:
        if act not in allowed or not _makes_sense(desk, act):
            continue
        name, key = OFFERED[act]
        folded = act not in first and act not in AT_ONCE and act != wanted
        form = None if folded or act in AT_ONCE else desk.form(act)
        if failed is not None and wanted == act:
            form = failed
        offer = Offer(
            act=act.value,
            name=str(_ACCEPT if act == Act.CONFIRM and declined else name),
            url=reverse("huddles:issue-act", args=[desk.issue.pk, act.value]),
            key=key,
            form=form,
            primary=not next_steps,
            open=wanted == act,
            folded=folded,
        )
        (next_steps if act in first else more).append(offer)
    if not next_steps and len(more) == 1:
        return more, []  # nothing to fold away
    return next_steps, more


def _makes_sense(desk: Desk, act: Act) -> bool:
    if act == Act.ESCALATE:
        return not desk.terms.is_top
    if act == Act.DELEGATE:
        return bool(desk.ways.below)
    if act == Act.REOPEN:
        return desk.issue.status in {Status.CONFIRMED, Status.UNCONFIRMED}
    if act == Act.UNMERGE:
        return desk.issue.merged_into_id is not None
    return True
