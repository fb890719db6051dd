"""Claiming, marking and retrying messages of the outbox."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from org import audit, rules
from org.models import Message, User

#: How long a claimed message belongs to the worker that claimed it. Sending takes seconds; a dead worker's comes back.
LEASE: Final = timedelta(minutes=5)

_CLAIM: Final = """
UPDATE org_message SET attempts = attempts + 1, due_at = %s
WHERE id = (
    SELECT id FROM org_message
    WHERE due_at <= %s AND sent_at IS NULL AND failed_at IS NULL
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def claim_message(*, at: datetime) -> Message | None:
    """The message that is due longest, for this worker alone for `LEASE`; None when none is due. One UPDATE claims."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [at + LEASE, at])
        row = cursor.fetchone()
    return Message.objects.get(pk=row[0]) if row else None


@transaction.atomic
def mark_sent(*, message: Message, at: datetime) -> None:
    """The message has left."""
    Message.objects.filter(pk=message.pk, failed_at__isnull=True).update(sent_at=at, failure="")


@transaction.atomic
def mark_failed(*, message: Message, failure: str, at: datetime) -> Message:
    """The attempt failed with `failure` (a short code, no address): later again, or given up for a person to see."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    message.failure = failure[:120]
    if message.attempts >= rules.MESSAGE_ATTEMPTS:
        message.failed_at = at
        audit.record(
            "message.given_up",
            subject=message,
            by=None,
            at=at,
            organisation_id=message.organisation_id,
            facts={"template": message.template, "failure": message.failure},
        )
    else:
        message.due_at = at + rules.retry_after(message.attempts)
    message.save(update_fields=["failure", "failed_at", "due_at"])
    return message


@transaction.atomic
def retry_message(*, message: Message, by: User, at: datetime) -> Message:
    """Let a message that was given up be tried anew from now on."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.failed_at is None:
        return message
    message.failed_at, message.attempts, message.due_at, message.failure = None, 0, at, ""
    message.save(update_fields=["failed_at", "attempts", "due_at", "failure"])
    audit.record(
        "message.retried",
        subject=message,
        by=by,
        at=at,
        organisation_id=message.organisation_id,
        facts={"template": message.template},
    )
    return message
