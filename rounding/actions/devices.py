"""The key under which a person's devices keep what has not been sent."""

import secrets
from datetime import datetime

from django.db import transaction

from org import audit
from org.models import User
from rounding.models import DeviceKey

KEY_BYTES = 32


@transaction.atomic
def key_of(*, person: User, at: datetime) -> bytes:
    """The key of `person`, made when first asked for. The caller has made sure that it is they who ask."""
    found, fresh = DeviceKey.objects.get_or_create(
        person=person, defaults={"key": secrets.token_bytes(KEY_BYTES), "made_at": at}
    )
    if fresh:
        audit.record("device_key.made", subject=person, by=person, at=at, organisation_id=None)
    return bytes(found.key)
