"""A hospital's own words stand in every menu, title, heading, field, button and link of the pages about gaps."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from boards import terms
from boards.models import Term
from huddles.actions import signals
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import MORNING
from tests.huddles.signals import make_stage
from tests.improvement.factories import BASELINE, BEFORE, make_goal, make_house, tell

pytestmark = pytest.mark.django_db

TAGS = "title|h[1-4]|caption|thead|nav|label|legend|button|dt|summary|option|th|figcaption|a"
LABELS = re.compile(rf"<({TAGS})\b[^>]*>(.*?)</\1>|<details class=\"menu\">(.*?)</details>", re.DOTALL)


def labels(page: str) -> str:
    """What titles, headings, menus, heads of tables, fields, buttons and links say."""
    found = [next(filter(None, texts), "") for _tag, *texts in LABELS.findall(page)]
    return unescape(re.sub(r"<[^>]+>", " ", " | ".join(found)))


def pages_of(language: str) -> dict[str, str]:
    """Every page of the area, told in `language`, of two houses that call each thing by a word of their own."""
    house = make_house()
    stage, signal = make_stage()
    goal = make_goal(house)
    tell(house, BASELINE, *BEFORE)
    for organisation in (house.organisation, stage.organisation):
        Term.objects.bulk_create(
            Term(organisation=organisation, key=key, language=language, text=f"zq{i}")
            for i, key in enumerate(terms.WORDS)
        )
    signals.carry_on(at=MORNING)  # the issue of a gap is named when it is opened
    officers = [make_user(Role.EQUITY_OFFICER, each.top, language=language) for each in (house, stage)]
    ours, theirs = (signed_in(officer) for officer in officers)
    slug = house.organisation.slug
    asked = [
        (ours, "improvement:equity-home", []),
        (ours, "improvement:goals", []),
        (ours, "improvement:goal", [goal.pk]),
        (ours, "improvement:goal-new", []),
        (ours, "improvement:voices", [slug]),
        (ours, "improvement:evidence", [slug]),
        (ours, "improvement:guidelines", [slug]),
        (ours, "improvement:yearly", [slug]),
        (ours, "improvement:leaders", [slug]),
        (ours, "boards:equity", [house.ward.pk]),
        (ours, "boards:groups", [house.ward.pk, house.measure.pk]),
        (ours, "boards:measure", [house.ward.pk, house.measure.pk]),
        (ours, "boards:completeness", []),
        (ours, "huddles:setup-signals", [slug]),
        (theirs, "huddles:signals", []),
        (theirs, "huddles:unit-signals", [stage.ward.pk]),
        (theirs, "huddles:signal", [signal.pk]),
    ]
    found = {}
    for client, name, arguments in asked:
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 200, name
        found[f"{name} {arguments}"] = answer.content.decode()
    return found


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_no_label_of_the_area_holds_a_shipped_word_after_it_was_renamed(language):
    with translation.override(language):
        shipped = [str(word.text) for word in terms.WORDS.values()]
    whole = re.compile(r"\b(" + "|".join(map(re.escape, shipped)) + r")\b", re.IGNORECASE)
    said = {name: labels(page) for name, page in pages_of(language).items()}
    assert {name: found for name, text in said.items() if (found := whole.findall(text))} == {}
    assert [name for name, text in said.items() if not re.search(r"\bzq\d+\b", text, re.IGNORECASE)] == []
