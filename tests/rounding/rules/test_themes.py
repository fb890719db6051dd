"""Which words may be themes, and how they are stored."""

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from org.rules import NotAllowed
from rounding.rules.starting_sets import shipped_texts
from rounding.rules.themes import MOST_TAGS, STARTERS, TAG_LENGTH, USUAL_PERIOD, added, label, period_of, tidy


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("  Pumps ", "pumps"),
        ("Night   Shift", "night shift"),
        ("Hand-over", "hand-over"),
        ("Nin\u0303os’s beds", "niños’s beds"),
        ("x" * TAG_LENGTH, "x" * TAG_LENGTH),
        ("SUPPLIES", "supplies"),
    ],
)
def test_a_theme_is_stored_in_small_letters_with_single_blanks(said, stored):
    assert tidy(said) == stored


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "x" * (TAG_LENGTH + 1),
        "<b>",
        "a,b",
        "pumps!",
        "-",
        "a -b",
        "_",
        "\x00",
        "Patient Smith",
        "MRN 1234567",
    ],
)
def test_what_is_no_plain_word_or_may_tell_who_a_patient_is_is_no_theme(said):
    with pytest.raises(NotAllowed) as refused:
        tidy(said)
    assert refused.value.field == "tag"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_word_of_ours_in_any_language_is_one_theme(language):
    for word in STARTERS:
        with override(language):
            said = gettext(word)
            assert label(word) == said
        assert tidy(said.upper()) == word == tidy(word)
    assert set(STARTERS) <= {str(text) for text in shipped_texts()}


def test_what_a_hospital_wrote_itself_is_shown_as_it_stands():
    with override("es"):
        assert label("night shift") == "night shift"


def test_a_note_has_each_theme_once_and_no_more_than_six():
    six = [str(n) for n in range(MOST_TAGS)]
    assert added(["pumps"], "Pumps") == ["pumps"]
    assert added(six, "5") == six
    assert added(six[:-1], "new") == [*six[:-1], "new"]
    with pytest.raises(NotAllowed, match="at most 6 themes"):
        added(six, "new")


def test_a_period_that_is_not_offered_is_the_usual_one():
    assert [period_of(asked) for asked in ("30", "365", "31", "", "x")] == [30, 365, *[USUAL_PERIOD] * 3]
