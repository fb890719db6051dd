"""`manage.py start_organisation`: the beginning of a hospital, with the one person who sets up the rest on pages."""

from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from huddles.actions import defaults
from org import links
from org.actions import organisations, people
from org.rules import NotAllowed, Role


class Command(BaseCommand):
    """Makes all of it or nothing, and prints the link with which the administrator chooses a password."""

    help = "Start an organization: its top unit, four tiers to rename, their agendas, and its first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("name", help='as people read it: "Mercy General Hospital"')
        parser.add_argument("--time-zone", required=True, metavar="ZONE", help="like America/Chicago")
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--administrator-name", default="Administrator", metavar="NAME")
        parser.add_argument("--short-name", default="", help="in addresses and files; made from the name if not given")
        parser.add_argument("--language", default="en", choices=[code for code, _ in settings.LANGUAGES])

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        """Start it, invite the administrator, say what comes next."""
        self._check(options)
        at = timezone.now()
        try:
            organisation, top = organisations.start_organisation(
                name=options["name"],
                slug=options["short_name"],
                time_zone=options["time_zone"],
                language=options["language"],
                at=at,
            )
            defaults.furnish(organisation=organisation, at=at)
            membership = people.invite_person(
                email=options["administrator"],
                name=options["administrator_name"],
                unit=top,
                role=Role.ADMINISTRATOR,
                language=options["language"],
                today=at.astimezone(organisation.zone).date(),
                by=None,
                at=at,
            )
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{organisation.name} is there; its short name is {organisation.slug}.")
        if membership.user.has_usable_password():
            self.stdout.write(f"{membership.user.email} administers it and signs in as before.")
        else:
            link = f"{settings.SITE_URL}/welcome/{links.token(membership.user, links.INVITATION, at)}/"
            self.stdout.write(f"{membership.user.email} chooses a password here, once, within 14 days:\n  {link}")
        self.stdout.write(f"Next: manage.py load_catalogue --organisation {organisation.slug}")

    def _check(self, options: dict[str, Any]) -> None:
        if options["time_zone"] not in available_timezones():
            message = f"{options['time_zone']} is not a time zone. Write it like America/Chicago."
            raise CommandError(message)
        try:
            validate_email(options["administrator"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
