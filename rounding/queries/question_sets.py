"""What the pages show with which a hospital edits its question sets. Its views have asked for the right."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from org.models import Organisation, Unit
from rounding.models import Question, QuestionSet, QuestionSetVersion, Wording
from rounding.rules.languages import direction_of, name_of
from rounding.rules.questions import AnswerKind, Line, SetKind, Words, languages_of, missing_in
from rounding.rules.starting_sets import STARTING_CARDS, STARTING_SETS
from rounding.rules.wordings import to_check_in

#: So many versions are listed, the newest first.
MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of a set by its own name. `missing`: places of questions that are not told in full in it; `to_check`:
    of those whose words in it did not follow them.
    """

    code: str
    name: str
    direction: str
    missing: Sequence[int] = ()
    to_check: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class SetRow:
    """A question set in the list, as its newest version is: number 0 for a draft. `unit` is empty where it is for all
    of them.
    """

    pk: int
    name: str
    kind: SetKind
    unit: str
    retired_at: datetime | None
    number: int
    minutes: int
    shared: bool
    questions: int
    equity: int
    tongues: Sequence[Tongue]
    published_at: datetime | None
    published_by: str


def line_of(row: Question) -> Line:
    """A stored question as rules know it, in the language in which the row was read, found `with_wordings`."""
    return Line(
        AnswerKind(row.kind),
        row.text,
        row.hint,
        tuple(row.choices),
        row.required,
        row.equity,
        row.after,
        row.after_value,
        {said.language: Words(said.text, said.hint, tuple(said.choices), said.to_check) for said in row.wordings.all()},
    )


def with_wordings(questions: "QuerySet[Question]") -> "QuerySet[Question]":
    """`questions` with all their wordings, those too that are to be checked. One statement more."""
    return questions.prefetch_related(Prefetch("wordings", Wording.every.all()))


def tongue(code: str, lines: Sequence[Line] = ()) -> Tongue:
    """A language, and which of `lines` lack words in it."""
    return Tongue(code, name_of(code), direction_of(code), missing_in(code, lines), to_check_in(code, lines))


def tongues_of(language: str, lines: Sequence[Line]) -> list[Tongue]:
    """The language of a set, which lacks nothing, and the others in which it has words."""
    return [tongue(language), *(tongue(code, lines) for code in languages_of(lines))]


def sets_of(organisation: Organisation) -> list[SetRow]:
    """All sets, by kind and name; retired ones too. Four statements."""
    newest = QuestionSetVersion.objects.filter(question_set=OuterRef("pk")).order_by("-number").values("pk")[:1]
    sets = organisation.question_sets.select_related("unit").annotate(newest=Subquery(newest))
    found = [(one, one.newest) for one in sets]
    pks = [pk for _one, pk in found if pk]
    versions = QuestionSetVersion.objects.select_related("published_by").in_bulk(pks)
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in with_wordings(Question.objects.filter(version__in=pks).order_by("position")):
        lines[row.version_id].append(line_of(row))
    kinds = list(SetKind)
    rows = [_row(one, versions.get(pk), lines.get(pk, [])) for one, pk in found]
    return sorted(rows, key=lambda row: (kinds.index(row.kind), row.unit, row.name, row.pk))


def _row(one: QuestionSet, version: QuestionSetVersion | None, lines: Sequence[Line]) -> SetRow:
    by = version.published_by if version is not None else None
    return SetRow(
        pk=one.pk,
        name=one.name,
        kind=SetKind(one.kind),
        unit=one.unit.name if one.unit is not None else "",
        retired_at=one.retired_at,
        number=version.number if version is not None else 0,
        minutes=version.minutes if version is not None else 0,
        shared=version.shared if version is not None else False,
        questions=len(lines),
        equity=sum(line.equity for line in lines),
        tongues=tongues_of(version.language, lines) if version is not None else [],
        published_at=version.published_at if version is not None else None,
        published_by=str(by) if by is not None else "",
    )


def versions_of(question_set: QuestionSet) -> "QuerySet[QuestionSetVersion]":
    """The newest versions of a set, and who published them."""
    return question_set.versions.select_related("published_by").order_by("-number")[:MOST_VERSIONS]


def units_to_choose(organisation: Organisation) -> "QuerySet[Unit]":
    """Open units, as the tree stands."""
    return Unit.objects.open().filter(organisation=organisation).order_by("path")


def missing_cards(names: Collection[str]) -> list[tuple[Any, int, tuple[Line, ...]]]:
    """Starting cards that are not among those with `names`, which are in the language of the reader."""
    return [card for card in STARTING_CARDS if str(card[0]) not in names]


def is_furnished(organisation: Organisation) -> bool:
    """Whether there is a set of every kind with which a hospital starts, and every card. Retired ones count, drafts do
    not.
    """
    present = list(organisation.question_sets.published().values_list("kind", "name"))
    names = {name for kind, name in present if kind == SetKind.K_CARD}
    return set(STARTING_SETS) <= {kind for kind, _name in present} and not missing_cards(names)
