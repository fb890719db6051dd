"""A roster from a file: what it would change, and what is wrong with it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rounding.roster import Person, Staffed, Time, plan_roster

NEW_YORK = ZoneInfo("America/New_York")
ANA, BEN = Person("7", "Ana Ruiz", "WARD"), Person("8", "Ben Cole", "WARD")
LATE = Time("7", datetime(2026, 11, 24, 20, 0, tzinfo=UTC), datetime(2026, 11, 25, 4, 0, tzinfo=UTC))


def staffed(*people, left=(), elsewhere=(), times=(), accounts=()):
    zones = {"WARD": NEW_YORK, "OTHER": ZoneInfo("Europe/Madrid")}
    return Staffed(zones, {one.key: one for one in people}, left, elsewhere, accounts, times)


def plan(text, known=None, order=""):
    content = text if isinstance(text, bytes) else text.encode()
    return plan_roster(content, known or staffed(), unit="WARD", order=order)


def wrong(found):
    return [(one.row, one.column, one.text) for one in found.problems]


def spans(found):
    return [(time.starts_at, time.ends_at) for time in found.new_times]


HEAD = "id,name,start,end\n"
ONE = HEAD + "7,Ana Ruiz,2026-11-24 15:00,2026-11-24 23:00\n"


def test_a_row_is_somebody_and_a_shift():
    found = plan(ONE)
    assert (found.added, found.new_times, found.problems) == ((ANA,), (LATE,), ())


def test_the_same_file_again_changes_nothing():
    found = plan(ONE, staffed(ANA, times=[LATE]))
    assert found.is_empty
    assert found.same_times == 1


def test_somebody_without_a_shift_is_known_all_the_same():
    found = plan("id;name;start;end\n8;Ben Cole;;\n")
    assert (found.added, found.new_times) == ((BEN,), ())


@pytest.mark.parametrize(
    "content",
    [
        ONE.encode("utf-8-sig"),
        ONE.encode("utf-16"),
        ONE.replace(",", ";").replace("\n", "\r\n").encode(),
        ONE.replace(",", "\t").encode(),
        b"ID,Name,Start,End,Pay\n7,Ana Ruiz,2026-11-24T15:00,2026-11-24T23:00:00,9\n",
        b"id,name,day,start,end\n7,Ana  Ruiz,2026-11-24,3:00 PM,11:00 p.m.\n",
        b"id,name,start,end\n7,Ana Ruiz,2026-11-24T20:00:00Z,2026-11-25T05:00+0100\n",
    ],
)
def test_files_of_any_program_say_the_same(content):
    found = plan(content)
    assert (found.problems, found.added, found.new_times) == ((), (ANA,), (LATE,))


def test_letters_of_old_programs_are_read():
    found = plan((HEAD + "7,Señora Núñez,,\n").encode("cp1252"))
    assert [person.name for person in found.added] == ["Señora Núñez"]


def test_days_are_read_as_declared_and_refused_otherwise():
    text = HEAD + "7,Ana Ruiz,03/04/2026 15:00,03/04/2026 23:00\n"
    assert [column for _row, column, _text in wrong(plan(text))] == ["start", "end"]
    assert [span[0].astimezone(NEW_YORK).date() for span in spans(plan(text, order="dmy"))] == [date(2026, 4, 3)]
    assert [span[0].astimezone(NEW_YORK).date() for span in spans(plan(text, order="mdy"))] == [date(2026, 3, 4)]


def test_a_night_ends_on_the_next_day():
    found = plan("id,name,day,start,end\n7,Ana Ruiz,2026-11-24,23:00,07:00\n")
    assert spans(found) == [(datetime(2026, 11, 25, 4, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-07", 7), ("2026-10-31", 9), ("2026-11-24", 8)],
)
def test_a_night_is_shorter_in_spring_and_longer_in_autumn(day, hours):
    [(start, end)] = spans(plan(f"id,name,day,start,end\n7,Ana Ruiz,{day},23:00,07:00\n"))
    assert end - start == timedelta(hours=hours)


def test_of_the_hour_that_comes_twice_an_end_is_the_second_where_it_must_be():
    [(start, end)] = spans(plan(HEAD + "7,Ana Ruiz,2026-11-01 01:30,2026-11-01 01:15\n"))
    assert end - start == timedelta(minutes=45)


def test_times_are_those_of_the_unit():
    text = "id,name,unit,start,end\n7,Ana,OTHER,2026-11-24 15:00,2026-11-24 23:00\n"
    assert spans(plan(text)) == [(datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 24, 22, tzinfo=UTC))]


def test_who_is_not_in_the_file_any_more_is_ended_at_the_units_it_speaks_of():
    other = Person("9", "Cy Day", "OTHER")
    times = [Time("8", LATE.starts_at + timedelta(days=1), LATE.ends_at + timedelta(days=1))]
    found = plan(ONE, staffed(ANA, BEN, other, times=[LATE, *times]))
    assert (found.ended, found.gone_times) == ((BEN,), tuple(times))


def test_shifts_within_the_span_of_the_file_are_replaced_and_others_stay():
    def on(day, hour=20):
        start = datetime(2026, 11, day, hour, tzinfo=UTC)
        return Time("7", start, start + timedelta(hours=8))

    text = HEAD + "7,Ana Ruiz,2026-11-24 15:00,2026-11-24 23:00\n7,Ana Ruiz,2026-11-26 15:00,2026-11-26 23:00\n"
    found = plan(text, staffed(ANA, times=[on(20), on(24), on(25), on(28)]))
    assert (found.new_times, found.gone_times, found.same_times) == ((on(26),), (on(25),), 1)


def test_a_shift_with_another_end_takes_the_place_of_the_old_one():
    longer = Time("7", LATE.starts_at, LATE.ends_at + timedelta(hours=1))
    found = plan(ONE, staffed(ANA, times=[longer]))
    assert (found.new_times, found.gone_times) == ((LATE,), (longer,))


def test_somebody_who_left_comes_back_and_another_name_is_a_change():
    assert plan(ONE, staffed(ANA, left={"7"})).back == (ANA,)
    married = Person("7", "Ana Old", "WARD")
    assert plan(ONE, staffed(married)).changed == ((married, ANA),)


def test_an_address_joins_an_account_only_where_there_is_one():
    text = "id,name,start,end,email\n7,Ana Ruiz,,,ANA@example.org\n"
    assert plan(text).added[0].email == ""
    assert plan(text, staffed(accounts={"ana@example.org"})).added[0].email == "ana@example.org"
    assert plan(text, staffed(ANA)).is_empty


def test_the_first_day_at_work_is_read_and_kept():
    text = "id,name,start,end,began\n7,Ana Ruiz,,,2026-11-02\n"
    assert plan(text).added[0].began == date(2026, 11, 2)
    known = Person("7", "Ana Ruiz", "WARD", date(2026, 11, 2))
    assert plan(HEAD + "7,Ana Ruiz,,\n", staffed(known)).is_empty


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (",Ana,,", "id", "number of 1 to 40"),
        ("x" * 41 + ",Ana,,", "id", "number of 1 to 40"),
        ("7,,,", "name", "1 to 80"),
        ("66,Ana,,", "id", "not yours"),
        ("7,Ana,2026-11-24 15:00,", "end", "or neither"),
        ("7,Ana,tomorrow 15:00,2026-11-24 23:00", "start", "not a date"),
        ("7,Ana,2026-11-24 25:00,2026-11-24 23:00", "start", "no time of day"),
        ("7,Ana,2026-11-24 13:00 PM,2026-11-24 23:00", "start", "no time of day"),
        ("7,Ana,2026-11-24,2026-11-24 23:00", "start", "no time of day"),
        ("7,Ana,2026-11-24 15:00,2026-11-24 15:00", "end", "ends before"),
        ("7,Ana,2026-11-24 15:00,2026-11-23 23:00", "end", "ends before"),
        ("7,Ana,2026-11-24 15:00,2026-12-24 23:00", "end", "at most 36 hours"),
        ("7,Ana", "", "another number of cells"),
        ('7,"Ana,,', "", "not closed"),
    ],
)
def test_every_problem_is_told_with_its_row_in_plain_words(row, column, says):
    [found] = plan(HEAD + row + "\n", staffed(elsewhere={"66"})).problems
    assert (found.row, found.column) == (2, column)
    assert says in found.text


def test_problems_are_found_all_at_once_and_in_order():
    text = "id,name,unit,start,end\n7,Ana,NOWHERE,,\n,,WARD,,\n8,Ben,WARD,x,y\n8,Ben Two,WARD,,\n"
    assert [(row, column) for row, column, _text in wrong(plan(text))] == [
        (2, "unit"),
        (3, "id"),
        (3, "name"),
        (4, "start"),
        (4, "end"),
        (5, "id"),
    ]


def test_a_day_that_cannot_be_read_is_told_once():
    text = "id,name,day,start,end\n7,Ana Ruiz,03/04/2026,07:00,15:00\n"
    assert wrong(plan(text)) == [(2, "day", "Day or month first? Say so where you choose the file.")]


def test_one_shift_with_two_ends_is_a_problem():
    text = ONE + "7,Ana Ruiz,2026-11-24 15:00,2026-11-24 22:00\n"
    assert wrong(plan(text)) == [(3, "end", "The same shift stands in the file with another end.")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"id,name,start,end\n", "header"),
        (b"PK\x03\x04", "workbook"),
        (b"id,name\n7,Ana\n", "column is missing"),
    ],
)
def test_a_file_that_is_no_roster_says_why(content, says):
    found = plan(content)
    assert found.problems
    assert says in found.problems[0].text
    assert found.is_empty


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("9999-12-31 23:00,9999-12-31 23:30,", "start"),
        ("2026-11-24 15:00,2026-11-24T23:00+99:99,", "end"),
        (",,9999-12-31", "began"),
    ],
)
def test_days_and_offsets_that_no_calendar_has_are_problems_and_no_crash(row, column):
    found = plan(f"id,name,start,end,began\n7,Ana Ruiz,{row}\n")
    assert (found.problems[0].row, found.problems[0].column) == (2, column)
    assert (found.added, found.new_times) == ((ANA,) if column != "began" else (), ())
