"""Wall displays: whose cookie it is, and which boards it shows."""

from typing import Final

from django.db.models import Prefetch, QuerySet

from org.models import DeviceBoard, Unit, WallDevice
from org.tokens import token_hash

DEVICE_COOKIE: Final = "huddleboard_display"


def device_of(token: str | None) -> WallDevice | None:
    """The display whose cookie holds `token`, paired or still waiting; None for no, wrong or revoked token.

    One statement. Its boards are read by `boards_of`.
    """
    if not token:
        return None
    devices = WallDevice.objects.filter(token_hash=token_hash(token), revoked_at__isnull=True)
    return devices.select_related("organisation").first()


def boards_of(device: WallDevice) -> list[Unit]:
    """The open units whose boards `device` may show, in the order of its rotation. One statement."""
    boards = DeviceBoard.objects.filter(device=device, unit__closed_on__isnull=True)
    return [board.unit for board in boards.select_related("unit__tier", "unit__organisation").order_by("position")]


def with_boards() -> "Prefetch[str, QuerySet[DeviceBoard], str]":
    """What a list of displays reads besides, in one statement for all."""
    return Prefetch("boards", DeviceBoard.objects.select_related("unit").order_by("position"))
