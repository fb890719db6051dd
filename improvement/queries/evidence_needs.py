"""The second element: who was asked about health-related social needs, month by month, of all patients together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from django.utils import formats
from django.utils.translation import gettext as _

from boards.charts import ChartPoint, control_chart
from boards.models import Measure
from boards.queries import words
from boards.queries.series import series
from org.models import Organisation, Unit

#: Identifiers of the catalogue: who was asked, and who has a need.
SCREENED: Final = "sdoh1"
IN_NEED: Final = "sdoh2"
#: More points than a year of days has.
POINTS: Final = 400


@dataclass(frozen=True, slots=True)
class Month:
    """A month's sum over all patients of the organisation; `last` is the day of its newest number."""

    first: date
    last: date
    numerator: float
    denominator: float

    @property
    def share(self) -> float | None:
        """In percent; None where nobody was there to be asked."""
        return 100 * self.numerator / self.denominator if self.denominator > 0 else None


@dataclass(frozen=True, slots=True)
class Needs:
    """One of the two measures with its months, the oldest first; `measure` None where it is not defined here."""

    code: str
    measure: Measure | None
    months: Sequence[Month]

    @property
    def whole(self) -> Month | None:
        """All months together."""
        if not self.months:
            return None
        return Month(
            self.months[0].first,
            self.months[-1].last,
            sum(month.numerator for month in self.months),
            sum(month.denominator for month in self.months),
        )


def needs_of(organisation: Organisation, unit: Unit, first: date, last: date) -> Sequence[Needs]:
    """Both measures over the days, both included. Two statements."""
    defined = {m.code: m for m in organisation.measures.active().filter(code__in=(SCREENED, IN_NEED))}
    found = series([unit.pk], [(m.pk, m.cadence) for m in defined.values()], last, POINTS) if defined else []
    of_measure = {points.measure_id: points for points in found}
    out = []
    for code in (SCREENED, IN_NEED):
        measure = defined.get(code)
        points = of_measure.get(measure.pk) if measure else None
        months: dict[tuple[int, int], list[int]] = {}
        for i in range(len(points) if points is not None else 0):
            assert points is not None
            day: date = points.days[i].item()
            known = not np.isnan(points.numerators[i]) and not np.isnan(points.denominators[i])
            if known and first <= day <= last:
                months.setdefault((day.year, day.month), []).append(i)
        out.append(
            Needs(
                code,
                measure,
                [
                    Month(
                        date(year, month, 1),
                        points.days[rows[-1]].item(),
                        float(points.numerators[rows].sum()),
                        float(points.denominators[rows].sum()),
                    )
                    for (year, month), rows in sorted(months.items())
                    if points is not None
                ],
            )
        )
    return out


def chart_of(needs: Needs) -> dict[str, Any] | None:
    """Months as one line; None for fewer than two."""
    if len(needs.months) < 2:
        return None
    return control_chart(
        [
            ChartPoint(
                day=month.first,
                value=month.share,
                lower=None,
                mean=None,
                upper=None,
                target=None,
                kind="usual",
                period_text=formats.date_format(month.first, _("F Y")),
                value_text=f"{words.number(month.share, 1)} %",
                counts=words.counts(month.numerator, month.denominator),
            )
            for month in needs.months
        ],
        unit_text="%",
        target_text="",
    )
