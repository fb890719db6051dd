import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from org import clock, outbox, rules
from org.actions import messages
from org.models import Event, Message
from org.rules import Role
from org.tasks import deliver_messages
from tests.factories import NOW, make_unit, make_user

pytestmark = pytest.mark.django_db


class NoServer(EmailBackend):
    """A mail server that is away for some and there for others."""

    def send_messages(self, messages):
        if any("away" in to for message in messages for to in message.to):
            raise smtplib.SMTPServerDisconnected("secret@example.org")
        return super().send_messages(messages)


@pytest.fixture
def person():
    return make_user(Role.STAFF, make_unit())


def queue(person, key="a", recipient="here@example.org", language="en", template="password", at=NOW):
    outbox.queue(
        template=template,
        recipient=recipient,
        dedup_key=key,
        at=at,
        context={"user_id": person.pk, "organisation": "Test Hospital"},
        language=language,
    )
    return Message.objects.get(dedup_key=key)


def test_what_is_due_is_sent_once_in_the_language_of_whoever_gets_it(person, time_machine):
    time_machine.move_to(NOW, tick=False)
    queue(person)
    queue(person, "b", language="es", template="invitation")
    queue(person, "later", at=NOW + timedelta(minutes=1))
    assert deliver_messages() == 2
    assert deliver_messages() == 0
    assert [m.to for m in mail.outbox] == [["here@example.org"]] * 2
    assert mail.outbox[0].subject == "Choose a new password for huddleboard"
    assert "Test Hospital" in mail.outbox[1].subject
    assert all("http://localhost:8000/welcome/" in m.body for m in mail.outbox)
    assert clock.last_successes(["org.tasks.deliver_messages"]) == {"org.tasks.deliver_messages": NOW}
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    assert deliver_messages() == 1


def test_the_same_key_is_queued_once(person):
    queue(person)
    queue(person)
    assert Message.objects.count() == 1


def test_a_failure_waits_longer_each_time_and_then_for_an_administrator(person, settings, time_machine):
    settings.EMAIL_BACKEND = "tests.org.test_tasks.NoServer"
    message = queue(person, recipient="away@example.org")
    queue(person, "b")
    now = NOW
    for attempt in range(1, rules.MESSAGE_ATTEMPTS + 1):
        time_machine.move_to(now, tick=False)
        assert deliver_messages() == (1 if attempt == 1 else 0)
        message.refresh_from_db()
        assert (message.attempts, message.failure) == (attempt, "SMTPServerDisconnected")
        if attempt < rules.MESSAGE_ATTEMPTS:
            assert message.failed_at is None
            assert message.due_at == now + rules.retry_after(attempt)
            now = message.due_at
    assert message.failed_at == now
    event = Event.objects.get(verb="message.given_up")
    assert (event.actor_kind, event.facts) == (
        "system",
        {"template": "password", "failure": "SMTPServerDisconnected"},
    )
    time_machine.move_to(now + timedelta(days=9), tick=False)
    assert deliver_messages() == 0


def test_a_message_that_was_given_up_can_be_tried_again(person, time_machine):
    time_machine.move_to(NOW, tick=False)
    message = queue(person)
    Message.objects.filter(pk=message.pk).update(failed_at=NOW, attempts=rules.MESSAGE_ATTEMPTS, failure="x")
    messages.retry_message(message=message, by=person, at=NOW)
    assert deliver_messages() == 1
    message.refresh_from_db()
    assert (message.sent_at, message.failed_at, message.attempts) == (NOW, None, 1)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"template": "no such"}, "unknown template"),
        ({"channel": "pigeon"}, "unknown channel"),
        ({"context": {"user_id": 0}}, "person gone"),
    ],
)
def test_what_cannot_be_sent_says_why_and_holds_up_nobody(person, change, failure, time_machine):
    time_machine.move_to(NOW, tick=False)
    message = queue(person)
    Message.objects.filter(pk=message.pk).update(**change)
    queue(person, "b")
    assert deliver_messages() == 1
    message.refresh_from_db()
    assert message.failure == failure


@pytest.mark.django_db(transaction=True)
def test_a_claimed_message_belongs_to_one_worker_until_its_lease_ends(person):
    message = queue(person)
    assert messages.claim_message(at=NOW).pk == message.pk
    assert messages.claim_message(at=NOW) is None
    assert messages.claim_message(at=NOW + messages.LEASE - timedelta(seconds=1)) is None
    again = messages.claim_message(at=NOW + messages.LEASE)
    assert (again.pk, again.attempts) == (message.pk, 2)


@pytest.mark.django_db(transaction=True)
def test_a_locked_message_is_passed_over(person):
    first, second = queue(person), queue(person, "b")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT 1 FROM org_message WHERE id = %s FOR UPDATE", [first.pk])
            assert messages.claim_message(at=NOW).pk == second.pk
            assert messages.claim_message(at=NOW) is None
            other.rollback()
    finally:
        other.close()
