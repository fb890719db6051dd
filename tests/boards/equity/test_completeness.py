"""What is known of patients: from what was told, no more; two limits; a page that says it without color."""

import math
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from boards import rules
from boards.actions import completeness as actions
from boards.completeness_rules import Counts, Limits, Trust, judged, loudest
from boards.models import CompletenessLimits, Dimension, Grouping, GroupMember
from boards.queries.completeness import completeness_page, limits_of, verdicts
from boards.queries.published_states import names_not_known, states
from org.models import Event
from org.rules import NotAllowed, Role
from tests.boards import factories
from tests.boards.equity.told import AT, TODAY, Told, last_month
from tests.factories import make_user, signed_in


def counts(known: float, unknown: float = 0, open_: float = 0) -> Counts:
    return Counts(known=known, unknown=unknown, open=open_, total=known + unknown + open_)


@pytest.mark.parametrize(
    ("own", "trust", "text"),
    [
        (counts(95, 5), Trust.ENOUGH, "95 %"),
        (counts(90, 10), Trust.ENOUGH, "90 %"),
        (counts(8999, 1001), Trust.THIN, "89 %"),
        (counts(80, 20), Trust.THIN, "80 %"),
        (counts(7999, 2001), Trust.TOO_THIN, "79 %"),
        (counts(94, 0, 6), Trust.ENOUGH, "at least 94 %"),
        (counts(84, 0, 16), Trust.THIN, "at least 84 %"),
        (counts(84, 8, 8), Trust.THIN, "at least 84 %"),
        (counts(50, 39, 11), Trust.TOO_THIN, "at most 61 %"),
        (counts(70, 5, 25), Trust.UNTOLD, "cannot be told"),
        (counts(0, 0, 40), Trust.UNTOLD, "cannot be told"),
        (Counts(), Trust.NOTHING, "nothing yet"),
    ],
)
def test_only_what_holds_at_both_bounds_is_said(own, trust, text):
    (found,) = judged([own])
    assert (found.trust, found.text) == (trust, text)


def test_the_interval_is_wilsons_and_stands_only_beside_a_share_that_is_told():
    told, hidden, nobody = judged([counts(90, 10), counts(90, 0, 10), Counts()])
    assert (told.low, round(told.from_, 1), round(told.to, 1)) == (90.0, 82.6, 94.5)
    assert (told.interval, hidden.interval, nobody.interval) == ("82–95 %", "", "")
    assert math.isnan(nobody.low)


def test_the_limits_are_settings():
    own = [counts(85, 15)]
    assert [judged(own, Limits(*pair))[0].trust for pair in ((80, 90), (86, 90), (80, 85))] == [
        Trust.THIN,
        Trust.TOO_THIN,
        Trust.ENOUGH,
    ]


def test_the_loudest_of_many_is_said():
    assert loudest([Trust.ENOUGH, Trust.THIN, Trust.TOO_THIN]) == Trust.TOO_THIN
    assert loudest([]) == Trust.NOTHING


def verdict(told: Told, **asked):
    ward = told.wards[0]
    return verdicts([ward.pk], [told.language.pk], TODAY, **asked)[ward.pk, told.language.pk]


def test_each_state_is_kept_apart(told: Told):
    told.block(
        told.wards[0],
        groups={"English": 100, "Spanish": 40, "Unknown": 20, "Declined": 15, "Not asked": 14, "SPAN": 11},
        total=220,
    )
    found = verdict(told)
    assert found.counts == Counts(140, 20, 15, 14, 11, unsent=20, total=220)
    assert (found.trust, found.text) == (Trust.TOO_THIN, "63 %")


def test_a_hidden_unknown_part_leaves_a_bound(told: Told):
    told.block(told.wards[0], groups={"English": 150, "Spanish": 38}, hidden=["Vietnamese", "Unknown"], total=200)
    found = verdict(told)
    assert (found.counts.open, found.text, found.trust) == (12.0, "at least 94 %", Trust.ENOUGH)


def test_hidden_groups_that_are_all_not_known_are_told_as_such(told: Told):
    told.block(told.wards[0], groups={"English": 150, "Spanish": 38}, hidden=["Declined", "Unknown"], total=200)
    found = verdict(told)
    assert (found.counts.dark, found.counts.open, found.text) == (12.0, 0.0, "94 %")


def test_patients_in_several_groups_are_known_unless_they_say_nothing(told: Told):
    told.language.is_partition = False
    told.language.save()
    told.block(told.wards[0], groups={"English": 90, "Spanish": 80, "Unknown": 20}, total=120)
    assert (verdict(told).counts.known, verdict(told).text) == (100.0, "83 %")
    told.made[0].delete()
    told.block(told.wards[0], groups={"English": 90, "Unknown": 20}, hidden=["Spanish"], total=120)
    assert verdict(told).text == "cannot be told"


def test_a_group_on_boards_is_not_known_only_where_none_of_its_categories_is(told: Told):
    grouping = Grouping.objects.create(dimension=told.language, code="board", name="Board", is_default=True)
    own = {category.name: category for category in told.language.categories.all()}
    for name, group in (
        ("Unknown", "No answer"),
        ("Declined", "No answer"),
        ("Vietnamese", "Other"),
        ("SPAN", "Other"),
    ):
        GroupMember.objects.create(grouping=grouping, category=own[name], group=group)
    assert names_not_known([told.language.pk]) == {told.language.pk: frozenset({"No answer", "Not asked"})}


def test_months_add_up_and_old_ones_do_not_count(told: Told):
    ward = told.wards[0]
    for month, known in ((8, 10), (9, 60), (10, 80)):
        told.block(ward, date(2026, month, 1), groups={"English": known, "Unknown": 100 - known})
    told.block(ward, date(2026, 7, 1), groups={"English": 100})
    found = verdict(told)
    assert (found.counts.known, found.counts.total) == (150.0, 300.0)


def test_a_year_speaks_where_no_month_does(told: Told):
    ward = told.wards[0]
    told.block(ward, groups={}, hidden=["English", "Unknown"], total=30)
    assert verdict(told).trust == Trust.UNTOLD
    for month, known in ((9, 100), (10, 300)):
        told.block(
            ward,
            date(2026, month, 1),
            first=date(2025, month + 1, 1),
            stretch=rules.Stretch.YEAR,
            groups={"English": known, "Unknown": 50},
        )
    assert verdict(told).text == "85 %"  # the newest of the two, which overlap


def test_a_year_of_one_measure_does_not_speak_for_the_months_of_several(told: Told):
    ward, second = told.wards[0], factories.make_measure(told.organisation, "second")
    year = {"first": date(2025, 11, 1), "stretch": rules.Stretch.YEAR, "groups": {"English": 970, "Unknown": 30}}
    told.block(ward, groups={"English": 60}, hidden=["Spanish", "Unknown"], total=100)
    told.block(ward, groups={"English": 500}, hidden=["Spanish", "Unknown"], total=1000, measure=second)
    told.block(ward, **year)
    found = verdict(told)
    assert (found.text, found.bounds, found.counts.total) == ("cannot be told", "50–100 %", 1100.0)
    assert verdict(told, measures=[told.measure.pk]).text == "97 %"
    told.block(ward, **year, measure=second)
    assert (verdict(told).text, verdict(told).first) == ("97 %", date(2025, 11, 1))
    (course,) = completeness_page(ward, TODAY, make_user(Role.MANAGER, told.top), 0, 1).courses
    assert (course.box.text, course.box.months) == ("97 %", "November 2025 – October 2026")
    assert course.sentence == "No month can be told by itself, only all of these together."


def test_the_page_is_one_calculation_for_map_headline_and_months(told: Told):
    ward = told.wards[0]
    for month in (8, 9, 10):
        told.block(ward, date(2026, month, 1), groups={"English": 150}, hidden=["Spanish", "Unknown"], total=200)
    page = completeness_page(ward, TODAY, make_user(Role.MANAGER, told.top), 0, 1)
    (course,) = page.courses
    assert page.period == "August – October 2026"
    assert (page.own.boxes[0].text, page.own.boxes[0].months) == ("cannot be told", "")
    assert (course.box.text, course.now.known, course.box.months) == ("75–100 %", "75–100 %", "August – October 2026")
    assert [month.known for month in course.months] == ["75–100 %"] * 3
    # What is hidden may be unknown or declined: none told is not none.
    assert {(line.unknown, line.declined, line.rest) for line in (course.now, *course.months)} == {("–", "–", "25 %")}


def test_months_of_another_length_are_named_with_both_years(told: Told):
    ward = told.wards[0]
    told.block(ward, date(2026, 8, 1), first=date(2026, 6, 1), groups={"English": 95, "Unknown": 5})
    told.block(ward, date(2026, 2, 1), first=date(2025, 12, 1), groups={"English": 95, "Unknown": 5})
    page = completeness_page(ward, TODAY, make_user(Role.MANAGER, told.top), 0, 1)
    assert page.own.boxes[0].months == "June – August 2026"
    assert [line.period for line in page.courses[0].months] == ["June – August 2026", "December 2025 – February 2026"]
    assert (
        page.courses[0].sentence == "Language: 95 % known in December 2025 – February 2026, 95 % in June – August 2026."
    )


def test_a_branch_that_is_not_told_by_itself_says_how_many_units_below_are(told: Told):
    line = told.wards[0].parent
    for ward in told.wards[:2]:
        told.block(ward, groups={"English": 95, "Unknown": 5})
    told.block(told.wards[2], date(2026, 2, 1), groups={"English": 95, "Unknown": 5})
    reader = make_user(Role.EQUITY_OFFICER, told.top)
    page = completeness_page(told.top, TODAY, reader, 0, 1)
    (medicine,) = [row.boxes[0] for row in page.rows if row.name == line.name]
    assert {page.own.boxes[0].text, medicine.text} == {"see 2 units below"}
    assert medicine.trust == Trust.UNTOLD
    assert page.sentence == "No box is too thin to trust; not to be told: 1."
    assert page.courses[0].without.startswith("Nothing is told of Hospital by itself")
    late = completeness_page(told.wards[2], TODAY, reader, 0, 1)
    assert late.own.boxes[0].text == "up to February 2026"
    assert late.courses[0].without.startswith("Nothing was told of Ward C after February 2026")


def test_days_of_stay_are_no_cases_but_a_rates_own_page_may_ask(told: Told):
    rate = factories.make_measure(told.organisation, "falls", rules.Kind.RATE)
    count = factories.make_measure(told.organisation, "harm", rules.Kind.COUNT)
    ward = told.wards[0]
    told.block(ward, groups={"English": 50, "Unknown": 50}, measure=rate)
    assert verdict(told).trust == Trust.NOTHING
    assert verdict(told, measures=[rate.pk]).text == "50 %"
    told.block(ward, groups={"English": (95.0, 0.0), "Unknown": (5.0, 0.0)}, events=100.0, total=0.0, measure=count)
    assert verdict(told).text == "95 %"


def test_verdicts_take_as_many_statements_for_many_units_as_for_one(told: Told):
    for ward in told.wards:
        told.block(ward, groups={"English": 90, "Unknown": 10})
    other = Dimension.objects.create(organisation=told.organisation, code="payer", name="Payer")
    taken = []
    one, many = [told.wards[0].pk], [ward.pk for ward in told.wards]
    for units, dimensions in ((one, [told.language.pk]), (many, [told.language.pk, other.pk])):
        with CaptureQueriesContext(connection) as caught:
            found = verdicts(units, dimensions, TODAY)
        taken.append(len(caught))
        assert len(found) == len(units) * len(dimensions)
    assert taken == [3, 3]


def test_sums_by_measure_are_the_sum(told: Told):
    second = factories.make_measure(told.organisation, "second")
    ward = told.wards[0]
    told.block(ward, groups={"English": 30, "Unknown": 20})
    told.block(ward, groups={"English": 50, "Unknown": 30}, measure=second)
    asked = {"since": TODAY - timedelta(days=90), "until": TODAY}
    (whole,) = states([ward.pk], [told.language.pk], **asked)
    parts = states([ward.pk], [told.language.pk], **asked, by_measure=True)
    assert [part.counts.known for part in parts] == [30.0, 50.0]
    assert whole.counts == parts[0].counts + parts[1].counts


def test_the_page_takes_as_many_statements_for_three_wards_as_for_one(told: Told):
    reader = make_user(Role.EQUITY_OFFICER, told.top)
    taken = []
    for ward in told.wards[:3]:
        told.block(ward, groups={"English": 90, "Unknown": 10})
        with CaptureQueriesContext(connection) as caught:
            completeness_page(ward.parent, TODAY, reader, 0, 1)
        taken.append(len(caught))
    assert len(set(taken)) == 1


def test_the_page_says_what_can_be_told_and_keeps_the_rest(told: Told):
    line = told.wards[0].parent
    for month in (8, 9, 10):
        told.block(line, date(2026, month, 1), groups={"English": 60 + month, "Spanish": 20, "Unknown": 20 - month})
    told.block(told.wards[0], groups={"English": 50, "Unknown": 50})
    told.block(told.wards[1], groups={"English": 94}, hidden=["Spanish", "Unknown"], total=100)
    told.block(told.wards[2], groups={"English": 40}, hidden=["Spanish", "Unknown"], total=100)
    page = completeness_page(line, TODAY, make_user(Role.MANAGER, line), 0, 1)
    boxes = {row.name: (row.boxes[0].text, row.boxes[0].trust) for row in page.rows}
    assert boxes == {
        "Ward A": ("50 %", Trust.TOO_THIN),
        "Ward B": ("at least 94 %", Trust.ENOUGH),
        "Ward C": ("cannot be told", Trust.UNTOLD),
        "Ward D": ("nothing yet", Trust.NOTHING),
    }
    assert page.sentence == "Too thin to trust: 1 of 4 boxes; not to be told: 1; nothing yet: 1."
    (course,) = page.courses
    assert [line.period for line in course.months] == ["October 2026", "September 2026", "August 2026"]
    assert course.sentence == "Language: 88 % known in August 2026, 90 % in October 2026."
    assert [line.name for line in course.measures] == ["Analgesia"]
    assert course.months[0].interval == "82–95 %"
    told.block(line, measure=factories.make_measure(told.organisation, "second"), groups={"English": 50})
    (course,) = completeness_page(line, TODAY, make_user(Role.EXECUTIVE, line), 0, 1).courses
    assert {month.interval for month in course.months} == {""}  # a patient may be a case of both
    assert [bool(own.interval) for own in course.measures] == [True, True]


def test_rows_may_be_the_units_of_a_tier(told: Told):
    page = completeness_page(told.top, TODAY, make_user(Role.EQUITY_OFFICER, told.top), 1, 1)
    assert [row.name for row in page.rows] == ["Ward A", "Ward B", "Ward C", "Ward D"]


def test_limits_are_set_with_a_record_and_hold_for_the_map(told: Told):
    officer = make_user(Role.EQUITY_OFFICER, told.top)
    told.block(told.wards[0], groups={"English": 85, "Unknown": 15})
    assert verdict(told).trust == Trust.THIN
    actions.set_limits(organisation=told.organisation, least=86, well=95, by=officer, at=AT)
    assert limits_of(told.organisation.pk) == Limits(86, 95)
    assert verdict(told).trust == Trust.TOO_THIN
    assert Event.objects.get(verb="completeness.limits_set").facts == {"least_known": 86, "well_known": 95}
    with pytest.raises(NotAllowed):
        actions.set_limits(organisation=told.organisation, least=90, well=80, by=officer, at=AT)


def test_the_database_keeps_limits_in_order(told: Told):
    with pytest.raises(IntegrityError), transaction.atomic():
        CompletenessLimits.objects.create(organisation=told.organisation, least=90, well=80)
    with pytest.raises(ValidationError):
        CompletenessLimits(organisation=told.organisation, least=120, well=130).full_clean()
    CompletenessLimits.objects.create(organisation=told.organisation, least=80, well=80)


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(told: Told):
    client = signed_in(make_user(Role.EQUITY_OFFICER, told.top))
    url = f"/set-up/{told.organisation.slug}/completeness/"
    refused = client.post(url, {"least": "95", "well": "90"})
    assert refused.status_code == 422
    assert 'value="95"' in refused.content.decode()
    assert client.post(url, {"least": "70", "well": "90"}).status_code == 302
    assert limits_of(told.organisation.pk) == Limits(70, 90)


def test_readers_see_the_map_of_their_own_place(told: Told):
    for ward in told.wards:
        told.block(ward, last_month(), groups={"English": 95, "Unknown": 12})
    lead = signed_in(make_user(Role.STAFF, told.wards[0]))
    assert lead.get(f"/boards/{told.wards[0].pk}/completeness/").status_code == 200
    assert lead.get(f"/boards/{told.wards[1].pk}/completeness/").status_code == 404
    above = lead.get(f"/boards/{told.wards[0].parent_id}/completeness/").content.decode()
    assert "Ward A" in above
    assert "Ward B" not in above
    assert "3 more units that you cannot open" in above
    assert lead.get("/boards/equity/completeness/").status_code == 403
    officer = signed_in(make_user(Role.EQUITY_OFFICER, told.top))
    assert "Hospital" in officer.get("/boards/equity/completeness/").content.decode()
