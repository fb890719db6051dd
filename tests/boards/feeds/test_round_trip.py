"""Whatever counts are written as a file, in whatever dress, come back as the same counts."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boards import rules
from boards.feeds import archive
from boards.feeds.check import Checked
from boards.feeds.facts import Labels
from boards.feeds.mapping import recipe
from boards.feeds.reading import read_file
from boards.feeds.vocabulary import KnownDimension, KnownMeasure, KnownUnit, Vocabulary
from tests.boards.feeds.place import TODAY

STRATA = ["", "language:en", "language:es", "race:2054-5", "language:es|race:2054-5", "disability:hearing"]
CELL = st.tuples(
    st.sampled_from(["icu", "ed", "0042"]),
    st.sampled_from(["bundle", "stay"]),
    st.integers(0, 400),
    st.sampled_from(range(len(STRATA))),
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.integers(0, 10**6),
)


def dimension(pk: int, code: str, *categories: str) -> KnownDimension:
    return KnownDimension(pk, code, True, {c.casefold(): c for c in categories}, frozenset())


WORDS = Vocabulary(
    units={code: KnownUnit(i, code, None) for i, code in enumerate(("icu", "ed", "0042"), 11)},
    bare_units={},
    measures={
        "bundle": KnownMeasure(1, "bundle", rules.Kind.PROPORTION, rules.Cadence.DAILY, 100.0, True),
        "stay": KnownMeasure(2, "stay", rules.Kind.MEAN, rules.Cadence.DAILY, 1.0, True),
    },
    dimensions={
        "language": dimension(1, "language", "en", "es"),
        "race": dimension(2, "race", "2054-5"),
        "disability": dimension(3, "disability", "hearing"),
    },
)


def as_checked(cells) -> Checked:
    days = np.array([TODAY - timedelta(days=1 + d) for _u, _m, d, *_rest in cells], "datetime64[D]")
    hidden = np.array([top is None for *_key, top, _bottom in cells])
    return Checked(
        rows=np.arange(len(cells), dtype=np.int32),
        unit_ids=np.array([WORDS.units[u].id for u, *_rest in cells], np.int32),
        measure_ids=np.array([WORDS.measures[m].id for _u, m, *_rest in cells], np.int32),
        period_starts=days,
        period_ends=days + 1,
        strata=Labels(np.array([s for _u, _m, _d, s, *_rest in cells], np.int32), STRATA),
        numerators=np.array([np.nan if top is None else float(min(top, bottom)) for *_key, top, bottom in cells]),
        denominators=np.array([float(bottom) for *_key, bottom in cells]),
        suppressed=hidden,
        new_categories=(),
    )


def as_set(c: Checked) -> set[tuple]:
    return {
        (
            int(c.unit_ids[i]),
            int(c.measure_ids[i]),
            c.period_starts[i].item(),
            c.period_ends[i].item(),
            c.strata.words[c.strata.codes[i]],
            str(float(c.numerators[i])),
            str(float(c.denominators[i])),
            bool(c.suppressed[i]),
        )
        for i in range(len(c))
    }


@settings(max_examples=120, deadline=None)
@given(
    st.lists(CELL, min_size=1, max_size=40, unique_by=lambda cell: cell[:4]),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)
def test_counts_written_as_a_file_come_back(cells, delimiter, encoding, quoted):
    checked = as_checked(cells)
    measures = {m.id: m.code for m in WORDS.measures.values()}
    units = {u.id: u.code for u in WORDS.units.values()}
    lines = archive.counts_csv(checked, measures, units).decode().splitlines()
    if quoted or delimiter == "|":
        lines = [",".join(f'"{cell}"' for cell in line.split(",")) for line in lines]
    content = "\r\n".join(line.replace(",", delimiter) for line in lines).encode(encoding)
    found = read_file(content, recipe({}), WORDS, TODAY)
    assert found.problems.errors == 0
    assert as_set(found.checked) == as_set(checked)
    assert found.checked.rows.tolist() == list(range(2, len(cells) + 2))
    assert date.fromisoformat(str(found.checked.period_starts[0])) < TODAY
