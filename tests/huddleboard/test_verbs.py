"""Whatever the actions record has words, and every word is of something that they record."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from boards.verbs import FACTS as BOARD_FACTS
from boards.verbs import VERBS as BOARD_VERBS
from huddles.rules.issues import Act
from huddles.verbs import FACTS as HUDDLE_FACTS
from huddles.verbs import VERBS as HUDDLE_VERBS
from improvement.verbs import FACTS as IMPROVEMENT_FACTS
from improvement.verbs import VERBS as IMPROVEMENT_VERBS
from org.models import Event
from org.queries import event_rows, verbs_of, with_kept_back
from org.verbs import FACTS, VERBS
from rounding.verbs import FACTS as ROUND_FACTS
from rounding.verbs import VERBS as ROUND_VERBS
from tests.factories import NOW, make_organisation, make_user

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDS = (
    *(ROOT / "org" / "actions").glob("*.py"),
    *(ROOT / "boards" / "actions").glob("*.py"),
    *(ROOT / "huddles" / "actions").rglob("*.py"),
    *(ROOT / "improvement" / "actions").rglob("*.py"),
    *(ROOT / "rounding" / "actions").rglob("*.py"),
    ROOT / "boards" / "catalogue" / "load.py",
    ROOT / "huddleboard" / "demo" / "organisation.py",
    ROOT / "huddleboard" / "real_data" / "setup.py",
)


def recorded() -> set[str]:
    """Every text of the actions that looks like the code of an event: nothing else in them does."""
    texts = (
        node for path in RECORDS for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)
    )
    return {node.value for node in texts if isinstance(node.value, str) and CODE.fullmatch(node.value)}


def test_every_event_has_words_and_every_word_an_event():
    composed = {"unit.moved", "unit.changed", "unit.closed", "unit.reopened"}  # f"unit.{step}" of a whole tree
    composed |= {f"issue.{act}" for act in Act.values}
    assert recorded() | composed == {*VERBS, *BOARD_VERBS, *HUDDLE_VERBS, *IMPROVEMENT_VERBS, *ROUND_VERBS}


def test_no_two_events_or_facts_of_the_rooms_share_a_code():
    verbs = (VERBS, BOARD_VERBS, HUDDLE_VERBS, IMPROVEMENT_VERBS, ROUND_VERBS)
    for words in (verbs, (FACTS, BOARD_FACTS, HUDDLE_FACTS, IMPROVEMENT_FACTS, ROUND_FACTS)):
        assert len(set().union(*words)) == sum(len(one) for one in words)


@pytest.mark.django_db
def test_the_trail_speaks_the_language_of_its_reader():
    organisation = make_organisation()
    for verb, facts in (
        ("membership.started", {"role": "unit_lead", "user": 7, "stands_in_for": None}),
        ("letter.moved", {"up": True}),
        ("thing.of_old", {"odd_fact": 0}),
    ):
        Event.objects.create(organisation_id=organisation.pk, verb=verb, at=NOW, facts=facts, subject_id=1)
    found = Event.objects.filter(organisation_id=organisation.pk).order_by("pk")
    events = list(with_kept_back(found, organisation, make_user()))
    assert [(row.what, row.facts) for row in event_rows(events, organisation)] == [
        ("Role given", (("role", "Unit lead"), ("person", "7"))),
        ("Letter moved", (("one place earlier", "yes"),)),
        ("thing · of old", (("odd fact", "0"),)),
    ]
    assert verbs_of(organisation) == [
        ("letter.moved", "Letter moved"),
        ("membership.started", "Role given"),
        ("thing.of_old", "thing · of old"),
    ]
    with translation.override("es"):
        assert [(row.what, row.facts) for row in event_rows(events[:2], organisation)] == [
            ("Función otorgada", (("función", "Jefatura de unidad"), ("persona", "7"))),
            ("Letra movida", (("un lugar antes", "sí"),)),
        ]
