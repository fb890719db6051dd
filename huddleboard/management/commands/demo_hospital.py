"""`manage.py demo_hospital`: an invented hospital, or a larger invented system for benchmarks."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from huddleboard.demo import hospital, make_hospital, make_system, remove, system
from huddleboard.demo.organisation import ZONE
from org.models import Organisation
from org.rules import NotAllowed

SLUGS = {"small": hospital.SMALL_SLUG, "hospital": hospital.SLUG, "system": system.SLUG}


class Command(BaseCommand):
    """Makes it in one of three sizes, marked as synthetic everywhere; deletes only what is."""

    help = "Make Harbor Valley Health, an invented hospital with thirteen months of invented numbers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--size", choices=sorted(SLUGS), default="hospital")
        parser.add_argument("--today", type=date.fromisoformat, help="history ends the day before (default: today)")
        parser.add_argument("--days", type=int, default=1, help="days of readings of the system")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any organisation")
        parser.add_argument("--reset", action="store_true", help="delete the demo of this size first")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it, and say after every step how long it has taken so far."""
        begun = monotonic()

        def say(text: str) -> None:
            self.stdout.write(f"{monotonic() - begun:7.1f} s  {text}")
            self.stdout.flush()

        if options["if_empty"] and Organisation.objects.exists():
            self.stdout.write("There is an organisation already: no demo hospital is made.")
            return
        now = timezone.now()
        zone = ZoneInfo(ZONE)
        today: date = options["today"] or now.astimezone(zone).date()
        at = now if options["today"] is None else datetime.combine(today, time(6, 15), zone)
        last = today - timedelta(days=1)
        with transaction.atomic():  # a failure leaves the demo that stood before
            self._make_room(options["size"], say, reset=options["reset"])
            if options["size"] == "system":
                made = self._system(last, at, options["days"], say)
            else:
                made = self._hospital(last, at, say, small=options["size"] == "small")
        self.stdout.write(made)

    def _make_room(self, size: str, say: hospital.Say, *, reset: bool) -> None:
        """Remove the demo of this size that is there, if that was asked for."""
        present = Organisation.objects.filter(slug=SLUGS[size]).first()
        if present is None:
            return
        if not reset:
            message = f"{present.name} is there already. Use --reset to make it anew, or --if-empty to keep it."
            raise CommandError(message)
        try:
            remove(present)
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        say(f"{present.name} removed")

    def _hospital(self, last: date, at: datetime, say: hospital.Say, *, small: bool) -> str:
        say("all people and numbers of this hospital are invented")
        demo = make_hospital(small=small, last=last, at=at, say=say)
        return f"{demo.organisation.name}: {demo.first} to {demo.last}. Sign in: manage.py demo_logins"

    def _system(self, last: date, at: datetime, days: int, say: hospital.Say) -> str:
        say("all units and numbers of this system are invented")
        made = make_system(last=last, at=at)
        say(f"{len(made.unit_ids):,} units, {len(made.measure_ids)} measures, {len(made.stratum_ids)} groups")
        readings = sum(system.store_days(made, last, days, at, say))
        return f"{made.organisation.name}: {readings:,} readings."
