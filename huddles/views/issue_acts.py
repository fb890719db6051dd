"""What each act of the page of an issue does: one call of an action, and the sentence that follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Issue
from huddles.rules.issues import Act, Seen, Size, Urgency
from org.models import User
from org.rules import NotAllowed


@dataclass(frozen=True, slots=True)
class Undo:
    """How an act is taken back: another act, with these fields."""

    act: str
    fields: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what to an issue, with what they said."""

    issue: Issue
    said: Mapping[str, Any]
    by: User
    at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """The issue as it stands after an act, the sentence that is shown, and the way back where there is one."""

    issue: Issue
    sentence: str
    undo: Undo | None = None


def do(act: Act, doing: Doing) -> Done:
    """Let `act` happen. Raises NotAllowed."""
    return _ACTS[act](doing)


def _acknowledge(doing: Doing) -> Done:
    before = doing.issue.owner_id
    issue = issues.acknowledge(issue=doing.issue, by=doing.by, at=doing.at)
    undo = Undo(Act.ASSIGN, {"assign-owner": before}) if before != doing.by.pk else None
    return Done(issue, _("You have it now."), undo)


def _assign(doing: Doing) -> Done:
    before = doing.issue.owner_id
    issue = issues.assign(
        issue=doing.issue, owner=doing.said["owner"], note=doing.said["note"], by=doing.by, at=doing.at
    )
    sentence = _("%(name)s has it now.") % {"name": doing.said["owner"]}
    return Done(issue, sentence, Undo(Act.ASSIGN, {"assign-owner": before}))


def _escalate(doing: Doing) -> Done:
    issue = issues.escalate(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Sent to %(unit)s. %(name)s owns it.") % {"unit": issue.place.name, "name": issue.owner})


def _delegate(doing: Doing) -> Done:
    issue = issues.delegate(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Handed to %(unit)s. %(name)s owns it.") % {"unit": issue.place.name, "name": issue.owner})


def _transfer(doing: Doing) -> Done:
    issue = issues.transfer(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Handed to %(unit)s. %(name)s owns it.") % {"unit": issue.place.name, "name": issue.owner})


def _copy(doing: Doing) -> Done:
    issue = issues.copy_to(issue=doing.issue, unit=doing.said["unit"], by=doing.by, at=doing.at)
    return Done(issue, _("%(unit)s can read it now.") % {"unit": doing.said["unit"].name})


def _park(doing: Doing) -> Done:
    issue = issues.park(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Parked. It comes back by itself."), Undo(Act.RESUME, {}))


def _resume(doing: Doing) -> Done:
    return Done(issues.resume(issue=doing.issue, by=doing.by, at=doing.at), _("Taken up again."))


def _answer(doing: Doing) -> Done:
    said = {**doing.said, "size": Size(doing.said["size"] or doing.issue.size)}
    issue = issues.answer(issue=doing.issue, **said, by=doing.by, at=doing.at)
    return Done(issue, _("Answered. %(unit)s hears it at the next huddle.") % {"unit": issue.origin.name})


def _decline(doing: Doing) -> Done:
    issue = issues.decline(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("%(unit)s hears why it is not possible.") % {"unit": issue.origin.name})


def _finish(doing: Doing) -> Done:
    issue = issues.finish(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Done. %(unit)s says whether it is solved.") % {"unit": issue.origin.name})


def _read_out(doing: Doing) -> Done:
    return Done(issues.read_out(issue=doing.issue, by=doing.by, at=doing.at), _("Read out."))


def _confirm(doing: Doing) -> Done:
    issue = issues.confirm(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Thank you: your word stands in its history."))


def _reopen(doing: Doing) -> Done:
    issue = issues.reopen(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    return Done(issue, _("Reopened. Whoever did it has it again."))


def _merge(doing: Doing) -> Done:
    into = (
        Issue.objects.visible_to(doing.by)
        .filter(organisation=doing.issue.organisation_id, number=doing.said["into"])
        .first()
    )
    if into is None:
        raise NotAllowed(_("No issue that you can see has this number."), field="into")
    issue = issues.merge(issue=doing.issue, into=into, by=doing.by, at=doing.at)
    return Done(issue, _("It is part of #%(number)s now.") % {"number": into.number}, Undo(Act.UNMERGE, {}))


def _unmerge(doing: Doing) -> Done:
    return Done(issues.unmerge(issue=doing.issue, by=doing.by, at=doing.at), _("It stands by itself again."))


def _plan_check_in(doing: Doing) -> Done:
    return Done(issues.plan_check_in(issue=doing.issue, **doing.said, by=doing.by, at=doing.at), _("Planned."))


def _move_check_in(doing: Doing) -> Done:
    return Done(issues.move_check_in(issue=doing.issue, **doing.said, by=doing.by, at=doing.at), _("Moved."))


def _drop_check_in(doing: Doing) -> Done:
    return Done(issues.drop_check_in(issue=doing.issue, **doing.said, by=doing.by, at=doing.at), _("Taken off."))


def _look_in(doing: Doing) -> Done:
    issue = issues.look_in(issue=doing.issue, **doing.said, by=doing.by, at=doing.at)
    said = {
        Seen.ON_TRACK: _("Noted: on track."),
        Seen.NEEDS_HELP: _("Noted. Whoever leads here is told that it needs help."),
        Seen.DONE: _("Done. %(unit)s says whether it is solved.") % {"unit": issue.origin.name},
    }
    return Done(issue, said[doing.said["seen"]])


def _edit(doing: Doing) -> Done:
    said = dict(doing.said)
    title, revision = said.pop("title"), said.pop("revision")
    said["urgency"], said["size"] = Urgency(said["urgency"]), Size(said["size"])
    details = Details(**said)
    issue = issues.edit(issue=doing.issue, title=title, details=details, revision=revision, by=doing.by, at=doing.at)
    return Done(issue, _("The words are changed."))


_ACTS: Final[Mapping[Act, Callable[[Doing], Done]]] = {
    Act.ACKNOWLEDGE: _acknowledge,
    Act.ASSIGN: _assign,
    Act.ESCALATE: _escalate,
    Act.DELEGATE: _delegate,
    Act.TRANSFER: _transfer,
    Act.COPY: _copy,
    Act.PARK: _park,
    Act.RESUME: _resume,
    Act.ANSWER: _answer,
    Act.DECLINE: _decline,
    Act.FINISH: _finish,
    Act.READ_OUT: _read_out,
    Act.CONFIRM: _confirm,
    Act.REOPEN: _reopen,
    Act.MERGE: _merge,
    Act.UNMERGE: _unmerge,
    Act.EDIT: _edit,
    Act.CHECK_ADD: _plan_check_in,
    Act.CHECK_MOVE: _move_check_in,
    Act.CHECK_DROP: _drop_check_in,
    Act.CHECK_IN: _look_in,
}
#: What can be asked for by an address.
BY_HAND: Final = frozenset(_ACTS)
