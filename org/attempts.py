"""How often something may be tried: counters in the cache that forget by themselves."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Final

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries within `seconds` of the first."""

    name: str
    most: int
    seconds: int


#: Wrong passwords for one account from one address; for one address; for one account from anywhere.
SIGN_IN: Final = Limit("sign-in", 5, 15 * 60)
SIGN_IN_ADDRESS: Final = Limit("sign-in-address", 50, 15 * 60)
SIGN_IN_ACCOUNT: Final = Limit("sign-in-account", 30, 15 * 60)
PASSWORD_LINK: Final = Limit("password-link", 5, 60 * 60)
PASSWORD_LINK_ADDRESS: Final = Limit("password-link-address", 30, 60 * 60)
#: Displays that ask for a code from one address, and wrong codes typed by one person.
NEW_CODE: Final = Limit("new-code", 60, 60 * 60)
TYPE_CODE: Final = Limit("type-code", 10, 15 * 60)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. Behind a proxy that we trust it is the last address that the proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def spent(limit: Limit, *who: str) -> bool:
    """Whether `who` has used up `limit`. Without Redis nobody has: signing in goes before counting."""
    try:
        return int(cache.get(_key(limit, who), 0)) >= limit.most
    except (redis.RedisError, OSError) as error:
        logger.warning("%s not counted: %s", limit.name, type(error).__name__)
        return False


def count(limit: Limit, *who: str) -> None:
    """Count one try of `who`."""
    key = _key(limit, who)
    try:
        cache.add(key, 0, timeout=limit.seconds)
        cache.incr(key)
    except ValueError:
        cache.set(key, 1, timeout=limit.seconds)  # it ran out between the two
    except (redis.RedisError, OSError) as error:
        logger.warning("%s not counted: %s", limit.name, type(error).__name__)


def forget(limit: Limit, *who: str) -> None:
    """Start `who` anew."""
    try:
        cache.delete(_key(limit, who))
    except (redis.RedisError, OSError) as error:
        logger.warning("%s not forgotten: %s", limit.name, type(error).__name__)


def _key(limit: Limit, who: tuple[str, ...]) -> str:
    # Hashed: addresses and accounts stay out of the cache, and any text makes a good key.
    digest = hashlib.sha256("\0".join(part.lower() for part in who).encode()).hexdigest()[:32]
    return f"attempts:{limit.name}:{digest}"
