"""`manage.py drop_partitions --before 2024-01`: let go of old months of readings and snapshots."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from boards.actions import retention
from boards.queries.retention import OldMonth, months_before
from org.rules import NotAllowed


def month(text: str) -> date:
    """The first day of a month written as 2024-01."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        message = f"{text} is not a month; write it like 2024-01"
        raise ArgumentTypeError(message) from error


class Command(BaseCommand):
    """Says what would go, asks, and drops it; the audit trail of each organisation concerned says so."""

    help = (
        "Delete readings, replaced readings and snapshots of all months before the given one, of every organisation. "
        "There is no way back but a backup. What people wrote, files and the audit trail stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--before", type=month, required=True, metavar="YYYY-MM", help="the first month that stays")
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted and change nothing")
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:
        """List, ask, drop."""
        before: date = options["before"]
        at = timezone.now()
        newest = retention.latest_cut(at.date())
        if before > newest:
            message = f"Boards look back over a year: only months before {newest:%Y-%m} can be dropped."
            raise CommandError(message)
        months = months_before(before)
        if not months:
            self.stdout.write(f"Nothing stands from before {before:%Y-%m}.")
            return
        self._list(months)
        if options["dry_run"]:
            self.stdout.write("Nothing was deleted (--dry-run).")
            return
        if not options["no_input"] and not self._agreed(before):
            message = "Nothing was deleted."
            raise CommandError(message)
        try:
            dropped = retention.drop_months(before=before, by=None, at=at)
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Deleted: {len(dropped)} tables of {len(months)} months.")

    def _list(self, months: list[OldMonth]) -> None:
        for old in months:
            self.stdout.write(f"  {old.month:%Y-%m}  {filesizeformat(old.size)}".replace("\xa0", " "))
        together = filesizeformat(sum(old.size for old in months)).replace("\xa0", " ")
        self.stdout.write(f"{len(months)} months of all organizations, {together} together.")

    def _agreed(self, before: date) -> bool:
        self.stdout.write("This cannot be undone. Is there a backup?")
        try:
            return input(f"Type {before:%Y-%m} to delete them: ").strip() == f"{before:%Y-%m}"
        except EOFError:
            return False
