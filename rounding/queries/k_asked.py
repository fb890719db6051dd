"""What a K-card asks: the elements of the newest version of its set, in the words of the reader where it has some."""

from django.utils.translation import get_language

from rounding.models import Question, QuestionSet, QuestionSetVersion
from rounding.rules.questions import AnswerKind


def newest_version(question_set: QuestionSet) -> QuestionSetVersion | None:
    """The version that holds."""
    return question_set.versions.order_by("-number").first()


def elements_of(version: QuestionSetVersion) -> list[Question]:
    """What is looked at, in order: questions that are answered with yes or no. Two statements."""
    rows = version.questions.filter(kind=AnswerKind.YES_NO).order_by("position").prefetch_related("wordings")
    return list(rows)


def words_of(question: Question) -> tuple[str, str]:
    """An element and its hint, in the language of the reader where the set has words in it. Wordings are fetched."""
    language = get_language() or ""
    said = next((said for said in question.wordings.all() if said.language == language), None)
    if said is None:
        return question.text, question.hint
    return said.text, said.hint or question.hint
