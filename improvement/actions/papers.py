"""Writing the paper of a ticket together: changes that merge, versions that are kept and come back, a coach's words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from boards.models import Measure
from huddles.actions.issues.history import checked_text
from improvement import shared_text
from improvement.actions import word_index
from improvement.models import Paper, PaperComment, PaperVersion, PaperWriter, Ticket
from improvement.queries.paper_tables import lines_of
from improvement.queries.ticket_people import owners_for
from improvement.rules import papers as rules
from improvement.rules.papers import Kept, Section
from org import audit, live
from org.models import User
from org.rules import NotAllowed

#: What open pages are told to fetch again: the shared text, what stands over it, a section's rows or its comments.
TEXT: Final = "text"
HEAD: Final = "head"
ROWS: Final = "rows"
COMMENTS: Final = "comments"


@dataclass(frozen=True, slots=True)
class Merged:
    """What a writer lacks after a change, and which revision that is."""

    missing: bytes
    revision: int


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over the sections. Numbers are in the unit of the ticket's measure."""

    left_out: frozenset[Section] = frozenset()
    sponsor: User | None = None
    goal_from: float | None = None
    goal_to: float | None = None
    goal_by: date | None = None
    audit_on: date | None = None
    balancing: Measure | None = None


@transaction.atomic
def begin(*, ticket: Ticket, by: User, at: datetime) -> Paper:
    """Begin the paper that the size of a ticket asks for, or give the one that is there. Raises NotAllowed."""
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    known = Paper.objects.filter(ticket=ticket).first()
    if known is not None:
        return known
    form = rules.PAPER_OF.get(ticket.size)
    if form is None:
        raise NotAllowed(_("A ticket of this size has no page of its own. Make it an A3 or a project first."))
    first = rules.SECTIONS[form][0]
    texts = {first.value: ticket.problem} if ticket.problem else {}
    paper = Paper.objects.create(
        ticket=ticket,
        form=form,
        left_out=list(rules.AT_FIRST_OUT[form]),
        shared=shared_text.rewritten(shared_text.EMPTY, texts),
        texts=texts,
        created_at=at,
        created_by=by,
    )
    _record("paper.begun", paper, by, at)
    live.publish(live.unit_topic(ticket.unit_id), {"work": ticket.pk})
    return paper


@transaction.atomic
def edit(*, paper: Paper, change: bytes, vector: bytes = b"", section: Section, by: User, at: datetime) -> Merged:
    """Merge a change of the shared text; the same change twice is once. `vector` says what the writer knows.

    Raises NotAllowed for what is no change, or makes a section longer than fits; nothing is merged then.
    """
    if len(change) > rules.LARGEST_CHANGE:
        raise NotAllowed(_("This is too much at once. Paste it in smaller parts."))
    paper = locked(paper)
    state = bytes(paper.shared)
    try:
        merged = shared_text.merged(state, change)
        missing = shared_text.missing(merged, vector)
        texts = shared_text.texts_of(merged, Section.values)
    except shared_text.BadChange as error:
        raise NotAllowed(_("The page and the server do not understand each other. Load the page anew.")) from error
    if merged == state:
        return Merged(missing, paper.revision)
    if len(merged) > rules.LARGEST_STATE or any(len(text) > rules.MOST for text in texts.values()):
        raise NotAllowed(_("A section holds %(most)s characters. Shorten it.") % {"most": rules.TEXT}, field=section)
    keep_before(paper, at)
    _write(paper, merged, texts, section, by, at)
    return Merged(missing, paper.revision)


@transaction.atomic
def write(*, paper: Paper, section: Section, text: str, seen: str, by: User, at: datetime) -> Paper:
    """Write a section as a whole, for a page without scripts; `seen` is what stood there before. Raises NotAllowed
    where somebody else has changed it since, and for a text that is too long.
    """
    paper = locked(paper)
    wanted, before = (said.replace("\r\n", "\n").replace("\x00", "") for said in (text, seen))
    now = paper.texts.get(section.value, "")
    if wanted == now:
        return paper
    if before != now:
        raise NotAllowed(_("Somebody else has changed this meanwhile. Look at what stands, and keep yours again."))
    if len(wanted) > rules.TEXT:
        raise NotAllowed(_("A section holds %(most)s characters. Shorten it.") % {"most": rules.TEXT}, field="text")
    keep_before(paper, at)
    state = shared_text.rewritten(bytes(paper.shared), {section.value: wanted})
    _write(paper, state, {**paper.texts, section.value: wanted}, section, by, at)
    return paper


def keep_before(paper: Paper, at: datetime) -> None:
    """Keep what stands as a version where a change at `at` comes after a pause, or a long stretch of writing."""
    if rules.keeps_before(paper.unkept_since, paper.edited_at, at):
        _keep(paper, Kept.PAUSE, "", paper.edited_by, paper.edited_at or at)


def _write(paper: Paper, state: bytes, texts: dict[str, str], section: Section, by: User, at: datetime) -> None:
    paper.shared, paper.texts = state, {name: text for name, text in texts.items() if text}
    paper.revision += 1
    paper.edited_at, paper.edited_by = at, by
    paper.unkept_since = paper.unkept_since or at
    paper.save(update_fields=["shared", "texts", "revision", "edited_at", "edited_by", "unkept_since"])
    _made, new = PaperWriter.objects.update_or_create(paper=paper, user=by, defaults={"section": section, "at": at})
    if new:
        _record("paper.written", paper, by, at)
    tell(paper, TEXT)


@transaction.atomic
def arrange(*, paper: Paper, said: Head, by: User, at: datetime) -> Paper:
    """Say what stands over the sections, and which are left out; what was written in those stays. Raises NotAllowed."""
    paper = locked(paper)
    new = said.sponsor is not None and said.sponsor.pk != paper.sponsor_id
    if new and not owners_for(paper.ticket.unit).filter(pk=said.sponsor.pk).exists():  # type: ignore[union-attr]
        raise NotAllowed(_("Choose somebody who works on improvements of this unit."), field="sponsor")
    other = said.balancing
    if other is not None and other.organisation_id != paper.ticket.organisation_id:
        raise NotAllowed(_("This belongs to another organization."), field="balancing")
    if other is not None and other.pk == paper.ticket.measure_id:
        raise NotAllowed(_("Choose another measure than the one that should change."), field="balancing")
    if not set(rules.SECTIONS[paper.form]) - said.left_out:
        raise NotAllowed(_("Leave at least one section in."), field="left_out")
    given = {name: getattr(said, name) for name in Head.__dataclass_fields__}
    given["left_out"] = sorted(said.left_out & set(rules.SECTIONS[paper.form]))
    changed = [name for name, value in given.items() if getattr(paper, name) != value]
    if changed:
        for name in changed:
            setattr(paper, name, given[name])
        paper.save(update_fields=changed)
        _record("paper.arranged", paper, by, at, fields=", ".join(changed))
        tell(paper, HEAD)
    return paper


@transaction.atomic
def keep(*, paper: Paper, name: str, by: User, at: datetime) -> PaperVersion:
    """Keep what stands as a version with a name. Raises NotAllowed without one."""
    paper = locked(paper)
    named = checked_text(name, rules.NAME, required=_("Give the version a name."), field="name")
    version = _keep(paper, Kept.NAMED, named, by, at)
    _record("paper.kept", paper, by, at, version=version.number)
    return version


@transaction.atomic
def restore(*, version: PaperVersion, by: User, at: datetime) -> Paper:
    """Let the texts of an earlier version come back; what stands now is kept as a version before. Tables stay."""
    paper = locked(version.paper)
    wanted = {name: version.texts.get(name, "") for name in Section.values}
    state = bytes(paper.shared)
    texts = shared_text.texts_of(state, Section.values)
    if texts == wanted:
        return paper
    if paper.versions.values_list("texts", flat=True).first() != paper.texts:
        _keep(paper, Kept.BEFORE_RESTORE, "", by, at)
    _write(paper, shared_text.rewritten(state, wanted), wanted, rules.SECTIONS[paper.form][0], by, at)
    _record("paper.restored", paper, by, at, version=version.number)
    return paper


def _keep(paper: Paper, kept: Kept, name: str, by: User | None, at: datetime) -> PaperVersion:
    last = paper.versions.values_list("number", flat=True).first() or 0
    version = PaperVersion.objects.create(
        paper=paper, number=last + 1, kept=kept, name=name, texts=paper.texts, tables=lines_of(paper), at=at, by=by
    )
    version.writers.set(paper.writers.values_list("user", flat=True))
    paper.writers.all().delete()
    paper.unkept_since = None
    paper.save(update_fields=["unkept_since"])
    return version


@transaction.atomic
def comment(*, paper: Paper, uid: UUID, section: Section, text: str, by: User, at: datetime) -> PaperComment:
    """Say something to a section. The same `uid` again gives the one that is there. Raises NotAllowed."""
    paper = locked(paper)
    known = PaperComment.objects.filter(uid=uid).first()
    if known is not None:
        require_own(known.paper_id, paper)
        return known
    said = checked_text(text, rules.COMMENT, required=_("Write what you want to ask or say."), field="text")
    made = PaperComment.objects.create(paper=paper, uid=uid, section=section, text=said, at=at, by=by)
    _record("paper.commented", paper, by, at)
    tell(paper, COMMENTS, section)
    return made


@transaction.atomic
def settle(*, comment: PaperComment, settled: bool = True, by: User, at: datetime) -> PaperComment:
    """Say that a comment is settled, or open it again."""
    paper = locked(comment.paper)
    comment = PaperComment.objects.get(pk=comment.pk)
    if settled == (comment.settled_at is not None):
        return comment
    comment.settled_at, comment.settled_by = (at, by) if settled else (None, None)
    comment.save(update_fields=["settled_at", "settled_by"])
    _record("paper.comment_settled" if settled else "paper.comment_opened", paper, by, at)
    tell(paper, COMMENTS, Section(comment.section))
    return comment


def require_own(paper_id: int, paper: Paper) -> None:
    """Raises NotAllowed where what a form has sent before was for another page."""
    if paper_id != paper.pk:
        raise NotAllowed(_("This form is of another page. Open this page again."))


def locked(paper: Paper) -> Paper:
    """The paper as it stands, for this transaction alone."""
    Paper.objects.select_for_update().get(pk=paper.pk)
    return Paper.objects.select_related("ticket__unit").get(pk=paper.pk)


def tell(paper: Paper, part: str, section: Section | None = None) -> None:
    """Tell open pages which `part` to fetch again: of a section, by its place among all sections, or 0. The ticket is
    found by what it says now.
    """
    word_index.renew(paper.ticket_id)
    place = 0 if section is None else Section.values.index(section)
    live.publish(live.paper_topic(paper.pk), {part: place})


def _record(verb: str, paper: Paper, by: User, at: datetime, **facts: audit.Fact) -> None:
    ticket = paper.ticket
    audit.record(
        verb,
        subject=paper,
        by=by,
        at=at,
        organisation_id=ticket.organisation_id,
        unit_id=ticket.unit_id,
        facts={"ticket": ticket.number, **facts},
    )
