"""Two dimensions of patients crossed: the table of a page and its file, and that what is hidden stands in neither."""

import csv
import re
from collections.abc import Collection
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards.models import Dimension, Published, PublishedCrossing
from boards.queries.crossing import crossing_page
from org.models import Unit
from org.rules import Role
from tests.boards.crossed import COUNTED, HIDDEN, OCTOBER, REST, tell
from tests.boards.factories import make_published, make_user
from tests.boards.snapshots.house import House, build_house

NOON = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 30)
SEXES = ("Female", "Male", REST)


@pytest.fixture
def house(db, time_machine) -> House:
    """One measure, three dimensions; of two of them the top was told crossed in October."""
    time_machine.move_to(NOON, tick=False)
    built = build_house()
    for code in ("language", "payer", "sex"):
        built.dimension(code)
        Dimension.objects.filter(code=code).update(name=code.capitalize())
    built.measure("bundle", unit_text="%", denominator_text="patients")
    tell(built.units["top"], built.measures["bundle"])
    return built


@pytest.fixture
def reader(house: House, client):
    client.force_login(make_user(Role.EQUITY_OFFICER, house.units["top"]))
    return client


def address(house: House, page: str = "groups/", unit: str = "top") -> str:
    return f"/boards/{house.units[unit].pk}/measures/{house.measures['bundle'].pk}/{page}"


def main(html: str) -> str:
    """A page without what is around it on every page."""
    return html.partition("<main")[2].partition("</main>")[0]


def section(html: str) -> str:
    """The part of a page that is about the crossing; empty where there is none."""
    return html.partition('<section id="crossed"')[2].partition("</section>")[0]


def read(html: str) -> list[list[str]]:
    """The rows of the table as a reader hears them: words of a cell in order, joined by a space."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", section(html), re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


GUARDED = "hidden to protect a small group"


def test_two_dimensions_stand_crossed_with_all_of_each(house, reader):
    html = reader.get(address(house), {"by": "language", "with": "sex"}).text
    assert read(html) == [
        ["Language", "Sex", "All"],
        ["Female", "Male", REST],
        ["English", "80.0 400", "79.5 390", "0.0 11 too few to judge", "78.7 801"],
        ["Spanish", "fares worse, more than chance 57.9 107", GUARDED, GUARDED, "58.8 279"],
        [REST, "72.3 47", GUARDED, GUARDED, "62.0 108"],
        ["All", "75.1 554", "71.9 606", "32.1 28", "72.5 1,188"],
    ]
    said = section(html)
    assert "Spanish × Female: 57.9 against 73.9 for everyone else, a gap of 16.0 points." in said
    assert "Language × Sex, October 2026 · % · compared with everyone else in the same place" in said
    assert "a single unit has too few patients" not in said


def test_who_the_other_groups_together_are_is_said_of_both_dimensions(house, reader):
    top, measure = house.units["top"], house.measures["bundle"]
    Published.objects.filter(unit=top).delete()
    language, sex = (Dimension.objects.get(code=code) for code in ("language", "sex"))
    spoken = {"English": (630, 801), "Spanish": (164, 279), "Hmong": (60, 97), "Nobody": (0, 0)}
    make_published(top, measure, language, OCTOBER, spoken, rest=(7, 11), hidden=("Thai", "Urdu"))
    make_published(top, measure, sex, OCTOBER, {"Female": (416, 554), "Male": (436, 606), "Unknown": (9, 28)})
    said = section(reader.get(address(house), {"by": "language", "with": "sex"}).text)
    assert "Language, other groups together: Hmong, Thai, Urdu." in said
    assert "Sex, other groups together: Unknown." in said


def test_the_pair_that_is_asked_the_other_way_round_is_turned(house, reader):
    straight = read(reader.get(address(house), {"by": "language", "with": "sex"}).text)
    html = reader.get(address(house), {"by": "sex", "with": "language"}).text
    turned = read(html)
    assert turned[:2] == [["Sex", "Language", "All"], ["English", "Spanish", REST]]
    columns = zip(*(row[1:] for row in straight[2:]), strict=True)
    assert turned[2:] == [[name, *column] for name, column in zip((*SEXES, "All"), columns, strict=True)]
    assert "Female × Spanish: 57.9 against 73.9 for everyone else" in html


def test_only_pairs_that_were_told_are_offered(house, reader):
    tell(house.units["top"], house.measures["bundle"], columns="payer")
    links = {
        by: re.findall(r'href="(\?by=[^"]*#crossed)"', section(reader.get(address(house), {"by": by}).text))
        for by in ("language", "sex", "payer")
    }
    assert links == {
        "language": ["?by=language&amp;with=payer#crossed", "?by=language&amp;with=sex#crossed"],
        "sex": ["?by=sex&amp;with=language#crossed"],
        "payer": ["?by=payer&amp;with=language#crossed"],
    }


@pytest.mark.parametrize("second", ["", "payer", "language", "nothing"])
def test_without_a_pair_that_was_told_there_is_no_table(house, reader, second):
    asked = {"by": "language", "with": second}
    assert read(reader.get(address(house), asked).text) == []
    assert section(reader.get(address(house), asked).text)
    PublishedCrossing.objects.all().delete()
    html = reader.get(address(house), asked).text
    assert "strata-table" in html
    assert section(html) == ""
    assert "Crossed with" not in html


def test_a_unit_below_shows_the_nearest_above_and_says_so(house, reader):
    asked = {"by": "language", "with": "sex"}
    above = read(reader.get(address(house), asked).text)
    below = reader.get(address(house, unit="m1"), asked).text
    assert read(below) == above
    assert "Crossed groups are told of top as a whole: a single unit has too few patients for them." in below
    tell(house.units["clinical"], house.measures["bundle"], counted={k: (x, 2 * n) for k, (x, n) in COUNTED.items()})
    nearer = reader.get(address(house, unit="m1"), asked).text
    assert read(nearer)[2][1] == "40.0 800"
    assert "Crossed groups are told of clinical as a whole" in nearer
    assert read(reader.get(address(house), asked).text) == above


def test_a_day_of_the_past_shows_what_was_told_by_then(house, reader):
    tell(house.units["top"], house.measures["bundle"], SEPTEMBER, hidden=())
    asked = {"by": "language", "with": "sex", "day": "2026-10-20"}
    html = reader.get(address(house), asked).text
    assert "Language × Sex, September 2026" in html
    assert read(html)[3][2] == "fares worse, more than chance 59.5 163"
    assert 'href="?by=language&amp;with=sex&amp;day=2026-10-20#crossed"' in html
    assert f"{address(house, 'groups.csv')}?by=language&amp;with=sex&amp;day=2026-10-20" in html
    assert "September 2026" in reader.get(address(house, "groups.csv"), asked).text
    assert section(reader.get(address(house), asked | {"day": "2026-09-20"}).text) == ""
    del asked["day"]
    assert "Language × Sex, October 2026" in reader.get(address(house), asked).text


def test_the_months_of_the_groups_stay_when_a_pair_is_chosen_and_the_other_way_round(house, reader):
    make_published(
        house.units["top"], house.measures["bundle"], Dimension.objects.get(code="language"), SEPTEMBER,
        {"English": (30, 40), "Spanish": (30, 40)},
    )  # fmt: skip
    html = reader.get(address(house), {"by": "language", "with": "sex", "over": "12"}).text
    assert 'href="?by=language&amp;with=sex&amp;over=12#crossed"' in html
    assert 'href="?by=language&amp;over=newest&amp;with=sex"' in html


def file_of(reader, house: House, by: str = "language", second: str = "sex") -> list[dict[str, str]]:
    answer = reader.get(address(house, "groups.csv"), {"by": by, "with": second})
    assert f'filename="bundle-top-{by}-{second}.csv"' in answer.headers["Content-Disposition"]
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize(("by", "second"), [("language", "sex"), ("sex", "language")])
def test_the_file_holds_what_the_page_shows(house, reader, by, second):
    spoken = {"worse": "fares worse, more than chance", "few": "too few to judge", "": ""}
    _top, columns, *rows = read(reader.get(address(house), {"by": by, "with": second}).text)
    page = [(row[0], name, cell) for row in rows for name, cell in zip((*columns, "All"), row[1:], strict=True)]
    lines = file_of(reader, house, by, second)
    told = []
    for line in lines:
        words = [line["value"], line["denominator"]]
        words.insert(0 if line["sign"] == "worse" else 2, spoken[line["sign"]])
        told.append((line["group"], line["second_group"], GUARDED if line["hidden"] else " ".join(words).strip()))
    assert told == page
    assert {(line["dimension"], line["second_dimension"], line["months"], line["place"]) for line in lines} == {
        (by, second, "October 2026", "")
    }


def test_a_file_of_a_pair_that_was_not_told_is_not_there(house, reader):
    for second in ("payer", "language"):
        assert reader.get(address(house, "groups.csv"), {"by": "language", "with": second}).status_code == 404


def numbers(cells: Collection[tuple[str, str]]) -> set[str]:
    """What would be written of these cells: events, cases, those without, the share."""
    found = set()
    for key in cells:
        x, n = COUNTED[key]
        found |= {f"{x:g}", f"{n:g}", f"{n - x:g}", f"{100 * x / n:.1f}"}
    return found


def spoken_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w.]\d)", text))


def test_no_number_of_a_hidden_cell_stands_anywhere(house, reader):
    """The same search finds them where they are told."""
    secret = numbers(HIDDEN) - numbers(COUNTED.keys() - HIDDEN)
    assert len(secret) > 12

    def found() -> set[str]:
        every = set()
        for by, second in (("language", "sex"), ("sex", "language")):
            for unit in ("top", "m1"):
                page = main(reader.get(address(house, unit=unit), {"by": by, "with": second}).text)
                page = re.sub(r"/(boards|measures)/[0-9]+", "", page)  # which unit and measure, not how many
                assert section(page)
                every |= spoken_in(section(page)) | {number for number in spoken_in(page) if len(number) > 1}
                every |= spoken_in(reader.get(address(house, "groups.csv", unit), {"by": by, "with": second}).text)
        return every & secret

    assert found() == set()
    PublishedCrossing.objects.all().delete()
    tell(house.units["top"], house.measures["bundle"], hidden=())
    assert found() >= {"163", "59.5", "9", "55.6", "53", "54.7", "8", "50.0"}


def test_whoever_may_not_see_groups_sees_no_crossing(house, client):
    client.force_login(make_user(Role.WORKFORCE, house.units["top"]))
    for page in ("groups/", "groups.csv"):
        answer = client.get(address(house, page), {"by": "language", "with": "sex"})
        assert answer.status_code == 403
        assert "Spanish" not in answer.text
    client.force_login(make_user(Role.MANAGER, Unit.objects.get(code="support")))
    assert client.get(address(house, unit="m1"), {"by": "language", "with": "sex"}).status_code == 404


def test_whoever_may_not_download_sees_the_table_without_a_file(house, client):
    client.force_login(make_user(Role.STAFF, house.units["m1"]))
    html = client.get(address(house, unit="m1"), {"by": "language", "with": "sex"}).text
    assert read(html)
    assert "groups.csv" not in html
    assert client.get(address(house, "groups.csv", "m1"), {"by": "language", "with": "sex"}).status_code == 403


def test_a_crossing_costs_the_same_however_much_was_told(house, reader):
    def statements() -> list[int]:
        found = []
        for second in ("", "sex"):
            with CaptureQueriesContext(connection) as caught:
                reader.get(address(house, unit="m1"), {"by": "language", "with": second})
            found.append(len(caught))
        return found

    statements()
    few = statements()
    tell(house.units["top"], house.measures["bundle"], columns="payer")
    for unit in ("top", "clinical"):
        tell(house.units[unit], house.measures["bundle"], SEPTEMBER)
    assert statements() == few
    assert few[1] == few[0] + 1


def test_a_count_has_shares_and_nobody_fares_worse(house, reader):
    falls = house.measure("falls", kind="count", roll_up="sum", direction="lower", decimals=0)
    counted = {key: (x, 0.0) for key, (x, _n) in COUNTED.items()}
    tell(house.units["top"], falls, counted=counted, hidden=())
    language = Dimension.objects.get(code="language")
    table = crossing_page(house.units["top"], falls, language, OCTOBER, "sex").table
    assert [(cell.value, cell.beside, cell.sign) for cell in table.rows[0].cells] == [
        ("320", "37 %", ""), ("310", "36 %", ""), ("0", "0 %", ""),
    ]  # fmt: skip
    assert table.gap == ""
    assert "A count" in table.verdict
    assert table.signs == set()


def test_where_all_groups_are_named_nobody_is_left_over(house, reader):
    PublishedCrossing.objects.all().delete()
    Published.objects.all().delete()
    counted = {key: (0, 0) if REST in key else pair for key, pair in COUNTED.items()}
    tell(house.units["top"], house.measures["bundle"], counted=counted, hidden=())
    html = reader.get(address(house), {"by": "language", "with": "sex"}).text
    assert [row[0] for row in read(html)] == ["Language", "Female", "English", "Spanish", "All"]
    assert GUARDED not in section(html)
