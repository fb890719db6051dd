"""K-cards: they are put up at a unit, pulled and talked about, turned to green or red, taken away."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from boards.models import Measure
from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Issue
from huddles.rules.issues import Source
from org import audit
from org.models import Unit, User
from org.rules import NotAllowed
from rounding.models import KAnswer, KCard, KCheck, QuestionSet, QuestionSetVersion
from rounding.queries.k_asked import elements_of, newest_version
from rounding.rules import k_cards as rules
from rounding.rules.k_cards import Per, Side
from rounding.rules.questions import SetKind

_TOKEN_BYTES: Final = 9


@transaction.atomic
def put_up(
    *,
    unit: Unit,
    question_set: QuestionSet,
    often: int,
    per: Per,
    by: User,
    at: datetime,
    measure: Measure | None = None,
) -> KCard:
    """Put a card up at `unit`, with a code of its own. One that hangs there already stays as it is. Raises NotAllowed
    for what cannot hang there.
    """
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    standing = KCard.objects.standing().filter(unit=unit, question_set=question_set).first()
    if standing is not None:
        return standing
    if unit.closed_on is not None:
        raise NotAllowed(_("%(unit)s is closed.") % {"unit": unit.name})
    _check_set(unit, question_set)
    rules.check_often(often, per)
    _check_measure(unit, measure)
    made = KCard.objects.create(
        organisation_id=unit.organisation_id,
        unit=unit,
        question_set=question_set,
        often=often,
        per=per,
        measure=measure,
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        added_at=at,
        added_by=by,
    )
    _record("k_card.put_up", made, by, at)
    return made


@transaction.atomic
def change(*, card: KCard, often: int, per: Per, measure: Measure | None, by: User, at: datetime) -> KCard:
    """Say how often a card is pulled while its process is not steady yet, and what shows harm. Raises NotAllowed."""
    card = KCard.objects.select_for_update(of=("self",)).select_related("unit").get(pk=card.pk)
    rules.check_often(often, per)
    if measure is None or measure.pk != card.measure_id:
        _check_measure(card.unit, measure)
    if (card.often, card.per, card.measure_id) == (often, per, measure.pk if measure else None):
        return card
    card.often, card.per, card.measure = often, per, measure
    card.save(update_fields=["often", "per", "measure"])
    _record("k_card.changed", card, by, at)
    return card


@transaction.atomic
def take_away(*, card: KCard, by: User, at: datetime) -> None:
    """Take a card off the board. Its checks stay; its code opens nothing any more."""
    if KCard.objects.filter(pk=card.pk, retired_at__isnull=True).update(retired_at=at):
        _record("k_card.taken_away", card, by, at)


@transaction.atomic
def check(
    *,
    uid: UUID,
    card: KCard,
    version: QuestionSetVersion,
    answers: Mapping[int, str],
    by: User,
    at: datetime,
    gets_in_the_way: str = "",
    coach_note: str = "",
) -> KCheck:
    """Turn a card by what was seen: id of a question of `version` → yes, no, or none where it does not apply.

    The same `uid` again gives the check that is there. Raises NotAllowed where a line has no answer, where nothing
    applies, and where the card was taken away.
    """
    card = KCard.objects.select_for_update(of=("self",)).select_related("unit__organisation").get(pk=card.pk)
    known = KCheck.objects.filter(uid=uid).first()
    if known is not None:
        if known.card_id != card.pk or known.by_id != by.pk:
            raise NotAllowed(_("This check belongs to another card."))
        return known
    if card.retired_at is not None:
        raise NotAllowed(_("This card was taken away."))
    if version.question_set_id != card.question_set_id:
        raise NotAllowed(_("This check belongs to another card."))
    elements = elements_of(version)
    side = rules.side_of([answers.get(element.pk, "") for element in elements])
    words, note = _text(gets_in_the_way, "gets_in_the_way"), _text(coach_note, "coach_note")
    made = KCheck.objects.create(
        uid=uid,
        card=card,
        version=version,
        by=by,
        at=at,
        day=at.astimezone(card.unit.organisation.zone).date(),
        side=side,
        gets_in_the_way=words,
        coach_note=note,
    )
    KAnswer.objects.bulk_create(
        KAnswer(check_of=made, question_id=element.pk, value=answers[element.pk]) for element in elements
    )
    _record("k_card.pulled", card, by, at)
    return made


@transaction.atomic
def raise_from_red(*, check_of: KCheck, title: str, client_id: UUID, by: User, at: datetime) -> Issue:
    """Make an issue of a red: it begins at the unit of the card. One check makes one issue, and the same again gives
    it. Raises NotAllowed.
    """
    found = KCheck.objects.select_for_update(of=("self",)).select_related("card__unit").get(pk=check_of.pk)
    if found.issue is not None:
        return found.issue
    if found.side != Side.RED:
        raise NotAllowed(_("This card shows green: nothing needs an issue."))
    issue = issues.raise_issue(
        title=title,
        unit=found.card.unit,
        source=Source.ROUND,
        client_id=client_id,
        by=by,
        at=at,
        details=Details(detail=found.gets_in_the_way),
    )
    found.issue = issue
    found.save(update_fields=["issue"])
    return issue


def _check_set(unit: Unit, question_set: QuestionSet) -> None:
    if question_set.organisation_id != unit.organisation_id or question_set.kind != SetKind.K_CARD:
        raise NotAllowed(_("This is no K-card of this house."), field="question_set")
    if question_set.retired_at is not None:
        raise NotAllowed(_("This card is not offered any more."), field="question_set")
    if question_set.unit is not None and not unit.path.startswith(question_set.unit.path):
        raise NotAllowed(_("This card is for other units."), field="question_set")
    version = newest_version(question_set)
    if version is None or not elements_of(version):
        raise NotAllowed(_("This card asks nothing that is answered with yes or no."), field="question_set")


def _check_measure(unit: Unit, measure: Measure | None) -> None:
    if measure is not None and not measure.placements.filter(unit=unit).exists():
        raise NotAllowed(_("This measure is not on the board of this unit."), field="measure")


def _text(said: str, field: str) -> str:
    words = said.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > rules.TEXT_LENGTH:
        raise NotAllowed(
            _("This has %(n)s characters; at most %(most)s fit.") % {"n": len(words), "most": rules.TEXT_LENGTH},
            field=field,
        )
    return words


def _record(verb: str, card: KCard, by: User, at: datetime) -> None:
    audit.record(verb, subject=card, by=by, at=at, organisation_id=card.organisation_id, unit_id=card.unit_id)
