import pytest

from tests.boards.snapshots.house import House, build_house


@pytest.fixture
def house(db) -> House:
    return build_house()
