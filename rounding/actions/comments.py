"""Comments on rounds after they were written: taken back or corrected by whoever wrote them, read by whoever led."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from org import audit
from org.models import User
from org.rules import NotAllowed
from rounding.models import CommentsRead, Round, RoundComment
from rounding.rules import rounds


@transaction.atomic
def correct(*, comment: RoundComment, text: str, by: User, at: datetime) -> None:
    """Give a comment of one's own other words. Raises NotAllowed for somebody else's and once its time is over."""
    _own(comment, by)
    if at > comment.at + rounds.CORRECTED_WITHIN:
        raise NotAllowed(_("It can be corrected for 15 minutes. Take it back and say it anew."), field="text")
    words = checked_text(text, rounds.COMMENT_LENGTH, field="text")
    if not words:
        raise NotAllowed(_("Write what you want to say."), field="text")
    if words != comment.text:
        comment.text = words
        comment.save(update_fields=["text"])
        _record("round.comment_corrected", comment, by, at)


@transaction.atomic
def take_back(*, comment: RoundComment, by: User, at: datetime) -> None:
    """Take a comment of one's own away, whoever has read it by then. Raises NotAllowed for somebody else's."""
    _own(comment, by)
    _record("round.comment_taken_back", comment, by, at)
    comment.delete()


@transaction.atomic
def read(*, of_round: Round, by: User, at: datetime) -> None:
    """Whoever leads the round has looked at what others said to it. For anybody else nothing is kept."""
    if by.pk in (of_round.leader_id, of_round.partner_id):
        CommentsRead.objects.update_or_create(round=of_round, person=by, defaults={"at": at})


def _own(comment: RoundComment, by: User) -> None:
    if comment.by_id != by.pk:
        raise NotAllowed(_("Somebody else has said this."))


def _record(verb: str, comment: RoundComment, by: User, at: datetime) -> None:
    of_round = comment.round
    audit.record(
        verb,
        subject=of_round,
        by=by,
        at=at,
        organisation_id=of_round.organisation_id,
        unit_id=of_round.unit_id,
        facts={},
    )
