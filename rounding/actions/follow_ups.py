"""What a round leaves behind: an issue, thanks, a promise with a date."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.actions import issues
from huddles.actions.issues.history import checked_text
from huddles.actions.issues.raising import Details
from huddles.models import Issue
from huddles.rules.issues import Source, Urgency
from org import audit, outbox
from org.models import Membership, Unit, User
from org.rules import NotAllowed
from rounding.models import Observation, Promise, Recognition, Round
from rounding.rules import rounds as rules
from rounding.rules.rounds import Differs, PromiseState


@transaction.atomic
def raise_from(
    *,
    observation: Observation,
    title: str,
    client_id: UUID,
    by: User,
    at: datetime,
    spot: str = "",
    urgent: bool = False,
) -> Issue:
    """Make an issue of what was noted: it begins at the unit of the round. One observation makes one issue, and the
    same again gives it. Raises NotAllowed.
    """
    observation = (
        Observation.objects.select_for_update(of=("self",)).select_related("round__unit").get(pk=observation.pk)
    )
    if observation.issue is not None:
        return observation.issue
    issue = issues.raise_issue(
        title=title,
        unit=observation.round.unit,
        source=Source.ROUND,
        client_id=client_id,
        by=by,
        at=at,
        details=Details(spot=spot, urgency=Urgency.URGENT if urgent else Urgency.ROUTINE),
    )
    observation.issue = issue
    observation.save(update_fields=["issue"])
    return issue


@transaction.atomic
def thank(
    *,
    uid: UUID,
    unit: Unit,
    name: str,
    text: str,
    by: User,
    said_at: datetime,
    at: datetime,
    person: User | None = None,
    of_round: Round | None = None,
    observation: Observation | None = None,
) -> Recognition:
    """Thank a colleague by name. Who has an account hears of it; the next huddle of the unit reads it out. The same
    `uid` again gives the thanks that are there. Without `person`, the one at the unit who bears that name is meant,
    where there is just one. Raises NotAllowed.
    """
    known = Recognition.objects.filter(uid=uid, by=by).first()
    if known is not None:
        return known
    person = person or _named(unit, name)
    name = _line(person.name if person is not None else name, rules.NAME_LENGTH, _("Say whom you thank."))
    made = Recognition.objects.create(
        uid=uid,
        organisation_id=unit.organisation_id,
        unit=unit,
        round=of_round,
        observation=observation,
        person=person,
        name=name,
        text=_line(text, rules.THANKS_LENGTH),
        by=by,
        at=rules.within(said_at, earliest=at - rules.OLDEST, latest=at),
    )
    _record("thanks.said", made, unit, by, at)
    if person is not None and person.pk != by.pk:
        outbox.queue(
            template="thanks",
            recipient=person.email,
            dedup_key=f"thanks:{uid}",
            at=at,
            context={"unit": unit.name, "by": str(by), "link": settings.SITE_URL + reverse("rounding:thanks")},
            organisation_id=unit.organisation_id,
            language=person.language or unit.organisation.language,
        )
    return made


@transaction.atomic
def promise(
    *,
    uid: UUID,
    unit: Unit,
    text: str,
    due_on: date,
    by: User,
    said_at: datetime,
    at: datetime,
    of_round: Round | None = None,
    observation: Observation | None = None,
) -> Promise:
    """Promise something to a unit, for a day. The same `uid` again gives the promise that is there. A day that is over
    by the time it arrives, but was not when it was said, stands. Raises NotAllowed.
    """
    known = Promise.objects.filter(uid=uid, by=by).first()
    if known is not None:
        return known
    said_at = rules.within(said_at, earliest=at - rules.OLDEST, latest=at)
    rules.check_due(due_on, said_at.astimezone(unit.organisation.zone).date())
    made = Promise.objects.create(
        uid=uid,
        organisation_id=unit.organisation_id,
        unit=unit,
        round=of_round,
        observation=observation,
        text=_line(text, rules.PROMISE_LENGTH, _("Say what you promise.")),
        due_on=due_on,
        by=by,
        at=said_at,
    )
    _record("promise.made", made, unit, by, at, {"due_on": due_on.isoformat()})
    return made


@transaction.atomic
def answer_promise(
    *, promise: Promise, state: PromiseState, answer: str, revision: int, by: User, at: datetime
) -> Promise:
    """Say that a promise was kept, that it could not be kept and why, or that it is open again. `revision` is what the
    caller has seen of it. Raises Differs where it was changed meanwhile, NotAllowed without a reason for the second.
    """
    promise = Promise.objects.select_for_update(of=("self",)).select_related("unit").get(pk=promise.pk)
    if promise.by_id != by.pk:
        raise NotAllowed(_("Whoever promised it says what came of it."))
    words = "" if state == PromiseState.OPEN else _line(answer, rules.PROMISE_LENGTH)
    if (promise.state, promise.answer) == (state, words):
        return promise
    if promise.revision != revision:
        raise Differs({"state": promise.state, "answer": promise.answer}, promise.revision)
    if state == PromiseState.WITHDRAWN and not words:
        raise NotAllowed(_("Say why it could not be kept: the unit will read it."), field="answer")
    promise.state, promise.answer = state, words
    promise.ended_at = None if state == PromiseState.OPEN else at
    promise.revision += 1
    promise.save(update_fields=["state", "answer", "ended_at", "revision"])
    _record(_ENDS[state], promise, promise.unit, by, at)
    return promise


_ENDS = {
    PromiseState.OPEN: "promise.reopened",
    PromiseState.KEPT: "promise.kept",
    PromiseState.WITHDRAWN: "promise.withdrawn",
}


@transaction.atomic
def read_out(*, unit: Unit, recognitions: list[int], at: datetime) -> int:
    """Thanks were read out in the huddle of their unit; gives how many had not been before."""
    waiting = Recognition.objects.filter(unit=unit, pk__in=recognitions, read_out_at__isnull=True)
    return waiting.update(read_out_at=at)


def _named(unit: Unit, name: str) -> User | None:
    """The one person of the unit who bears this name."""
    wanted = " ".join(name.split())
    if not wanted:
        return None
    here = Membership.objects.filter(user=OuterRef("pk"), unit=unit, ended_on__isnull=True)
    found = list(User.objects.filter(Exists(here), is_active=True, name__iexact=wanted)[:2])
    return found[0] if len(found) == 1 else None


def _line(text: str, most: int, required: str = "") -> str:
    return checked_text(" ".join(text.split()), most, required=required)


def _record(
    verb: str, subject: Promise | Recognition, unit: Unit, by: User, at: datetime, facts: dict[str, str] | None = None
) -> None:
    audit.record(
        verb, subject=subject, by=by, at=at, organisation_id=unit.organisation_id, unit_id=unit.pk, facts=facts
    )
