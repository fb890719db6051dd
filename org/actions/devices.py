"""Pairing, changing and revoking wall displays."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from org import audit, live, rules
from org.models import DeviceBoard, Unit, User, WallDevice
from org.rules import NotAllowed
from org.tokens import token_hash

#: How often a display that shows its boards writes that it was seen.
SEEN_STEP: Final = timedelta(minutes=1)
#: How many codes are tried before giving up; a clash is one in hundreds of millions for each waiting display.
_TRIES: Final = 5


@transaction.atomic
def start_pairing(*, at: datetime) -> tuple[WallDevice, str]:
    """A display that waits for its code to be typed: the row, and the token for its cookie, which is stored nowhere.

    Displays that nobody paired in time are removed on the way.
    """
    WallDevice.objects.filter(paired_at__isnull=True, code_expires_at__lt=at - timedelta(days=1)).delete()
    token = secrets.token_urlsafe(32)
    for _try in range(_TRIES):
        code = "".join(secrets.choice(rules.PAIRING_ALPHABET) for _letter in range(rules.PAIRING_LENGTH))
        try:
            with transaction.atomic():
                device = WallDevice.objects.create(
                    code=code,
                    code_expires_at=at + timedelta(minutes=rules.PAIRING_MINUTES),
                    token_hash=token_hash(token),
                )
        except IntegrityError:
            continue
        return device, token
    raise NotAllowed(_("No code is free. Try again."))


@transaction.atomic
def renew_code(*, device: WallDevice, at: datetime) -> WallDevice:
    """A new code for a display whose code has run out before anybody typed it."""
    device = WallDevice.objects.select_for_update().get(pk=device.pk)
    if device.paired_at is None and device.code_expires_at is not None and device.code_expires_at <= at:
        device.code = "".join(secrets.choice(rules.PAIRING_ALPHABET) for _letter in range(rules.PAIRING_LENGTH))
        device.code_expires_at = at + timedelta(minutes=rules.PAIRING_MINUTES)
        device.save(update_fields=["code", "code_expires_at"])
    return device


@transaction.atomic
def pair_device(
    *,
    code: str,
    name: str,
    boards: Sequence[Unit],
    seconds_per_board: int,
    theme: str,
    language: str,
    by: User,
    at: datetime,
) -> WallDevice:
    """Let the display with this `code` show `boards`, in this order. Raises NotAllowed where none waits with it."""
    device = (
        WallDevice.objects.select_for_update()
        .filter(
            code=rules.normal_pairing_code(code),
            code_expires_at__gt=at,
            paired_at__isnull=True,
            revoked_at__isnull=True,
        )
        .exclude(code="")
        .first()
    )
    if device is None:
        raise NotAllowed(
            _("No display shows this code. Codes change every %(n)s minutes.") % {"n": rules.PAIRING_MINUTES}
        )
    device.organisation_id = _organisation_of(boards)
    device.name, device.seconds_per_board, device.theme, device.language = name, seconds_per_board, theme, language
    device.paired_at, device.paired_by = at, by
    device.code, device.code_expires_at = "", None
    device.save()
    _set_boards(device, boards)
    _record("device.paired", device, boards, by, at)
    return device


@transaction.atomic
def edit_device(
    *,
    device: WallDevice,
    name: str,
    boards: Sequence[Unit],
    seconds_per_board: int,
    theme: str,
    language: str,
    by: User,
    at: datetime,
) -> WallDevice:
    """Change what a display shows and how. Its open stream ends, so that it asks anew what it may see."""
    device = WallDevice.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if _organisation_of(boards) != device.organisation_id:
        raise NotAllowed(_("A display stays within its organization."))
    device.name, device.seconds_per_board, device.theme, device.language = name, seconds_per_board, theme, language
    device.save(update_fields=["name", "seconds_per_board", "theme", "language"])
    _set_boards(device, boards)
    live.publish_close(live.device(device.pk), at=at)
    _record("device.changed", device, boards, by, at)
    return device


@transaction.atomic
def revoke_device(*, device: WallDevice, by: User | None, at: datetime) -> WallDevice:
    """Show nothing on a display any more, at once."""
    device = WallDevice.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if device.revoked_at is None:
        device.revoked_at = at
        device.save(update_fields=["revoked_at"])
        live.publish_close(live.device(device.pk), at=at)
        _record("device.revoked", device, (), by, at)
    return device


def note_seen(*, device: WallDevice, at: datetime) -> None:
    """Remember that a display is alive, at most once a minute. No event: it happens all day."""
    if device.seen_at is None or at - device.seen_at >= SEEN_STEP:
        WallDevice.objects.filter(pk=device.pk).update(seen_at=at)


def _organisation_of(boards: Sequence[Unit]) -> int:
    found = {unit.organisation_id for unit in boards}
    if len(found) != 1:
        raise NotAllowed(_("Choose at least one board, all of one organization."))
    return found.pop()


def _set_boards(device: WallDevice, boards: Sequence[Unit]) -> None:
    device.boards.all().delete()
    DeviceBoard.objects.bulk_create(
        DeviceBoard(device=device, unit=unit, position=position) for position, unit in enumerate(boards)
    )


def _record(verb: str, device: WallDevice, boards: Sequence[Unit], by: User | None, at: datetime) -> None:
    audit.record(
        verb,
        subject=device,
        by=by,
        at=at,
        organisation_id=device.organisation_id,
        unit_id=boards[0].pk if boards else None,
        facts={"boards": " ".join(str(unit.pk) for unit in boards)},
    )
