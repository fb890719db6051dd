"""A small place with everything that a file may speak of, and short ways to read files there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from boards import rules
from boards.actions import feeds
from boards.feeds.mapping import Recipe, recipe
from boards.feeds.reading import FileReading, read_file
from boards.feeds.vocabulary import vocabulary
from boards.models import FeedMapping, Layout, Measure, Reading, ReplacedReading, Source, Stratum
from org.models import Organisation, Unit
from tests.boards import factories

TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
HEADER = "measure,unit,period_start,period_end,stratifier,stratum,numerator,denominator"
DAY = "2026-11-20,2026-11-20"


@dataclass
class Place:
    organisation: Organisation
    source: Source
    top: Unit

    def read(self, content: str | bytes, **settings) -> FileReading:
        """What a file says, by the recipe that `settings` describe."""
        raw = content.encode() if isinstance(content, str) else content
        how = recipe(settings) if settings else Recipe()
        return read_file(raw, how, vocabulary(self.organisation), TODAY)

    def send(self, content: str | bytes, mapping: FeedMapping | None = None, **options) -> feeds.Received:
        """Count a file."""
        raw = content.encode() if isinstance(content, str) else content
        return feeds.import_file(
            source=self.source, file_name="file.csv", content=raw, mapping=mapping, **{"by": None, "at": AT, **options}
        )

    def stored(self) -> dict[tuple[str, str, str], dict[str, tuple[float, float, bool]]]:
        """All readings: (measure, unit, last day) → group → numerator, denominator, suppressed."""
        layouts = dict(Layout.objects.values_list("pk", "strata"))
        keys = dict(Stratum.objects.values_list("pk", "key"))
        units, measures = (dict(m.objects.values_list("pk", "code")) for m in (Unit, Measure))
        found = {}
        for r in Reading.objects.filter(organisation=self.organisation):
            cells = zip(layouts[r.layout_id], r.numerators, r.denominators, strict=True)
            found[measures[r.measure_id], units[r.unit_id], r.day.isoformat()] = {
                keys[s]: (n, d, s in (r.suppressed or [])) for s, n, d in cells
            }
        return found

    def replaced(self) -> int:
        """How many readings were put aside by later ones."""
        return ReplacedReading.objects.filter(organisation=self.organisation).count()


def long_file(*rows: str, header: str = HEADER) -> str:
    """A file in the simple long form."""
    return "\n".join([header, *rows]) + "\n"


def build_place() -> Place:
    organisation = factories.make_organisation()
    top = factories.make_unit(organisation, "top", level=4)
    for code in ("icu", "ed", "0042"):
        factories.make_unit(organisation, code, top)
    factories.make_unit(organisation, "old", top, closed_on=date(2026, 1, 31))
    factories.make_measure(organisation, "bundle")
    factories.make_measure(organisation, "falls", rules.Kind.COUNT, stratifiable=False)
    factories.make_measure(organisation, "clabsi", rules.Kind.RATE, multiplier=1000, cadence=rules.Cadence.MONTHLY)
    factories.make_measure(organisation, "wait", rules.Kind.MEDIAN)
    factories.make_measure(organisation, "stay", rules.Kind.MEAN)
    factories.make_measure(organisation, "four_hours", cadence=rules.Cadence.WEEKLY)
    factories.make_measure(organisation, "readmitted", cadence=rules.Cadence.QUARTERLY)
    factories.make_dimension(organisation, "race", "2054-5", "2106-3", "unknown")
    factories.make_dimension(organisation, "language", "en", "es", "unknown")
    factories.make_dimension(organisation, "disability", "hearing", "vision", is_partition=False)
    return Place(organisation, factories.make_source(organisation), top)
