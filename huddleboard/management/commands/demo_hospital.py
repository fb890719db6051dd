"""`manage.py demo_hospital`: an invented hospital, or a larger invented system for benchmarks."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
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
        size = options["size"]
        present = Organisation.objects.filter(slug=SLUGS[size]).first()
        if present is not None:
            self._remove(present, reset=options["reset"])
            say(f"{present.name} removed")
        now = timezone.now()
        zone = ZoneInfo(ZONE)
        today: date = options["today"] or now.astimezone(zone).date()
        at = now if options["today"] is None else datetime.combine(today, time(6, 15), zone)
        last = today - timedelta(days=1)
        say(f"all people and numbers of this {'system' if size == 'system' else 'hospital'} are invented")
        if size == "system":
            made = make_system(last=last, at=at)
            say(f"{len(made.unit_ids):,} units, {len(made.measure_ids)} measures, {len(made.stratum_ids)} groups")
            readings = sum(system.store_days(made, last, options["days"], at, say))
            self.stdout.write(f"{made.organisation.name}: {readings:,} readings.")
            return
        demo = make_hospital(small=size == "small", last=last, at=at, say=say)
        self.stdout.write(f"{demo.organisation.name}: {demo.first} to {demo.last}. Sign in: manage.py demo_logins")

    def _remove(self, organisation: Organisation, *, reset: bool) -> None:
        if not reset:
            message = f"{organisation.name} is there already. Use --reset to make it anew, or --if-empty to keep it."
            raise CommandError(message)
        try:
            remove(organisation)
        except NotAllowed as error:
            raise CommandError(str(error)) from error
