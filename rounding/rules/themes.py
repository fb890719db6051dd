"""Themes: short words by which notes of many rounds and units are found together."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop as _

from huddles.rules import hints
from org.rules import NotAllowed
from org.shipped import shipped, sources

MOST_TAGS: Final = 6
TAG_LENGTH: Final = 30
#: Days that the page of themes can look back; each is set beside as many days before.
PERIODS: Final = (30, 90, 365)
USUAL_PERIOD: Final = 90

#: Words with which a house starts. Stored in English, read in the language of the reader (`org.shipped`).
STARTERS: Final = (
    _("supplies"),
    _("equipment"),
    _("staffing"),
    _("language and interpreters"),
    _("flow"),
    _("safety"),
    _("communication"),
    _("environment"),
    _("information technology"),
    _("medication"),
    _("speaking up"),
    _("teamwork"),
)
#: Letters and digits, joined by blanks, hyphens and apostrophes.
_PLAIN: Final = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")


def tidy(word: str) -> str:
    """`word` as it is stored: lower case, blanks single; one of ours in any language as its English word. Raises
    NotAllowed for what is empty, too long, no plain words, or may tell who a patient is.
    """
    said = " ".join(unicodedata.normalize("NFC", word).lower().split())
    if not said:
        raise NotAllowed(_now("Write a word for the theme."), field="tag")
    if len(said) > TAG_LENGTH:
        raise NotAllowed(_now("A theme has at most %(n)s characters.") % {"n": TAG_LENGTH}, field="tag")
    if not _PLAIN.fullmatch(said) or hints.find(word):
        raise NotAllowed(_now("Name the theme in plain words: no names, no numbers of patients."), field="tag")
    source = sources().get(said, "")
    return source if source in STARTERS else said


def added(tags: Sequence[str], word: str) -> list[str]:
    """`tags` with `word`, which stands there once. Raises NotAllowed."""
    said = tidy(word)
    if said in tags:
        return list(tags)
    if len(tags) >= MOST_TAGS:
        raise NotAllowed(_now("A note has at most %(n)s themes. Take one away first.") % {"n": MOST_TAGS}, field="tag")
    return [*tags, said]


def label(tag: str) -> str:
    """A tag in the language of the reader, where it is one of ours."""
    return shipped(tag)


def period_of(asked: str) -> int:
    """The period that was asked for, in days; the usual one for anything else."""
    return next((days for days in PERIODS if str(days) == asked), USUAL_PERIOD)
