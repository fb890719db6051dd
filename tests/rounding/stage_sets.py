"""What the addresses of question sets name, beside the ward of the access table."""

from org.models import Unit
from rounding.rules.questions import SetKind
from tests.rounding.factories import make_set


def round_set_things(ward: Unit) -> dict[str, int | str]:
    """A question set of the house, by the names that rows of the access table use."""
    version = make_set(ward, kind=SetKind.GEMBA)
    return {"question_set": version.question_set_id, "question_version": version.number}
