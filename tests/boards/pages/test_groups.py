"""Pages of groups: what was told, against whom, over which months, and the words for it."""

import re
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards import rules
from boards.actions import placements
from boards.actions.measures import change_measure, use_measure
from boards.actions.references import choose_reference, renew_references
from boards.models import BoardMeasure, Dimension, Published, ReferenceChoice, Snapshot, Tile
from boards.partitions import ensure
from boards.queries.comparison import Against, compare, worst
from boards.queries.published import blocks
from boards.queries.signs import gap_text
from boards.queries.strata import gap_sentence, gap_shown, strata_table
from boards.snapshots import take_snapshot
from boards.snapshots.gaps import refresh_gaps
from boards.snapshots.tiles import refresh_tiles
from org.models import Membership, Unit, User
from org.rules import NotAllowed
from tests.boards.factories import make_published
from tests.boards.setup.stage import definition
from tests.boards.snapshots.house import DAY, House, build_house

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=ZoneInfo("America/New_York"))
OCTOBER = date(2026, 10, 31)


@pytest.fixture
def house(db, time_machine) -> House:
    """Two wards in medicine; of one of them and of all above groups were told for twelve months."""
    built = build_house()
    time_machine.move_to(NOON, tick=False)
    language = built.dimension("language", "en", "es", "vi")
    measure = built.measure("bundle")
    built.send(measure, {"m1": {"": (30.0, 40.0)}, "m2": {"": (30.0, 40.0)}})
    take_snapshot(built.organisation, DAY, NOON)
    refresh_tiles(built.organisation, NOON)
    for back in range(12):
        last = date(2026 - (back > 9), (9 - back) % 12 + 1, 1)
        counts = {"English": (320, 400), "Spanish": (60, 100)}
        for unit in ("m1", "medicine", "clinical", "top"):
            make_published(built.units[unit], measure, language, last, counts, rest=(20, 40), hidden=("Thai", "Urdu"))
    return built


def reader(house: House, client, unit: str = "top", role: str = "equity_officer"):
    user = User.objects.create_user(f"{role}@example.org", "long enough 12", name="Rea Der")
    Membership.objects.create(user=user, unit=house.units[unit], role=role, started_on="2026-01-01")
    client.force_login(user)
    return client


def address(house: House, page: str, unit: str = "m1") -> str:
    return f"/boards/{house.units[unit].pk}/{page}"


def test_the_measure_page_sets_groups_beside_each_other(client, house):
    measure = house.measures["bundle"]
    page = reader(house, client).get(address(house, f"measures/{measure.pk}/")).context_data["page"]
    table = page.strata
    assert [(r.name, r.value, r.numerator, r.denominator) for r in table.rows] == [
        ("English", "80.0", "320", "400"), ("Spanish", "60.0", "60", "100"),
        ("Other groups together", "50.0", "20", "40"),
    ]  # fmt: skip
    assert table.window_text == "October 2026"
    assert table.against == "everyone else in the same place"
    spanish = table.rows[1]
    assert spanish.difference == "−17.3 (−27.7 to −7.3)"
    assert (spanish.ratio, spanish.sign) == ("0.78", "worse")
    assert "Spanish: 60.0 against 77.3 for everyone else, a gap of 17.3 points." in table.gap
    assert "Thai, Urdu" in table.note
    assert [w[0] for w in table.windows] == ["October 2026", "November 2025 – October 2026"]


def test_a_unit_with_too_few_shows_those_of_the_one_above_and_says_so(client, house):
    measure = house.measures["bundle"]
    answer = reader(house, client).get(address(house, f"measures/{measure.pk}/groups/", "m2"))
    assert answer.context_data["page"].table.place == "medicine"
    assert "These are the groups of medicine." in answer.content.decode()


def test_twelve_months_are_added_up(client, house):
    measure = house.measures["bundle"]
    url = address(house, f"measures/{measure.pk}/groups/")
    page = reader(house, client).get(url, {"over": "12"}).context_data["page"]
    assert [r.denominator for r in page.table.rows] == ["4,800", "1,200", "480"]


def test_a_window_with_months_that_were_not_told_says_how_many_are_in_it_and_which_are_missing(client, house):
    measure = house.measures["bundle"]
    missing = [date(2026, month, 1) for month in (1, 2, 4, 6, 7, 8)]
    Published.objects.filter(unit=house.units["m1"], first__in=[*missing, date(2025, 12, 1)]).delete()
    url = address(house, f"measures/{measure.pk}/groups/")
    page = reader(house, client).get(url, {"over": "12"}).context_data["page"]
    said = (
        "November 2025 – October 2026: 5 of 12 months, without December 2025 – February 2026, April and "
        "June – August 2026"
    )
    assert page.table.window_text == said
    assert page.table.total.denominator == "2,700"
    assert [w[0] for w in page.table.windows] == ["October 2026", "November 2025 – October 2026: 5 of 12 months"]
    file = client.get(url.removesuffix("/") + ".csv", {"by": "language", "over": "12"}).content.decode()
    assert said in file
    assert page.courses[0].points[1][0] == "September 2026"


def test_a_gap_is_what_the_two_values_lie_apart_as_they_are_shown(house):
    measure, unit = house.measure("reassessed"), house.units["m1"]
    language = Dimension.objects.get(code="language")
    make_published(unit, measure, language, OCTOBER, {"English": (1376, 10_000), "Spanish": (1134, 10_000)})
    (block,) = blocks([unit.pk], [measure.pk])
    said = gap_sentence(worst(compare(block, measure)), measure, Against())
    assert said == "Spanish: 11.34 against 13.76 for everyone else, a gap of 2.42 points."


@pytest.mark.parametrize(
    ("value", "other", "said"),
    [(60.0, 77.3, ("17.3", 1)), (13.76, 11.34, ("2.42", 2)), (53.125, 76.056, ("22.94", 2))],
)
def test_a_gap_has_one_decimal_more_where_rounded_numbers_would_disagree(value, other, said):
    gap, decimals = gap_shown(value, other, 1)
    assert (f"{gap:.{decimals}f}", decimals) == said
    assert f"{abs(round(value, decimals) - round(other, decimals)):.{decimals}f}" == said[0]


def test_a_difference_between_values_that_read_the_same_has_one_more_decimal(house):
    wait, unit = house.measure("wait", kind="minutes", direction="lower", decimals=0, multiplier=1), house.units["m1"]
    language = Dimension.objects.get(code="language")
    make_published(unit, wait, language, OCTOBER, {"English": (1760, 100), "Spanish": (1840, 100)})
    table = strata_table(unit, wait, language, DAY)
    assert [(row.value, row.difference) for row in table.rows] == [("18", "−0.8"), ("18", "+0.8")]
    assert table.total.value == "18"


def test_a_month_in_which_numbers_began_says_so_over_time(client, house):
    measure, unit = house.measures["bundle"], house.units["m1"]
    url = address(house, f"measures/{measure.pk}/groups/")
    signed = reader(house, client)
    assert signed.get(url).context_data["page"].gap_points[-1][0] == "November 2025"
    ensure(date(2025, 11, 1), date(2025, 11, 30))
    day = date(2025, 11, 20)
    Snapshot.objects.create(
        day=day, period_start=day, unit=unit, measure=measure, organisation=house.organisation, numerator=1.0,
        denominator=2.0, taken_at=NOON,
    )  # fmt: skip
    page = signed.get(url).context_data["page"]
    assert page.gap_points[-1][0] == "November 2025, from 20 November on"
    assert [course.points[-1][0] for course in page.courses] == ["November 2025, from 20 November on"] * 2
    assert page.gap_points[-2][0] == "December 2025"
    assert page.table.windows[1][0] == "November 2025 – October 2026, from 20 November on"
    assert signed.get(url, {"over": "12"}).context_data["page"].table.window_text == page.table.windows[1][0]


def test_each_group_and_the_gap_have_their_course(client, house):
    measure = house.measures["bundle"]
    page = reader(house, client).get(address(house, f"measures/{measure.pk}/groups/")).context_data["page"]
    assert [(c.name, len(c.points), c.newest) for c in page.courses] == [
        ("English", 12, "80.0"),
        ("Spanish", 12, "60.0"),
    ]
    assert page.group == "Spanish"
    assert len(page.gap_points) == 12
    assert page.gap_points[0] == ("October 2026", "−17.3 points", "−27.7 to −7.3")
    assert page.gap_sentence == "Usual ups and downs, nothing has changed."


def test_the_file_holds_what_the_page_shows(client, house):
    measure = house.measures["bundle"]
    text = reader(house, client).get(address(house, f"measures/{measure.pk}/groups.csv"), {"by": "language"})
    lines = text.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["group", "English", "Spanish", "Other groups together", "All"]
    assert all("Thai" not in line for line in lines)


def test_all_measures_of_a_unit_stand_on_one_page(client, house):
    page = reader(house, client).get(address(house, "equity/")).context_data["page"]
    assert (len(page.cards), page.gaps, page.untold) == (1, 1, [])
    assert "Spanish" in page.cards[0]
    assert "−17.3" in page.cards[0]
    again = client.get(address(house, "equity/", "m2")).context_data["page"]
    assert "These are the groups of medicine." in again.cards[0]


def test_groups_told_only_together_may_be_who_fares_worst(client, house):
    measure, language = house.measures["bundle"], Dimension.objects.get(code="language")
    choose_reference(measure=measure, dimension=language, rule="fixed", group="English", by=None, at=NOON)
    Published.objects.all().delete()
    make_published(
        house.units["m1"], measure, language, OCTOBER, {"English": (108, 142)}, rest=(31, 57), hidden=("es",)
    )
    client = reader(house, client)
    said = "Other groups together: 54.4 against 76.1 for English, a gap of 21.7 points."
    page = client.get(address(house, "equity/")).context_data["page"]
    assert page.gaps == 1
    assert said in page.cards[0]
    assert said in client.get(address(house, f"measures/{measure.pk}/groups/")).content.decode()


@pytest.mark.parametrize(("unit", "said"), [("%", "points"), ("% of stays", "points"), ("min", "min"), ("", "")])
def test_percentages_of_anything_lie_points_apart(house, unit, said):
    measure = house.measures["bundle"]
    measure.unit_text = unit
    (block,) = blocks([house.units["m1"].pk], [measure.pk], first=date(2026, 10, 1))
    sentence = gap_sentence(worst(compare(block, measure)), measure, Against())
    assert sentence == f"Spanish: 60.0 against 77.3 for everyone else, a gap of 17.3 {said}."
    gap = {"group": "Spanish", "difference": -17.3, "against": "", "first": "2026-10-01", "last": "2026-10-31"}
    assert gap_text(gap, measure) == f"Spanish: −17.3 {said} against everyone else, October 2026"


def test_courses_keep_the_order_of_the_dimension_though_some_groups_come_and_go(client, house):
    measure, language = house.measures["bundle"], Dimension.objects.get(code="language")
    make_published(
        house.units["m1"], measure, language, date(2025, 10, 1),
        {"Arabic": (30, 40), "English": (30, 40), "Polish": (30, 40), "Spanish": (30, 41)},
    )  # fmt: skip
    page = reader(house, client).get(address(house, f"measures/{measure.pk}/groups/")).context_data["page"]
    assert [course.name for course in page.courses] == ["Arabic", "English", "Polish", "Spanish"]


def test_the_file_that_a_page_offers_is_of_the_months_that_it_shows(client, house):
    measure = house.measures["bundle"]
    client = reader(house, client)
    page = client.get(address(house, f"measures/{measure.pk}/groups/"), {"over": "12"}).content.decode()
    [link] = re.findall(r'href="([^"]*groups\.csv[^"]*)"', page)
    assert "4800" in client.get(unescape(link)).content.decode().replace(",", "").replace(".0", "")


def test_the_number_of_statements_does_not_grow_with_measures(client, house):
    reader(house, client)
    client.get(address(house, "equity/"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address(house, "equity/"))
    language = Dimension.objects.get(code="language")
    for number in range(4):
        measure = house.measure(f"more_{number}")
        make_published(house.units["m1"], measure, language, OCTOBER, {"English": (30, 40), "Spanish": (30, 41)})
    client.get(address(house, "equity/"))
    with CaptureQueriesContext(connection) as many:
        page = client.get(address(house, "equity/")).context_data["page"]
    assert len(page.cards) == 5
    assert len(many) == len(one)


def test_a_card_changes_when_more_is_told(client, house):
    reader(house, client)
    client.get(address(house, "equity/"))
    Published.objects.filter(unit=house.units["m1"], last=OCTOBER).delete()
    language = Dimension.objects.get(code="language")
    make_published(
        house.units["m1"], house.measures["bundle"], language, OCTOBER, {"English": (30, 40), "Spanish": (30, 41)}
    )
    card = client.get(address(house, "equity/")).context_data["page"].cards[0]
    assert "No gap that is more than chance." in card


def test_counts_are_told_as_shares_and_never_as_a_gap(client, house):
    falls = house.measure("falls", kind="count", roll_up="sum", direction="lower", decimals=0)
    language = Dimension.objects.get(code="language")
    counts = {"English": (300, 0), "Spanish": (0, 0), "Unknown": (0, 0)}
    make_published(house.units["m1"], falls, language, OCTOBER, counts, rest=(100, 0), hidden=("Thai", "Urdu"))
    answer = reader(house, client).get(address(house, f"measures/{falls.pk}/groups/"))
    page = answer.context_data["page"]
    assert [(r.name, r.value, r.denominator, r.share, r.sign, r.difference) for r in page.table.rows] == [
        ("English", "300", "", "75 %", "", ""),
        ("Spanish", "0", "", "0 %", "", ""),  # nobody fell: a number like any other
        ("Other groups together", "100", "", "25 %", "", ""),
    ]
    assert page.table.total.value == "400"
    assert page.groups == ["English", "Spanish"]
    html = answer.content.decode()
    assert "A count: groups are not of one size, so more or fewer is no gap." in html
    assert "No gap that is more than chance." not in html
    assert "compared with" not in html
    chart = answer.context_data["strata_chart"]
    assert [layer["mark"] for layer in chart["layer"] if layer["mark"].get("style") == "mean"] == []
    cards = client.get(address(house, "equity/")).context_data["page"].cards
    (card,) = (card for card in cards if ">falls<" in card)
    assert "more or fewer is no gap" in card
    assert "75 %" in card
    assert 'class="whole"' not in card


def test_by_context_nobody_fares_better_or_worse(client, house):
    Published.objects.all().delete()
    visits = house.measure("visits", direction="context")
    language = Dimension.objects.get(code="language")
    counts = {"English": (320, 400), "Spanish": (60, 100), "Unknown": (0, 0)}
    make_published(house.units["m1"], visits, language, OCTOBER, counts)
    answer = reader(house, client).get(address(house, f"measures/{visits.pk}/groups/"))
    table = answer.context_data["page"].table
    assert [(r.name, r.difference.partition(" ")[0], r.sign) for r in table.rows] == [
        ("English", "+20.0", ""),
        ("Spanish", "−20.0", ""),
    ]
    assert "Context only: no group fares better or worse by it." in answer.content.decode()
    html = client.get(address(house, "equity/")).content.decode()
    assert "Counts and context only: no group fares better or worse by them." in html
    assert "fares worse, more than chance" not in html


def test_links_between_pages_of_groups_stay_on_a_day_of_the_past(client, house):
    measure = house.measures["bundle"]
    here = address(house, f"measures/{measure.pk}/groups/")
    reader(house, client)
    for url in (address(house, "equity/"), here, address(house, f"measures/{measure.pk}/")):
        html = client.get(url, {"day": "2026-11-05"}).content.decode()
        links = [
            part.partition('"')[0] for part in html.split('href="')[1:] if part.startswith(("?by=", f"{here}?by="))
        ]
        assert links
        assert all("&amp;day=2026-11-05" in link for link in links), url
        newest = [part.partition('"')[0] for part in client.get(url).content.decode().split('href="')[1:]]
        # A ticket of improvement work begins from a day, whichever day is shown.
        assert "day=" not in "".join(link for link in newest if not link.startswith("/improvement/")).replace(
            "chart.png?day=", ""
        ).replace("chart.svg?day=", "").replace("points.csv?day=", "")


def test_nothing_told_has_words_of_its_own(client, house):
    Published.objects.all().delete()
    client = reader(house, client)
    measure = house.measures["bundle"]
    above = f'href="/boards/{house.units["medicine"].pk}/equity/">Groups of medicine<'
    for page in ("equity/", f"measures/{measure.pk}/groups/"):
        said = client.get(address(house, page)).content.decode()
        assert "Nothing can be told of groups yet" in said
        assert above in said
    assert "Groups of" not in _without_title(client.get(address(house, "equity/", "top")).content.decode())


def test_a_board_without_measures_by_groups_does_not_promise_any(client, house):
    BoardMeasure.objects.filter(unit=house.units["imaging"]).delete()
    page = reader(house, client).get(address(house, "equity/", "imaging")).content.decode()
    assert "No measure of this board is told by groups" in page
    assert "Groups appear" not in page


def test_whoever_may_not_see_the_unit_above_is_not_sent_there(client, house):
    Published.objects.all().delete()
    Unit.objects.filter(pk=house.units["m1"].pk).update(second_parent=house.units["imaging"])
    page = reader(house, client, "imaging", "unit_lead").get(address(house, "equity/")).content.decode()
    assert "Nothing can be told of groups yet" in page
    assert "Groups of medicine" not in page


def _without_title(page: str) -> str:
    return page.replace("Groups of patients", "")


@pytest.mark.parametrize(
    ("rule", "group", "named"), [("best", "", "English"), ("largest", "", "English"), ("fixed", "Spanish", "Spanish")]
)
def test_a_reference_group_is_chosen_and_written_on_the_table(client, house, rule, group, named):
    measure = house.measures["bundle"]
    url = address(house, f"measures/{measure.pk}/groups/")
    client = reader(house, client)
    assert client.post(url, {"by": "language", "rule": rule, "group": group}).status_code == 302
    page = client.get(url).context_data["page"]
    assert page.against.group == named
    assert named in page.table.against
    other = {"English": "Spanish", "Spanish": "English"}[named]
    row = next(r for r in page.table.rows if r.name == other)
    assert row.difference.startswith("−20.0" if other == "Spanish" else "+20.0")
    assert next(r for r in page.table.rows if r.name == named).reference
    kept = ReferenceChoice.objects.get()
    assert (kept.until is None) is (rule == "fixed")


def test_a_reference_that_cannot_be_is_refused_in_words(client, house):
    measure = house.measures["bundle"]
    url = address(house, f"measures/{measure.pk}/groups/")
    client = reader(house, client)
    answer = client.post(url, {"by": "language", "rule": "fixed", "group": "Thai"})
    assert answer.status_code == 422
    assert "Name a group of which the whole organization can be told." in answer.content.decode()
    assert not ReferenceChoice.objects.exists()


def test_only_whoever_may_chooses_for_the_whole_house(client, house):
    measure = house.measures["bundle"]
    url = address(house, f"measures/{measure.pk}/groups/")
    client = reader(house, client, "m1", "unit_lead")
    assert client.post(url, {"by": "language", "rule": "best"}).status_code in {404, 422}
    assert not ReferenceChoice.objects.exists()


def test_a_best_group_is_kept_for_a_quarter_and_chosen_anew(house):
    measure, language = house.measures["bundle"], Dimension.objects.get(code="language")
    kept = choose_reference(measure=measure, dimension=language, rule="best", group="", by=None, at=NOON)
    assert (kept.group, kept.until) == ("English", date(2027, 2, 18))
    assert renew_references(organisation_id=house.organisation.pk, at=NOON) == 0
    assert renew_references(organisation_id=house.organisation.pk, at=NOON.replace(year=2027, month=3)) == 1
    assert ReferenceChoice.objects.count() == 2


def test_too_few_are_not_judged_and_never_green(house):
    measure, language = house.measures["bundle"], Dimension.objects.get(code="language")
    few = make_published(house.units["m2"], measure, language, OCTOBER, {"English": (30, 40), "Spanish": (0, 11)})
    (block,) = blocks([few.unit_id], [measure.pk])
    spanish = compare(block, measure)[1]
    assert spanish.few
    assert not spanish.certain
    assert not spanish.marked


def test_lower_is_better_turns_the_harm_round(house):
    measure = house.measures["bundle"]
    (block,) = blocks([house.units["m1"].pk], [measure.pk], first=date(2026, 10, 1))
    assert worst(compare(block, measure)).part.name == "Spanish"
    measure.direction = "lower"
    assert worst(compare(block, measure)).part.name == "English"
    measure.direction = "context"
    assert worst(compare(block, measure)) is None
    assert compare(block, measure, Against(group="Nobody"))[0].difference is not None


def test_tiles_carry_the_worst_gap_until_it_is_old(client, house):
    refresh_gaps(house.organisation, DAY, NOON)
    tile = Tile.objects.get(unit=house.units["m1"], measure=house.measures["bundle"])
    assert (tile.gap["group"], tile.gap["difference"], tile.gap["last"]) == ("Spanish", -17.3, "2026-10-31")
    board = reader(house, client).get(address(house, "")).content.decode()
    assert "Spanish: −17.3 points against everyone else, October 2026" in board
    refresh_gaps(house.organisation, date(2028, 1, 1), NOON)
    tile.refresh_from_db()
    assert tile.gap is None


def test_a_tile_is_marked_as_soon_as_it_stands_and_as_the_measure_is_judged(house):
    """Not a month later, when groups are told next."""
    measure, ward = house.measures["bundle"], house.units["m1"]
    steward = User.objects.create_user("steward@example.org", "long enough 12", name="Stew Ard")
    mark = Tile.objects.filter(unit=ward, measure=measure).values_list("gap__group", flat=True)
    placements.take_off(placement=BoardMeasure.objects.get(unit=ward, measure=measure), by=steward, at=NOON)
    placements.place_measures(
        unit=ward, measures=[measure], role=rules.MeasureRole.DRIVER, reports=True, by=steward, at=NOON
    )
    assert list(mark.all()) == ["Spanish"]
    for direction, group in (("lower", "English"), ("context", None), ("higher", "Spanish")):
        changed = definition(measure, direction=rules.Direction(direction))
        change_measure(measure=measure, definition=changed, by=steward, at=NOON, meaning_confirmed=True)
        assert list(mark.all()) == [group]
        measure.refresh_from_db()
    use_measure(measure=measure, active=False, by=steward, at=NOON)
    assert not mark.all()
    use_measure(measure=measure, active=True, by=steward, at=NOON)
    assert list(mark.all()) == ["Spanish"]


def test_tiles_follow_the_reference_at_once(client, house):
    refresh_gaps(house.organisation, DAY, NOON)
    measure = house.measures["bundle"]
    choose_reference(
        measure=measure, dimension=Dimension.objects.get(), rule="fixed", group="English", by=None, at=NOON
    )  # fmt: skip
    tile = Tile.objects.get(unit=house.units["m1"], measure=measure)
    assert (tile.gap["group"], tile.gap["against"], tile.gap["difference"]) == ("Spanish", "English", -20.0)


def test_rules_that_are_none_are_refused(house):
    measure, language = house.measures["bundle"], Dimension.objects.get(code="language")
    with pytest.raises(NotAllowed):
        choose_reference(measure=measure, dimension=language, rule="smallest", group="", by=None, at=NOON)
