"""A driver diagram: what may hang on what, what only ideas have, and what is refused."""

from uuid import uuid4

import pytest

from improvement.actions import analyses
from improvement.models import Driver
from improvement.rules.papers import Course, Part, Place
from improvement.rules.tickets import Size
from org.rules import NotAllowed
from tests.boards.factories import make_measure
from tests.factories import make_organisation, make_unit
from tests.improvement.factories import NOW, make_house, make_paper, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def paper(house):
    return make_paper(make_ticket(house.ward, size=Size.PROJECT), form="charter")


@pytest.fixture
def hang(house, paper):
    def made(text, place, of=None, **said):
        return analyses.add(
            paper=paper,
            kind=Driver,
            uid=uuid4(),
            said={"text": text, "place": place, **said},
            of=of,
            by=house.staff,
            at=NOW,
        )

    return made


def test_ideas_hang_on_drivers_and_begin_as_ideas(hang, house):
    first = hang("A reader answers at once", Place.PRIMARY, measure=house.measure, part=Part.OUTCOME)
    second = hang("Readers are wired", Place.SECONDARY, first)
    idea = hang("Move the ten slowest", Place.IDEA, second)
    assert (first.course, second.course, idea.course) == ("", "", Course.IDEA)
    assert hang("Ask them each minute", Place.IDEA, first).of == first


@pytest.mark.parametrize(
    ("above", "place"),
    [
        (None, Place.SECONDARY),
        (None, Place.IDEA),
        (Place.PRIMARY, Place.PRIMARY),
        (Place.SECONDARY, Place.SECONDARY),
        (Place.SECONDARY, Place.PRIMARY),
        (Place.IDEA, Place.IDEA),
    ],
)
def test_what_cannot_hang_there_is_refused(hang, above, place):
    of = None
    if above is not None:
        of = hang("First", Place.PRIMARY)
        if above != Place.PRIMARY:
            of = hang("Second", Place.SECONDARY, of)
        if above == Place.IDEA:
            of = hang("Idea", Place.IDEA, of)
    with pytest.raises(NotAllowed, match="hangs on a driver") as refusal:
        hang("Somewhere", place, of)
    assert refusal.value.field == "place"


def test_only_ideas_have_a_course_and_a_ticket(hang, house, paper):
    tries = make_ticket(house.ward)
    first = hang("First", Place.PRIMARY, course=Course.TRIED, ticket=tries)
    assert (first.course, first.ticket) == ("", None)
    idea = hang("Idea", Place.IDEA, first, course=Course.TRIED, ticket=tries)
    assert (idea.course, idea.ticket) == (Course.TRIED, tries)


def test_things_of_another_house_are_refused(hang):
    other = make_unit(organisation=make_organisation(slug="other"))
    with pytest.raises(NotAllowed, match="of this organization"):
        hang("First", Place.PRIMARY, measure=make_measure(other.organisation, "falls"))
    first = hang("First", Place.PRIMARY)
    with pytest.raises(NotAllowed, match="another organization"):
        hang("Idea", Place.IDEA, first, ticket=make_ticket(other))


def test_nothing_hangs_on_what_is_gone_or_of_another_paper(hang, house, paper):
    first = hang("First", Place.PRIMARY)
    analyses.take_away(row=first, by=house.staff, at=NOW)
    first.refresh_from_db()
    with pytest.raises(NotAllowed, match="no longer there"):
        hang("Idea", Place.IDEA, first)
    analyses.take_away(row=first, gone=False, by=house.staff, at=NOW)
    first.refresh_from_db()
    elsewhere = make_paper(make_ticket(house.ward, size=Size.PROJECT), form="charter")
    with pytest.raises(NotAllowed, match="no longer there"):
        analyses.add(
            paper=elsewhere,
            kind=Driver,
            uid=uuid4(),
            said={"text": "Idea", "place": Place.IDEA},
            of=first,
            by=house.staff,
            at=NOW,
        )
