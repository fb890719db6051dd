"""Is the process alive, and can it do its work?"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from org import clock

#: A periodic task is late after this many of its intervals, and never before two minutes.
INTERVALS_UNTIL_LATE: Final = 3
SHORTEST_LATENESS: Final = 120.0


@login_not_required
@never_cache
@require_GET
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 while the process answers. It asks neither database nor Redis: restarting would not heal those."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis and migrations are as they must be, else 503; with every periodic task's last success.

    A late task alone does not take the pages away: `?tasks=strict` makes it 503 too, for an alarm.
    """
    parts = {"database": _answer(_database), "migrations": _answer(_migrations), "redis": _answer(_redis)}
    tasks = _tasks(timezone.now()) if parts["redis"] == "ok" else {}
    late = any(task["late"] for task in tasks.values()) or not tasks
    broken = any(part != "ok" for part in parts.values())
    status = 503 if broken or (late and request.GET.get("tasks") == "strict") else 200
    return JsonResponse({"ready": not broken, **parts, "tasks": tasks}, status=status)


def _answer(check: Callable[[], str]) -> str:
    """What `check` says; of a failure only its kind, since whoever asks has not signed in."""
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if not waiting else f"{len(waiting)} not applied"


def _redis() -> str:
    cache.get("ready")
    return "ok"


def _tasks(now: datetime) -> dict[str, dict[str, Any]]:
    intervals = {str(entry["task"]): float(str(entry["schedule"])) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    found = {}
    for name, last in clock.last_successes(list(intervals)).items():
        allowed = max(INTERVALS_UNTIL_LATE * intervals[name], SHORTEST_LATENESS)
        late = last is None or (now - last).total_seconds() > allowed
        found[name] = {"last_success": last.isoformat() if last else None, "late": late}
    return found
