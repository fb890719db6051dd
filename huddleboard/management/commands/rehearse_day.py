"""`manage.py rehearse_day`: the model hospital's Tuesday, played with the real actions, and its report."""

from argparse import ArgumentParser
from datetime import date, timedelta
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from huddleboard.demo.removal import remove
from huddleboard.rehearsal import play, report_of, set_stage
from huddleboard.rehearsal.stage import SLUG
from org.models import Organisation

TUESDAY = 1


class Command(BaseCommand):
    """Plays 33 huddles and the issues of a day in a house of its own; leaves nothing behind unless asked to."""

    help = "Play a model hospital's day: huddles, issues up four tiers, answers down; print every hand-over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--day", type=date.fromisoformat, help="a weekday (default: the last Tuesday that is over)")
        parser.add_argument("--keep", action="store_true", help="keep the house, to look at it in a browser")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Play, report, and end with 1 where something came out otherwise."""
        begun = monotonic()
        today = timezone.now().date()
        day = options["day"] or today - timedelta(days=(today.weekday() - TUESDAY - 2) % 7 + 2)
        if day.weekday() > 4:
            raise CommandError("Choose a weekday: service lines and branches do not huddle at the weekend.")
        with transaction.atomic():
            for former in Organisation.objects.filter(slug=SLUG):
                remove(former)
            stage = set_stage(day)
            self.stdout.write(f"{day:%A %d %B %Y}, {len(stage.units)} units; all people and words are invented")
            play(stage)
            report = report_of(stage)
            if not options["keep"]:
                transaction.set_rollback(True)
        for check in report.checks:
            mark = "ok  " if check.holds else "FAIL"
            wanted = "" if check.holds else f" (wanted {check.wanted})"
            self.stdout.write(f"{mark}  {check.what}: {check.found}{wanted}")
        for line in report.lines:
            self.stdout.write(line)
        good = sum(check.holds for check in report.checks)
        self.stdout.write(f"\n{good} of {len(report.checks)} came out, in {monotonic() - begun:.1f} s")
        if not report.holds:
            raise CommandError("The day came out otherwise than it should.")
