"""What the pages about gaps between groups call things: keys, shipped texts, where each stands.

Words around equity are loaded differently in different places. A hospital may rename every one of them – "equity" to
"access and fairness", "gap" to "difference" – and loses nothing: pages, menus and files ask for a key and never for a
word. Where a hospital has not renamed a key, the shipped text stands in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Longest word that can be kept.
LONGEST: Final = 60
#: Folders and files of templates of this area, from the root of templates. `tests/boards/test_terms.py` looks through
#: them for words that should have been asked for by key; a new page of the area adds itself here.
TEMPLATES: Final = (
    "improvement/algorithms",
    "improvement/evidence",
    "improvement/accountability",
    "boards/setup/terms.html",
    "boards/setup/workforce.html",
    "signals/workforce.html",
)


@dataclass(frozen=True, slots=True)
class Word:
    """A thing that has a name. `text` as shipped, without a capital; `about` says where it stands."""

    text: Any
    about: Any


WORDS: Final[Mapping[str, Word]] = {
    "equity": Word(_("equity"), _("The whole area, in headings and menus")),
    "gap": Word(_("gap"), _("How far a group lies from the group that it is compared with")),
    "gaps": Word(_("gaps"), _("The same, more than one")),
    "signal": Word(_("signal"), _("A gap that a rule found")),
    "signals": Word(_("signals"), _("The same, more than one")),
    "reference_group": Word(_("reference group"), _("The group with which the others are compared")),
    "groups": Word(_("groups of patients"), _("Patients of one category, such as one language")),
    "goal": Word(_("goal with two halves"), _("Raise the whole and narrow the gap")),
    "goals": Word(_("goals with two halves"), _("The same, more than one")),
    "voice": Word(_("voice of the community"), _("What patients and community said about a goal")),
    "voices": Word(_("voices of the community"), _("The same, more than one")),
    "completeness": Word(_("completeness"), _("The share of patients whose group is known")),
    "social_needs": Word(_("health-related social needs"), _("Food, housing, transport, utilities, safety")),
    "leader": Word(_("leader for equity"), _("Who answers for the area")),
    "evidence": Word(_("evidence pack"), _("The proof for a survey, as a page and as files")),
    "yearly_report": Word(_("yearly report on equity"), _("What is told to leaders and staff each year")),
    "guideline": Word(_("guideline that uses race"), _("An algorithm, guideline or range that looks at race")),
    "guidelines": Word(_("guidelines that use race"), _("The same, more than one")),
    "workforce": Word(_("workforce equity"), _("Measures of staff by groups of staff")),
}


def known(key: str) -> str:
    """The key of `WORDS` that `key` names, with or without a capital ("Gap"). Raises KeyError for any other."""
    plain = key[:1].lower() + key[1:]
    if plain not in WORDS:
        raise KeyError(key)
    return plain


def capital(text: str) -> str:
    """`text` with a capital at its beginning."""
    return text[:1].upper() + text[1:]
