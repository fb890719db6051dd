"""What the addresses of pages about rounds name, beside the ward of the access table."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from org.models import Unit
from org.rules import Role
from rounding.actions import files, follow_ups, rounds
from tests.factories import make_user
from tests.huddles.phone import phone_picture
from tests.rounding.factories import make_note, make_promise, make_round


def rounding_things(ward: Unit) -> dict[str, int | str]:
    """A round of somebody who is not in the table, with a photo, a voice note, a promise and thanks."""
    at = timezone.now() - timedelta(minutes=5)
    leader = make_user(Role.UNIT_LEAD, ward, name="Leader of a round")
    led = make_round(ward, leader, began_at=at, at=at)
    noted = make_note(led, "The pump is broken", said_at=at, at=at)
    photo = files.attach_photo(observation=noted, content=phone_picture(), uid=uuid4(), by=leader, at=at)
    voice = files.attach_recording(observation=noted, content=SOUND, uid=uuid4(), by=leader, at=at)
    promised = make_promise(ward, leader, of_round=led, said_at=at, at=at, due_on=(at + timedelta(days=3)).date())
    follow_ups.thank(
        uid=uuid4(), unit=ward, name="Rosa", text="Rooms early", by=leader, said_at=at, at=at, of_round=led
    )
    said = rounds.comment(of_round=led, observation=noted, text="Since Monday", uid=uuid4(), by=leader, at=at)
    return {
        "round": led.pk,
        "round_comment": said.pk,
        "round_note": noted.pk,
        "round_photo": str(photo.uid),
        "round_voice": str(voice.uid),
        "promise": promised.pk,
    }


#: The beginning of what a phone records, long enough to ask for a part of it.
SOUND = b"\x1aE\xdf\xa3" + bytes(range(96))
