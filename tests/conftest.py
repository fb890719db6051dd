"""What every test may rely on."""

import gc
import os
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django import DjangoDbBlocker

from tests.order import dealt
from tests.template import migrated

# Nearly all that a test run makes lives to its end: looking for garbage as often as usual takes a twelfth of the time.
gc.set_threshold(100_000, 50, 100)

# The real hash is slow on purpose; a test makes many people.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# How long an example takes tells of what else the machine does, and nothing of what is tested.
examples.register_profile("beside others", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("beside others")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = dealt(
        items, workers, lambda item: str(item.path), lambda item: item.get_closest_marker("slow") is not None
    )


@pytest.fixture(scope="session")
def migrated_database(django_db_blocker: DjangoDbBlocker) -> str:
    """Name of a database with all tables and no rows, to be copied."""
    with django_db_blocker.unblock():
        return migrated()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, migrated_database: str) -> None:
    """Each worker's database begins as a copy; `migrate` then finds nothing to do."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test sees what another left in the cache or in the stream of live events."""
    yield
    if (
        request.node.get_closest_marker("django_db")
        or "db" in request.fixturenames
        or "transactional_db" in request.fixturenames
    ):
        cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _flush_empties_every_table() -> Iterator[None]:
    """Tests that commit end by truncating all tables, of which Django leaves out two kinds.

    The audit trail forbids it to everybody else. Tables in partitions are not managed by Django: a reading that stayed
    would be met by whichever test this process runs next.
    """
    execute = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        trail = "ALTER TABLE org_event {} TRIGGER event_no_truncate"
        facts = [self.quote_name(model._meta.db_table) for model in apps.get_models() if not model._meta.managed]
        execute(self, [trail.format("DISABLE"), *sql_list, f"TRUNCATE {', '.join(facts)}", trail.format("ENABLE")])

    DatabaseOperations.execute_sql_flush = flush
    yield
    DatabaseOperations.execute_sql_flush = execute


def _drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """Drop a test database even where a thread of a server that a test started still holds a session.

    WITH (FORCE) would refuse an ordinary account while autovacuum is at work in it; a plain DROP sends that away by
    itself, so only our own sessions are ended, and none can begin anew.
    """
    name = self.connection.ops.quote_name(test_database_name)
    with self._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [test_database_name],
        )
        cursor.execute(f"DROP DATABASE {name}")


DatabaseCreation._destroy_test_db = _drop
