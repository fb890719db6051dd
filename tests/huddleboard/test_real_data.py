"""The Scottish and English data sets, imported by their command and held against figures of other software."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse

from boards.feeds.mapping import recipe
from boards.models import Batch, DueSnapshot, FeedMapping, Measure, Reading, Snapshot, Tile
from huddleboard.real_data import SETS
from huddleboard.real_data.plans import Absent, mapping_of
from org.models import Event, Membership, Message, Organisation, Unit, User
from tests.huddleboard.real_sets import FILES, FOLDER, counts, golden, needs, run, some_rows

#: Trusts with a major department that had merged before the map of trusts was drawn.
LOST = {
    *("RDD", "RC1", "RJF", "RR1", "RQQ", "RGQ", "RQ8", "RW3", "RLN", "RNL"),
    *("RQ6", "RE9", "RM2", "RBA", "RA3"),
}


# Scotland


@pytest.fixture
def scotland(db, tmp_path) -> Path:
    weeks = {20150222, 20150503, 20160103, 20200405, 20211226, 20220703, 20230618, 20230625}
    return some_rows("scotland", tmp_path, lambda line: int(line[1:9]) in weeks)


@needs("scotland")
def test_boards_and_nation_of_scotland_are_those_of_the_reference(scotland):
    out = run("scotland", scotland)
    assert "Counted" in out
    cases = golden("phs_ae_weekly")
    assert len(cases) == 6
    fields = {
        "ae_within_4h": "NumberWithin4HoursEpisode",
        "ae_over_8h": "NumberOver8HoursEpisode",
        "ae_over_12h": "NumberOver12HoursEpisode",
    }
    for case in cases.values():
        day = date.fromisoformat(str(case["week_ending"]))
        wanted = {row["HBT"]: row for row in case["boards"]} | {"S92000003": case["scotland"]}
        for measure, field in fields.items():
            found = counts("scotland-ae", measure, day)
            for code, row in wanted.items():
                assert found[code] == (row[field], row["NumberOfAttendancesEpisode"]), (day, measure, code)
        came = counts("scotland-ae", "ae_attendances", day)
        assert came["S92000003"][0] == case["scotland"]["NumberOfAttendancesEpisode"]
        top = Snapshot.objects.get(unit__code="S92000003", measure__code="ae_within_4h", day=day)
        assert top.reported == case["n_hospitals"]


@needs("scotland")
def test_a_hospital_that_moved_within_a_week_keeps_both_halves_and_closed_ones_are_not_missed(scotland):
    run("scotland", scotland)
    assert counts("scotland-ae", "ae_within_4h", date(2015, 5, 3))["G405H"] == (195 + 555, 221 + 643)
    closed = dict(Unit.objects.filter(closed_on__isnull=False).values_list("code", "closed_on"))
    assert set(closed) == {"G306H", "G516H"}
    last = Snapshot.objects.get(unit__code="S92000003", measure__code="ae_within_4h", day=date(2023, 6, 25))
    assert (last.reported, last.expected) == (29, 30)  # Shetland sent nothing in the last week
    shetland = Snapshot.objects.get(unit__code="Z102H", measure__code="ae_within_4h", day=date(2023, 6, 25))
    assert (shetland.value, shetland.status) == (None, 3)


@needs("scotland")
def test_again_does_nothing(scotland):
    run("scotland", scotland)
    kinds = (Organisation, Unit, Measure, Reading, Snapshot, Batch, FeedMapping, Event)
    before = [kind.objects.count() for kind in kinds]
    tiles = set(Tile.objects.values_list("pk", "version"))
    out = run("scotland", scotland)
    assert "there already" in out
    assert "counted before" in out
    assert [kind.objects.count() for kind in kinds] == before
    assert set(Tile.objects.values_list("pk", "version")) == tiles
    assert not DueSnapshot.objects.exists()


@needs("scotland")
def test_what_was_interrupted_after_the_file_goes_on_with_its_days(scotland):
    run("scotland", scotland)
    whole = Snapshot.objects.count()
    day = date(2022, 7, 3)
    unit = Unit.objects.get(code="G405H")
    Snapshot.objects.filter(day=day).delete()
    DueSnapshot.objects.create(
        organisation=unit.organisation, day=day, unit=unit, since=unit.organisation.batches.get().received_at
    )
    run("scotland", scotland)
    assert Snapshot.objects.count() == whole


@needs("scotland")
def test_the_board_of_today_says_since_when_and_leads_to_the_last_day(scotland):
    run("scotland", scotland, reader="reader@example.org")
    tile = Tile.objects.get(unit__code="S92000003", measure__code="ae_within_4h")
    assert (tile.value, tile.last_value_day) == (None, date(2023, 6, 25))
    assert tile.day > date(2026, 1, 1)
    client = Client()
    client.force_login(User.objects.get(email="reader@example.org"))
    url = reverse("boards:board", args=[tile.unit_id])
    today = client.get(url).content.decode()
    assert today.count("stale since 25 Jun 2023") == 4
    assert 'href="?day=2023-06-25"' in today
    past = client.get(url, {"day": "2023-06-25"}).content.decode()
    assert "68.9" in past
    assert "week to 25 Jun 2023" in past
    assert "stale since" not in past


@needs("scotland")
def test_a_reader_is_invited_once_and_may_see_every_board(scotland):
    out = run("scotland", scotland, reader="reader@example.org")
    assert "changepassword reader@example.org" in out
    assert Message.objects.filter(recipient="reader@example.org").count() == 1
    run("scotland", scotland, reader="READER@example.org")
    assert Membership.objects.count() == 1
    user = User.objects.get()
    assert Unit.objects.visible_to(user).count() == Unit.objects.count() == 47


# England


@pytest.fixture
def england(db, tmp_path) -> Path:
    months = {"2016-04-01", "2016-07-01", "2018-01-01", "2019-01-01", "2019-03-01"}
    return some_rows("england", tmp_path, lambda line: line[:10] in months)


@needs("england")
def test_regions_and_nation_of_england_are_those_of_the_reference(england):
    run("england", england)
    seen = 0
    for case in golden("nhs_ae_attendances").values():
        start = date.fromisoformat(case["period"])
        day = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        within = counts("england-ae", "ae_within_4h_major", day)
        if not within:
            continue
        seen += 1
        admitted = counts("england-ae", "ae_admitted_major", day)
        wanted = {"REGION-NOT-KNOWN" if r["region"] == "UNMAPPED" else r["region"]: r for r in case["regions"]}
        for code, row in (wanted | {"ENG": case["nation"]}).items():
            assert within[code] == (row["attendances"] - row["breaches"], row["attendances"]), (day, code)
            assert admitted[code] == (row["admissions"], row["attendances"]), (day, code)
            top = Snapshot.objects.get(unit__code=code, measure__code="ae_within_4h_major", day=day)
            assert top.value == pytest.approx(100 * row["within4h"], abs=1e-9)
            if "n_orgs" in row:
                assert top.reported == row["n_orgs"]
    assert seen == 3


@needs("england")
def test_january_2018_is_what_nhs_england_published(england):
    run("england", england)
    assert counts("england-ae", "ae_within_4h_major", date(2018, 1, 31))["ENG"] == (1_257_026 - 287_041, 1_257_026)
    nation = Snapshot.objects.get(unit__code="ENG", measure__code="ae_within_4h_major", day=date(2018, 1, 31))
    assert round(nation.value, 1) == 77.2
    assert nation.target == 95


@needs("england")
def test_no_region_is_guessed():
    places = {place.code: place for place in SETS["england"](FOLDER).places}
    majors = [p for p in places.values() if p.sends and "ae_within_4h_major" in p.sends]
    assert len(majors) == 140
    lost = {p.code for p in majors if p.parent == "REGION-NOT-KNOWN"}
    assert lost == LOST
    assert places["R1H"].name == "Barts Health NHS Trust"
    assert places["RJZ"].name == "King's College Hospital NHS Foundation Trust"
    assert not any(places["R0A"].sends.values())  # began in the middle of the file: not missed before
    assert places["RW3"].closed_on == date(2017, 10, 1)


# Without the data


@pytest.mark.parametrize("name", sorted(SETS))
def test_each_saved_mapping_is_a_recipe(name):
    assert recipe(mapping_of(name)).form == "wide"


@pytest.mark.parametrize("name", sorted(SETS))
def test_an_absent_folder_is_said_in_a_sentence_and_makes_nothing(name, db, tmp_path):
    with pytest.raises(Absent, match="cannot be read"):
        SETS[name](tmp_path)
    with pytest.raises(CommandError, match="cannot be read"):
        run(name, tmp_path)
    assert not Organisation.objects.exists()


def test_a_changed_file_is_set_aside_whole(db, tmp_path):
    folder = tmp_path / "phs_ae_weekly"
    folder.mkdir()
    (folder / "health_boards.csv").write_text("code,name\nS1,Fife\n")
    (folder / "hospitals.csv").write_text("Location,LocationName,HB\nH1,Victoria,S1\n")
    names = recipe(mapping_of("scotland"))
    columns = ["WeekEndingDate", "TreatmentLocation", *names.ignore]
    columns += ["NumberOfAttendancesEpisode", "NumberWithin4HoursEpisode", "NumberOver8HoursEpisode"]
    cells = dict.fromkeys(columns, "1") | {"WeekEndingDate": "20230625", "TreatmentLocation": "H1"}
    content = ",".join(columns) + "\n" + ",".join(cells.values()) + "\n"
    (tmp_path / FILES["scotland"]).write_text(content)
    with pytest.raises(CommandError, match="Nothing counts") as caught:
        run("scotland", tmp_path)
    assert caught.value.returncode == 2
    assert not Reading.objects.exists()
    more = content.replace("\n", ",NumberOver12HoursEpisode\n", 1).replace(",1\n", ",1,0\n", 1)
    (tmp_path / FILES["scotland"]).write_text(more)
    assert "Counted" in run("scotland", tmp_path)
    assert counts("scotland-ae", "ae_within_4h", date(2023, 6, 25))["S92000003"] == (1, 1)
