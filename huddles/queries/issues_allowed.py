"""What somebody may do with an issue now: the tables of `rules.issues`, and what they hold where it is and began."""

from typing import Final

from huddles.models import Confidant, Issue
from huddles.rules import issues as rules
from huddles.rules.issues import Act, Actor, Status
from org import access
from org.models import User
from org.rules import Permission

#: What would carry a confidential issue to people who are not named for it.
_OPENS_UP: Final = frozenset({Act.ESCALATE, Act.DELEGATE, Act.TRANSFER, Act.COPY, Act.MERGE, Act.READ_OUT})
#: What the origin of an issue that joined another one says about the whole, once that is so far.
_OF_THE_WHOLE: Final = frozenset({Act.CONFIRM, Act.REOPEN})


def allowed_acts(issue: Issue, user: User) -> frozenset[Act]:
    """The acts that `user` may do with `issue` as it stands. Its `origin`, `place` and `merged_into` are loaded.

    One statement where nothing is known about the person yet, one more for a confidential issue, and one for whoever
    told an issue that waits.
    """
    possible = set(rules.TRANSITIONS[Status(issue.status)])
    if issue.merged_into is not None:
        possible |= _OF_THE_WHOLE & set(rules.TRANSITIONS[Status(issue.merged_into.status)])
    if issue.status in {Status.DONE, Status.MERGED} and rules.closes(issue.verdict):
        possible.discard(Act.CONFIRM)  # said already; other origins have not
    if issue.read_out_at is not None or not (issue.merged_into or issue).outcome:
        possible.discard(Act.READ_OUT)  # done already, or nothing to read out yet
    if not rules.is_looked_at(issue.status, issue.size):
        possible -= rules.LOOKS
    actors = _hands_of_trust(issue, user) if issue.confidential else _hands(issue, user)
    possible -= _OPENS_UP if issue.confidential else set()
    if _is_untouched(issue, user):
        actors.add(Actor.TELLER)
    return frozenset(act for act in possible if rules.ACTORS[act] in actors or rules.UNTIL_TAKEN.get(act) in actors)


def _is_untouched(issue: Issue, user: User) -> bool:
    """Whether `user` told it and nobody has had it in hand since. Who gave no account told nothing that is known."""
    told = issue.raised_by_id is not None and issue.raised_by_id == user.pk and issue.status == Status.RAISED
    return told and not issue.events.filter(act__in=rules.TAKES).exists()


def _hands(issue: Issue, user: User) -> set[Actor]:
    actors = set()
    at_place = access.known_permissions_at(user, issue.place.path)
    if Permission.ISSUE_WORK in at_place or issue.owner_id == user.pk:
        actors.add(Actor.PLACE)
    if Permission.ISSUE_CONFIRM in access.known_permissions_at(user, issue.origin.path):
        actors.add(Actor.ORIGIN)
    return actors


def _hands_of_trust(issue: Issue, user: User) -> set[Actor]:
    """Of a confidential issue: who is named works with it, who told it says whether it is solved."""
    actors = set()
    if is_trusted(issue, user):
        actors.add(Actor.PLACE)
    if issue.raised_by_id == user.pk:
        actors.add(Actor.ORIGIN)
    return actors


def is_trusted(issue: Issue, user: User) -> bool:
    """Whether `user` is named to hear what is confidential in the organisation of `issue`."""
    return Confidant.objects.filter(organisation=issue.organisation_id, user=user).exists()


def may_raise(user: User) -> bool:
    """Whether `user` may raise an issue at some unit. No statement where access was asked before."""
    seats = access.remembered_seats_of(user)
    return any(Permission.ISSUE_RAISE in access.rules.ROLES[seat.role] for seat in seats)


def may_comment(issue: Issue, user: User) -> bool:
    """Whether `user`, who sees the issue, may write beside it and attach something: whoever may raise one near it,
    owns it or raised it.
    """
    if issue.raised_by_id == user.pk:
        return True
    if issue.confidential:
        return is_trusted(issue, user)
    return issue.owner_id == user.pk or may_raise(user)
