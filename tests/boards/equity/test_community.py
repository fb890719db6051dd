"""Patients beside the people who live in the catchment: only what was told, in words, with the hidden named."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from analytics.intervals import wilson
from boards import render, rules
from boards.actions.completeness import Share, set_community
from boards.chart_style import chart_config
from boards.models import CommunityShare, Dimension
from boards.queries.community import community_page, community_tables
from org.models import Event
from org.rules import NotAllowed, Role
from tests.boards import factories
from tests.boards.equity.told import AT, TODAY, Told, last_month
from tests.factories import make_user, signed_in


@pytest.fixture
def officer(told: Told):
    return make_user(Role.EQUITY_OFFICER, told.top)


def live(told: Told, officer, *shares: tuple[str, float]) -> None:
    set_community(
        dimension=told.language, shares=[Share(*s) for s in shares], source="ACS S1601", year=2024, by=officer, at=AT
    )


def test_shares_are_told_in_words_with_the_interval_of_the_patients(told: Told, officer):
    live(told, officer, ("English", 70), ("Spanish", 22), ("Vietnamese", 3))
    for month in (9, 10):
        told.block(told.wards[0], date(2026, month, 1), groups={"English": 204, "Spanish": 40, "Vietnamese": 6})
    page = community_page(told.wards[0], 0, "", TODAY)
    assert [row.sentence for row in page.rows] == [
        "English: 82 % of patients, 70 % of the people who live here. More come than live here.",
        "Spanish: 16 % of patients, 22 % of the people who live here. Fewer come than live here.",
        "Vietnamese: 2.4 % of patients, 3.0 % of the people who live here. No more difference than chance brings.",
    ]
    spanish = page.rows[1]
    found = wilson(80, 500)
    assert spanish.interval == f"{100 * found.lower:.0f} % – {100 * found.upper:.0f} %"
    assert (spanish.parity, spanish.parity_interval) == (
        "0.73",
        f"{found.lower / 0.22:.2f} – {found.upper / 0.22:.2f}",
    )
    assert page.source == "ACS S1601 (2024)"


def test_half_a_percent_of_the_catchment_is_not_rounded_away(told: Told, officer):
    live(told, officer, ("English", 72.5), ("Spanish", 22.0))
    told.block(told.wards[0], groups={"English": 75, "Spanish": 25})
    page = community_page(told.wards[0], told.measure.pk, "language", TODAY)
    assert [row.community for row in page.rows] == ["72.5 %", "22 %"]


def test_those_without_an_answer_are_left_out_and_it_is_said(told: Told, officer):
    live(told, officer, ("English", 70), ("Spanish", 22))
    told.block(told.wards[0], groups={"English": 60, "Spanish": 20, "Unknown": 15}, total=100)
    page = community_page(told.wards[0], 0, "", TODAY)
    assert [row.patients for row in page.rows] == ["75 %", "25 %"]
    assert page.without == "Patients without a known answer, 20 % of all, are left out."


def test_hidden_groups_are_named_and_stay_hidden(told: Told, officer):
    live(told, officer, ("English", 70), ("Spanish", 22), ("Vietnamese", 3))
    told.block(told.wards[0], groups={"English": 60}, hidden=["Spanish", "Vietnamese", "Unknown"], total=100)
    page = community_page(told.wards[0], 0, "", TODAY)
    assert [(row.name, row.hidden, row.patients) for row in page.rows] == [
        ("English", False, "60 %"),
        ("Spanish", True, ""),
        ("Vietnamese", True, ""),
    ]
    assert page.whole_hides
    assert "Spanish: 22 % of the people who live here; too few patients" in page.rows[1].sentence
    drawn = render.draw({**page.chart, "width": 600, "config": chart_config()}, "svg").decode()
    assert drawn.count(">hidden<") == 2


def test_groups_of_one_side_only_are_said_to_be(told: Told, officer):
    live(told, officer, ("Vietnamese", 3))
    told.block(told.wards[0], groups={"English": 60, "Spanish": 40})
    rows = community_page(told.wards[0], 0, "", TODAY).rows
    assert rows[0].sentence.endswith("no patient was counted under this name.")
    assert rows[1].sentence == "English: 60 % of patients; what part of the people who live here is not given."


def test_counts_are_the_cases_themselves(told: Told, officer):
    live(told, officer, ("English", 70))
    visits = factories.make_measure(told.organisation, "visits", rules.Kind.COUNT)
    told.block(
        told.wards[0], measure=visits, groups={"English": (30.0, 0.0), "Spanish": (10.0, 0.0)}, events=40.0, total=0.0
    )
    assert community_page(told.wards[0], visits.pk, "language", TODAY).rows[0].patients == "75 %"


def test_only_measures_that_count_cases_can_be_chosen(told: Told, officer):
    live(told, officer, ("English", 70))
    rate = factories.make_measure(told.organisation, "falls", rules.Kind.RATE)
    for measure in (told.measure, rate):
        told.block(told.wards[0], measure=measure, groups={"English": 60, "Spanish": 40})
    assert [name for _pk, name in community_page(told.wards[0], rate.pk, "", TODAY).measures] == ["Analgesia"]


def test_statements_are_few(told: Told, officer, django_assert_max_num_queries):
    live(told, officer, ("English", 70))
    for month in (8, 9, 10):
        told.block(told.wards[0], date(2026, month, 1), groups={"English": 60, "Spanish": 40})
    with django_assert_max_num_queries(4):
        community_page(told.wards[0], 0, "", TODAY)


def test_setting_shares_replaces_them_and_is_on_record(told: Told, officer):
    live(told, officer, ("English", 70), ("Spanish", 30))
    live(told, officer, ("Spanish", 25))
    assert list(CommunityShare.objects.values_list("group", "share")) == [("Spanish", 25.0)]
    event = Event.objects.filter(verb="community.shares_set").latest("pk")
    assert event.facts == {"groups": 1, "year": 2024}
    assert "ACS" not in json.dumps(event.facts) + event.subject_label
    for wrong in ((("English", 70), ("Spanish", 30.1)), (("English", 30), ("english", 10))):
        with pytest.raises(NotAllowed):
            live(told, officer, *wrong)


def test_the_database_refuses_a_share_that_is_none(told: Told):
    for share, year in ((101, 2024), (-1, 2024), (50, 24)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommunityShare.objects.create(
                organisation=told.organisation, dimension=told.language, group="x", share=share, source="s", year=year
            )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("English; 70\nSpanish; 40", "more than 100 %"),
        ("English", "Line 1: give a name"),
        ("English; 70\nElvish; 1", "Line 2: this dimension has no such group"),
        ("English; seventy", "Line 1: a share lies between 0 and 100"),
        ("English; 70\nenglish; 2", "A group stands there twice"),
        ("Unknown; 2", "Line 1: this dimension has no such group"),
    ],
)
def test_a_pasted_table_is_checked_and_stays_when_it_is_wrong(told: Told, officer, text, said):
    url = f"/set-up/{told.organisation.slug}/community/{told.language.pk}/"
    refused = signed_in(officer).post(url, {"table": text, "source": "ACS", "year": "2024"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert said in page
    assert text.splitlines()[0] in page
    assert not CommunityShare.objects.exists()


def test_a_pasted_table_is_read_as_a_spreadsheet_gives_it(told: Told, officer):
    client = signed_in(officer)
    url = f"/set-up/{told.organisation.slug}/community/{told.language.pk}/"
    sent = {"table": "english\t70,5 %\n\n Spanish ; 22\n", "source": "ACS", "year": "2024"}
    assert client.post(url, sent).status_code == 302
    assert list(CommunityShare.objects.values_list("group", "share")) == [("English", 70.5), ("Spanish", 22.0)]
    (table,) = community_tables(told.organisation)
    assert (table.text, table.groups[:2]) == ("English; 70.5\nSpanish; 22", ["English", "Spanish"])
    assert client.post(url, {"table": "", "source": "ACS", "year": "2024"}).status_code == 302
    assert not CommunityShare.objects.exists()
    assert "Language" in client.get(f"/set-up/{told.organisation.slug}/community/").content.decode()


def test_another_house_s_dimension_is_not_there(told: Told, officer):
    other = Dimension.objects.create(organisation=factories.make_organisation("other"), code="x", name="X")
    url = f"/set-up/{told.organisation.slug}/community/{other.pk}/"
    assert signed_in(officer).get(url).status_code == 404


def test_pages_without_numbers_say_what_to_do(told: Told, officer):
    client, url = signed_in(officer), f"/boards/{told.top.pk}/community/"
    assert "Nothing was told yet" in client.get(url).content.decode()
    told.block(told.top, last_month(), groups={"English": 60, "Spanish": 40})
    assert "Nobody has said who lives here" in client.get(url).content.decode()
    live(told, officer, ("English", 70))
    shown = client.get(url).content.decode()
    assert "English: 60 % of patients, 70 % of the people who live here." in shown
