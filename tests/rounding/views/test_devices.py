"""What a phone sends is read with care."""

import pytest

from org.rules import Role
from tests.factories import make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db

DEEP = b"[" * 100_000


@pytest.mark.parametrize("path", ["/rounds/sync/", "/rounds/files/"])
def test_brackets_without_end_are_refused_in_peace(path):
    ward = make_unit(make_unit())
    answer = signed_in(make_user(Role.UNIT_LEAD, ward)).post(path, DEEP, content_type="application/json")
    assert answer.status_code in {400, 409}
