"""Photos and voice notes of an observation."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huddles import pictures
from huddles.actions.attachments import MAX_BYTES, looks_like_a_picture
from org import audit
from org.models import User
from org.rules import NotAllowed
from rounding.models import Observation, Photo, Recording
from rounding.rules import rounds as rules

LONGEST_RECORDING: Final = 5 * 1024 * 1024
#: First bytes of what phones record: WebM, Ogg, MP4, WAV.
_SOUNDS: Final = (
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
    (0, b"OggS", "audio/ogg"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"RIFF", "audio/wav"),
)


@transaction.atomic
def attach_photo(*, observation: Observation, content: bytes, uid: UUID, by: User, at: datetime) -> Photo:
    """Hang a photo on what was noted, drawn anew without place, time and camera. The same `uid` again gives the photo
    that hangs there. Raises NotAllowed for what is no picture, is too large, or where enough hang.
    """
    observation = _mine(observation, by)
    known = Photo.objects.filter(uid=uid, observation=observation).defer("content").first()
    if known is not None:
        return known
    if Photo.objects.filter(observation=observation).count() >= rules.MOST_PHOTOS:
        raise NotAllowed(_("%(n)s photos hang here already.") % {"n": rules.MOST_PHOTOS})
    _check_size(content, MAX_BYTES)
    if not looks_like_a_picture(content):
        raise NotAllowed(_("This picture cannot be read. Send a JPEG, PNG, WebP or GIF."))
    drawn = pictures.draw_anew(content)
    return Photo.objects.create(
        uid=uid,
        observation=observation,
        media_type=drawn.media_type,
        size=len(drawn.content),
        content=drawn.content,
        at=at,
    )


@transaction.atomic
def remove_photo(*, photo: Photo, by: User, at: datetime) -> None:
    """Take a photo away for good: somebody may stand in it who should not. Raises NotAllowed."""
    of_round = _mine(photo.observation, by).round
    if Photo.objects.filter(pk=photo.pk).delete()[0]:
        audit.record(
            "round.photo_removed",
            subject=of_round,
            by=by,
            at=at,
            organisation_id=of_round.organisation_id,
            unit_id=of_round.unit_id,
        )


@transaction.atomic
def attach_recording(*, observation: Observation, content: bytes, uid: UUID, by: User, at: datetime) -> Recording:
    """Keep a voice note until its words are typed. The same `uid` again gives the one there. Raises NotAllowed."""
    observation = _mine(observation, by)
    known = Recording.objects.filter(uid=uid, observation=observation).defer("content").first()
    if known is not None:
        return known
    _check_size(content, LONGEST_RECORDING)
    kind = next((kind for place, start, kind in _SOUNDS if content[place:].startswith(start)), None)
    if kind is None:
        raise NotAllowed(_("This recording cannot be read."))
    return Recording.objects.create(
        uid=uid, observation=observation, media_type=kind, size=len(content), content=content, at=at
    )


@transaction.atomic
def transcribe(*, recording: Recording, text: str, by: User, at: datetime) -> Observation:
    """Write down what was said: the words join those of the note, and the recording is gone. Raises NotAllowed."""
    observation = _mine(recording.observation, by)
    words = text.replace("\x00", "").strip()
    if not words:
        raise NotAllowed(_("Write down what is said in it."), field="text")
    joined = "\n".join(filter(None, (observation.text, words)))
    if len(joined) > rules.ANSWER_LENGTH:
        raise NotAllowed(
            _("This has %(n)s characters; at most %(most)s fit.") % {"n": len(joined), "most": rules.ANSWER_LENGTH},
            field="text",
        )
    observation.text = joined
    observation.revision += 1
    observation.save(update_fields=["text", "revision"])
    Recording.objects.filter(pk=recording.pk).delete()
    of_round = observation.round
    audit.record(
        "round.transcribed",
        subject=of_round,
        by=by,
        at=at,
        organisation_id=of_round.organisation_id,
        unit_id=of_round.unit_id,
    )
    return observation


def _mine(observation: Observation, by: User) -> Observation:
    found = Observation.objects.select_for_update(of=("self",)).select_related("round").get(pk=observation.pk)
    if by.pk not in (found.round.leader_id, found.round.partner_id):
        raise NotAllowed(_("This round is led by somebody else."))
    return found


def _check_size(content: bytes, most: int) -> None:
    if not content:
        raise NotAllowed(_("This file is empty."))
    if len(content) > most:
        raise NotAllowed(_("This file is larger than %(n)s MB.") % {"n": most // 1024 // 1024})
