"""What hangs on an issue, without its content; and one of them with it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from huddles.models import Attachment, Issue
from huddles.queries import words
from org.models import User


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A picture or a document of an issue."""

    pk: int
    name: str
    url: str
    is_picture: bool
    size_text: str
    by: str
    when: str
    mine: bool


def attachment_rows(issue: Issue, user: User, now: datetime, zone: tzinfo) -> list[AttachmentRow]:
    """All of an issue that the person may see. One statement; contents stay where they are."""
    local = now.astimezone(zone)
    found = Attachment.objects.filter(issue=issue).defer("content").select_related("by").order_by("at", "pk")
    return [
        AttachmentRow(
            pk=one.pk,
            name=one.name,
            url=reverse("huddles:attachment", args=[issue.pk, one.pk]),
            is_picture=one.media_type.startswith("image/"),
            size_text=filesizeformat(one.size),
            by=str(one.by or ""),
            when=words.moment(one.at, local),
            mine=one.by_id == user.pk,
        )
        for one in found
    ]


def attachment_of(issue: Issue, pk: int) -> Attachment | None:
    """One attachment of an issue that the person may see, with its content."""
    return Attachment.objects.filter(issue=issue, pk=pk).first()
