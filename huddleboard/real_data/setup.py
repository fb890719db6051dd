"""The organisation of a plan: tiers, tree, measures, targets, groups, boards and the saved mappings."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from boards.actions import feeds
from boards.catalogue.definitions import LETTERS, REASONS
from boards.feeds.mapping import recipe
from boards.models import BoardMeasure, Category, Dimension, FeedMapping, Letter, Measure, ReasonCode, Target
from boards.rules import ChartKind
from huddleboard.real_data.plans import Number, Paper, Place, Plan
from huddles.actions.defaults import furnish
from org import audit, trees
from org.actions.organisations import TierPlan, start_organisation
from org.actions.trees import apply_tree
from org.actions.units import close_unit, edit_unit
from org.models import Organisation, Unit
from org.queries import house_of

SOURCE: Final = "open-data"


@transaction.atomic
def make_organisation(plan: Plan, at: datetime) -> tuple[Organisation, bool]:
    """The organisation of `plan`, and whether it was made now: one that stands already is left as it is."""
    present = Organisation.objects.filter(slug=plan.slug).first()
    if present is not None:
        return present, False
    organisation, _top = start_organisation(
        name=plan.name,
        slug=plan.slug,
        time_zone=plan.time_zone,
        tiers=[TierPlan(name, None) for name in plan.tiers],
        at=at,
    )
    furnish(organisation=organisation, at=at)
    units = _make_tree(organisation, plan, at)
    measures = _make_measures(organisation, plan)
    _make_groups(organisation, plan)
    _make_boards(plan, units, measures)
    for place in plan.places:
        if place.closed_on is not None:
            close_unit(unit=units[place.code], day=place.closed_on, by=None, at=at)
    for paper in plan.papers:
        save_mapping(organisation, paper, at)
    audit.record(
        "organisation.real_data_made",
        subject=organisation,
        by=None,
        at=at,
        organisation_id=organisation.pk,
        facts={"units": len(units), "measures": len(measures)},
    )
    return organisation, True


def _make_tree(organisation: Organisation, plan: Plan, at: datetime) -> dict[str, Unit]:
    """The tree goes the road of a file with all units; the top that the organisation began with becomes the plan's."""
    first = plan.places[0]
    top = organisation.units.select_related("tier").get()
    edit_unit(
        unit=top,
        tier=top.tier,
        code=first.code,
        name=first.name,
        kind=first.kind,
        calendar=None,
        time_zone="",
        position=0,
        by=None,
        at=at,
    )
    text = _tree_file(plan)
    today = at.astimezone(organisation.zone).date()
    apply_tree(
        organisation=organisation,
        text=text,
        close_missing=False,
        fingerprint=trees.plan_tree(text, house_of(organisation)).fingerprint,
        from_day=today,
        today=today,
        by=None,
        at=at,
    )
    return {unit.code: unit for unit in organisation.units.select_related("organisation")}


def _tree_file(plan: Plan) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["code", "name", "kind", "tier", "parent_code", "position"])
    rows.writerows([p.code, p.name, p.kind.value, p.tier, p.parent, i] for i, p in enumerate(plan.places))
    return out.getvalue()


def _make_measures(organisation: Organisation, plan: Plan) -> dict[str, Measure]:
    letters = Letter.objects.bulk_create(
        Letter(organisation=organisation, code=code, name=name, position=i)
        for i, (code, name) in enumerate(LETTERS, start=1)
    )
    ReasonCode.objects.bulk_create(
        ReasonCode(organisation=organisation, code=code, name=name, position=i)
        for i, (code, name) in enumerate(REASONS, start=1)
    )
    by_code = {letter.code: letter for letter in letters}
    made = Measure.objects.bulk_create(_measure(organisation, number, by_code) for number in plan.numbers)
    measures = {measure.code: measure for measure in made}
    for number in plan.numbers:
        if number.part_of:
            measures[number.code].part_of = measures[number.part_of]
    Measure.objects.bulk_update((m for m in made if m.part_of_id), ["part_of"])
    Target.objects.bulk_create(
        Target(measure=measures[number.code], valid=DateRange(None, None), value=number.target)
        for number in plan.numbers
        if number.target is not None
    )
    return measures


def _measure(organisation: Organisation, number: Number, letters: Mapping[str, Letter]) -> Measure:
    measure = Measure(
        organisation=organisation,
        code=number.code,
        name=number.name,
        letter=letters[number.letter],
        question=number.question,
        definition=number.definition,
        kind=number.kind,
        multiplier=number.multiplier,
        unit_text=number.unit_text,
        decimals=number.decimals,
        numerator_text=number.numerator,
        denominator_text=number.denominator,
        direction=number.direction,
        roll_up=number.roll_up,
        cadence=number.cadence,
        chart=ChartKind.XMR,
        stratifiable=number.stratifiable,
        source_note=number.source,
    )
    measure.clean_fields(exclude=["organisation", "letter"])
    return measure


def _make_groups(organisation: Organisation, plan: Plan) -> None:
    for place, way in enumerate(plan.ways, start=1):
        dimension = Dimension.objects.create(
            organisation=organisation, code=way.code, name=way.name, is_ordered=way.is_ordered, position=place
        )
        Category.objects.bulk_create(
            Category(dimension=dimension, code=group.code, name=group.name, state=group.state, position=i)
            for i, group in enumerate(way.groups, start=1)
        )


def _make_boards(plan: Plan, units: Mapping[str, Unit], measures: Mapping[str, Measure]) -> None:
    """A unit shows what it sends; a unit above shows what the units below it send."""
    shown: dict[str, dict[str, bool]] = {place.code: dict(place.sends) for place in plan.places}
    by_code = {place.code: place for place in plan.places}
    for place in plan.places:
        above: Place | None = by_code.get(place.parent)
        while above is not None:
            shown[above.code] |= dict.fromkeys(place.sends.keys() - shown[above.code].keys(), False)
            above = by_code.get(above.parent)
    BoardMeasure.objects.bulk_create(
        (
            BoardMeasure(
                unit=units[code],
                measure=measures[number.code],
                role=number.role,
                position=position,
                reports=shown[code][number.code],
            )
            for code in shown
            for position, number in enumerate(plan.numbers, start=1)
            if number.code in shown[code]
        ),
        batch_size=2000,
    )


def save_mapping(organisation: Organisation, paper: Paper, at: datetime) -> FeedMapping:
    """The saved mapping of a file, made where it is not there; one that somebody changed stays changed."""
    source = feeds.file_source(organisation=organisation, code=SOURCE, by=None, at=at)
    recipe(paper.mapping)
    mapping, made = FeedMapping.objects.get_or_create(
        source=source, name=paper.name, defaults={"settings": dict(paper.mapping)}
    )
    if made:
        audit.record("mapping.saved", subject=source, by=None, at=at, organisation_id=organisation.pk)
    return mapping
