"""Servers of a test run: a pytest plugin (`-p tests.servers`), loaded before Django reads its settings.

Where DATABASE_URL and REDIS_URL are given they are used as they are; else PostgreSQL and Valkey are started in a
temporary folder, without durability, and removed at the end. What a killed run left behind is removed by the next.
Each xdist worker has a Redis database of its own, as pytest-django gives it a PostgreSQL database of its own.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from huddleboard.embedded import EmbeddedError
from huddleboard.embedded.lease import Lease, stop_abandoned

VARIABLES = ("DATABASE_URL", "REDIS_URL")
#: How the names of databases begin that the workers' own are copied from.
TEMPLATE = "huddleboard_tests_"
_lease: list[Lease] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    os.environ.setdefault("HUDDLEBOARD_TESTING", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        _own_redis_database(int(worker.removeprefix("gw")) + 1)
    elif not all(os.environ.get(name) for name in VARIABLES):
        _start()
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if not _lease and not os.environ.get("PYTEST_XDIST_WORKER"):
        _leave_nothing_behind(os.environ["DATABASE_URL"])
    while _lease:
        lease = _lease.pop()
        lease.give_back()
        for folder in {lease.state.folder, lease.state.sockets}:
            shutil.rmtree(folder, ignore_errors=True)


def pytest_report_header() -> str:
    return "servers: embedded, in a temporary folder" if _lease else "servers: as DATABASE_URL and REDIS_URL say"


def _start() -> None:
    home = Path(tempfile.gettempdir()) / f"huddleboard-tests-{os.geteuid()}"
    home.mkdir(mode=0o711, exist_ok=True)
    if home.lstat().st_uid != os.geteuid():
        pytest.exit(f"{home} belongs to somebody else; set TMPDIR", returncode=3)
    for left in home.iterdir():
        _remove_abandoned(left)
    folder = home / secrets.token_hex(4)
    try:
        lease = Lease(folder, fast=True)
    except EmbeddedError as error:
        pytest.exit(f"The servers of the tests do not start.\n{error}", returncode=3)
    _lease.append(lease)
    for name, url in zip(VARIABLES, (lease.urls.database, lease.urls.redis), strict=True):
        if not os.environ.get(name):
            os.environ[name] = url


def _leave_nothing_behind(url: str) -> None:
    """Drop the database that the others were copied from: this server stays."""
    with psycopg.connect(url, autocommit=True) as connection:
        named = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEMPLATE])
        for (name,) in named.fetchall():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())


def _remove_abandoned(folder: Path) -> None:
    try:
        if (folder / "users.lock").exists() and stop_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    except (OSError, EmbeddedError):
        return  # another run is removing it


def _own_redis_database(number: int) -> None:
    stem, mark, rest = os.environ["REDIS_URL"].partition("?db=")
    if mark:
        os.environ["REDIS_URL"] = f"{stem}?db={number}{''.join(rest.partition('&')[1:])}"
    elif stem.startswith(("redis://", "rediss://")):
        scheme, _, place = stem.partition("://")
        os.environ["REDIS_URL"] = f"{scheme}://{place.partition('/')[0]}/{number}"
    else:
        os.environ["REDIS_URL"] = f"{stem}?db={number}"
