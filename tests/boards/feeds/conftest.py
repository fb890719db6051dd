import pytest

from tests.boards.feeds.place import Place, build_place


@pytest.fixture
def place(db) -> Place:
    return build_place()
