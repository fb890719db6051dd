"""The issues of a huddle, as they are spoken of in it: what came back, what is promised, what came up, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.models import CheckIn, Huddle, Issue
from huddles.queries import words
from huddles.queries.handled import Handled, handled_in
from huddles.queries.issues_words import status_word, told_word
from huddles.rules.issues import OPEN, Outcome, Size, Status, Urgency, Verdict
from org.models import Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: The end of today is at most so far, whatever the clocks do.
_TODAY: Final = timedelta(hours=25)
_SAID: Final = (Verdict.SOLVED, Verdict.PARTLY)


@dataclass(frozen=True, slots=True)
class Item:
    """An issue in a huddle. `title` and `told` are people's own words."""

    pk: int
    number: int
    title: str
    spot: str
    url: str
    says: str  # where it stands, in a sentence of ours
    told: str = ""  # the plain sentence for staff
    from_unit: str = ""
    late: bool = False
    urgent: bool = False
    done: bool = False  # the origin can say whether it is solved
    declined: bool = False  # … or whether an honest no is accepted
    read_out: bool = False
    may_sort: bool = False
    check_in: int = 0  # it is to be looked at by now: what it is answered under
    look_at: str = ""  # what is looked at then, in people's own words


@dataclass(frozen=True, slots=True)
class Spoken:
    """The lists of issues of one huddle."""

    answers: Sequence[Item] = field(default_factory=tuple)
    promises: Sequence[Item] = field(default_factory=tuple)
    queue: Sequence[Item] = field(default_factory=tuple)
    new: Sequence[Item] = field(default_factory=tuple)
    reopened: int = 0
    handled: Sequence[Handled] = field(default_factory=tuple)

    @property
    def settled(self) -> Sequence[Handled]:
        """What was dealt with in this huddle and has not come back since."""
        again = {item.pk for item in self.answers}
        return [one for one in self.handled if one.pk not in again]


def spoken(readable: "QuerySet[Issue]", unit: Unit, huddle: Huddle | None, now: datetime) -> Spoken:
    """What is spoken of in a huddle of `unit`, of the issues that somebody may read; without a huddle nothing is new.
    Two statements, and one more where something is to be looked at. `now` is local. What is confidential is never
    spoken of.
    """
    joined = Q(status=Status.MERGED, merged_into__status__in=sorted(OPEN))
    wanted = (Q(origin=unit) | Q(place=unit)) & (Q(status__in=sorted(OPEN)) | joined)
    if huddle is not None:
        wanted |= Q(huddle=huddle)
    issues = (
        readable.filter(wanted, confidential=False)
        .select_related("place", "origin", "owner", "answered_from", "merged_into__place", "merged_into__answered_from")
        .order_by("-urgency", "arrived_at", "pk")
    )
    answers: list[Item] = []
    promises: list[Item] = []
    queue: list[Item] = []
    new: list[Item] = []
    reopened = 0
    looks = _looks(issues, now)
    for issue in issues:
        if huddle is not None and issue.huddle_id == huddle.pk:
            new.append(_new(issue, unit, now))
            continue
        if issue.origin_id == unit.pk and _came_back(issue):
            answers.append(_answer(issue, now))
        if issue.place_id != unit.pk or issue.status == Status.MERGED:
            continue
        if issue.status in {Status.ANSWERED, Status.ACKNOWLEDGED} and issue.due_at is not None:
            promises.append(_promise(issue, now, looks.get(issue.pk)))
        elif issue.status in {Status.RAISED, Status.ACKNOWLEDGED}:
            waits = _waiting(issue, unit, now, looks.get(issue.pk))
            (queue if issue.origin_id != unit.pk else promises).append(waits)
        reopened += issue.reopened > 0
    promises.sort(key=lambda item: (not item.late, not item.check_in))
    handled = () if huddle is None else handled_in(huddle, readable, now)
    return Spoken(answers, promises, queue, new, reopened, handled)


def _came_back(issue: Issue) -> bool:
    """Whether the origin has an answer to hear, or a word to say about what was done."""
    whole = issue.merged_into or issue
    if whole.status == Status.DONE:
        return issue.verdict not in _SAID
    return whole.status == Status.ANSWERED and issue.read_out_at is None and whole.answered_from_id != issue.origin_id


def _looks(issues: "QuerySet[Issue]", now: datetime) -> dict[int, CheckIn]:
    """By issue, the check-in that is to be answered today or is late."""
    today = [issue.pk for issue in issues if issue.check_in_at is not None and issue.check_in_at <= now + _TODAY]
    if not today:
        return {}
    found = CheckIn.objects.filter(issue__in=today, seen="", day__lte=now.date()).order_by("-day")
    return {look.issue_id: look for look in found}


def _look(issue: Issue, look: CheckIn | None, now: datetime) -> tuple[str, dict[str, object]]:
    """The end of the sentence about an issue that has a check-in, and what its item has of it."""
    if issue.check_in_at is None:
        return "", {}
    more = {} if look is None else {"check_in": look.pk, "look_at": look.look_at}
    return f"; {words.check_in(issue.check_in_at, now)}", more


def _item(issue: Issue, says: str, **more: object) -> Item:
    return Item(
        issue.pk,
        issue.number,
        issue.title,
        issue.spot,
        reverse("huddles:issue", args=[issue.pk]),
        says,
        urgent=issue.urgency == Urgency.URGENT,
        **more,  # type: ignore[arg-type]
    )


def _answer(issue: Issue, now: datetime) -> Item:
    whole = issue.merged_into or issue
    source = (whole.answered_from or whole.place).name
    when = words.moment(whole.done_at or whole.answered_at or whole.changed_at, now)
    done = whole.status == Status.DONE
    if done and whole.outcome == Outcome.DECLINED:
        said = {"unit": source, "when": when}
        says = _("%(unit)s says that it is not possible, %(when)s. Is this answer accepted?") % said
    elif done:
        says = _("%(unit)s says that it is done, %(when)s. Is it solved here?") % {"unit": source, "when": when}
    else:
        until = words.until(whole.due_at, now)
        says = _("%(unit)s answered %(when)s; done %(until)s") % {"unit": source, "when": when, "until": until}
    declined = done and whole.outcome == Outcome.DECLINED
    word = told_word(issue, whole.outcome) if done else ""
    says = f"{says} {word}" if word else says
    read_out = issue.read_out_at is not None
    return _item(issue, says, told=whole.tell_staff, done=done, declined=declined, read_out=read_out)


def _promise(issue: Issue, now: datetime, look: CheckIn | None) -> Item:
    said = {
        "name": issue.owner.get_short_name(),
        "until": words.until(issue.due_at, now),
        "age": words.span(now - issue.raised_at),
    }
    says = _("%(name)s, %(until)s; open for %(age)s") % said
    ends, more = _look(issue, look, now)
    late = any(at is not None and at <= now for at in (issue.due_at, issue.check_in_at))
    return _item(issue, says + ends, late=late, from_unit=issue.origin.name, told=issue.tell_staff, **more)


def _waiting(issue: Issue, unit: Unit, now: datetime, look: CheckIn | None) -> Item:
    late = any(at is not None and at <= now for at in (issue.clock_at, issue.check_in_at))
    age = words.span(now - issue.raised_at)
    if issue.status == Status.RAISED:
        said = {"until": words.until(issue.clock_at, now), "age": age}
        says = _("Waits to be taken, %(until)s; open for %(age)s") % said
    else:
        said = {"name": issue.owner.get_short_name(), "until": words.until(issue.clock_at, now), "age": age}
        says = _("%(name)s is on it, answer %(until)s; open for %(age)s") % said
    foreign = issue.origin.name if issue.origin_id != unit.pk else ""
    ends, more = _look(issue, look, now)
    return _item(issue, says + ends, late=late, from_unit=foreign, told=issue.asked, **more)


def _new(issue: Issue, unit: Unit, now: datetime) -> Item:
    here = issue.place_id == unit.pk and issue.status in {Status.RAISED, Status.ACKNOWLEDGED}
    if issue.status in {Status.CONFIRMED, Status.UNCONFIRMED}:
        says = _("Done on the spot") if issue.size == Size.ON_THE_SPOT else status_word(issue)
    elif issue.status == Status.RAISED and issue.place_id == unit.pk:
        says = _("Waiting to be taken, with %(name)s") % {"name": issue.owner.get_short_name()}
    elif issue.place_id != unit.pk:
        says = _("Sent to %(unit)s, %(until)s") % {
            "unit": issue.place.name,
            "until": words.until(issue.needed_by or issue.clock_at, now),
        }
    else:
        says = _("%(name)s, %(until)s") % {
            "name": issue.owner.get_short_name(),
            "until": words.until(issue.due_at or issue.clock_at, now),
        }
    return _item(issue, says, may_sort=here)
