"""Texts that tell who a patient is are noticed; the talk of a ward is left alone."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huddles.rules import hints
from huddles.rules.hints import Kind

TELLING = [
    ("Mrs. Smith waits for a bed", Kind.NAME, "Smith"),
    ("Mr O'Neill fell twice", Kind.NAME, "O'Neill"),
    ("patient Maria Lopez was sent home", Kind.NAME, "Maria Lopez"),
    ("pt John Doe without interpreter", Kind.NAME, "John Doe"),
    ("Sra. García espera", Kind.NAME, "García"),
    ("el paciente José de la Cruz se cayó", Kind.NAME, "José de la Cruz"),
    ("a man named Peter Miller", Kind.NAME, "Peter Miller"),
    ("bed 12 Smith, John", Kind.NAME, "Smith, John"),
    ("MRN 00123456", Kind.NUMBER, "00123456"),
    ("mrn: 4471-229", Kind.NUMBER, "4471-229"),
    ("record #55123", Kind.NUMBER, "55123"),
    ("historia clínica 887766", Kind.NUMBER, "887766"),
    ("NHC 1234567", Kind.NUMBER, "1234567"),
    ("SSN 123-45-6789", Kind.NUMBER, "123-45-6789"),
    ("wristband 100234567 unreadable", Kind.NUMBER, "100234567"),
    ("DOB 3/4/1951", Kind.BIRTH, "3/4/1951"),
    ("born on 4 March 1951", Kind.BIRTH, "4 March 1951"),
    ("nacida el 4 de marzo de 1951", Kind.BIRTH, "4 de marzo de 1951"),
    ("fecha de nacimiento: 04-03-2019", Kind.BIRTH, "04-03-2019"),
    ("the lady of 04/03/1951", Kind.BIRTH, "04/03/1951"),
    ("call 555-123-4567", Kind.PHONE, "555-123-4567"),
    ("call (555) 123-4567 tonight", Kind.PHONE, "(555) 123-4567"),
    ("llamar al +34 600 123 456", Kind.PHONE, "+34 600 123 456"),
]
PLAIN = [
    "",
    "Four IV pumps are missing since Monday",
    "CT image delay: 45 minutes on 11/23/2026",
    "Interpreter video units down in 3 clinics",
    "Patient lift in room 512 is broken",
    "Patient Transport takes an hour",
    "The patient in bed 12 waits for a bed",
    "Pacientes sin intérprete desde las 8:30",
    "Work order 4711, invoice of 1,250,000 dollars",
    "Door 3-12 does not lock; floor 5 West",
    "Printer HP 400 prints blank labels",
    "Baby scales drift by 10 g",
    "Meds late at 06:00 and 18:00, 2 of 24",
]


@pytest.mark.parametrize(("text", "kind", "found"), TELLING)
def test_what_tells_who_a_patient_is_gets_a_hint(text, kind, found):
    assert (kind, found) in [(hint.kind, hint.found) for hint in hints.find(text)]


@pytest.mark.parametrize("text", PLAIN)
def test_the_talk_of_a_ward_gets_none(text):
    assert hints.find(text) == ()


@given(st.text(max_size=300))
def test_any_text_gives_parts_of_itself_in_order_that_do_not_overlap(text):
    found = hints.find(text)
    assert [text[hint.start : hint.end] for hint in found] == [hint.found for hint in found]
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(hint.found in hint.words for hint in found)


@given(st.dates(date(1920, 1, 1), date(2026, 1, 1)), st.sampled_from(["DOB {:%m/%d/%Y}", "born {:%Y-%m-%d}"]))
def test_every_date_of_birth_is_noticed(day, how):
    text = "Waits. " + how.format(day) + ". Wristband wrong."
    assert [hint.kind for hint in hints.find(text)] == [Kind.BIRTH]


@given(st.from_regex(r"[1-9][0-9]{6,9}", fullmatch=True), st.sampled_from(["MRN {}", "mrn#{}", "wristband {} lost"]))
def test_every_long_number_is_noticed(number, how):
    assert [(hint.kind, hint.found) for hint in hints.find(how.format(number))] == [(Kind.NUMBER, number)]


def test_a_long_text_is_read_quickly():
    assert hints.find("patient " * 100_000) == ()
    assert hints.find("1-" * 100_000 + "a" * 100_000) == ()
