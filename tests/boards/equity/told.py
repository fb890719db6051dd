"""What was told of groups, written by hand: a house of some units, and blocks of whole months."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from boards import rules
from boards.models import Category, Dimension, Measure, Published
from org.models import Organisation, Unit
from tests.boards import factories

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
#: Names of the demo dimension with what each says of a patient.
LANGUAGES = {
    "English": "known",
    "Spanish": "known",
    "Vietnamese": "known",
    "Unknown": "unknown",
    "Declined": "declined",
    "Not asked": "not_asked",
    "SPAN": "unmapped",
}


def last_month() -> date:
    """The first day of the month before today's: the newest that can be told."""
    return (timezone.now().date().replace(day=1) - timedelta(days=1)).replace(day=1)


@dataclass
class Told:
    """A hospital whose blocks a test writes."""

    organisation: Organisation
    top: Unit
    wards: list[Unit]
    language: Dimension
    measure: Measure
    made: list[Published] = field(default_factory=list)

    def block(self, unit: Unit, month: date = date(2026, 10, 1), **given: Any) -> Published:
        """One block; `groups` are name → cases, or name → (events, cases); `hidden` names; `total` of all cases."""
        groups = {
            name: value if isinstance(value, tuple) else (float(value) / 2, float(value))
            for name, value in given.pop("groups", {}).items()
        }
        hidden = list(given.pop("hidden", ()))
        total = given.pop("total", sum(n for _x, n in groups.values()))
        first = given.pop("first", month.replace(day=1))
        states = given.pop("states", LANGUAGES)
        row = Published.objects.create(
            **{
                "organisation": self.organisation,
                "unit": unit,
                "measure": self.measure,
                "dimension": self.language,
                "stretch": rules.Stretch.BLOCK,
                "first": first,
                "last": month.replace(day=monthrange(month.year, month.month)[1]),
                "names": list(groups),
                "states": [states.get(name, "known") for name in groups],
                "numerators": [x for x, _n in groups.values()],
                "denominators": [n for _x, n in groups.values()],
                "numerator": given.pop("events", sum(x for x, _n in groups.values())),
                "denominator": total,
                "hidden": hidden,
                "published_at": AT,
                **given,
            }
        )
        self.made.append(row)
        return row


def tell(slug: str = "harbor") -> Told:
    """Four wards below a service line below the top; one dimension with each state; one share as a measure."""
    organisation = factories.make_organisation(slug)
    top = factories.make_unit(organisation, "hospital", level=3)
    line = factories.make_unit(organisation, "medicine", top, level=2)
    wards = [factories.make_unit(organisation, f"ward-{letter}", line) for letter in "abcd"]
    language = Dimension.objects.create(organisation=organisation, code="language", name="Language")
    Category.objects.bulk_create(
        Category(dimension=language, code=name.lower().replace(" ", "-"), name=name, state=state, position=place)
        for place, (name, state) in enumerate(LANGUAGES.items())
    )
    measure = factories.make_measure(organisation, "analgesia", decimals=0)
    return Told(organisation, top, wards, language, measure)
