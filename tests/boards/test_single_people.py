"""No stratified number about single clinicians, ever."""

import pytest
from django.core.exceptions import ValidationError

from boards.actions.groups import add_dimension, change_dimension
from boards.catalogue import definitions, staff, tables
from boards.feeds.mapping import recipe
from boards.models import Dimension
from boards.single_people import names_one_person
from org.rules import NotAllowed, Role
from tests.factories import NOW, make_unit, make_user


@pytest.mark.parametrize(
    "word",
    [
        "clinician", "Clinicians", "provider", "physician", "Attending physician", "nurse_id", "npi", "provider_npi",
        "NPI", "surgeonName", "doctor", "attending", "prescriber_code", "employee id", "employee", "user_id",
        "GMC", "ordering provider", "license_no", "nurse", "responsible_clinician", "colleague",
    ],
)  # fmt: skip
def test_a_word_for_single_people_is_known(word):
    assert names_one_person(word)


@pytest.mark.parametrize(
    "word",
    [
        "job_family", "physician specialty", "provider_type", "staff_race_ethnicity", "nursing", "nurse staffing level",
        "language", "payer", "unit", "interpreter", "contract", "residence", "medical_specialty",
        "staff_language", "age_band", "doctor's office type",
    ],
)  # fmt: skip
def test_a_word_for_a_group_passes(word):
    assert not names_one_person(word)


def test_nothing_that_is_shipped_names_single_people():
    rows = [
        *tables.dimensions(grouping="spd15", bands="board_default", with_gender_and_orientation=True),
        *staff.dimensions(grouping="spd15"),
    ]
    assert [row.code for row in rows if names_one_person(row.code) or names_one_person(row.name)] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "name"), [("npi", "Number"), ("who", "Attending physician")])
def test_a_dimension_of_single_people_is_refused(code, name):
    top = make_unit()
    by = make_user(Role.DATA_STEWARD, top)
    given = {"is_ordered": False, "is_partition": True, "by": by, "at": NOW}
    with pytest.raises(NotAllowed, match="single people"):
        add_dimension(organisation=top.organisation, code=code, name=name, **given)
    assert not Dimension.objects.exists()
    made = add_dimension(organisation=top.organisation, code="specialty", name="Specialty", **given)
    with pytest.raises(NotAllowed, match="single people"):
        change_dimension(dimension=made, name="Surgeon", **given)


@pytest.mark.parametrize(
    "change",
    [
        {"strata": [{"dimension": "clinician", "column": "who"}]},
        {"strata": [{"dimension": "specialty", "column": "attending_physician"}]},
        {"unit": {"column": "provider_id"}},
    ],
)
def test_a_mapping_to_single_people_is_refused(change):
    settings = {
        "form": "wide",
        "unit": {"column": "ward"},
        "period": {"column": "day"},
        "measures": [{"measure": "falls", "numerator": {"column": "n"}}],
    }
    recipe(settings)
    with pytest.raises(ValidationError, match="single people"):
        recipe({**settings, **change})


def test_the_catalogue_has_four_measures_of_staff():
    rows = [row for row in definitions.measures() if row.about == "staff"]
    assert [row.code for row in rows] == ["staff_retention", "staff_promotion", "staff_injury_rate", "staff_experience"]
    assert all(row.stratifiable for row in rows)
