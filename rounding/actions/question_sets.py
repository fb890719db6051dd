"""Question sets: an edit publishes the next version, so that a round of the past shows the questions of its day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from org import audit
from org.models import Organisation, Unit, User
from org.rules import NotAllowed, Overtaken
from org.shipped import shipped
from rounding.models import Question, QuestionSet, QuestionSetVersion, Wording
from rounding.queries.question_sets import line_of, missing_cards, with_wordings
from rounding.rules import questions as rules
from rounding.rules import wordings
from rounding.rules.questions import BETWEEN_TWO, Line, SetKind, Words
from rounding.rules.starting_sets import FIRST, FIRST_MINUTES, STARTING_SETS


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version says besides its questions. `minutes`: how long such a round takes."""

    minutes: int
    shared: bool
    language: str


@transaction.atomic
def furnish(*, organisation: Organisation, at: datetime) -> int:
    """Put the starting sets where a house has no set of their kind, and the starting cards where it has none of their
    name, in its language; give how many were put. Retired ones count. No card is put at a unit.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    with override(organisation.language):
        present = list(organisation.question_sets.published().values_list("kind", "name"))
        kinds = {kind for kind, _name in present}
        missing = [(kind, said) for kind, said in STARTING_SETS.items() if kind not in kinds]
        cards = missing_cards({name for kind, name in present if kind == SetKind.K_CARD})
        missing += [(SetKind.K_CARD, said) for said in cards]
        for kind, (name, minutes, lines) in missing:
            made = QuestionSet.objects.create(organisation=organisation, kind=kind, name=str(name))
            terms = Terms(minutes, shared=kind not in BETWEEN_TWO, language=organisation.language)
            _write(made, 1, _told(lines, terms.language), terms, None, at)
    return len(missing)


@transaction.atomic
def start_set(
    *, organisation: Organisation, kind: SetKind, name: str, unit: Unit | None, by: User, at: datetime
) -> QuestionSet:
    """A new set, as a draft: no round offers it and no card hangs before it is published. Raises NotAllowed."""
    if unit is not None and unit.organisation_id != organisation.pk:
        raise NotAllowed(_("This unit belongs to another house."), field="unit")
    name = _checked_name(name)
    made = QuestionSet.objects.create(organisation=organisation, kind=kind, name=name, unit=unit)
    _record("question_set.begun", made, by, at, {})
    return made


def beginning_of(question_set: QuestionSet) -> tuple[list[Line], Terms]:
    """With what a draft begins: the starting questions of its kind in the language of the house, else one question."""
    language, kind = question_set.organisation.language, SetKind(question_set.kind)
    _name, minutes, lines = STARTING_SETS.get(kind, ("", FIRST_MINUTES, (FIRST,)))
    with override(language):
        said = [
            replace(
                line, text=str(line.text), hint=str(line.hint), choices=tuple(str(choice) for choice in line.choices)
            )
            for line in _told(lines, language)
        ]
    return said, Terms(minutes, shared=kind not in BETWEEN_TWO, language=language)


@transaction.atomic
def publish(
    *,
    question_set: QuestionSet,
    name: str,
    lines: Sequence[Line],
    terms: Terms,
    based_on: int,
    by: User,
    at: datetime,
) -> QuestionSetVersion:
    """Publish `lines` as the next version; rounds that begin from now on have it, and devices fetch it. The same again
    gives the version that stands. Raises Overtaken where somebody published another one than `based_on` meanwhile, and
    NotAllowed where the lines do not make a set. Words are in the language of the set, whoever edits it, as `lines_of`
    gives them; those in another language that did not follow their question are kept to be checked, and not asked.
    """
    question_set = QuestionSet.objects.select_for_update().get(pk=question_set.pk)
    rules.check_set(lines)
    name = _checked_name(name)
    if not 1 <= terms.minutes <= rules.LONGEST_MINUTES:
        raise NotAllowed(_("A round takes 1 to %(n)s minutes.") % {"n": rules.LONGEST_MINUTES}, field="minutes")
    if terms.shared and question_set.kind in BETWEEN_TWO:
        raise NotAllowed(_("What is said in such a talk stays with the two who held it."), field="shared")
    newest = question_set.versions.order_by("-number").first()
    number = newest.number if newest is not None else 0
    if number != based_on:
        raise Overtaken(
            _("Somebody has published version %(number)s meanwhile. Look at it; your questions are still here.")
            % {"number": number}
        )
    if shipped(name) != question_set.name:
        question_set.name = name
        question_set.save(update_fields=["name"])
    before = lines_of(newest) if newest is not None else beginning_of(question_set)[0]
    lines = wordings.settled(wordings.checked(before, lines))
    if newest is not None and (before, terms_of(newest)) == (lines, terms):
        return newest
    return _write(question_set, number + 1, lines, terms, by, at)


@transaction.atomic
def retire(*, question_set: QuestionSet, by: User, at: datetime) -> None:
    """Offer a set no more. Rounds that were led with it keep it, also those that a device has not sent yet."""
    if QuestionSet.objects.filter(pk=question_set.pk, retired_at__isnull=True).update(retired_at=at):
        _record("question_set.retired", question_set, by, at, {})


@transaction.atomic
def bring_back(*, question_set: QuestionSet, by: User, at: datetime) -> None:
    """Offer a retired set again."""
    if QuestionSet.objects.filter(pk=question_set.pk, retired_at__isnull=False).update(retired_at=None):
        _record("question_set.brought_back", question_set, by, at, {})


def lines_of(version: QuestionSetVersion) -> list[Line]:
    """The questions of a version, as they would be published again: in the language of the version, whoever reads."""
    with override(version.language):
        return [line_of(row) for row in with_wordings(version.questions.order_by("position"))]


def terms_of(version: QuestionSetVersion) -> Terms:
    """What a version says besides its questions."""
    return Terms(version.minutes, version.shared, version.language)


def _told(lines: Sequence[Line], language: str) -> list[Line]:
    """Starting questions with their words in those of our languages that have some, but `language`: that of the set."""
    source = _words(lines, "en")
    found = list(lines)
    for code, _name in settings.LANGUAGES:
        if code == language:
            continue
        for place, said in enumerate(_words(lines, code)):
            if code == "en" or said.text != source[place].text:
                found[place] = replace(found[place], others={**found[place].others, code: said})
    return found


def _words(lines: Sequence[Line], code: str) -> list[Words]:
    with override(code):
        return [Words(str(line.text), str(line.hint), tuple(str(choice) for choice in line.choices)) for line in lines]


def _write(
    question_set: QuestionSet, number: int, lines: Sequence[Line], terms: Terms, by: User | None, at: datetime
) -> QuestionSetVersion:
    rules.check_set(lines)
    version = QuestionSetVersion.objects.create(
        question_set=question_set,
        number=number,
        minutes=terms.minutes,
        shared=terms.shared,
        language=terms.language,
        published_at=at,
        published_by=by,
    )
    rows = Question.objects.bulk_create(
        Question(
            version=version,
            position=place,
            kind=line.kind,
            text=str(line.text).strip(),
            hint=str(line.hint).strip(),
            choices=[str(choice).strip() for choice in line.choices],
            required=line.required,
            equity=line.equity,
            after=line.after,
            after_value=line.after_value,
        )
        for place, line in enumerate(lines, start=1)
    )
    Wording.objects.bulk_create(
        Wording(
            question=row,
            language=language,
            text=said.text.strip(),
            hint=said.hint.strip(),
            choices=[choice.strip() for choice in said.choices],
            to_check=said.to_check,
        )
        for row, line in zip(rows, lines, strict=True)
        for language, said in line.others.items()
        if said.text.strip()
    )
    _record("question_set.published", question_set, by, at, {"version": number})
    return version


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise NotAllowed(_("Give the set a name."), field="name")
    if len(name) > rules.NAME_LENGTH:
        raise NotAllowed(_("A name has at most %(n)s signs.") % {"n": rules.NAME_LENGTH}, field="name")
    return name


def _record(verb: str, question_set: QuestionSet, by: User | None, at: datetime, facts: dict[str, Any]) -> None:
    audit.record(
        verb,
        subject=question_set,
        by=by,
        at=at,
        organisation_id=question_set.organisation_id,
        unit_id=question_set.unit_id,
        facts=facts,
    )
