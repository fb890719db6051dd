import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from boards import rules
from boards.catalogue import definitions, load_catalogue, tables
from boards.models import Category, CategoryAlias, Dimension, Grouping, GroupMember, Letter, Measure, ReasonCode
from org.models import Event, Organisation

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def organisation(db):
    return Organisation.objects.create(name="Test Hospital", slug="test")


def load(organisation, grouping="omb_1997", measures=frozenset({"all"}), **more):
    return load_catalogue(organisation=organisation, grouping=grouping, measures=measures, by=None, at=AT, **more)


def category_of(organisation, dimension, text):
    return CategoryAlias.objects.get(
        dimension__organisation=organisation, dimension__code=dimension, text__iexact=text
    ).category


def shown_as(organisation, dimension, grouping, code):
    return GroupMember.objects.get(
        grouping__dimension__organisation=organisation,
        grouping__dimension__code=dimension,
        grouping__code=grouping,
        category__code=code,
    ).group


@pytest.mark.parametrize("grouping", ["omb_1997", "spd15", "nhs"])
def test_load_adds_all_and_the_same_again_adds_nothing(organisation, grouping):
    first = load(organisation, grouping, gender_and_orientation=True)
    assert first.skipped_aliases == []
    assert first.kept.total() == 0
    assert first.added["measure"] == Measure.objects.count() == len(definitions.measures())
    assert first.added["category"] == Category.objects.count()
    assert first.added["alias"] == CategoryAlias.objects.count()
    again = load(organisation, grouping, gender_and_orientation=True)
    assert again.added.total() == 0
    assert again.kept == first.added
    assert Grouping.objects.get(dimension__code="race_ethnicity", is_default=True).code == grouping


def test_load_runs_a_bounded_number_of_statements(organisation, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        load(organisation, "spd15")


def test_load_leaves_what_the_hospital_changed(organisation):
    load(organisation)
    equity = Letter.objects.get(code="E")
    Measure.objects.filter(code="falls_rate").update(name="Falls, our way", direction="context", letter=equity)
    Letter.objects.filter(pk=equity.pk).update(name="Access and fairness")
    ReasonCode.objects.filter(code="staffing").update(is_active=False)
    spanish = Category.objects.get(dimension__code="language", code="es")
    portuguese = Category.objects.get(dimension__code="language", code="pt")
    CategoryAlias.objects.filter(category=spanish, text="es-ES").update(category=portuguese)
    GroupMember.objects.filter(category=spanish, grouping__code="board").update(group="Castellano")
    loaded = load(organisation)
    assert loaded.added.total() == 0
    assert loaded.skipped_aliases == ["language: es-ES"]
    falls = Measure.objects.get(code="falls_rate")
    assert (falls.name, falls.direction, falls.letter.name) == ("Falls, our way", "context", "Access and fairness")
    assert not ReasonCode.objects.get(code="staffing").is_active
    assert category_of(organisation, "language", "es-es") == portuguese
    assert shown_as(organisation, "language", "board", "es") == "Castellano"


@pytest.mark.parametrize(
    ("dimension", "written", "code"),
    [
        ("language", "SPANISH", "es"),
        ("language", "spa", "es"),
        ("language", "es-MX", "es"),
        ("language", "und", "UNK"),
        ("language", "Cantonese", "yue"),
        ("sex", "F", "female"),
        ("sex", "248153007", "male"),
        ("race_ethnicity", "African American", "2054-5"),
        ("race_ethnicity", "2148-5", "2135-2"),  # Mexican
        ("race_ethnicity", "2129-5", "2118-8"),  # Arab: under White in CDCREC, its own group since 2024
        ("payer", "9999", "UNK"),
        ("payer", "Self-pay", "81"),
        ("age_band", "35-49", "P35Y--P50Y"),
        ("disability_hearing", "Y", "yes"),
        ("interpreter", "373066001", "yes"),
    ],
)
def test_spellings_lead_to_the_stored_category(organisation, dimension, written, code):
    load(organisation)
    assert category_of(organisation, dimension, written).code == code


def test_a_code_that_needs_a_local_decision_is_nobodys_spelling(organisation):
    load(organisation)
    assert not CategoryAlias.objects.filter(text__in=["2126-1", "Afghanistani", "zxx"]).exists()


def test_a_spelling_with_two_meanings_is_nobodys(organisation):
    load(organisation)
    assert not CategoryAlias.objects.filter(dimension__code="payer", text__iexact="hmo").exists()


def test_groupings_show_middle_eastern_people_as_each_standard_says(organisation):
    load(organisation, "spd15")
    assert shown_as(organisation, "race_ethnicity", "spd15", "2118-8") == "Middle Eastern or North African"
    assert shown_as(organisation, "race_ethnicity", "omb_1997", "2118-8") == "White"
    assert shown_as(organisation, "race_ethnicity", "omb_1997", "ASKU") == "Declined or no answer"


def test_nhs_has_its_own_categories_and_moves_chinese_in_2021(organisation):
    load(organisation, "nhs")
    assert shown_as(organisation, "race_ethnicity", "nhs", "R") == "Other"
    assert shown_as(organisation, "race_ethnicity", "nhs_2021", "R") == "Asian"
    states = dict(Category.objects.filter(dimension__code="race_ethnicity").values_list("code", "state"))
    assert (states["Z"], states["99"], states["A"]) == ("declined", "unknown", "known")
    assert category_of(organisation, "sex", "X").state == "unknown"
    assert not Dimension.objects.filter(code="adi_state_decile").exists()


def test_x_is_no_spelling_of_sex_outside_the_nhs(organisation):
    load(organisation)
    assert not CategoryAlias.objects.filter(dimension__code="sex", text="X").exists()


@pytest.mark.parametrize(
    "dimension", ["race_ethnicity", "language", "sex", "payer", "interpreter", "disability_vision"]
)
def test_unknown_declined_and_not_asked_are_three_things(organisation, dimension):
    load(organisation)
    states = Category.objects.filter(dimension__code=dimension).exclude(state="known").values_list("state", flat=True)
    assert sorted(states) == ["declined", "not_asked", "unknown"]


def test_every_category_of_a_dimension_has_a_place_in_each_of_its_groupings(organisation):
    load(organisation)
    for grouping in Grouping.objects.all():
        wanted = set(Category.objects.filter(dimension=grouping.dimension).values_list("code", flat=True))
        assert set(grouping.members.values_list("category__code", flat=True)) == wanted


def test_measures_are_the_published_ones_less_those_left_out_and_the_local_ones():
    published = {r["id"] for r in tables.read("measures")["measures"]}
    local = {r["id"] for r in tables.read("local_measures")["records"]}
    assert len(published) == 55
    assert {row.code for row in definitions.measures()} == published - definitions.left_out().keys() | local
    assert set(definitions.left_out()) == {"hche", "mortality_hw", "equity_gap"}


@pytest.mark.parametrize("row", definitions.measures(), ids=lambda row: row.code)
def test_measure_of_the_catalogue_is_whole(row):
    assert row.roll_up in rules.ROLL_UPS[row.kind]
    assert row.question
    assert row.unit_text
    assert row.numerator_text
    assert row.denominator_text or row.kind in {rules.Kind.COUNT, rules.Kind.DAYS_SINCE}
    assert row.letter in dict(definitions.LETTERS)


def test_directions_are_ours_not_the_senders(organisation):
    load(organisation)
    directions = dict(Measure.objects.values_list("code", "direction"))
    assert (directions["a1c_poor"], directions["depression_screen"]) == ("lower", "higher")
    assert (directions["staffing_hppd"], directions["sdoh2"]) == ("band", "context")


def test_only_the_measures_that_were_asked_for(organisation):
    loaded = load(organisation, measures={"falls_rate", "hche"})
    assert list(Measure.objects.values_list("code", flat=True)) == ["falls_rate"]
    assert list(loaded.left_out) == ["hche"]


@pytest.mark.parametrize(
    "wrong", [{"grouping": "of 1970"}, {"measures": {"falls_rate", "no_such"}}, {"bands": "no_such"}]
)
def test_load_refuses_what_it_does_not_know_and_adds_nothing(organisation, wrong):
    with pytest.raises(ValidationError):
        load(organisation, **wrong)
    assert (Dimension.objects.count(), Letter.objects.count(), Measure.objects.count()) == (0, 0, 0)


def test_load_is_in_the_audit_trail(organisation):
    load(organisation)
    event = Event.objects.get(verb="catalogue.loaded")
    assert (event.organisation_id, event.actor_kind, event.facts["measure"]) == (
        organisation.pk,
        "system",
        len(definitions.measures()),
    )


def test_command_says_what_it_did(organisation):
    out = StringIO()
    call_command("load_catalogue", organisation="test", stdout=out)
    assert f"measure           {len(definitions.measures())} added      0 already there" in out.getvalue()
    assert "measure left out: hche – a yearly attestation" in out.getvalue()
    call_command("load_catalogue", organisation="test", stdout=out)
    assert f"measure            0 added     {len(definitions.measures())} already there" in out.getvalue()


def test_command_names_the_organisations_when_it_finds_none(organisation):
    with pytest.raises(CommandError, match=r"no organisation called nobody\. Known: test\."):
        call_command("load_catalogue", organisation="nobody")


def test_tables_have_no_code_twice_within_a_dimension():
    for grouping in ("omb_1997", "nhs"):
        for row in tables.dimensions(grouping=grouping, bands="board_default", with_gender_and_orientation=True):
            codes = [category.code for category in row.categories]
            assert len(codes) == len(set(codes)), row.code


def test_data_files_are_json_with_title_and_date():
    folder = Path(tables.__file__).parent / "data"
    for path in folder.glob("*.json"):
        table = json.loads(path.read_text(encoding="utf-8"))
        assert table["title"], path.name
        assert table["as_of"], path.name
