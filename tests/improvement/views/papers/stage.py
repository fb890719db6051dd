"""What the tests of a paper's pages share beside their house, paper and client."""

from django.urls import reverse

from org.rules import Role
from tests.factories import make_user, signed_in

HTMX = {"HX-Request": "true"}


def at(name, paper, *more):
    """The address of a page of this paper."""
    return reverse(f"improvement:paper{name}", args=[paper.ticket_id, *more])


def text(answer):
    return answer.content.decode()


def reader_of(house):
    """A client of somebody who only reads."""
    return signed_in(make_user(Role.DATA_STEWARD, house.top))
