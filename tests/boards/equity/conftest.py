import pytest

from tests.boards.equity.told import Told, tell


@pytest.fixture
def told(db) -> Told:
    return tell()
