"""Rounds: beginning, noting, ending. Each carries the UUID of the device that made it: again changes nothing."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from org import audit
from org.models import Unit, User
from org.rules import NotAllowed
from rounding.models import Colleague, Observation, Question, QuestionSetVersion, Reflection, Round, RoundComment
from rounding.rules import questions, rounds
from rounding.rules.questions import AnswerKind
from rounding.rules.rounds import Differs

_LARGEST: Final = Decimal(999999999)


@transaction.atomic
def begin(
    *,
    uid: UUID,
    unit: Unit,
    version: QuestionSetVersion,
    leader: User,
    began_at: datetime,
    at: datetime,
    partner: User | None = None,
    colleague: Colleague | None = None,
) -> Round:
    """Begin a round at `unit`, perhaps with one `colleague` of it. The same `uid` again gives the round that is there.
    `began_at` is the clock of the device, `at` ours. Raises NotAllowed for a closed unit and for somebody else's round.
    """
    known = Round.objects.filter(uid=uid).first()
    if known is not None:
        return _mine(known, leader)
    if unit.closed_on is not None:
        raise NotAllowed(_("%(unit)s is closed.") % {"unit": unit.name}, field="unit")
    if version.question_set.organisation_id != unit.organisation_id:
        raise NotAllowed(_("This question set belongs to another house."), field="version")
    made, fresh = Round.objects.get_or_create(
        uid=uid,
        defaults={
            "organisation_id": unit.organisation_id,
            "unit": unit,
            "version": version,
            "leader": leader,
            "partner": partner if partner is not None and partner.pk != leader.pk else None,
            "colleague": colleague if colleague is not None and colleague.unit_id == unit.pk else None,
            "began_at": rounds.within(began_at, earliest=at - rounds.OLDEST, latest=at),
            "received_at": at,
        },
    )
    if fresh:
        _record("round.began", made, leader, at)
    return _mine(made, leader)


@transaction.atomic
def note(
    *,
    uid: UUID,
    of_round: Round,
    question: Question | None,
    position: int,
    by: User,
    said_at: datetime,
    at: datetime,
    value: str = "",
    number: str = "",
    text: str = "",
    revision: int = 0,
) -> Observation:
    """Note an answer, or something seen (`question` None), as the `position`th of the round. A later call with the same
    `uid` changes it; `revision` is what the caller has seen of it, 0 for nothing.

    Raises Differs where something else stands there that the caller has not seen, and NotAllowed for what does not
    answer the question.
    """
    of_round = _mine(Round.objects.select_for_update().get(pk=of_round.pk), by)
    said = _checked(of_round, question, value.strip(), number.strip(), text)
    found = Observation.objects.filter(uid=uid).first()
    if found is None and question is not None:
        found = Observation.objects.filter(round=of_round, question=question).first()
    if found is not None:
        if found.round_id != of_round.pk:
            raise NotAllowed(_("This was noted on another round."))
        return _change(found, said, revision, of_round, by, at)
    there = Observation.objects.filter(round=of_round).aggregate(
        last=Max("position"), taken=Count("pk", filter=Q(position=position))
    )
    count = there["last"] or 0
    if count >= rounds.MOST_OBSERVATIONS:
        raise NotAllowed(_("A round holds at most %(n)s notes.") % {"n": rounds.MOST_OBSERVATIONS})
    return Observation.objects.create(
        uid=uid,
        round=of_round,
        question=question,
        position=count + 1 if there["taken"] or not 1 <= position <= rounds.MOST_OBSERVATIONS else position,
        value=said[0],
        number=said[1],
        text=said[2],
        at=rounds.within(said_at, earliest=of_round.began_at, latest=max(at, of_round.began_at)),
    )


@transaction.atomic
def end(*, of_round: Round, by: User, ended_at: datetime, at: datetime) -> Round:
    """End a round. Once is enough: the first end stays."""
    of_round = _mine(Round.objects.select_for_update().get(pk=of_round.pk), by)
    if of_round.ended_at is None:
        of_round.ended_at = rounds.within(ended_at, earliest=of_round.began_at, latest=max(at, of_round.began_at))
        of_round.save(update_fields=["ended_at"])
        _record("round.ended", of_round, by, at)
    return of_round


@transaction.atomic
def discard(*, of_round: Round, by: User, at: datetime) -> None:
    """Take away a round that has not ended, with its notes and photos: nobody else has read them. Issues, thanks and
    promises are acts and stay. Raises NotAllowed.
    """
    of_round = _mine(Round.objects.select_for_update().get(pk=of_round.pk), by)
    if of_round.ended_at is not None:
        raise NotAllowed(_("This round has ended: its unit may have read it."))
    if not of_round.version.shared and of_round.promises.exists():
        # Without its round a promise between two would be read by the unit.
        raise NotAllowed(_("Something was promised between the two of you: end the round instead."))
    of_round.promises.update(round=None)
    of_round.recognitions.update(round=None)
    _record("round.discarded", of_round, by, at)
    of_round.delete()


@transaction.atomic
def reflect(*, of_round: Round, asked: int | None, surprised: str, by: User, at: datetime) -> Reflection:
    """The leader's own minute, kept for the leader alone. The last one stays. Raises NotAllowed."""
    if of_round.leader_id != by.pk:
        raise NotAllowed(_("This minute belongs to whoever led the round."))
    if asked is not None and not 0 <= asked <= 10:
        raise NotAllowed(_("Say it between 0 and 10."), field="asked")
    words = checked_text(surprised, rounds.ANSWER_LENGTH, field="surprised")
    made, _fresh = Reflection.objects.update_or_create(
        round=of_round, defaults={"asked": asked, "surprised": words, "at": at}
    )
    return made


@transaction.atomic
def comment(
    *, of_round: Round, observation: Observation | None, text: str, uid: UUID, by: User, at: datetime
) -> RoundComment:
    """Say something to what was noted. The same `uid` again gives the comment that is there. Raises NotAllowed."""
    known = RoundComment.objects.filter(uid=uid, round=of_round).first()
    if known is not None:
        return known
    words = checked_text(text, rounds.COMMENT_LENGTH, field="text")
    if not words:
        raise NotAllowed(_("Write what you want to say."), field="text")
    made = RoundComment.objects.create(uid=uid, round=of_round, observation=observation, text=words, by=by, at=at)
    _record("round.commented", of_round, by, at)
    return made


def _mine(of_round: Round, by: User) -> Round:
    if by.pk not in (of_round.leader_id, of_round.partner_id):
        raise NotAllowed(_("This round is led by somebody else."))
    return of_round


def _change(
    found: Observation,
    said: tuple[str, Decimal | None, str],
    revision: int,
    of_round: Round,
    by: User,
    at: datetime,
) -> Observation:
    if (found.value, found.number, found.text) == said:
        return found
    if found.revision != revision:
        raise Differs(_shown(found), found.revision)
    found.value, found.number, found.text = said
    found.revision += 1
    found.save(update_fields=["value", "number", "text", "revision"])
    if of_round.ended_at is not None:
        _record("round.changed", of_round, by, at)
    return found


def _shown(found: Observation) -> dict[str, str]:
    number = "" if found.number is None else plain(found.number)
    return {"uid": str(found.uid), "value": found.value, "number": number, "text": found.text}


def plain(number: Decimal) -> str:
    """A number without trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _checked(
    of_round: Round, question: Question | None, value: str, number: str, text: str
) -> tuple[str, Decimal | None, str]:
    words = checked_text(text, rounds.ANSWER_LENGTH, field="text")
    if question is None:
        return "", None, words
    if question.version_id != of_round.version_id:
        raise NotAllowed(_("This question is not of this round."))
    if value and value not in questions.answers_of(question.kind, question.choices):
        raise NotAllowed(_("This is no answer to the question."))
    if not number:
        return value, None, words
    if question.kind != AnswerKind.NUMBER:
        raise NotAllowed(_("This is no answer to the question."))
    try:
        parsed = Decimal(number.replace(",", "."))
    except InvalidOperation:
        raise NotAllowed(_("“%(said)s” is not a number.") % {"said": number[:40]}, field="number") from None
    if not parsed.is_finite() or abs(parsed) > _LARGEST:
        raise NotAllowed(_("“%(said)s” is not a number.") % {"said": number[:40]}, field="number")
    return value, parsed.quantize(Decimal("0.001")), words


def _record(verb: str, of_round: Round, by: User, at: datetime) -> None:
    audit.record(
        verb, subject=of_round, by=by, at=at, organisation_id=of_round.organisation_id, unit_id=of_round.unit_id
    )
