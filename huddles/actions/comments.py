"""Words beside an issue, and drawing somebody in."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history
from huddles.actions.issues.history import checked_text
from huddles.models import Comment, Issue
from huddles.queries import issues_people
from huddles.rules import issues as rules
from org.models import User
from org.rules import NotAllowed


@transaction.atomic
def comment(*, issue: Issue, text: str, uid: UUID, by: User, at: datetime, mention: Iterable[User] = ()) -> Comment:
    """Write beside an issue. The same `uid` again gives the comment that is there, and tells nobody a second time.

    Whoever is named after an @, or is in `mention`, is told if they may read the issue; others are not, and nobody
    learns whether they may. Raises NotAllowed for an empty or too long text.
    """
    issue = history.locked(issue)
    known = Comment.objects.filter(uid=uid, issue=issue).first()
    if known is not None:
        return known
    text = checked_text(text, rules.NOTE_LENGTH, required=_("Write something first."))
    written = Comment.objects.create(uid=uid, issue=issue, text=text, by=by, at=at)
    people = {person.pk: person for person in issues_people.readers(issue)} if "@" in text or mention else {}
    asked = {person.pk for person in issues_people.mentioned_in(text, people.values())}
    asked |= {person.pk for person in mention if person.pk in people}
    told = [people[pk] for pk in sorted(asked - {by.pk})]
    written.mentioned.set(told)
    for person in told:
        history.tell(issue, person, act="mention", dedup_key=f"issue-mention:{written.pk}:{person.pk}", at=at)
    history.record_beside("issue.commented", issue, by=by, at=at)
    return written


@transaction.atomic
def remove_comment(*, comment: Comment, by: User, at: datetime) -> Comment:
    """Take one's own words back: that there was a comment stays, its words go. Raises NotAllowed for another's."""
    issue = history.locked(comment.issue)
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    if comment.by_id != by.pk:
        raise NotAllowed(_("Only whoever wrote a comment removes it."))
    if comment.removed_at is None:
        comment.removed_at, comment.text = at, ""
        comment.save(update_fields=["removed_at", "text"])
        history.record_beside("issue.comment_removed", issue, by=by, at=at)
    return comment
