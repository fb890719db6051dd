"""When each periodic task last came through: kept in the cache, told by `/readyz`."""

import logging
from datetime import datetime
from typing import Final

import redis
from django.core.cache import cache

logger = logging.getLogger(__name__)

_PREFIX: Final = "clock:"


def stamp(task_name: str, at: datetime) -> None:
    """Remember that `task_name` succeeded at `at`. A Redis that is away is logged: the work is done all the same."""
    try:
        cache.set(_PREFIX + task_name, at.isoformat(), timeout=None)
    except (redis.RedisError, OSError) as error:
        logger.warning("%s not stamped: %s", task_name, type(error).__name__)


def last_successes(task_names: list[str]) -> dict[str, datetime | None]:
    """When each task last succeeded; None where that is not known. Raises redis.RedisError where Redis is away."""
    found = cache.get_many([_PREFIX + name for name in task_names])
    return {
        name: datetime.fromisoformat(found[_PREFIX + name]) if _PREFIX + name in found else None for name in task_names
    }
