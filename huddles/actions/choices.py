"""The lists of words that are chosen in one tap: adding, renaming, ordering, retiring."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from boards.actions.again import renumber
from boards.setup_rules import check_text_free, moved
from huddles.models import Choice
from huddles.rules.issues import ChoiceKind
from org import audit
from org.models import Organisation, User
from org.rules import NotAllowed


@transaction.atomic
def add_choice(*, organisation: Organisation, kind: ChoiceKind, name: str, by: User, at: datetime) -> Choice:
    """Add a word to a list, after the others. Raises NotAllowed where it stands there already."""
    organisation = _lock(organisation.pk)
    name = _check(organisation, kind, name)
    last = organisation.issue_choices.filter(kind=kind).order_by("-position").values_list("position", flat=True).first()
    choice = Choice.objects.create(
        organisation=organisation,
        kind=kind,
        code=_free_code(organisation, kind, name),
        name=name,
        position=(last or 0) + 1,
    )
    _record("choice.added", choice, by, at)
    return choice


@transaction.atomic
def rename_choice(*, choice: Choice, name: str, by: User, at: datetime) -> Choice:
    """Give a word another name, also where it was chosen before. Raises NotAllowed."""
    organisation = _lock(choice.organisation_id)
    choice = Choice.objects.get(pk=choice.pk)
    name = _check(organisation, ChoiceKind(choice.kind), name, choice.pk)
    if choice.name != name:
        choice.name = name
        choice.save(update_fields=["name"])
        _record("choice.changed", choice, by, at)
    return choice


@transaction.atomic
def move_choice(*, choice: Choice, up: bool, by: User, at: datetime) -> None:
    """Put a word one place earlier or later among those in use. At an end nothing happens."""
    organisation = _lock(choice.organisation_id)
    words = organisation.issue_choices.filter(kind=choice.kind, is_active=choice.is_active)
    before = list(words.order_by("position", "name").values_list("pk", flat=True))
    order = moved(before, choice.pk, up=up)
    if order != before:
        renumber(Choice.objects.filter(organisation=organisation), order)
        _record("choice.moved", choice, by, at)


@transaction.atomic
def use_choice(*, choice: Choice, active: bool, by: User, at: datetime) -> Choice:
    """Retire a word, so that nobody can choose it any more, or bring it back. What was said with it stays."""
    choice = Choice.objects.select_for_update().get(pk=choice.pk)
    if choice.is_active != active:
        choice.is_active = active
        choice.save(update_fields=["is_active"])
        _record("choice.brought_back" if active else "choice.retired", choice, by, at)
    return choice


def _lock(organisation_id: int) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def _check(organisation: Organisation, kind: ChoiceKind, name: str, but: int = 0) -> str:
    name = name.strip()
    if not name:
        raise NotAllowed(_("Give it a name."))
    taken = organisation.issue_choices.filter(kind=kind).exclude(pk=but).values_list("name", flat=True)
    check_text_free(name, taken, _("This stands in the list already. If it is retired, bring it back."))
    return name


def _free_code(organisation: Organisation, kind: ChoiceKind, name: str) -> str:
    stem = slugify(name)[:36] or "choice"
    taken = set(organisation.issue_choices.filter(kind=kind, code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(len(taken) + 1) if (code := f"{stem}-{n + 1}" if n else stem) not in taken)


def _record(verb: str, choice: Choice, by: User, at: datetime) -> None:
    audit.record(
        verb,
        subject=choice,
        label=choice.code,
        by=by,
        at=at,
        organisation_id=choice.organisation_id,
        facts={"choice": choice.code, "list": choice.kind},
    )
