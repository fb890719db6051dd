"""One of everything that an address of board set-up names, and forms as a browser sends them."""

from dataclasses import replace
from datetime import date

from boards import rules
from boards.actions import measures
from boards.models import BoardMeasure, Category, Dimension, Grouping, Letter, Measure, ReasonCode, Target
from boards.views.setup.measures import MeasureForm
from org.models import Unit

SLUG = "house"


def board_things(ward: Unit) -> dict[str, int]:
    """Ids by name, of things that hang together: the measure stands on the ward's board and has a target."""
    organisation = ward.organisation
    letter = Letter.objects.create(organisation=organisation, code="S", name="Safety")
    measure = Measure.objects.create(
        organisation=organisation,
        code="falls",
        name="Falls",
        letter=letter,
        kind="count",
        direction="lower",
        roll_up="sum",
    )
    dimension = Dimension.objects.create(organisation=organisation, code="language", name="Language")
    return {
        "letter": letter.pk,
        "reason": ReasonCode.objects.create(organisation=organisation, code="staffing", name="Staffing").pk,
        "measure": measure.pk,
        "target": Target.objects.create(measure=measure, valid=(date(2026, 1, 1), None), value=2).pk,
        "placement": BoardMeasure.objects.create(unit=ward, measure=measure).pk,
        "dimension": dimension.pk,
        "category": Category.objects.create(dimension=dimension, code="es", name="Spanish").pk,
        "grouping": Grouping.objects.create(dimension=dimension, code="board", name="Board", is_default=True).pk,
    }


def fields_of(response) -> dict[str, str]:
    """What a browser would send with the page's form as it is."""
    sent = {}
    for bound in response.context["form"]:
        value = bound.value()
        if value is None and (choices := getattr(bound.field, "choices", None)):
            value = next(iter(choices))[0]
        if value is True:
            sent[bound.html_name] = "on"
        elif value is not None and value is not False:
            sent[bound.html_name] = str(value)
    return sent


def definition(measure, **changes):
    """The definition of a measure as the form would give it."""
    kept = {name: getattr(measure, name) for name in MeasureForm.base_fields}
    enums = {
        "kind": rules.Kind(measure.kind),
        "direction": rules.Direction(measure.direction),
        "roll_up": rules.RollUp(measure.roll_up),
        "cadence": rules.Cadence(measure.cadence),
        "chart": rules.ChartKind(measure.chart),
    }
    return replace(measures.Definition(**(kept | enums)), **changes)
