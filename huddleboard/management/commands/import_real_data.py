"""`manage.py import_real_data`: an open data set as an organisation of its own, by the ordinary road of files."""

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from boards.management.commands.import_readings import QUARANTINED, line
from huddleboard.real_data import SETS, import_set
from huddleboard.real_data.plans import Absent
from org.actions.people import invite_person
from org.models import Membership, Organisation, Unit, User
from org.rules import NotAllowed, Role


class Command(BaseCommand):
    """Exit codes: 0 imported (or nothing new), 1 called wrongly, 2 a file was set aside because of problems."""

    help = "Import an open data set (docs/real-data.md) as an organisation of its own. Again, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("set", choices=sorted(SETS))
        parser.add_argument("--from", dest="folder", type=Path, required=True, help="folder that holds the data sets")
        parser.add_argument("--reader", metavar="E-MAIL", help="give this person the role of executive at the top")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import it, and say after every step how long it has taken so far."""
        begun = monotonic()

        def say(text: str) -> None:
            self.stdout.write(f"{monotonic() - begun:7.1f} s  {text}")
            self.stdout.flush()

        try:
            done = import_set(options["set"], options["folder"], at=timezone.now(), say=say)
        except Absent as absent:
            raise CommandError(str(absent)) from absent
        for finding in done.findings:
            self.stdout.write(line(finding))
        if done.refused:
            names = ", ".join(batch.file_name for batch in done.refused)
            raise CommandError(f"Nothing counts of {names}: not what this version knows.", returncode=QUARANTINED)
        if options["reader"]:
            say(_let_in(done.organisation, options["reader"]))


def _let_in(organisation: Organisation, email: str) -> str:
    top = Unit.objects.select_related("organisation").get(organisation=organisation, parent__isnull=True)
    user = User.objects.filter(email__iexact=email).first()
    held = Membership.objects.current().filter(user=user, unit__organisation=organisation)
    if user is not None and held.exists():
        return f"{user.email} may look already"
    now = timezone.now()
    try:
        invite_person(
            email=email,
            name=email.partition("@")[0],
            unit=top,
            role=Role.EXECUTIVE,
            language=organisation.language,
            today=now.astimezone(organisation.zone).date(),
            by=None,
            at=now,
        )
    except NotAllowed as refusal:
        raise CommandError(str(refusal)) from refusal
    if user is not None:
        return f"{user.email} may look at every board of {organisation.name}"
    return f"{email} is invited: a link to choose a password waits in the outbox; or: manage.py changepassword {email}"
