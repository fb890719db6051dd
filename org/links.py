"""Links that let somebody choose a password: signed, short-lived, used once, stored nowhere."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.utils.crypto import salted_hmac

from org.models import User

INVITATION: Final = "invitation"
PASSWORD: Final = "password"  # noqa: S105 - the name of a purpose
LIFETIMES: Final = {INVITATION: timedelta(days=14), PASSWORD: timedelta(hours=24)}

_SALT: Final = "org.links"


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose link it is and what for."""

    user: User
    purpose: str


def token(user: User, purpose: str, at: datetime) -> str:
    """A token for a link. It ends with its time, with the next sign-in and with the next change of the password."""
    return signing.dumps([user.pk, purpose, int(at.timestamp()), _state(user)], salt=_SALT)


def opened(text: str, at: datetime) -> Opened | None:
    """What a token opens at `at`; None where it is forged, used, over, or its person may not sign in."""
    try:
        user_id, purpose, issued, state = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    lifetime = LIFETIMES.get(purpose)
    if lifetime is None or not 0 <= at.timestamp() - issued < lifetime.total_seconds():
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not hmac.compare_digest(_state(user), state):
        return None
    return Opened(user, purpose)


def _state(user: User) -> str:
    last = "" if user.last_login is None else user.last_login.isoformat()
    return salted_hmac(_SALT, f"{user.pk} {user.password} {last} {user.email}").hexdigest()[:32]
