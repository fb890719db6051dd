"""The hospital's own words for what the pages about gaps are called."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from boards import terms
from boards.models import Term
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _check_language(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise NotAllowed(_("This language is not one of the house."))


@transaction.atomic
def rename(
    *, organisation: Organisation, language: str, texts: Mapping[str, str], by: "User", at: datetime
) -> list[str]:
    """Call the keys of `texts` so in `language`; an empty text is as shipped. Returns the keys that changed.

    Raises NotAllowed for another language, another key or a word that is too long; `field` names the key.
    """
    _check_language(language)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = dict(organisation.terms.filter(language=language).values_list("key", "text"))
    changed = []
    for key, typed in texts.items():
        if key not in terms.WORDS:
            raise NotAllowed(_("There is no such word."), field=key)
        text = " ".join(typed.split())
        if len(text) > terms.LONGEST:
            raise NotAllowed(_("At most %(n)s signs.") % {"n": terms.LONGEST}, field=key)
        if text == before.get(key, ""):
            continue
        changed.append(key)
        if text:
            Term.objects.update_or_create(
                organisation=organisation, key=key, language=language, defaults={"text": text}
            )
        else:
            organisation.terms.filter(key=key, language=language).delete()
    if changed:
        _record("terms.renamed", organisation, language, changed, by, at)
    return changed


@transaction.atomic
def as_shipped(*, organisation: Organisation, language: str, by: "User", at: datetime) -> list[str]:
    """Call everything as shipped again in `language`. Returns the keys that changed."""
    _check_language(language)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    own = organisation.terms.filter(language=language)
    changed = sorted(own.values_list("key", flat=True))
    own.delete()
    if changed:
        _record("terms.as_shipped", organisation, language, changed, by, at)
    return changed


def _record(verb: str, organisation: Organisation, language: str, keys: list[str], by: "User", at: datetime) -> None:
    audit.record(
        verb,
        subject=organisation,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"language": language, "words": ", ".join(keys)},
    )
