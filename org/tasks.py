"""What happens by the clock: messages leave the outbox."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from org import clock, mail
from org.actions import messages

#: How many messages one run sends; the next run is seconds away.
MOST_AT_ONCE: Final = 100


@shared_task(name="org.tasks.deliver_messages", time_limit=300, soft_time_limit=240)
def deliver_messages() -> int:
    """Send what is due and give how many left. A message that fails waits, and the others go on."""
    sent = 0
    for _turn in range(MOST_AT_ONCE):
        message = messages.claim_message(at=timezone.now())
        if message is None:
            break
        failure = mail.send(message, timezone.now())
        if failure:
            messages.mark_failed(message=message, failure=failure, at=timezone.now())
        else:
            messages.mark_sent(message=message, at=timezone.now())
            sent += 1
    clock.stamp("org.tasks.deliver_messages", timezone.now())
    return sent
