"""A hospital begins with one command; everything else its administrator does on pages."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from org.models import Membership, Message, Organisation, User

ARGUMENTS = ("Mercy General", "--time-zone", "America/Chicago", "--administrator", "ada@mercy.example.org")

pytestmark = pytest.mark.django_db


def start(*arguments):
    out = io.StringIO()
    call_command("start_organisation", *(arguments or ARGUMENTS), stdout=out)
    return out.getvalue()


def test_the_printed_link_opens_the_organisation_to_its_administrator(client, settings):
    settings.SITE_URL = "http://testserver"
    said = start()
    mercy = Organisation.objects.get()
    assert (mercy.name, mercy.slug, mercy.time_zone) == ("Mercy General", "mercy-general", "America/Chicago")
    assert list(mercy.tiers.order_by("level").values_list("level", flat=True)) == [1, 2, 3, 4]
    assert list(Membership.objects.values_list("user__email", "unit__parent", "role")) == [
        ("ada@mercy.example.org", None, "administrator")
    ]
    link = re.search(r"http://testserver(/welcome/\S+)", said)[1]
    chosen = client.post(link, {"password": "a long word for tests", "again": "a long word for tests"})
    assert (chosen.status_code, client.get(reverse("org:organisation", args=["mercy-general"])).status_code) == (
        302,
        200,
    )


def test_the_link_is_sent_by_mail_too():
    start()
    assert list(Message.objects.values_list("template", "recipient")) == [("invitation", "ada@mercy.example.org")]


def test_somebody_who_is_known_gets_no_link():
    User.objects.create_user("ada@mercy.example.org", "a long word for tests", name="Ada")
    assert "/welcome/" not in start()
    assert Membership.objects.get().user.name == "Ada"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((*ARGUMENTS[:2], "Chicago", *ARGUMENTS[3:]), "Chicago is not a time zone"),
        ((*ARGUMENTS[:4], "ada"), "valid email"),
        (("???", *ARGUMENTS[1:]), "Another organization has this name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(arguments, why):
    with pytest.raises(CommandError, match=why):
        start(*arguments)
    assert (Organisation.objects.count(), User.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_the_same_name_again_is_refused():
    start()
    with pytest.raises(CommandError, match="Another organization has this name"):
        start()
    assert Organisation.objects.count() == 1
