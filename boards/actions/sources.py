"""Senders of files and the mappings by which their files are read."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from boards.feeds.mapping import recipe
from boards.models import FeedMapping, Source
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _record(verb: str, source: Source, by: "User", at: datetime, mapping: str = "") -> None:
    audit.record(verb, subject=source, by=by, at=at, organisation_id=source.organisation_id, facts={"mapping": mapping})


@transaction.atomic
def add_source(
    *, organisation: Organisation, code: str, name: str, partial_allowed: bool, by: "User", at: datetime
) -> Source:
    """Add a sender of files. Raises NotAllowed where the code stands."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if Source.objects.filter(organisation=organisation, code=code).exists():
        raise NotAllowed(_("Another source has this code."))
    source = Source.objects.create(
        organisation=organisation, code=code, name=name.strip(), partial_allowed=partial_allowed
    )
    _record("source.made", source, by, at)
    return source


@transaction.atomic
def change_source(*, source: Source, name: str, partial_allowed: bool, by: "User", at: datetime) -> Source:
    """Rename a source, or let good rows of its bad files count."""
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    source.name, source.partial_allowed = name.strip(), partial_allowed
    source.save(update_fields=["name", "partial_allowed"])
    _record("source.changed", source, by, at)
    return source


@transaction.atomic
def save_mapping(
    *, source: Source, mapping: FeedMapping | None, name: str, settings: Mapping[str, Any], by: "User", at: datetime
) -> FeedMapping:
    """Save how a source's files are read. Raises ValidationError for settings that make no recipe, NotAllowed for a
    name that another mapping of the source has.
    """
    recipe(settings)
    Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    others = FeedMapping.objects.filter(source=source, name__iexact=name.strip())
    if mapping is not None:
        others = others.exclude(pk=mapping.pk)
    if others.exists():
        raise NotAllowed(_("Another mapping of this source has this name."))
    made = mapping or FeedMapping(source=source)
    made.name, made.settings = name.strip(), dict(settings)
    made.save()
    _record("mapping.saved", source, by, at, made.name)
    return made
