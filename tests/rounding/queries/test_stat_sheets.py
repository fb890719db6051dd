"""Stat sheets side by side: which rounds, which days, which words, for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from org.rules import Role
from rounding.queries.stat_sheets import stat_sheets
from rounding.rules.questions import AnswerKind, Line, SetKind
from tests.factories import make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_note, make_round, make_set

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LINES = (
    Line(AnswerKind.TEXT, "A safety worry today?", equity=True),
    Line(AnswerKind.YES_NO, "Are staffing and skills enough?"),
    Line(AnswerKind.CHOICE, "How full are you?", choices=("Room", "Full")),
    Line(AnswerKind.NUMBER, "How many wait?"),
    Line(AnswerKind.THANKS, "Who shines?"),
)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def version(house):
    return make_set(house.ward, *LINES, kind=SetKind.STAT_SHEET)


def sheet(house, version, at, *, by=None, **answers):
    """A stat sheet with `q1="Wanderers"`, `q2="no"` and so on."""
    made = make_round(house.ward, by or house.lead(house.line), version, began_at=at, at=at)
    for place, question in enumerate(version.questions.order_by("position"), start=1):
        said = answers.get(f"q{place}")
        if said is not None:
            field = {"text": "text", "number": "number", "thanks": "text"}.get(question.kind, "value")
            make_note(made, **{"text": "", "question": question, field: said, "said_at": at, "at": at})
    return made


def table(found):
    return {row.text: [(cell.day.day, list(cell.said)) for cell in row.cells] for row in found.rows}


def test_questions_stand_in_their_order_with_days_beside_each_other(house, lead, version):
    sheet(house, version, AT - 2 * DAY, q1="Wanderers", q2="no", q4="12.5")
    newest = sheet(house, version, AT, q2="partly", q3="1", q1="Wanderers")
    sheet(house, version, AT - timedelta(hours=2), q1="A wet floor")
    make_note(newest, "The lift is out")
    found = stat_sheets(house.ward, lead, AT)
    assert [day.isoformat() for day in found.days] == ["2026-11-24", "2026-11-22"]
    assert [(row.text, row.equity, row.answered) for row in found.rows] == [
        ("A safety worry today?", True, 2),
        ("Are staffing and skills enough?", False, 2),
        ("How full are you?", False, 1),
        ("How many wait?", False, 1),
        ("Also seen", False, 1),
    ]
    assert table(found) == {
        "A safety worry today?": [(24, ["Wanderers", "A wet floor"]), (22, ["Wanderers"])],
        "Are staffing and skills enough?": [(24, ["Partly"]), (22, ["No"])],
        "How full are you?": [(24, ["Full"]), (22, [])],
        "How many wait?": [(24, []), (22, ["12.5"])],
        "Also seen": [(24, ["The lift is out"]), (22, [])],
    }


def test_fourteen_days_of_the_unit_count_and_no_other_kind_of_round(house, lead, version):
    first = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # midnight in New York
    sheet(house, version, first, q1="On the first day")
    sheet(house, version, first - timedelta(minutes=1), q1="The day before")
    talk = make_set(house.ward, *LINES)
    sheet(house, talk, AT, q1="Of another kind")
    make_note(make_round(house.other_ward, lead, version), "Elsewhere")
    found = stat_sheets(house.ward, lead, AT)
    assert table(found) == {"A safety worry today?": [(11, ["On the first day"])]}


def test_only_rounds_that_the_reader_may_read_count(house, lead):
    kept = make_set(house.ward, *LINES, kind=SetKind.STAT_SHEET, shared=False)
    director = house.lead(house.line)
    sheet(house, kept, AT, q1="Between us")
    assert stat_sheets(house.ward, lead, AT).rows == []
    assert [row.text for row in stat_sheets(house.ward, director, AT).rows] == ["A safety worry today?"]
    shared = make_set(house.ward, *LINES, kind=SetKind.STAT_SHEET)
    sheet(house, shared, AT, q1="For all")
    assert table(stat_sheets(house.ward, make_user(Role.STAFF, house.ward), AT)) == {
        "A safety worry today?": [(24, ["For all"])]
    }
    assert stat_sheets(house.ward, house.lead(house.other_ward), AT).rows == []


def test_statements_are_constant(house, lead, version):
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            stat_sheets(house.ward, lead, AT)
        return len(found)

    sheet(house, version, AT, q1="Wanderers")
    before = statements()
    for ago in range(1, 4):
        sheet(house, version, AT - ago * DAY, q1="Wanderers", q2="no", q3="0")
    assert statements() == before
