"""What themes count, whom they show it, what the search finds and how it reads it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from huddles.models import Issue
from org.models import Unit
from org.rules import Role
from rounding.actions import follow_ups
from rounding.models import Observation, Round
from rounding.queries.themes import (
    Wanted,
    compared,
    counted,
    file_rows,
    matching,
    notes_like,
    said_rows,
    suggested,
    themes_page,
    units_read,
)
from rounding.rules.questions import SetKind
from rounding.rules.rounds import PromiseState
from tests.factories import make_unit, make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_note, make_promise, make_round, make_set

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = AT + 2 * DAY


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def asked(house):
    return make_set(house.ward, kind=SetKind.STAFF)


def local(house):
    return NOW.astimezone(house.organisation.zone)


def tagged(unit, leader, asked, text, *tags, ago=0):
    at = AT - ago * DAY
    noted = make_note(make_round(unit, leader, asked, began_at=at, at=at), text, said_at=at, at=at)
    Observation.objects.filter(pk=noted.pk).update(tags=list(tags))
    noted.refresh_from_db()
    return noted


def page(house, user, unit=None, **wanted):
    return themes_page(user, Wanted(unit=unit or house.top, **{"days": 30, **wanted}), local(house))


def told(found):
    return [(each.tag, each.notes, each.rounds, each.units, each.before) for each in found.themes]


def words(house, user, unit=None, **wanted):
    rows = notes_like(user, Wanted(unit=unit or house.top, **{"days": 30, **wanted}), local(house))
    return [one.text for one in said_rows(rows, local(house))]


def test_themes_are_counted_over_units_and_beside_the_period_before(house, lead, asked):
    other = house.lead(house.other_ward)
    tagged(house.ward, lead, asked, "No gloves", "supplies", "safety")
    tagged(house.ward, lead, asked, "No gowns", "supplies", ago=3)
    tagged(house.other_ward, other, asked, "No linen", "supplies", ago=20)
    tagged(house.ward, lead, asked, "Beds", "flow", ago=29)  # two days ago is now: 31 days
    tagged(house.ward, lead, asked, "Older", "supplies", ago=57)
    tagged(house.ward, lead, asked, "Too old", "supplies", ago=59)
    found = page(house, house.lead(house.top))
    assert told(found) == [("supplies", 3, 3, 2, 1), ("safety", 1, 1, 1, 0), ("flow", 0, 0, 0, 1)]
    assert [each.compared for each in found.themes] == [
        "more than in the 30 days before: 1",
        "none in the 30 days before",
        "fewer than in the 30 days before: 1",
    ]
    assert (found.rounds, found.rounds_before, found.units, found.noted, found.tagged) == (3, 2, 2, 3, 3)
    tagged(house.ward, lead, asked, "", "flow")
    assert (page(house, lead).noted, page(house, lead).worded) == (3, 2)
    assert [(one.text, one.unit) for one in found.themes[0].said] == [
        ("No gloves", "5 West"),
        ("No gowns", "5 West"),
        ("No linen", "4 East"),
    ]


def test_two_notes_of_one_round_are_one_round(house, lead, asked):
    led = make_round(house.ward, lead, asked)
    for text in ("One", "Two"):
        Observation.objects.filter(pk=make_note(led, text).pk).update(tags=["flow"])
    assert told(page(house, lead, house.ward)) == [("flow", 2, 1, 1, 0)]


def test_the_newest_three_things_said_stand_under_a_theme_and_lead_to_their_round(house, lead, asked):
    made = [tagged(house.ward, lead, asked, f"Said {n}", "flow", ago=n) for n in range(4)]
    tagged(house.ward, lead, asked, "", "flow")
    (theme,) = page(house, lead, house.ward).themes
    assert [one.text for one in theme.said] == ["Said 0", "Said 1", "Said 2"]
    assert theme.notes == 5
    assert theme.said[0].url == f"/rounds/{made[0].round_id}/#note-{made[0].pk}"
    assert theme.said[1].day == "23 Nov"


def test_the_same_words_stand_under_a_theme_once_where_they_are_newest(house, lead, asked):
    for ago, text in enumerate(("No gloves", "Beds wait", " no gloves", "NO GLOVES", "Linen", "Older")):
        tagged(house.ward, lead, asked, text, "supplies", ago=ago)
    tagged(house.ward, lead, asked, "No gloves", "safety", ago=6)
    supplies, safety = page(house, lead, house.ward).themes
    assert [(one.text, one.day) for one in supplies.said] == [
        ("No gloves", "24 Nov"),
        ("Beds wait", "23 Nov"),
        ("Linen", "20 Nov"),
    ]
    assert (supplies.notes, [one.text for one in safety.said]) == (6, ["No gloves"])


def test_a_reader_finds_only_rounds_that_they_read_and_nobody_what_is_between_two(house, lead, asked):
    tagged(house.ward, lead, asked, "No gloves", "supplies")
    between = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    tagged(house.ward, lead, between, "I nearly left", "staffing")
    for reader in (lead, house.people["STAFF"], house.lead(house.line), house.lead(house.top)):
        assert [each.tag for each in page(house, reader).themes] == ["supplies"]
        assert words(house, reader) == ["No gloves"]
        assert words(house, reader, text="nearly") == []
    stranger = make_user(Role.EXECUTIVE, make_unit())
    for reader in (house.lead(house.other_ward), stranger, make_user(Role.DATA_STEWARD, house.top)):
        found = page(house, reader)
        assert (found.themes, found.rounds, found.noted, words(house, reader)) == ([], 0, 0, [])


def test_only_the_unit_and_what_is_below_it_and_only_the_kind(house, lead, asked):
    tagged(house.ward, lead, asked, "West", "flow")
    walk = make_set(house.ward, kind=SetKind.SAFETY_WALK)
    tagged(house.other_ward, house.lead(house.other_ward), walk, "East", "flow")
    top = house.lead(house.top)
    assert sorted(words(house, top)) == sorted(words(house, top, house.line)) == ["East", "West"]
    assert words(house, top, house.ward) == ["West"]
    assert words(house, top, kind="safety_walk") == ["East"]
    assert page(house, top, kind="safety_walk").rounds == 1
    assert page(house, top, house.support).rounds == 0


def test_a_theme_and_words_narrow_what_was_said(house, lead, asked):
    tagged(house.ward, lead, asked, "Gloves in size S are missing", "supplies")
    tagged(house.ward, lead, asked, "Gloves are fine", ago=1)
    tagged(house.ward, lead, asked, "Falta el intérprete", "communication", ago=2)
    assert words(house, lead, tag="supplies") == ["Gloves in size S are missing"]
    assert words(house, lead, text="glov") == ["Gloves in size S are missing", "Gloves are fine"]
    assert words(house, lead, text="MISSING glove") == ["Gloves in size S are missing"]
    assert words(house, lead, text="intérp") == ["Falta el intérprete"]
    assert words(house, lead, tag="supplies", text="intérp") == []
    for odd in ("'", "& | !", "a' & b:*", "\\", "()", "___"):
        assert words(house, lead, text=odd) == []
    found = page(house, lead, tag="supplies", text="gloves")
    assert ([each.tag for each in found.themes], found.noted, found.rounds) == (["supplies"], 1, 3)


def test_a_confidential_issue_leaves_no_trace_in_what_is_told(house, lead, asked):
    noted = tagged(house.ward, lead, asked, "The pump is broken", "equipment")
    follow_ups.raise_from(observation=noted, title="Secret title", client_id=uuid4(), by=lead, at=AT)
    before = page(house, lead)
    Issue.objects.filter(observations=noted).update(confidential=True)
    after = page(house, lead)
    assert (before.waiting, after.waiting) == (1, 0)
    assert before.themes == after.themes
    assert "Secret title" not in str(after)


def test_what_waits_for_an_answer_is_counted_over_the_rounds(house, lead, asked):
    noted = tagged(house.ward, lead, asked, "The pump is broken", "equipment")
    follow_ups.raise_from(observation=noted, title="Pump", client_id=uuid4(), by=lead, at=AT)
    promise = make_promise(house.ward, lead, of_round=noted.round)
    assert page(house, lead).waiting == 2
    follow_ups.answer_promise(promise=promise, state=PromiseState.KEPT, answer="", revision=1, by=lead, at=NOW)
    assert page(house, lead).waiting == 1
    assert page(house, lead, kind="safety_walk").waiting == 0


def test_more_themes_and_notes_cost_no_more_statements(house, lead, asked):
    def read():
        page(house, lead, text="pump")
        said_rows(notes_like(lead, Wanted(house.ward, 30), local(house)), local(house))

    question = asked.questions.get(position=2)
    counts = []
    for number in range(1, 4):
        noted = tagged(house.ward, lead, asked, f"The pump {number}", "equipment", f"theme {number}")
        Observation.objects.filter(pk=noted.pk).update(question=question)
        follow_ups.raise_from(observation=noted, title="Pump", client_id=uuid4(), by=lead, at=AT)
        with CaptureQueriesContext(connection) as statements:
            read()
        counts.append(len(statements))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 10


def test_words_are_found_by_their_index_among_many_notes(house, lead, asked):
    led = make_round(house.ward, lead, asked)
    Observation.objects.bulk_create(
        Observation(uid=uuid4(), round=led, position=n, text=f"word{n} of the day", tags=[f"tag{n % 500}"], at=AT)
        for n in range(1, 20_001)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rounding_observation")
        cursor.execute("SET LOCAL enable_seqscan = off")
    found = matching(Observation.objects.all(), "day word1234")
    assert "observation_words" in found.explain()
    assert "word1234 of the day" in [row.text for row in found]
    assert "observation_tags" in Observation.objects.filter(tags__contains=["tag7"]).explain()
    wanted = Wanted(house.top, 30, text="word1234")
    assert "observation_words" in notes_like(house.lead(house.top), wanted, local(house)).explain()


def test_words_of_the_house_are_suggested_first_and_none_of_a_single_round(house, lead, asked):
    since = AT - 365 * DAY
    for _twice in range(2):
        tagged(house.ward, lead, asked, "A", "night shift")
        tagged(house.ward, lead, asked, "B", "old words", ago=400)
    tagged(house.ward, lead, asked, "C", "only once")
    between = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    for _twice in range(2):
        tagged(house.ward, lead, between, "D", "between two")
    Round.objects.filter(observations__tags__contains=["old words"]).update(began_at=since - DAY, ended_at=since - DAY)
    found = [tag for tag, _name in suggested(house.organisation.pk, since)]
    assert found[:3] == ["night shift", "supplies", "equipment"]
    assert not {"only once", "old words", "between two"} & set(found)
    assert len(found) == len(set(found)) == 12
    assert "night shift" not in dict(suggested(make_unit().organisation_id, since))


def test_counts_stand_beside_each_other_in_words():
    assert compared(0, 0, 30) == compared(2, 0, 30) == "none in the 30 days before"
    assert compared(2, 2, 90) == "as many as in the 90 days before"
    assert compared(1, 2, 90) == "fewer than in the 90 days before: 2"


def test_the_file_has_counts_and_no_words(house, lead, asked):
    tagged(house.ward, lead, asked, "Nobody reads this", "supplies")
    wanted = Wanted(house.ward, 30)
    head, row = file_rows(counted(lead, wanted, local(house)), wanted, local(house))
    assert len(head) == len(row)
    assert row == ["supplies", "5 West", "2026-10-27", "2026-11-26", "1", "1", "1", "2026-09-27", "0"]
    with override("es"):
        assert file_rows([], wanted, local(house))[0] != []


def test_units_to_choose_are_those_where_one_reads_rounds(house, lead):
    assert [unit.name for unit in units_read(lead)] == ["5 West"]
    assert set(units_read(house.lead(house.line))) == {house.line, house.ward, house.other_ward}
    Unit.objects.filter(pk=house.other_ward.pk).update(closed_on=AT.date())
    assert set(units_read(house.lead(house.line))) == {house.line, house.ward}
    assert units_read(make_user(Role.DATA_STEWARD, house.top)) == []
