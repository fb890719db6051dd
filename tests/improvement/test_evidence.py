"""What stands as proof of the six elements, from live data; as a page, on paper and as files."""

import csv
import hashlib
import io
import json
import re
import socket
import zipfile
import zlib
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boards.models import Grouping, GroupMember, ReferenceChoice
from boards.snapshots import take_days
from huddles.actions.issues import decline
from huddles.models import CheckIn, Issue
from improvement.actions.goals import close
from improvement.evidence import document
from improvement.evidence.pack import csv_of, pack_of
from improvement.models import Review, YearlyReport
from improvement.pages import Grid
from improvement.queries.evidence import evidence_of
from improvement.queries.plans import plans_of
from improvement.rules.evidence import Standing, standing
from improvement.rules.goals import Status as GoalStatus
from org.models import Event
from org.rules import Role
from tests.boards.factories import make_dimension, make_measure
from tests.boards.snapshots.house import build_house
from tests.factories import NOW, make_user, signed_in
from tests.huddles.factories import MORNING, make_groups, make_house, make_issue
from tests.improvement.evidence_factories import make_leader, publish
from tests.improvement.factories import BASELINE, BEFORE, MONTH_5, make_goal, tell
from tests.improvement.factories import NOW as NOW_OF_GOALS
from tests.improvement.factories import make_house as make_goal_house


def sections(organisation, now=NOW, **days):
    return {section.number: section for section in evidence_of(organisation, now, **days).sections}


@pytest.fixture
def told(top):
    """Door to analgesia by language as it was told, with one group hidden."""
    measure = make_measure(top.organisation, "analgesia", name="Analgesia within 60 min")
    language = make_dimension(top.organisation, "language", "en", "es", "other")
    publish(
        top,
        measure,
        language,
        {"English": (554, 840), "Spanish": (91, 190), "Other languages": (29, 64), "Unknown": (24, 41)},
        total=(704, 1149),
        hidden=("Vietnamese",),
        states={"Unknown": "unknown"},
    )
    return measure


def test_an_empty_house_has_six_elements_without_proof_and_a_way_to_each(top):
    found = sections(top.organisation)
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    assert {section.standing for section in found.values()} == {Standing.MISSING}
    assert all(section.lacks for section in found.values())
    assert all(lack.url.startswith("/") for section in found.values() for lack in section.lacks)


@pytest.mark.parametrize(
    ("facts", "lacks", "expected"),
    [(0, 0, Standing.MISSING), (0, 2, Standing.MISSING), (1, 0, Standing.STANDS), (2, 1, Standing.PARTLY)],
)
def test_when_an_element_stands(facts, lacks, expected):
    assert standing(facts, lacks) == expected


def test_a_named_leader_is_proof_until_the_day_it_ends(top, officer):
    leader = make_leader(top.organisation, officer, title="Chief of Equity")
    one = sections(top.organisation)[1]
    assert (one.standing, [fact.text for fact in one.facts]) == (Standing.STANDS, ["Olu Officer · Chief of Equity"])
    leader.until = date(2026, 2, 1)
    leader.save()
    one = sections(top.organisation)[1]
    assert one.standing == Standing.MISSING
    assert len(one.grids[0].rows) == 1


def test_groups_come_as_they_were_told_and_hidden_ones_without_a_number(top, told):
    three = sections(top.organisation)[3]
    assert three.standing == Standing.STANDS
    assert "Analgesia within 60 min, Other languages: 45.3 against 62.2 of everyone else, gap 16.9 points" in (
        three.facts[1].text
    )
    overview, groups = three.grids
    assert list(overview.rows[0])[3:6] == [4, 1, "Other languages"]
    assert list(overview.rows[0])[7:] == ["everyone else", "62.2", "16.9", "at least 95 %"], (
        "a hidden group keeps its own to itself"
    )
    hidden = next(row for row in groups.rows if row[5] == "Vietnamese")
    assert list(hidden[6:]) == ["hidden", None, None, None, None, None]
    (figure,) = three.figures
    assert "Vietnamese hidden" in figure.alt
    assert "English 66.0" in figure.alt


def test_only_gaps_that_the_page_of_groups_marks_are_put_forward(top):
    measure = make_measure(top.organisation, "falls", name="Falls with harm", direction="lower", kind="rate")
    race = make_dimension(top.organisation, "race_ethnicity", "white", "black")
    publish(top, measure, race, {"White": (8, 1600), "Black": (8, 2300)})
    three = sections(top.organisation)[3]
    assert [fact.text for fact in three.facts][1:] == ["No gap that is more than chance was found in them."]
    assert list(three.grids[0].rows[0])[5:9] == ["–", "–", "everyone else", "–"]
    assert (three.grids[0].rows[0][10], three.note) == (
        "–",
        "A rate counts days and not patients: nothing is said of its completeness.",
    )
    language = make_dimension(top.organisation, "language", "en", "es")
    door = make_measure(top.organisation, "door", name="Analgesia within 60 min")
    publish(top, door, language, {"English": (810, 1000), "Spanish": (550, 1000)})
    publish(top, measure, language, {"English": (8, 1000), "Spanish": (80, 1000)})
    texts = [fact.text for fact in sections(top.organisation)[3].facts][1:]
    assert [text.partition(":")[0] for text in texts] == [
        "Falls with harm, Spanish",
        "Analgesia within 60 min, Spanish",
    ]


def test_a_gap_is_put_forward_against_the_reference_group_of_the_measure(top, told):
    ReferenceChoice.objects.create(
        measure=told,
        dimension=top.organisation.dimensions.get(),
        rule="fixed",
        group="English",
        since=date(2026, 1, 1),
        chosen_at=NOW,
    )
    assert "Other languages: 45.3 against 66.0 of English" in sections(top.organisation)[3].facts[1].text


def test_of_each_measure_and_dimension_the_newest_stretch_is_told(top, told):
    language = top.organisation.dimensions.get()
    publish(
        top, told, language, {"English": (1, 100), "Spanish": (2, 100)}, first=date(2026, 4, 1), last=date(2026, 6, 30)
    )
    groups = sections(top.organisation)[3].grids[1]
    assert {row[4] for row in groups.rows} == {date(2026, 9, 30)}
    earlier = sections(top.organisation, first=date(2026, 4, 1), last=date(2026, 6, 30))[3].grids[1]
    assert {row[4] for row in earlier.rows} == {date(2026, 6, 30)}


def test_measures_of_staff_and_of_other_units_are_no_part_of_it(top, told):
    ward = top.children.get()
    publish(ward, told, top.organisation.dimensions.get(), {"Klingon": (5, 500), "Other": (9, 500)})
    staff = make_measure(top.organisation, "staff_retention", about="staff", name="Retention of colleagues")
    publish(top, staff, top.organisation.dimensions.get(), {"Romulan": (50, 500), "Other": (90, 500)})
    three = sections(top.organisation)[3]
    text = repr(three)
    assert "Klingon" not in text
    assert "Romulan" not in text
    assert "Retention of colleagues" not in text


def test_what_is_not_told_yet_is_named(top, told):
    silent = make_measure(top.organisation, "falls", name="Falls with harm")
    top.board_measures.create(measure=silent)
    make_dimension(top.organisation, "race_ethnicity", name="Race and ethnicity")
    lacks = " ".join(lack.text for lack in sections(top.organisation)[3].lacks)
    assert "Falls with harm" in lacks
    assert "Race and ethnicity" in lacks


def test_social_needs_are_counted_by_month_from_the_units_total(db):
    built = build_house()
    measure = built.measure("sdoh1")
    days = [date(2026, 9, 30) - timedelta(days=back) for back in range(45)]
    built.send_all([(measure, day, {ward: {"": (8.0, 10.0)} for ward in ("m1", "m2", "s1")}) for day in days])
    take_days(built.organisation, min(days), max(days), NOW)
    two = sections(built.organisation)[2]
    assert two.facts[0].text == "sdoh1: 1,080 of 1,350 (80.0 %)"
    assert [row[0] for row in two.grids[0].rows] == ["2026-08", "2026-09"]
    assert [row[1:] for row in two.grids[0].rows] == [(360.0, 450.0, "80.0"), (720.0, 900.0, "80.0")]
    assert two.figures[0].alt == "sdoh1 by month: from 80.0 % in 2026-08 to 80.0 % in 2026-09."
    assert two.standing == Standing.PARTLY
    assert "sdoh2" in two.lacks[0].link


def test_the_same_statements_for_one_measure_and_for_five(top, told):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            evidence_of(type(top.organisation).objects.get(pk=top.organisation.pk), NOW)
        return len(seen)

    one = asked()
    for number in range(4):
        more = make_measure(top.organisation, f"more_{number}")
        publish(top, more, top.organisation.dimensions.get(), {"English": (40, 100), "Spanish": (20, 100)})
    assert asked() == one <= 20


class TestPlans:
    @pytest.fixture
    def house(self, db):  # noqa: ARG002 - opens the database
        house = make_house()
        make_groups(house.organisation)
        return house

    def test_issues_about_groups_are_plans_once_they_say_what_is_done(self, house):
        make_issue(house, title="Pumps")
        make_issue(house, title="In confidence", groups=("language:es",), confidential=False)
        issue = make_issue(house, title="Spanish speakers wait longer", groups=("language:es",))
        four = sections(house.organisation, MORNING)[4]
        assert four.standing == Standing.MISSING
        assert "none says yet" in four.lacks[0].text
        Issue.objects.filter(title="In confidence").update(confidential=True)
        Issue.objects.filter(pk=issue.pk).update(tell_staff="Interpreter icon on the triage screen", status="answered")
        four = sections(house.organisation, MORNING)[4]
        assert four.standing == Standing.STANDS
        assert [row[1] for row in four.grids[0].rows] == ["Spanish speakers wait longer"]
        assert four.grids[0].rows[0][4] == "Spanish"
        assert four.facts[0].source == f"issue {issue.number}, 5 West"
        assert "voice of the community" in four.note

    def test_a_missed_plan_needs_a_word_of_what_is_tried_instead(self, house):
        issue = make_issue(house, title="Spanish speakers wait longer", groups=("language:es",))
        five = sections(house.organisation, MORNING)[5]
        assert five.standing == Standing.MISSING
        Issue.objects.filter(pk=issue.pk).update(
            tell_staff="Icon on the screen", status="answered", due_at=MORNING - timedelta(days=1)
        )
        five = sections(house.organisation, MORNING)[5]
        assert five.lacks[0].text == f"#{issue.number}: promised day is over, and nothing says what is tried instead."
        assert five.lacks[0].url == reverse("huddles:issue", args=[issue.pk])
        CheckIn.objects.create(
            issue=issue,
            day=MORNING.date(),
            seen="needs_help",
            line="Two more interpreters",
            seen_at=MORNING,
        )
        five = sections(house.organisation, MORNING)[5]
        assert five.standing == Standing.STANDS
        assert five.facts[0].text == f"#{issue.number}: promised day is over; then: Two more interpreters"

    def test_a_declined_issue_is_no_plan_and_its_status_is_that_of_its_page(self, house):
        issue = make_issue(house, title="Spanish speakers wait longer", groups=("language:es",))
        why = "All cases were read one by one."
        decline(issue=issue, tell_staff=why, by=house.lead(house.ward), at=MORNING)
        four = sections(house.organisation, MORNING)[4]
        assert four.standing == Standing.MISSING
        assert [(row[6], row[10]) for row in four.grids[0].rows] == [("", "Declined, waiting to be accepted")]
        assert why not in repr(four)

    def test_groups_are_called_as_boards_call_them(self, house):
        payer = make_dimension(house.organisation, "payer", "mcd1", "mcd2")
        grouping = Grouping.objects.create(dimension=payer, name="As on boards", is_default=True)
        for category in payer.categories.all():
            GroupMember.objects.create(grouping=grouping, category=category, group="Medicaid")
        make_issue(house, groups=("payer:mcd1", "payer:mcd2", "language:es"))
        (plan,) = plans_of(house.organisation, MORNING)
        assert plan.groups == "Medicaid, Spanish"

    def test_a_plan_that_was_looked_at_and_is_on_track_is_proof(self, house):
        issue = make_issue(house, groups=("language:es",))
        CheckIn.objects.create(issue=issue, day=MORNING.date(), seen="on_track", line="53 %", seen_at=MORNING)
        five = sections(house.organisation, MORNING)[5]
        assert (five.standing, five.facts[0].text) == (
            Standing.STANDS,
            "1 plan was looked at; none missed its goal.",
        )


def test_reports_told_to_leaders_and_staff_are_proof_for_a_year(top, officer):
    YearlyReport.objects.create(
        organisation=top.organisation,
        year=2025,
        told_on=date(2026, 1, 15),
        audience="leaders",
        how="Meeting",
        written_at=NOW,
    )
    six = sections(top.organisation)[6]
    assert six.standing == Standing.PARTLY
    assert [lack.text for lack in six.lacks] == [
        "Staff and licensed practitioners have not heard a report within the last twelve months."
    ]
    assert six.facts[0].text == "2025: told to leaders – Meeting"
    YearlyReport.objects.update(audience="staff", told_on=date(2025, 1, 15))
    assert sections(top.organisation)[6].standing == Standing.MISSING


class TestPack:
    def pack(self, top, user):
        return signed_in(user).post(reverse("improvement:evidence-pack", args=[top.organisation.slug]))

    @pytest.mark.usefixtures("told")
    def test_the_archive_holds_a_pdf_every_table_and_a_list_with_fingerprints(self, top, officer):
        make_leader(top.organisation, officer)
        response = self.pack(top, officer)
        assert response.status_code == 200
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        manifest = json.loads(archive.read("manifest.json"))
        assert {one["name"] for one in manifest["files"]} | {"manifest.json"} == set(archive.namelist())
        for one in manifest["files"]:
            content = archive.read(one["name"])
            assert hashlib.sha256(content).hexdigest() == one["sha256"]
            assert len(content) == one["bytes"]
        assert {"evidence.pdf", "1-leaders.csv", "3-stratified-groups.csv", "3-stratified-overview.csv"} <= set(
            archive.namelist()
        )
        assert (manifest["organization"], manifest["made_by"]) == (top.organisation.name, "Olu Officer")
        event = Event.objects.get(verb="evidence.made")
        assert event.facts["sha256"] == hashlib.sha256(response.content).hexdigest()
        assert (event.facts["count"], event.facts["pdf"]) == (len(archive.namelist()), True)
        rows = list(csv.DictReader(io.StringIO(archive.read("3-stratified-groups.csv").decode("utf-8-sig"))))
        assert [row["group"] for row in rows] == [
            "English", "Spanish", "Other languages", "Unknown", "Vietnamese", "All",
        ]  # fmt: skip
        assert rows[4]["numerator"] == rows[4]["denominator"] == ""

    @pytest.mark.usefixtures("told")
    def test_the_pdf_has_tags_a_language_and_alternative_texts(self, top):
        found = evidence_of(top.organisation, NOW)
        pictures = document.pictures_of(found)
        assert len(pictures) == 1
        html = document.html_of(found, title="Evidence", made_by="Olu", pictures=pictures, inline=True)
        pdf = document.pdf_of(html)
        assert pdf.startswith(b"%PDF-")
        plain = inflated(pdf)
        assert b"/StructTreeRoot" in plain
        assert b"/MarkInfo" in plain
        assert b"/Lang (en)" in plain
        assert b"pdfuaid" in plain
        assert b"/Figure" in plain
        assert "Vietnamese hidden".encode("utf-16-be").hex().encode() in plain

    def test_without_the_printer_the_page_comes_with_a_word(self, top, officer, tmp_path, monkeypatch):
        """A process that cannot import the library ends with the code of its absence."""
        (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        archive = zipfile.ZipFile(io.BytesIO(self.pack(top, officer).content))
        assert "evidence.html" in archive.namelist()
        assert "evidence.pdf" not in archive.namelist()
        assert "Pango" in json.loads(archive.read("manifest.json"))["note"]
        assert Event.objects.get(verb="evidence.made").facts["pdf"] is False

    @pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/x.png", "file:///etc/hostname"])
    def test_nothing_is_fetched_from_elsewhere(self, address):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            picture = address.format(port=server.getsockname()[1])
            html = f'<html lang="en"><title>x</title><body><img src="{picture}" alt="y">'
            assert b"/Subtype /Image" not in inflated(document.pdf_of(html))
            with pytest.raises(TimeoutError):
                server.accept()

    def test_a_cell_is_never_a_formula(self):
        content = csv_of(Grid("x", "X", ("a", "b"), [("=1+1", None), ("-5", date(2026, 1, 2))]))
        assert content.decode("utf-8-sig").splitlines() == ["a,b", "'=1+1,", "-5,2026-01-02"]

    @pytest.mark.usefixtures("told")
    def test_the_same_evidence_gives_the_same_archive(self, top):
        found = evidence_of(top.organisation, NOW)
        given = {"made_by": "Olu", "documents": {"evidence.html": b"x"}}
        assert pack_of(found, **given).sha256 == pack_of(found, **given).sha256

    def test_who_may_take_it(self, top, officer, executive):
        slug = top.organisation.slug
        for role in (Role.ADMINISTRATOR, Role.DATA_STEWARD, Role.COACH, Role.MANAGER):
            client = signed_in(make_user(role, top))
            assert client.get(reverse("improvement:evidence", args=[slug])).status_code == 403
            assert client.post(reverse("improvement:evidence-pack", args=[slug])).status_code == 403
        for user in (officer, executive):
            assert signed_in(user).get(reverse("improvement:evidence", args=[slug])).status_code == 200
        assert signed_in(executive).get(reverse("improvement:evidence-pack", args=[slug])).status_code == 405
        assert not Event.objects.filter(verb="evidence.made").exists()


class TestPages:
    @pytest.mark.usefixtures("told")
    def test_the_page_says_what_stands_and_what_is_missing(self, top, officer):
        client = signed_in(officer)
        page = client.get(reverse("improvement:evidence", args=[top.organisation.slug])).content.decode()
        assert "Nobody is named who leads this work." in page
        assert "against 62.2 of everyone else" in page
        assert "hidden" in page

    @pytest.mark.usefixtures("told")
    def test_the_document_to_print_obeys_the_policy(self, top, officer):
        client = signed_in(officer)
        page = client.get(reverse("improvement:evidence-print", args=[top.organisation.slug])).content.decode()
        assert "<style" not in page
        assert "<script" not in page
        assert 'src="data:image/svg+xml;base64,' in page

    @pytest.mark.usefixtures("told")
    def test_the_report_of_a_year_holds_only_its_days(self, top, officer):
        client, slug = signed_in(officer), top.organisation.slug
        year = timezone.now().year
        now = client.get(reverse("improvement:yearly-print", args=[slug, 2026])).content.decode()
        before = client.get(reverse("improvement:yearly-print", args=[slug, 2025])).content.decode()
        assert "Yearly report on equity 2026" in now
        assert "Analgesia within 60 min" in now
        assert "Other languages" not in before
        assert client.get(reverse("improvement:yearly-print", args=[slug, year + 1])).status_code == 404


def inflated(pdf: bytes) -> bytes:
    """A PDF with the streams that can be unpacked, unpacked."""
    out = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            out.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(out)


def test_goals_stand_among_the_plans_with_reviews_and_voices(db, time_machine):
    time_machine.move_to(NOW_OF_GOALS, tick=False)
    house = make_goal_house()
    goal = make_goal(house)
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, date(2026, 11, 1), date(2026, 11, 1))
    (plan,) = plans_of(house.organisation, NOW_OF_GOALS)
    assert (plan.title, plan.groups, plan.raises, plan.narrows) == (
        goal.title,
        "Spanish – English",
        "at least 20 % better",
        "gap at least 20 % narrower",
    )
    assert (plan.missed, plan.widens) == (False, True)
    assert plan.reviews[-1].said == "raised but widened, while it runs"
    assert [voice.text for voice in plan.voices] == ["Nobody asks about pain in our language."]


class TestGoalsOffCourse:
    """What is done when a goal is not met: what was decided since, never what its charter foresees."""

    @pytest.fixture
    def house(self, db, time_machine):  # noqa: ARG002 - opens the database
        time_machine.move_to(NOW_OF_GOALS, tick=False)
        house = make_goal_house()
        tell(house, BASELINE, *BEFORE)
        tell(house, MONTH_5, date(2026, 11, 1), date(2026, 11, 1))
        return house

    def test_a_goal_that_runs_and_widens_is_told_so_and_its_charter_is_no_deed(self, house):
        goal = make_goal(house)
        Review.objects.create(
            goal=goal, day=date(2026, 9, 1), held_on=date(2026, 9, 1), seen="Well.", decided="Before it widened."
        )
        five = sections(house.organisation, NOW_OF_GOALS)[5]
        assert f"goal {goal.pk} runs; it was raised but its gap widened, and no review since" in five.lacks[0].text
        assert "missed its goal;" not in repr(five)
        assert goal.if_missed not in repr(five)
        since = plans_of(house.organisation, NOW_OF_GOALS)[0].off_since
        Review.objects.create(goal=goal, day=since, held_on=since, seen="It widened.", decided="Interpreters at night.")
        five = sections(house.organisation, NOW_OF_GOALS)[5]
        assert not five.lacks
        assert five.facts[-1].text == (
            f"goal {goal.pk} runs; it was raised but its gap widened; then: Interpreters at night."
        )

    def test_of_a_goal_that_ended_missed_counts_what_was_said_at_its_end(self, house):
        goal = make_goal(house)
        note = "Two interpreters more from December."
        close(goal=goal, to=GoalStatus.MISSED, note=note, by=goal.owner, at=NOW_OF_GOALS)
        five = sections(house.organisation, NOW_OF_GOALS)[5]
        assert [fact.text for fact in five.facts] == [f"goal {goal.pk} missed its goal; then: {note}"]
