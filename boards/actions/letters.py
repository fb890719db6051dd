"""The letters of the boards: adding, renaming, ordering, removing."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from boards import setup_rules
from boards.actions import again
from boards.models import Letter, Tile
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _lock(organisation_id: int) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def _check(organisation: Organisation, code: str, name: str, but: int = 0) -> tuple[str, str]:
    code, name = code.strip().upper(), name.strip()
    if not code or not name:
        raise NotAllowed(_("Give the letter and its name."))
    setup_rules.check_text_free(
        code,
        organisation.letters.exclude(pk=but).values_list("code", flat=True),
        _("The letter %(code)s stands already. Choose another one.") % {"code": code},
    )
    return code, name


def _boards_follow(organisation: Organisation, letters: list[int], at: datetime) -> None:
    again.look_changed(Tile.objects.filter(measure__letter__in=letters), organisation, at)


@transaction.atomic
def add_letter(*, organisation: Organisation, code: str, name: str, by: "User", at: datetime) -> Letter:
    """Add a letter after the others. Raises NotAllowed where it stands already."""
    organisation = _lock(organisation.pk)
    code, name = _check(organisation, code, name)
    last = organisation.letters.order_by("-position").values_list("position", flat=True).first()
    letter = Letter.objects.create(organisation=organisation, code=code, name=name, position=(last or 0) + 1)
    audit.record("letter.added", subject=letter, by=by, at=at, organisation_id=organisation.pk, facts={"code": code})
    return letter


@transaction.atomic
def rename_letter(*, letter: Letter, code: str, name: str, by: "User", at: datetime) -> Letter:
    """Give a letter another sign or name; the boards follow. Raises NotAllowed where the sign stands already."""
    organisation = _lock(letter.organisation_id)
    letter = Letter.objects.get(pk=letter.pk)
    code, name = _check(organisation, code, name, letter.pk)
    if (letter.code, letter.name) == (code, name):
        return letter
    before = letter.code
    letter.code, letter.name = code, name
    letter.save(update_fields=["code", "name"])
    audit.record(
        "letter.renamed",
        subject=letter,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"before": before, "code": code},
    )
    _boards_follow(organisation, [letter.pk], at)
    return letter


@transaction.atomic
def move_letter(*, letter: Letter, up: bool, by: "User", at: datetime) -> None:
    """Put a letter one place earlier or later on every board. At an end nothing happens."""
    organisation = _lock(letter.organisation_id)
    letters = organisation.letters.order_by("position", "code")
    before = list(letters.values_list("pk", flat=True))
    order = setup_rules.moved(before, letter.pk, up=up)
    if order == before:
        return
    again.renumber(Letter.objects.filter(organisation=organisation), order)
    audit.record("letter.moved", subject=letter, by=by, at=at, organisation_id=organisation.pk, facts={"up": up})
    _boards_follow(organisation, [pk for pk, was in zip(order, before, strict=True) if pk != was], at)


@transaction.atomic
def remove_letter(*, letter: Letter, by: "User", at: datetime) -> None:
    """Remove a letter that no measure uses. Raises NotAllowed otherwise."""
    _lock(letter.organisation_id)
    if letter.measures.exists():
        raise NotAllowed(_("Measures stand under this letter. Give them another letter first."))
    audit.record(
        "letter.removed",
        subject=letter,
        by=by,
        at=at,
        organisation_id=letter.organisation_id,
        facts={"code": letter.code},
    )
    letter.delete()
