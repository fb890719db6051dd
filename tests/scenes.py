"""A scene that is made once for a file of tests; what a test does to it is undone after it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

Scene = TypeVar("Scene")


def made_once(make: Callable[[], Scene]) -> tuple[Any, Any]:
    """Two fixtures: the scene in a transaction around the tests of a file, and what a test is given of it.

    A test is given a copy, so that what it changes in memory is undone as well. In a conftest.py, and with this first
    name: `made_scene, house = made_once(build)`.
    """

    @pytest.fixture(scope="module")
    def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
        with django_db_blocker.unblock(), transaction.atomic():
            scene = make()
            connection.check_constraints()  # once: else after each test
            yield scene
            transaction.set_rollback(True)

    @pytest.fixture
    def given(made_scene: Scene, db: None) -> Scene:
        return deepcopy(made_scene)

    return made, given
