import pytest

from improvement.rules.tickets import Size
from tests.factories import signed_in
from tests.improvement.factories import make_house, make_paper, make_ticket


@pytest.fixture
def house(db):
    return make_house()


@pytest.fixture
def paper(house):
    """An A3 of the ward with the first words of its background."""
    ticket = make_ticket(house.ward, size=Size.A3, title="Falls at night")
    return make_paper(ticket, {"background": "Four falls – ¿por qué?"})


@pytest.fixture
def client(house):
    return signed_in(house.staff)
