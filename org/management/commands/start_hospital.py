"""The first step of a new installation: an organisation and somebody who sets it up."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from org import links
from org.actions import organisations, people
from org.rules import NotAllowed, Role


class Command(BaseCommand):
    """Makes an organisation with four tiers, its top unit and its first administrator, and prints their link."""

    help = "Make an organisation and its first administrator; print the link with which they choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, time zone, language; who sets it up."""
        parser.add_argument("--name", required=True, help="Harbor Valley Health")
        parser.add_argument("--email", required=True, help="e-mail address of the first administrator")
        parser.add_argument("--person", required=True, help="name of the first administrator")
        parser.add_argument("--time-zone", default="America/New_York", help="like Europe/London")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Everything or nothing."""
        if options["time_zone"] not in available_timezones():
            message = f"{options['time_zone']} is no time zone; Europe/London is one."
            raise CommandError(message)
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        now = timezone.now()
        try:
            with transaction.atomic():
                organisation, top = organisations.start_organisation(
                    name=options["name"], time_zone=options["time_zone"], language=options["language"], at=now
                )
                role = people.invite_person(
                    email=options["email"],
                    name=options["person"],
                    unit=top,
                    role=Role.ADMINISTRATOR,
                    language=options["language"],
                    today=now.astimezone(organisation.zone).date(),
                    by=None,
                    at=now,
                )
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{organisation.name} is there, with {organisation.tiers.count()} tiers and its top unit.")
        if role.user.has_usable_password():
            self.stdout.write(f"{role.user.email} signs in as before and sets it up under {settings.SITE_URL}/set-up/")
            return
        token = links.token(role.user, links.INVITATION, now)
        self.stdout.write(f"{role.user.email} chooses a password here, once and within 14 days (also sent by e-mail):")
        self.stdout.write(f"{settings.SITE_URL}/welcome/{token}/")
