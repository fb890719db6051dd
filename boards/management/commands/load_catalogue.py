"""`manage.py load_catalogue`: give an organisation its starting groups, letters, reasons and measures."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from boards.catalogue import load_catalogue
from boards.catalogue.load import ALL, GROUPINGS
from org.models import Organisation


class Command(BaseCommand):
    """Adds what is missing and says so; what the hospital has changed is never touched."""

    help = (
        "Add the starting catalogue (groups of patients, letters, reasons, measures) to an organisation. "
        "Run again it only adds what is missing; nothing that the hospital edited is overwritten."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--organisation", required=True, metavar="SHORT-NAME")
        parser.add_argument(
            "--grouping", choices=GROUPINGS, default=GROUPINGS[0], help="how race and ethnicity are shown"
        )
        parser.add_argument("--measures", default=ALL, metavar="ID,ID|all")
        parser.add_argument("--age-bands", default="board_default", metavar="SET")
        parser.add_argument(
            "--gender-and-orientation", action="store_true", help="also gender identity and sexual orientation"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, then say what was added, what was there, and what was left out and why."""
        try:
            organisation = Organisation.objects.get(slug=options["organisation"])
        except Organisation.DoesNotExist as error:
            known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            message = f"There is no organisation called {options['organisation']}. Known: {known}."
            raise CommandError(message) from error
        try:
            loaded = load_catalogue(
                organisation=organisation,
                grouping=options["grouping"],
                measures={part.strip() for part in options["measures"].split(",") if part.strip()},
                bands=options["age_bands"],
                gender_and_orientation=options["gender_and_orientation"],
                by=None,
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for kind in sorted(loaded.added | loaded.kept):
            self.stdout.write(f"{kind:<14} {loaded.added[kind]:>5} added  {loaded.kept[kind]:>5} already there")
        for text in loaded.skipped_aliases:
            self.stdout.write(f"spelling kept as the hospital uses it: {text}")
        for code, reason in loaded.left_out.items():
            self.stdout.write(f"measure left out: {code} – {reason}")
