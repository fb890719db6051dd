from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as project
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from org import clock

TASKS = sorted(entry["task"] for entry in project.CELERY_BEAT_SCHEDULE.values())


def stamp_all(at):
    for name in TASKS:
        clock.stamp(name, at)


def test_alive_asks_nothing(client, django_assert_num_queries):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_tells_of_every_part_and_every_periodic_task(client):
    stamp_all(timezone.now())
    answer = client.get("/readyz")
    body = answer.json()
    assert answer.status_code == 200
    assert {k: body[k] for k in ("ready", "database", "migrations", "redis")} == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "redis": "ok",
    }
    assert sorted(body["tasks"]) == TASKS
    assert not any(task["late"] for task in body["tasks"].values())


@pytest.mark.django_db
def test_a_late_task_is_told_and_is_an_alarm_where_asked(client):
    stamp_all(timezone.now())
    clock.stamp("org.tasks.deliver_messages", timezone.now() - timedelta(minutes=3))
    body = client.get("/readyz").json()
    assert [name for name, task in body["tasks"].items() if task["late"]] == ["org.tasks.deliver_messages"]
    assert client.get("/readyz").status_code == 200
    assert client.get("/readyz?tasks=strict").status_code == 503


@pytest.mark.django_db
def test_a_task_that_never_ran_is_late(client):
    body = client.get("/readyz").json()
    assert all(task == {"last_success": None, "late": True} for task in body["tasks"].values())


@pytest.mark.django_db
def test_without_redis_it_is_not_ready_and_says_only_the_kind_of_failure(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["redis"], answer.json()["tasks"]) == (503, "ConnectionError", {})
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_a_waiting_migration_is_not_ready(client):
    MigrationRecorder(connection).migration_qs.filter(app="org").latest("id").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"].endswith("not applied")


def test_a_stamp_comes_back_as_it_was():
    at = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    clock.stamp("a.task", at)
    assert clock.last_successes(["a.task", "another.task"]) == {"a.task": at, "another.task": None}
