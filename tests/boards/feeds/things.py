"""One of everything that an address of feeds names."""

from boards import rules
from boards.actions import feeds
from boards.models import Category, Dimension
from org.models import Unit
from tests.boards import factories
from tests.boards.feeds.place import AT


def feed_things(unit: Unit) -> dict[str, int]:
    """A source with a mapping, a file that was set aside, a word that waits, in the organisation of `unit`."""
    source = factories.make_source(unit.organisation)
    mapping = factories.make_mapping(source, form="long")
    received = feeds.import_file(
        source=source, file_name="bad.csv", content=b"unit\nicu\n", mapping=None, by=None, at=AT
    )
    dimension = Dimension.objects.create(organisation=unit.organisation, code="spoken", name="Spoken")
    word = Category.objects.create(dimension=dimension, code="SPAN", name="SPAN", state=rules.CategoryState.UNMAPPED)
    return {"file": received.batch.pk, "source": source.pk, "mapping": mapping.pk, "word": word.pk}
