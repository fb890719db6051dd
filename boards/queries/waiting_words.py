"""Words for groups of patients that nobody has mapped, as work: from which source, in how many files, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards import rules
from boards.models import Category
from org.models import Organisation

#: The findings of files name a new word as "dimension = word", cut to what a finding holds.
_SEEN = """
    SELECT c.id, c.name, d.name, s.name, count(DISTINCT b.id), min(b.received_at)
    FROM boards_category c JOIN boards_dimension d ON d.id = c.dimension_id
    LEFT JOIN (
        boards_problem p JOIN boards_batch b ON b.id = p.batch_id AND b.state = 'imported'
        JOIN boards_source s ON s.id = b.source_id
    ) ON p.code = 'unmapped_category' AND b.organisation_id = d.organisation_id
        AND lower(p.value) = lower(left(d.code || ' = ' || c.name, 80))
    WHERE d.organisation_id = %s AND c.state = 'unmapped'
    GROUP BY c.id, d.id, s.id ORDER BY min(b.received_at), d.position, c.name
"""


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word that waits. `files`: in how many it came; `first_seen` None where no file is known."""

    pk: int
    word: str
    dimension: str
    files: int
    first_seen: datetime | None
    age: str
    also: str  # other sources that send it
    url: str


@dataclass(frozen=True, slots=True)
class SourceTask:
    """The words that one source brought first: one open task until they are mapped. `source` "" is not known."""

    source: str
    sentence: str
    rows: Sequence[WordRow]


def count_waiting(organisation_id: int) -> int:
    """How many words wait. One statement."""
    waiting = Category.objects.filter(dimension__organisation=organisation_id, state=rules.CategoryState.UNMAPPED)
    return waiting.count()


def word_tasks(organisation: Organisation, now: datetime) -> list[SourceTask]:
    """The open tasks, the one whose oldest word waits longest first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [organisation.pk])
        found = cursor.fetchall()
    seen: dict[int, list[tuple[str, str, str | None, int, datetime | None]]] = {}
    for pk, word, dimension, source, files, first in found:
        seen.setdefault(pk, []).append((word, dimension, source, files, first))
    tasks: dict[str, list[WordRow]] = {}
    base = f"{reverse('boards:feed-groups')}?organisation={organisation.slug}"
    for pk, places in seen.items():
        word, dimension, source, _files, first = places[0]  # the source that brought it first
        others = ", ".join(sorted(place[2] for place in places[1:] if place[2]))
        files = sum(place[3] for place in places)
        row = WordRow(pk, word, dimension, files, first, _age(first, now), others, f"{base}#word{pk}")
        tasks.setdefault(source or "", []).append(row)
    return [SourceTask(source, _sentence(rows), rows) for source, rows in tasks.items()]


def _age(first: datetime | None, now: datetime) -> str:
    if first is None:
        return _("not known")
    days = (now - first).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("since today")


def _sentence(rows: Sequence[WordRow]) -> str:
    said = ngettext("%(n)s word waits", "%(n)s words wait", len(rows)) % {"n": len(rows)}
    if rows[0].first_seen is None:
        return f"{said}."
    return _("%(said)s, the oldest: %(age)s.") % {"said": said, "age": rows[0].age}
