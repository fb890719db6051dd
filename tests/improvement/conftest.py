import pytest

from org.models import Unit
from org.rules import Role
from tests.factories import make_unit, make_user, signed_in


@pytest.fixture
def top(db) -> Unit:
    """The unit at the top of a hospital, with a ward below it."""
    top = make_unit(name="Harbor Hospital")
    make_unit(top, name="Medicine")
    return top


@pytest.fixture
def officer(top):
    return make_user(Role.EQUITY_OFFICER, top, name="Olu Officer")


@pytest.fixture
def executive(top):
    return make_user(Role.EXECUTIVE, top, name="Eve Executive")


@pytest.fixture
def client_of():
    return signed_in
