"""How long a session lives."""

from datetime import datetime
from typing import TYPE_CHECKING

from org.models import Organisation

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from org.models import User

DEFAULT_IDLE_MINUTES = 60
DEFAULT_HARD_HOURS = 12
#: Marks the session of a device that several people share: it opens the rounds app and no other page.
SHARED_DEVICE = "shared_device"


def session_limits(user: "User") -> tuple[int, int]:
    """The strictest (idle minutes, hard hours) of the organisations in which `user` holds a role."""
    limits = Organisation.objects.filter(
        units__memberships__user=user, units__memberships__ended_on__isnull=True
    ).values_list("idle_minutes", "hard_hours")
    pairs = list(limits)
    if not pairs:
        return DEFAULT_IDLE_MINUTES, DEFAULT_HARD_HOURS
    return min(idle for idle, _ in pairs), min(hard for _, hard in pairs)


def start_session(session: "SessionBase", user: "User", now: datetime) -> None:
    """Stamp a new session with its start and its limits."""
    session.pop(SHARED_DEVICE, None)
    idle, hard = session_limits(user)
    session.update(
        {
            "started": now.isoformat(),
            "seen": now.isoformat(),
            "idle_minutes": idle,
            "hard_hours": hard,
            "language": user.language,
        }
    )
