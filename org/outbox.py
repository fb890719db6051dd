"""The outbox: an action leaves a row, the clock sends it. Losing the broker loses no message."""

from collections.abc import Mapping
from datetime import datetime

from org.models import Message


def queue(
    *,
    template: str,
    recipient: str,
    dedup_key: str,
    at: datetime,
    context: Mapping[str, str | int] | None = None,
    organisation_id: int | None = None,
    language: str = "en",
    channel: str = "email",
) -> None:
    """Leave a message to be sent from `at` on. The same `dedup_key` again changes nothing.

    `template` names `templates/messages/<template>.txt`; `context` holds titles, links and codes – no free text of
    people, no counts of patients.
    """
    Message.objects.bulk_create(
        [
            Message(
                template=template,
                recipient=recipient,
                dedup_key=dedup_key,
                queued_at=at,
                due_at=at,
                context=dict(context or {}),
                organisation_id=organisation_id,
                language=language,
                channel=channel,
            )
        ],
        ignore_conflicts=True,
    )
