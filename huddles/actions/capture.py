"""Telling what is wrong: from a page, by the code at a unit, or "it is the same: add me"."""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from huddles.actions import attachments, issues
from huddles.actions.issues.raising import Details
from huddles.models import CaptureCode, Issue
from huddles.rules.issues import Size, Source, Status
from org import audit
from org.models import Unit, User
from org.rules import NotAllowed
from org.tokens import token_hash

#: An identifier that somebody else's issue has: never met by chance.
_SENT: Final = _("This was sent before, by somebody else. Open the page again.")
#: 144 bits, 24 signs: short enough to be typed from a poster in need, long enough to be guessed by nobody.
_CODE_BYTES: Final = 18


@transaction.atomic
def make_code(*, unit: Unit, by: User, at: datetime) -> CaptureCode:
    """A code for `unit`; one that hung there before opens nothing any more."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    _end(unit, by, at)
    code = CaptureCode.objects.create(unit=unit, token=secrets.token_urlsafe(_CODE_BYTES), made_at=at, made_by=by)
    _record("capture_code.made", unit, by, at)
    return code


@transaction.atomic
def end_code(*, unit: Unit, by: User, at: datetime) -> None:
    """Let the code of `unit` open nothing any more. Without one nothing happens."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    _end(unit, by, at)


def _end(unit: Unit, by: User, at: datetime) -> None:
    if CaptureCode.objects.filter(unit=unit, ended_at__isnull=True).update(ended_at=at):
        _record("capture_code.ended", unit, by, at)


def _record(verb: str, unit: Unit, by: User, at: datetime) -> None:
    # The code itself opens a page: it stands in no record.
    audit.record(verb, subject=unit, by=by, at=at, organisation_id=unit.organisation_id, unit_id=unit.pk)


@transaction.atomic
def tell(
    *,
    title: str,
    unit: Unit,
    client_id: UUID,
    by: User,
    at: datetime,
    details: Details,
    source: Source = Source.PAGE,
    into: Issue | None = None,
    picture: tuple[bytes, str] | None = None,
) -> Issue:
    """Raise an issue with an account. `into` makes it part of an issue that is the same, `details.size`
    "done on the spot" closes it with the word of whoever tells it. The same `client_id` again changes nothing.

    Raises NotAllowed, and then nothing of it has happened.
    """
    issue = issues.raise_issue(
        title=title, unit=unit, source=source, client_id=client_id, by=by, at=at, details=details
    )
    if issue.raised_by_id != by.pk:
        raise NotAllowed(_SENT)
    _attach(issue, picture, by, at)
    if issue.status != Status.RAISED:
        return issue
    if into is not None:
        return issues.merge(issue=issue, into=into, by=by, at=at)
    if details.size == Size.ON_THE_SPOT and not details.confidential:
        return issues.settle(issue=issue, by=by, at=at, note=details.tried)
    return issue


@transaction.atomic
def tell_by_code(
    *,
    title: str,
    code: CaptureCode,
    client_id: UUID,
    at: datetime,
    details: Details,
    picture: tuple[bytes, str] | None = None,
) -> tuple[Issue, str]:
    """Raise an issue by the code at a unit, without an account: the issue, and the token that follows it.

    The same `client_id` again gives the same. Raises NotAllowed, and then nothing of it has happened.
    """
    token = follow_token(client_id)
    issue = issues.raise_issue(
        title=title,
        unit=code.unit,
        source=Source.CODE,
        client_id=client_id,
        by=None,
        at=at,
        details=details,
        follow_token=token,
    )
    if issue.follow_hash != token_hash(token):
        raise NotAllowed(_SENT)
    _attach(issue, picture, None, at)
    return issue, token


def follow_token(client_id: UUID) -> str:
    """The secret under which whoever told it reads the answer. It follows from what their phone sent and from the key
    of the house, so that sending twice gives one link, and only its hash need be kept.
    """
    digest = salted_hmac("follow-an-issue", client_id.hex, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _attach(issue: Issue, picture: tuple[bytes, str] | None, by: User | None, at: datetime) -> None:
    if picture is not None:
        content, name = picture
        attachments.attach(issue=issue, content=content, name=name, uid=uuid5(issue.client_id, "picture"), by=by, at=at)
