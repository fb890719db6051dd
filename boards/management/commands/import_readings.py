"""Count a file of numbers, or say what is wrong with it. The same road as an upload."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.actions import feeds
from boards.feeds.problems import PROBLEM_LIMIT, Finding, sentence
from boards.models import Batch, FeedMapping, Source
from org.models import Organisation

#: Exit codes: 0 counted (or nothing new), 1 called wrongly, 2 set aside because of problems.
QUARANTINED = 2


class Command(BaseCommand):
    """Exit codes: 0 counted or counted before, 1 called wrongly, 2 set aside because of problems."""

    help = "Count a CSV file of readings. Without a mapping the simple long form is expected (docs/feeds.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File, organisation, source, mapping, dry run, partial."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", help="short name; needed when there are several")
        parser.add_argument("--source", default="files", help="code of the source (made when it is not there)")
        parser.add_argument("--mapping", default="", help="name of a saved mapping of the source")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--partial", action="store_true", help="count good rows even if others are wrong")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import one file and print what became of it."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(_("The file cannot be read: %(why)s") % {"why": error.strerror}) from error
        with transaction.atomic():
            received = self._received(path.name, content, options)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._print(received, dry_run=options["dry_run"])
        if received.batch.state == Batch.State.QUARANTINED:
            raise CommandError(_("Nothing counts. Correct the file and send it again."), returncode=QUARANTINED)

    def _received(self, name: str, content: bytes, options: dict[str, Any]) -> feeds.Received:
        source = self._source(options)
        mapping = None
        if options["mapping"]:
            mapping = FeedMapping.objects.filter(source=source, name=options["mapping"]).first()
            if mapping is None:
                raise CommandError(_("The source has no mapping of this name."))
        try:
            return feeds.import_file(
                source=source,
                file_name=name,
                content=content,
                mapping=mapping,
                by=None,
                at=timezone.now(),
                partial=options["partial"],
                dry_run=options["dry_run"],
            )
        except ValidationError as error:
            raise CommandError(_("The mapping is not valid: %(why)s") % {"why": " ".join(error.messages)}) from error

    def _source(self, options: dict[str, Any]) -> Source:
        organisations = Organisation.objects.all()
        if options["organisation"]:
            organisations = organisations.filter(slug=options["organisation"])
        found = list(organisations[:2])
        if len(found) != 1:
            known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                _("Name one organization with --organisation. Known: %(known)s.") % {"known": known or "–"}
            )
        return feeds.file_source(organisation=found[0], code=options["source"], by=None, at=timezone.now())

    def _print(self, received: feeds.Received, *, dry_run: bool) -> None:
        batch = received.batch
        if received.again:
            self.stdout.write(sentence("file_came_before"))
            return
        for finding in received.findings:
            self.stdout.write(line(finding))
        if batch.problem_count > PROBLEM_LIMIT:
            self.stdout.write(_("… %(count)s findings in all.") % {"count": batch.problem_count})
        if batch.state == Batch.State.IMPORTED:
            words = _("Would count") if dry_run else _("Counted")
            self.stdout.write(
                _("%(words)s: %(rows)s rows, readings: %(new)s new, %(replaced)s replaced, %(same)s unchanged.")
                % {
                    "words": words,
                    "rows": batch.rows,
                    "new": batch.new_readings,
                    "replaced": batch.replaced_readings,
                    "same": batch.same_readings,
                }
            )


def line(finding: Finding) -> str:
    """A finding in one line: row, column, what stands there, what it means."""
    place = " ".join(
        part
        for part in (
            _("row %(row)s") % {"row": finding.row} if finding.row is not None else "",
            finding.column,
            f"“{finding.value}”" if finding.value else "",
        )
        if part
    )
    kind = _("Error") if finding.severity == "error" else _("Notice")
    return f"{kind}: {place}: {sentence(finding.code)}" if place else f"{kind}: {sentence(finding.code)}"
