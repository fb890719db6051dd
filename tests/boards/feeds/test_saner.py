# ruff: noqa: E501 - the header of a SANER file is one line
"""Files in the canonical CSV of SANER; examples of our own after its CSV_Conversion page."""

import pytest

HEAD = "subject,reporter,period-start,period-end,stratifier,stratum,initial-population,numerator,denominator,measureScore\n"


def test_total_and_strata(place):
    content = (
        HEAD
        + "icu,top,2026-11-20,2026-11-20T23:59:59Z,,,50,30,40,0.75\n"
        + "icu,top,2026-11-20,2026-11-20,language,en,35,22,28,0.786\n"
        + "icu,top,2026-11-20,2026-11-20,language,es,15,8,12,\n"
    )
    found = place.read(content, form="saner", measure="bundle")
    assert found.problems.total == 0
    assert found.checked.strata.words == ["", "language:en", "language:es"]
    assert found.checked.numerators.tolist() == [30, 22, 8]
    assert found.checked.denominators.tolist() == [40, 28, 12]


def test_columns_by_other_names_and_one_period(place):
    content = (
        "fac,reporter,period,stratifier,stratum,num,den\nicu,x,2026-11-20/2026-11-20,,,1,2\ned,x,2026-11-20,,,2,2\n"
    )
    found = place.read(
        content, form="saner", measure="bundle", rename={"fac": "subject", "num": "numerator", "den": "denominator"}
    )
    assert found.problems.total == 0
    assert found.checked.numerators.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("population", "exclusions", "score", "denominator", "told"),
    [
        ("", "10", "0.6666", 90, True),  # FHIR: the denominator still holds the exclusions
        ("", "10", "0.60", 100, False),  # the score says that it is net
        ("", "10", "60", 100, False),  # the score in per cent
        ("110", "10", "", 100, False),  # the initial population says it
        ("", "10", "", 90, True),  # nothing says it: FHIR's word
        ("", "0", "0.6", 100, False),
    ],
)
def test_what_the_denominator_means(place, population, exclusions, score, denominator, told):
    header = "subject,period,initial-population,numerator,denominator,denominator-exclusion,score\n"
    content = f"{header}icu,2026-11-20,{population},60,100,{exclusions},{score}\n"
    found = place.read(content, form="saner", measure="bundle")
    assert found.problems.counts == ({"denominator_meaning": 1} if told else {})
    assert found.checked.denominators.tolist() == [denominator]


def test_the_measure_has_to_be_named(place):
    found = place.read("subject,period,numerator,denominator\nicu,2026-11-20,1,2\n", form="saner")
    assert [(f.code, f.column) for f in found.problems.kept()] == [("missing_column", "measure")]
