import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from org.models import Organisation, User
from org.rules import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def start(**options):
    out = StringIO()
    values = {"name": "Harbor Valley Health", "email": "ada@example.org", "person": "Ada Min", **options}
    call_command("start_hospital", stdout=out, **values)
    return out.getvalue()


def test_the_first_administrator_follows_the_printed_link_to_the_set_up(client):
    link = re.search(r"/welcome/\S+/", start(time_zone="Europe/London"))[0]
    password = {"password": "one other long word", "again": "one other long word"}
    assert client.post(link, password).status_code == 302
    assert client.get("/set-up/").headers["Location"] == "/set-up/harbor-valley-health/"
    assert client.get("/set-up/harbor-valley-health/people/").status_code == 200
    organisation = Organisation.objects.get()
    assert (organisation.time_zone, organisation.units.get().code) == ("Europe/London", "HARBOR-VALLEY-HEALTH")


def test_somebody_known_gets_the_role_and_no_link():
    user = make_user(email="ada@example.org")
    assert "/welcome/" not in start()
    assert user.memberships.get().role == Role.ADMINISTRATOR


@pytest.mark.parametrize("options", [{"time_zone": "Mars/Base"}, {"email": "nobody"}, {"name": "!"}])
def test_what_is_wrong_is_said_and_leaves_nothing(options):
    with pytest.raises(CommandError):
        start(**options)
    assert (Organisation.objects.count(), User.objects.count()) == (0, 0)
