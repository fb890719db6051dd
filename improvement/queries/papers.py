"""The paper of a ticket as its page shows it: sections, comments, who writes, versions beside each other."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from boards.queries.words import number, short_day
from improvement import shared_text
from improvement.models import Paper, PaperComment, PaperVersion, PaperWriter
from improvement.rules import papers as rules
from improvement.rules.papers import Kept, Section

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from org.models import User

#: Whoever wrote within this time is said to be here.
HERE: Final = timedelta(seconds=40)
MOST_VERSIONS: Final = 200


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its number on the sheet (the head is 1), its place among all sections, and what it says."""

    name: str
    number: int
    place: int
    title: str
    asks: str
    text: str
    left: bool
    open_comments: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment; `when` in words."""

    row: PaperComment
    by: str
    when: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version in the list: what it is called, when and whose words are in it."""

    number: int
    name: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """A section in which two versions differ: pieces of "same", "gone" and "new" text in their order."""

    title: str
    pieces: Sequence[tuple[str, str]]


def in_short(ticket_id: int) -> Paper | None:
    """The paper of a ticket with no more than where it belongs and which version it is. The view asks `access.sees`
    about its unit. One statement.
    """
    return Paper.objects.in_short().filter(ticket=ticket_id).first()


def sections_of(paper: Paper) -> list[SectionView]:
    """The sections that are not left out. One statement."""
    return sections_with(paper, open_comments(paper))


def open_comments(paper: Paper) -> dict[str, int]:
    """Comments that nobody has settled, by section. One statement."""
    counts: dict[str, int] = {}
    for section in paper.comments.filter(settled_at__isnull=True).values_list("section", flat=True):
        counts[section] = counts.get(section, 0) + 1
    return counts


def sections_with(paper: Paper, comments: Mapping[str, int]) -> list[SectionView]:
    """The sections with how many comments are open in each. No statement."""
    left = rules.LEFT[paper.form]
    return [
        SectionView(
            name=section.value,
            number=place,
            place=place_of(section),
            title=str(section.label),
            asks=str(rules.ASKS[section]),
            text=paper.texts.get(section.value, ""),
            left=section in left,
            open_comments=comments.get(section.value, 0),
        )
        for place, section in enumerate(rules.sections_of(paper.form, paper.left_out), 2)
    ]


def goal_text(paper: Paper) -> str:
    """The numbers of the goal in words: "4.0 → 3.2 per 1,000 bed-days"; "" without a measure or a number to reach."""
    measure = paper.ticket.measure
    if measure is None or paper.goal_to is None:
        return ""
    said = [value for value in (paper.goal_from, paper.goal_to) if value is not None]
    typed = max(len(f"{value:.4g}".partition(".")[2]) for value in said)
    reach = " → ".join(number(value, max(measure.decimals, typed)) for value in said)
    return f"{reach} {measure.unit_text}".strip()


def place_of(section: Section) -> int:
    """The place of a section among all: how open pages are told of it."""
    return Section.values.index(section)


def remarks_of(paper: Paper, section: str, now: datetime) -> list[Remark]:
    """What was said to a section: open ones first, each in its order. One statement."""
    rows = list(paper.comments.filter(section=section).select_related("by"))
    rows.sort(key=lambda row: (row.settled_at is not None, row.at))
    return [
        Remark(row, row.by.name if row.by else "", short_day(row.at.astimezone(now.tzinfo).date(), now.date()))
        for row in rows
    ]


def here_now(paper: Paper, reader: "User", now: datetime) -> list[dict[str, str]]:
    """Who else writes now, and in which section. One statement."""
    rows = (
        PaperWriter.objects.filter(paper=paper, at__gt=now - HERE)
        .exclude(user=reader.pk)
        .select_related("user")
        .order_by("user__name")
    )
    return [{"name": row.user.name, "section": row.section} for row in rows]


def known_to(paper: Paper, vector: bytes) -> bytes:
    """What a page lacks that knows the shared text as far as `vector` says. Raises `shared_text.BadChange`."""
    return shared_text.missing(bytes(paper.shared), vector)


def packed(content: bytes) -> str:
    """Bytes as a page carries them."""
    return base64.b64encode(content).decode()


def versions_of(paper: Paper) -> list[VersionView]:
    """Versions, the newest first. Two statements."""
    found = paper.versions.select_related("by").prefetch_related("writers")[:MOST_VERSIONS]
    return [_version(row) for row in found]


def _version(row: PaperVersion) -> VersionView:
    names = sorted({user.name for user in row.writers.all()} | ({row.by.name} if row.by else set()))
    return VersionView(row.number, row.name or str(Kept(row.kept).label), row.at, ", ".join(names))


def versions(paper: Paper) -> "QuerySet[PaperVersion]":
    """All versions of a paper."""
    return PaperVersion.objects.filter(paper=paper)


def as_now(paper: Paper, tables: Mapping[str, Any]) -> PaperVersion:
    """What stands now, as a version that is not kept; `tables` as `paper_tables.lines_of` gives them."""
    return PaperVersion(paper=paper, number=0, texts=paper.texts, tables=tables, at=paper.edited_at or paper.created_at)


def compared(old: PaperVersion, new: PaperVersion) -> list[Change]:
    """Where two versions differ, section by section, word by word; tables line by line."""
    found: list[Change] = []
    for section in Section:
        before, after = _whole(old, section), _whole(new, section)
        if before == after:
            continue
        pieces: list[tuple[str, str]] = []
        for gone, come in shared_text.differences(before, after):
            if gone == come:
                pieces.append(("same", gone))
                continue
            if gone:
                pieces.append(("gone", gone))
            if come:
                pieces.append(("new", come))
        found.append(Change(str(section.label), pieces))
    return found


def _whole(version: PaperVersion, section: Section) -> str:
    return "\n".join([version.texts.get(section.value, ""), *version.tables.get(section.value, ())]).strip()


def version_title(version: PaperVersion) -> str:
    """What a version is called; number 0 is what stands now."""
    if version.number == 0:
        return _("Now")
    return version.name or _("Version %(n)s") % {"n": version.number}
