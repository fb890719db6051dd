import csv
import io
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.actions import feeds
from boards.feeds import archive, wide
from boards.feeds.mapping import recipe
from boards.feeds.problems import Problems
from boards.feeds.sheet import read_sheet
from boards.models import Layout
from tests.boards import factories
from tests.boards.feeds.place import AT

WEEKLY = {
    "form": "wide",
    "unit": {"column": "Hospital", "codes": {"A111H": "ed"}},
    "period": {"column": "WeekEnding", "means": "week_ending"},
    "dates": {"pattern": "%Y%m%d"},
    "measures": [{"measure": "four_hours", "numerator": {"column": "Within"}, "denominator": {"column": "All"}}],
    "ignore": ["Country"],
}

ENCOUNTERS = {
    "form": "wide",
    "patients": True,
    "unit": {"column": "specialty", "codes": {"Emergency": "ed", "Intensive": "icu"}},
    "period": {"column": "discharged"},
    "measures": [
        {
            "measure": "bundle",
            "numerator": {"rows": True, "where": [{"column": "readmitted", "equals": ["<30"]}]},
            "denominator": {"rows": True},
            "filters": [{"column": "disposition", "unlike": ["11"]}],
        }
    ],
    "strata": [
        {
            "dimension": "race",
            "column": "race",
            "values": {"Hispanic": "2054-5", "Caucasian": "2106-3", "?": "unknown"},
        },
        {"dimension": "language", "column": "lang"},
    ],
    "intersections": [["race", "language"]],
}


def test_a_weekly_wide_file(place):
    found = place.read(
        "WeekEnding,Country,Hospital,All,Within\n20261115,S92,A111H,100,80\n20261115,S92,icu,10,9\n", **WEEKLY
    )
    assert found.problems.total == 0
    c = found.checked
    assert [d.isoformat() for d in c.period_starts.tolist()] == ["2026-11-09"] * 2
    assert [d.isoformat() for d in c.period_ends.tolist()] == ["2026-11-16"] * 2
    assert (c.numerators.tolist(), c.denominators.tolist()) == ([80, 9], [100, 10])


def test_complement_filter_and_sum_over_rows(place):
    settings = {
        "form": "wide",
        "unit": {"column": "org"},
        "period": {"column": "month", "means": "month"},
        "aggregate": True,
        "measures": [
            {
                "measure": "clabsi",
                "numerator": {"column": "attendances", "minus": "breaches"},
                "denominator": {"column": "attendances"},
                "filters": [{"column": "type", "unlike": ["3"]}],
            }
        ],
    }
    found = place.read(
        "org,month,type,attendances,breaches\nicu,2026-10,1,100,30\nicu,2026-10,2,50,0\nicu,2026-10,3,7,7\n", **settings
    )
    assert found.problems.total == 0
    assert (found.checked.numerators.tolist(), found.checked.denominators.tolist()) == ([120], [150])


def test_codes_that_lead_to_one_unit_are_added_up(place):
    settings = {
        "form": "wide",
        "unit": {"column": "org", "codes": {"A1": "icu", "A2": "icu"}},
        "period": {"column": "month", "means": "month"},
        "aggregate": True,
        "measures": [{"measure": "clabsi", "numerator": {"column": "lines"}, "denominator": {"column": "days"}}],
    }
    found = place.read("org,month,lines,days\nA1,2026-10,1,100\nA2,2026-10,2,50\nicu,2026-10,0,7\n", **settings)
    assert found.problems.total == 0
    assert (found.checked.numerators.tolist(), found.checked.denominators.tolist()) == ([3], [157])


def test_rows_of_patients_become_counts_and_are_not_kept(place):
    mapping = factories.make_mapping(place.source, **ENCOUNTERS)
    rows = [
        "encounter_id,patient_nbr,specialty,discharged,race,lang,readmitted,disposition",
        "1,91,Emergency,2026-11-20,Hispanic,es,<30,1",
        "2,92,Emergency,2026-11-20,Caucasian,en,NO,1",
        "3,93,Emergency,2026-11-20,?,en,NO,1",
        "4,94,Emergency,2026-11-20,Hispanic,es,>30,1",
        "5,95,Emergency,2026-11-20,Hispanic,es,<30,11",
        "6,96,Intensive,2026-11-20,Hispanic,en,<30,1",
    ]
    received = place.send("\n".join(rows), mapping)
    assert [f.code for f in received.findings] == []
    assert place.stored()["bundle", "ed", "2026-11-20"] == {
        "": (1, 4, False),
        "race:2054-5": (1, 2, False),
        "race:2106-3": (0, 1, False),
        "race:unknown": (0, 1, False),
        "language:es": (1, 2, False),
        "language:en": (0, 2, False),
        "language:es|race:2054-5": (1, 2, False),
        "language:en|race:2106-3": (0, 1, False),
        "language:en|race:unknown": (0, 1, False),
        "language:en|race:2054-5": (0, 0, False),
    }
    nobody = {key for key, counts in place.stored()["bundle", "icu", "2026-11-20"].items() if counts == (0, 0, False)}
    assert nobody == {
        *("race:2106-3", "race:unknown", "language:es", "language:es|race:2054-5"),
        *("language:en|race:2106-3", "language:en|race:unknown"),
    }
    assert Layout.objects.count() == 1
    kept = archive.unpack(received.batch.content)
    assert kept.counts_only
    assert b"patient" not in kept.content
    assert b"bundle,icu,2026-11-20,2026-11-20,language|race,en|2054-5,1,1\n" in kept.content
    again = place.read(kept.content)
    assert again.problems.total == 0
    assert again.checked.numerators.sum() == 8


def test_an_identifier_may_order_rows_of_patients_but_not_name_their_group(place):
    content = "mrn,fell\n12,y\n11,n\n"
    settings = {
        "form": "wide",
        "patients": True,
        "unit": {"constant": "ed"},
        "period": {"deal": {"first": "2026-11-16", "last": "2026-11-17", "order_by": "mrn"}},
        "measures": [{"measure": "bundle", "numerator": {"rows": True}, "denominator": {"rows": True}}],
        "ignore_others": True,
    }
    assert place.read(content, **settings).problems.total == 0
    strata = [{"dimension": "race", "column": "mrn"}]
    assert "patient_identifier" in place.read(content, **settings, strata=strata).problems.counts


def test_a_previewed_file_of_patients_is_counted_from_its_counts(place):
    mapping = factories.make_mapping(place.source, **ENCOUNTERS)
    content = b"specialty,discharged,race,lang,readmitted,disposition\nEmergency,2026-11-20,Hispanic,es,<30,1\n"
    seen = feeds.preview_file(source=place.source, file_name="e.csv", content=content, mapping=mapping, by=None, at=AT)
    assert (seen.batch.state, seen.batch.new_readings, place.stored()) == ("previewed", 1, {})
    feeds.count_batch(batch=seen.batch, by=None, at=AT)
    assert place.stored()["bundle", "ed", "2026-11-20"][""] == (1, 1, False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 3),
            st.sampled_from(["x", "y", ""]),
            st.sampled_from(["f", "m"]),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_adding_up_agrees_with_counting_by_hand(rows):
    out = io.StringIO()
    start = date(2026, 1, 1)
    lines = [[u, start + timedelta(days=d), r, s, n] for u, d, r, s, n in rows]
    csv.writer(out).writerows([["unit", "day", "race", "sex", "n"], *lines])
    how = recipe(
        {
            "form": "wide",
            "aggregate": True,
            "unit": {"column": "unit"},
            "period": {"column": "day"},
            "measures": [{"measure": "m", "numerator": {"column": "n"}, "denominator": {"rows": True}}],
            "strata": [{"dimension": "race", "column": "race"}, {"dimension": "sex", "column": "sex"}],
            "intersections": [["race", "sex"]],
        }
    )
    problems = Problems()
    found = wide.read(read_sheet(out.getvalue().encode(), problems), how, problems)
    expected = Counter()
    for u, d, r, s, n in rows:
        race, sex = ("race", r or "unknown"), ("sex", s)
        for group in ((), (race,), (sex,), (race, sex)):
            expected[u, start + timedelta(days=d), group] += np.array([n, 1])
    got = {
        (
            found.units.words[found.units.codes[i]],
            found.periods.ends[i].item(),
            found.strata.words[found.strata.codes[i]],
        ): (
            found.numerators.values[i],
            found.denominators.values[i],
        )
        for i in range(len(found))
    }
    assert len(got) == len(found)
    assert got == {key: tuple(value) for key, value in expected.items()}
    assert problems.total == 0


def test_rows_without_a_date_are_dealt_to_days(place):
    settings = {
        "form": "wide",
        "patients": True,
        "unit": {"constant": "ed"},
        "period": {"deal": {"first": "2026-11-16", "last": "2026-11-19", "order_by": "id"}},
        "measures": [{"measure": "falls", "numerator": {"rows": True, "where": [{"column": "fell", "equals": ["y"]}]}}],
    }
    found = place.read("id,fell\n" + "".join(f"{8 - i},{'y' if i < 2 else 'n'}\n" for i in range(8)), **settings)
    days = [d.isoformat() for d in found.checked.period_starts.tolist()]
    assert dict(zip(days, found.checked.numerators.tolist(), strict=True)) == {
        "2026-11-16": 0,
        "2026-11-17": 0,
        "2026-11-18": 0,
        "2026-11-19": 2,
    }


@pytest.mark.parametrize(
    ("given", "mistakes"),
    [
        ({"form": "tall"}, ["form: one of “long”, “saner”, “wide”."]),
        ({"colour": 1}, ["colour: is not known."]),
        ({"numbers": {"decimal": ",", "thousands": ","}}, ["numbers: decimal and thousands cannot be the same sign."]),
        ({"header_row": "one"}, ["header_row: number is expected."]),
        ({"header_row": True}, ["header_row: number is expected."]),
        ({"aggregate": True}, ["aggregate: only for the form “wide”."]),
        ({"unit": {"codes": {"a": 1}}}, ["unit.codes: an object of texts is expected."]),
        ({"strata": [{"dimension": "race"}]}, ["strata[0].column: is needed."]),
        ({"ignore": "all"}, ["ignore: a list is expected."]),
        (
            {"form": "wide"},
            [
                "measures: at least one is needed.",
                "unit: a column or a constant is needed.",
                "period: a column is needed.",
            ],
        ),
        (
            {**WEEKLY, "measures": [{"measure": "x"}, {"measure": "y", "numerator": {"column": "a", "rows": True}}]},
            [
                "measures[0]: a numerator or a denominator is needed.",
                "measures[1]: each count is either a column or rows.",
                "measures[1]: rows are counted only with “aggregate”.",
            ],
        ),
        (
            {**WEEKLY, "intersections": [["race", "sex"]]},
            ["intersections: at least two dimensions out of those in strata."],
        ),
    ],
)
def test_mistakes_of_a_mapping_are_all_named(given, mistakes):
    with pytest.raises(ValidationError) as caught:
        recipe(given)
    assert caught.value.messages == mistakes
