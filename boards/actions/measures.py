"""Defining measures: adding, changing, retiring, taking from the catalogue, taking their snapshots again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from boards import rules, setup_rules
from boards.actions import again
from boards.catalogue import definitions
from boards.catalogue.load import link_parts
from boards.models import Letter, Measure, Tile
from boards.snapshots.gaps import refresh_gaps
from boards.snapshots.tiles import refresh_tiles
from org import audit
from org.models import Organisation, Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a measure is, in the fields of `Measure`."""

    code: str
    name: str
    letter: Letter
    kind: rules.Kind
    multiplier: float
    unit_text: str
    decimals: int
    direction: rules.Direction
    roll_up: rules.RollUp
    cadence: rules.Cadence
    lag_days: int
    chart: rules.ChartKind
    stratifiable: bool
    about: rules.About = rules.About.PATIENTS
    part_of: Measure | None = None
    question: str = ""
    definition: str = ""
    numerator_text: str = ""
    denominator_text: str = ""
    steward: str = ""
    source_note: str = ""


def values_of(definition: Definition) -> dict[str, Any]:
    """The fields of a definition by name; `letter` stays the letter itself."""
    return {field.name: getattr(definition, field.name) for field in fields(definition)}


def _check(organisation: Organisation, definition: Definition, but: int = 0) -> None:
    if definition.letter.organisation_id != organisation.pk:
        raise NotAllowed(_("This letter belongs to another organization."))
    setup_rules.check_roll_up(definition.kind, definition.roll_up)
    if definition.multiplier <= 0:
        raise NotAllowed(_("“Per” is a number above 0, such as 100 or 1000."))
    if organisation.measures.exclude(pk=but).filter(code=definition.code).exists():
        raise NotAllowed(_("Another measure has the identifier %(code)s.") % {"code": definition.code})
    if definition.part_of is not None:
        _check_whole(organisation, definition, definition.part_of, but)


def _check_whole(organisation: Organisation, definition: Definition, whole: Measure, but: int) -> None:
    """A measure is part of another of its organisation and kind, and of none of its own parts."""
    if (
        whole.organisation_id != organisation.pk
        or whole.kind != definition.kind
        or whole.kind not in rules.PARTED_KINDS
    ):
        raise NotAllowed(_("Cases can be among those of a measure of the same kind: a share, a rate or a count."))
    seen: set[int] = set()
    above: int | None = whole.pk
    while above is not None and above not in seen:
        if above == but:
            raise NotAllowed(_("A measure cannot be part of itself, nor of its own parts."))
        seen.add(above)
        above = Measure.objects.values_list("part_of", flat=True).get(pk=above)


@transaction.atomic
def add_measure(*, organisation: Organisation, definition: Definition, by: "User", at: datetime) -> Measure:
    """Define a new measure; it stands on no board yet. Raises NotAllowed where the definition does not hold."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    _check(organisation, definition)
    measure = Measure.objects.create(organisation=organisation, **values_of(definition))
    audit.record(
        "measure.added", subject=measure, by=by, at=at, organisation_id=organisation.pk, facts={"code": measure.code}
    )
    return measure


@transaction.atomic
def change_measure(
    *,
    measure: Measure,
    definition: Definition,
    by: "User",
    at: datetime,
    meaning_confirmed: bool = False,
    again_from: date | None = None,
) -> int:
    """Change a definition; the boards follow. Returns how many unit-days will be taken again.

    Where readings stand, the identifier stays and another meaning (`setup_rules.MEANING`) has to be confirmed; past
    days keep what they say, or are taken again from `again_from` on. Raises NotAllowed otherwise.
    """
    measure = Measure.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=measure.pk)
    organisation = measure.organisation
    _check(organisation, definition, measure.pk)
    after = values_of(definition)
    before = {name: getattr(measure, name) for name in after}
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return 0
    meaning = setup_rules.meaning_changes(before, after)
    if ("code" in changed or (meaning and not meaning_confirmed)) and again.has_readings(measure):
        if "code" in changed:
            raise NotAllowed(_("Readings stand under this identifier, so it cannot change any more."))
        raise NotAllowed(_("Readings stand for this measure: confirm that they mean something else from now on."))
    _check_about(measure, before["about"], after["about"], by)
    for name in changed:
        setattr(measure, name, after[name])
    measure.save(update_fields=changed)
    audit.record(
        "measure.changed",
        subject=measure,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"code": measure.code, "fields": ", ".join(changed), **_words(before, after, meaning)},
    )
    if "about" in changed:
        Tile.objects.filter(measure=measure).update(asked=0)
    if {"direction", "kind", "multiplier", "decimals", "stratifiable"} & set(changed):
        refresh_gaps(organisation, at.astimezone(organisation.zone).date(), at, only=measure)
    again.look_changed(Tile.objects.filter(measure=measure), organisation, at)
    if meaning and again_from is not None:
        return _take_again(measure, again_from, by, at)
    if {"direction", "cadence", "kind"} & set(changed):
        again.forget_gaps(measure)
        refresh_tiles(organisation, at, list(measure.placements.values_list("unit_id", flat=True)))
    return 0


def _check_about(measure: Measure, before: str, after: str, by: "User") -> None:
    """What counts staff by groups is made a measure of patients by a reader of groups of staff alone: everybody would
    see these groups then.
    """
    if before != rules.About.STAFF or after == before or not again.has_readings(measure):
        return
    top = Unit.objects.filter(organisation=measure.organisation_id, parent=None)
    if not top.with_permission(by, Permission.WORKFORCE_VIEW).exists():
        raise NotAllowed(
            _("Numbers of staff stand here: only a reader of groups of staff may say that they are patients.")
        )


def _words(before: Mapping[str, Any], after: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    return {name: f"{before[name]} → {after[name]}" for name in names}


def _take_again(measure: Measure, first: date, by: "User", at: datetime) -> int:
    yesterday = at.astimezone(measure.organisation.zone).date() - timedelta(days=1)
    days = setup_rules.days_again(first, yesterday, setup_rules.RETAKE_DAYS)
    if days is None:
        raise NotAllowed(_("Snapshots are taken again up to yesterday. Choose a day of the past."))
    due = again.mark_due(measure, *days, at=at)
    again.forget_gaps(measure)
    audit.record(
        "measure.taken_again",
        subject=measure,
        by=by,
        at=at,
        organisation_id=measure.organisation_id,
        facts={"code": measure.code, "from": days[0].isoformat(), "to": days[1].isoformat(), "unit_days": due},
    )
    return due


@transaction.atomic
def take_again(*, measure: Measure, first: date, by: "User", at: datetime) -> int:
    """Have the snapshots of `measure` taken again from `first` up to yesterday by its present definition and targets.

    Returns how many unit-days; at most `setup_rules.RETAKE_DAYS` days. Raises NotAllowed for a day to come.
    """
    measure = Measure.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=measure.pk)
    return _take_again(measure, first, by, at)


@transaction.atomic
def use_measure(*, measure: Measure, active: bool, by: "User", at: datetime) -> Measure:
    """Retire a measure, so that it leaves every board, or bring it back to where it stood. Its numbers stay."""
    measure = Measure.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=measure.pk)
    if measure.is_active == active:
        return measure
    organisation = measure.organisation
    measure.is_active = active
    measure.save(update_fields=["is_active"])
    audit.record(
        "measure.brought_back" if active else "measure.retired",
        subject=measure,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"code": measure.code},
    )
    if active:
        refresh_tiles(organisation, at, list(measure.placements.values_list("unit_id", flat=True)))
        refresh_gaps(organisation, at.astimezone(organisation.zone).date(), at, only=measure)
    else:
        tiles = Tile.objects.filter(measure=measure)
        shown = list(tiles.values_list("unit_id", "measure_id"))
        tiles.delete()
        again.tell(shown, organisation, at)
    return measure


@transaction.atomic
def add_from_catalogue(
    *, organisation: Organisation, codes: Collection[str], by: "User", at: datetime
) -> list[Measure]:
    """Define measures as the catalogue has them; those that stand already are left as they are.

    A letter that is missing is added. Raises NotAllowed for an identifier that the catalogue does not know.
    """
    if not codes:
        raise NotAllowed(_("Tick at least one measure."))
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    rows = {row.code: row for row in definitions.measures()}
    if unknown := sorted(set(codes) - rows.keys()):
        raise NotAllowed(_("The catalogue has no measure called %(codes)s.") % {"codes": ", ".join(unknown)})
    have = set(organisation.measures.filter(code__in=codes).values_list("code", flat=True))
    wanted = [row for code, row in rows.items() if code in set(codes) - have]
    letters = _letters(organisation, {row.letter for row in wanted})
    made = Measure.objects.bulk_create(
        Measure(
            organisation=organisation,
            letter=letters[row.letter],
            **{name: getattr(row, name) for name in definitions.MeasureRow.__slots__ if name != "letter"},
        )
        for row in wanted
    )
    link_parts(organisation, {measure.code for measure in made})
    for measure in made:
        audit.record(
            "measure.added",
            subject=measure,
            by=by,
            at=at,
            organisation_id=organisation.pk,
            facts={"code": measure.code, "catalogue": True},
        )
    return made


def _letters(organisation: Organisation, wanted: Collection[str]) -> dict[str, Letter]:
    letters = {letter.code: letter for letter in organisation.letters.all()}
    names = dict(definitions.LETTERS)
    last = max((letter.position for letter in letters.values()), default=0)
    missing = [code for code in names if code in wanted and code not in letters]
    for place, code in enumerate(missing, start=last + 1):
        letters[code] = Letter.objects.create(organisation=organisation, code=code, name=names[code], position=place)
    return letters
