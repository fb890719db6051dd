"""The words of an organisation, read once for a page.

In Python `terms.say(organisation, "gap")`, in templates `{% load terms %}{% term "gap" %}`; a key with a capital gives
the word with one. One statement for a request, none for pages that ask for no word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils.translation import get_language

from boards import terms
from org.queries import standing_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from org.models import Organisation


@dataclass(frozen=True, slots=True)
class Words:
    """What an organisation calls things: (key, language) → text, for those that it has renamed."""

    renamed: Mapping[tuple[str, str], str]

    def say(self, key: str) -> str:
        """The word for `key` in the reader's language; for "Gap" with a capital. Raises KeyError for no known key."""
        plain = terms.known(key)
        language = (get_language() or "en").split("-")[0]
        text = self.renamed.get((plain, language)) or str(terms.WORDS[plain].text)
        return text if key == plain else terms.capital(text)


AS_SHIPPED: Final = Words({})


def words_of(organisation_id: int) -> Words:
    """The words of an organisation. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, language, text FROM boards_term WHERE organisation_id = %s", [organisation_id])
        return Words({(key, language): text for key, language, text in cursor.fetchall()})


def remembered(organisation: "Organisation") -> Words:
    """`words_of` without asking again of the same object, which lives for one request."""
    held: Words | None = getattr(organisation, "words", None)
    if held is None:
        held = words_of(organisation.pk)
        organisation.words = held  # type: ignore[attr-defined]
    return held


def say(organisation: "Organisation", key: str) -> str:
    """What `organisation` calls `key`. One statement the first time that an organisation is asked."""
    return remembered(organisation).say(key)


def words_for(request: "HttpRequest") -> Words:
    """The words of the organisation that a page is about, as its frame knows it. One statement a request at most."""
    held: Words | None = getattr(request, "words", None)
    if held is None:
        kwargs = request.resolver_match.kwargs if request.resolver_match else {}
        looked_at = kwargs.get("slug", getattr(request, "looked_at", None))
        standing = standing_of(request.user, looked_at) if request.user.is_authenticated else None
        held = words_of(standing.organisation_id) if standing else AS_SHIPPED
        request.words = held  # type: ignore[attr-defined]
    return held
