"""One database with all tables and no rows, made once for all workers of a run: copies of it take a moment.

Its name says which migrations made it.
"""

import hashlib
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests.servers import TEMPLATE

#: Any number, the same in all workers: only one of them makes the database.
LOCK = 20261127


def migrated() -> str:
    """Name of the database, made where it is not there yet; those of other migrations are dropped."""
    name = TEMPLATE + _digest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE starts_with(datname, %s)",
            [TEMPLATE],
        )
        there = dict(cursor.fetchall())
        if there.get(name) != "complete":
            for old in there:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
            _migrate(name)
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS 'complete'")
    return name


def _migrate(name: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _digest() -> str:
    folders = sorted({Path(app.path) / "migrations" for app in apps.get_app_configs()})
    files = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:12]
