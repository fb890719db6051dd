"""What hangs on an issue: pictures drawn anew, documents as they are, nothing else."""

from datetime import datetime
from pathlib import PurePath
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huddles import pictures
from huddles.actions.issues import history
from huddles.models import Attachment, Issue
from org.models import User
from org.rules import NotAllowed

MAX_BYTES: Final = 10 * 1024 * 1024
#: Enough for anything that can be told in pictures.
MOST_OF_AN_ISSUE: Final = 12
_PDF: Final = b"%PDF-"
_NAME: Final = 120


@transaction.atomic
def attach(*, issue: Issue, content: bytes, name: str, uid: UUID, by: User | None, at: datetime) -> Attachment:
    """Hang a picture or a PDF on an issue. The same `uid` again gives what hangs there already.

    A picture is drawn anew, which leaves place, time and camera behind. Raises NotAllowed for anything else, for what
    is empty or too large, and where enough hangs there already.
    """
    issue = history.locked(issue)
    known = Attachment.objects.filter(uid=uid, issue=issue).defer("content").first()
    if known is not None:
        return known
    if Attachment.objects.filter(issue=issue).count() >= MOST_OF_AN_ISSUE:
        raise NotAllowed(_("%(n)s files hang here already; remove one first.") % {"n": MOST_OF_AN_ISSUE})
    kept, media_type = checked_content(content)
    attachment = Attachment.objects.create(
        uid=uid,
        issue=issue,
        name=plain_name(name, media_type),
        media_type=media_type,
        size=len(kept),
        content=kept,
        by=by,
        at=at,
    )
    history.record_beside("attachment.added", issue, by=by, at=at)
    return attachment


def checked_content(content: bytes) -> tuple[bytes, str]:
    """What is kept of a file, and its kind, which its bytes say, not its name. Raises NotAllowed."""
    if not content:
        raise NotAllowed(_("This file is empty."))
    if len(content) > MAX_BYTES:
        raise NotAllowed(_("This file is larger than %(n)s MB.") % {"n": MAX_BYTES // 1024 // 1024})
    if content.startswith(_PDF):
        return content, "application/pdf"
    if not looks_like_a_picture(content):
        raise NotAllowed(_("Pictures (JPEG, PNG, WebP, GIF) and PDF can hang here, nothing else."))
    drawn = pictures.draw_anew(content)
    return drawn.content, drawn.media_type


def looks_like_a_picture(content: bytes) -> bool:
    """Whether the first bytes are those of one of the kinds of picture that are taken."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )


def plain_name(name: str, media_type: str) -> str:
    """The name of a file without a path and without signs that nobody can see, with the ending of what it is now."""
    ending = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}[media_type]
    bare = PurePath(name.replace("\\", "/")).name
    stem = "".join(sign for sign in PurePath(bare).stem if sign.isprintable()).strip(" .")
    return (stem or _("picture"))[: _NAME - len(ending)] + ending


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User, at: datetime) -> None:
    """Take an attachment away for good, content and name."""
    issue = history.locked(attachment.issue)
    found = Attachment.objects.filter(pk=attachment.pk, issue=issue).defer("content").first()
    if found is None:
        return
    history.record_beside("attachment.removed", issue, by=by, at=at)
    found.delete()
