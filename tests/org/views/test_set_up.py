"""A hospital sets itself up through its pages, without a script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from org.models import Calendar, Event, Membership, Message, Organisation, Unit, User
from org.queries import lines_on
from org.rules import LineKind, Role
from tests.factories import make_calendar, make_membership, make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    return make_unit(name="Executive team", code="TOP")


@pytest.fixture
def line(top):
    return make_unit(top, name="Medicine", code="MED")


@pytest.fixture
def ward(line):
    return make_unit(line, name="5 West", code="5W")


@pytest.fixture
def client(top):
    return signed_in(make_user(Role.ADMINISTRATOR, top, name="Ada Min"))


def at(top, rest=""):
    return f"/set-up/{top.organisation.slug}/{rest}"


def test_set_up_leads_to_the_only_organisation_and_lists_several(client, top):
    assert client.get("/set-up/").headers["Location"] == at(top)
    other = make_unit()
    make_membership(User.objects.get(name="Ada Min"), other, Role.ADMINISTRATOR)
    page = client.get("/set-up/").content.decode()
    assert all(f'href="{at(unit)}"' in page for unit in (top, other))


def test_settings_are_saved_and_wrong_ones_shown(client, top):
    data = {
        "name": "Harbor Valley",
        "time_zone": "America/Chicago",
        "language": "es",
        "snapshot_at": "04:45",
        "small_cell_threshold": "11",
        "idle_minutes": "30",
        "hard_hours": "10",
    }
    assert client.post(at(top), {**data, "time_zone": "Mars/Base"}).status_code == 422
    assert client.post(at(top), data).headers["Location"] == at(top)
    saved = Organisation.objects.get()
    assert (saved.name, saved.time_zone, str(saved.snapshot_at), saved.idle_minutes) == (
        "Harbor Valley",
        "America/Chicago",
        "04:45:00",
        30,
    )


def tier_data(*names):
    data = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "4"}
    for n in range(6):
        data |= {f"form-{n}-name": names[n] if n < len(names) else "", f"form-{n}-huddle_minutes": "15"}
    return data


def test_tiers_are_saved_and_gaps_and_twins_refused(client, top):
    assert client.post(at(top, "tiers/"), tier_data("Unit", "", "Branch", "Top")).status_code == 422
    assert client.post(at(top, "tiers/"), tier_data("Unit", "Line", "line", "Top")).status_code == 422
    refused = client.post(at(top, "tiers/"), tier_data("Unit", "Line", "Branch"))
    assert (refused.status_code, "Units still stand" in refused.content.decode()) == (422, True)
    assert client.post(at(top, "tiers/"), tier_data("Unit", "Line", "Branch", "Site", "System")).status_code == 302
    assert list(top.organisation.tiers.order_by("level").values_list("name", flat=True)) == [
        "Unit",
        "Line",
        "Branch",
        "Site",
        "System",
    ]


def unit_data(top, **new):
    tier = top.organisation.tiers.get(level=1)
    return {"name": "6 West", "code": "6W", "kind": "inpatient", "tier": tier.pk, "position": 0, **new}


def test_a_unit_is_added_changed_moved_closed_and_opened(client, top, line, ward):
    assert client.post(at(top, "units/new/"), unit_data(top, parent=line.pk)).headers["Location"] == at(top, "units/")
    added = Unit.objects.get(code="6W")
    here = at(top, f"units/{added.pk}/")
    assert client.post(here, unit_data(top, name="6 East")).headers["Location"] == here
    other = make_unit(top, name="Surgery")
    today = timezone.now().astimezone(top.organisation.zone).date()
    assert client.post(here + "move/", {"parent": other.pk, "from_day": today}).headers["Location"] == here
    assert client.post(here + "second-line/", {"parent": line.pk, "from_day": today}).headers["Location"] == here
    assert {
        (found.kind, found.parent_id) for found in lines_on(top.organisation_id, today) if found.unit_id == added.pk
    } == {
        (LineKind.PRIMARY, other.pk),
        (LineKind.SECOND, line.pk),
    }
    page = client.get(here).content.decode()
    assert all(word in page for word in ("6 East", "Surgery", "Medicine", today.isoformat()))
    client.post(here + "close/")
    added.refresh_from_db()
    assert (added.name, added.closed_on) == ("6 East", today)
    client.post(here + "close/")
    added.refresh_from_db()
    assert added.closed_on is None


def test_a_refused_unit_says_why_where_somebody_acted(client, top, line, ward):
    refused = client.post(at(top, "units/new/"), unit_data(top, parent=line.pk, code="5W"))
    assert (refused.status_code, "Another unit has the code 5W" in refused.content.decode()) == (422, True)
    refused = client.post(at(top, f"units/{line.pk}/close/"), follow=True).content.decode()
    assert "Open units still report to this one" in refused
    refused = client.post(at(top, f"units/{line.pk}/move/"), {"parent": ward.pk, "from_day": "2026-01-01"})
    assert refused.status_code == 422


def test_an_administrator_of_a_part_sees_and_changes_that_part(top, line, ward):
    other = make_unit(top, name="Surgery")
    client = signed_in(make_user(Role.ADMINISTRATOR, line))
    page = client.get(at(top, "units/")).content.decode()
    assert ("5 West" in page, "Surgery" in page) == (True, False)
    assert client.get(at(top, f"units/{ward.pk}/")).status_code == 200
    assert client.get(at(top, f"units/{other.pk}/")).status_code == 404
    assert client.get(at(top, f"units/{top.pk}/")).status_code == 403
    assert client.get(at(top)).status_code == 403
    assert client.post(at(top, "units/new/"), unit_data(top, parent=other.pk)).status_code == 422
    today = timezone.now().astimezone(top.organisation.zone).date()
    assert client.post(at(top, f"units/{ward.pk}/move/"), {"parent": other.pk, "from_day": today}).status_code == 422


FILE = "code;name;tier;parent_code\r\nTOP;Führung;4;\r\nMED;Medicine;3;TOP\r\n5W;5 West;2;MED\r\n7W;7 West;1;MED\r\n"


def upload(client, top, text, **more):
    file = SimpleUploadedFile("units.csv", text.encode("cp1252"), content_type="text/csv")
    return client.post(at(top, "units/file/"), {"file": file, "from_day": "2026-01-01", **more})


def hidden(response):
    return {name: response.context["form"].initial[name] for name in ("text", "from_day", "fingerprint")}


def test_a_file_is_shown_and_then_applied_as_it_was_shown(client, top, ward):
    shown = upload(client, top, FILE)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert all(word in page for word in ("1 new", "1 changed", "2 the same", "7 West", "Führung"))
    assert not Unit.objects.filter(code="7W").exists()
    assert client.post(at(top, "units/file/apply/"), hidden(shown)).headers["Location"] == at(top, "units/")
    assert Unit.objects.get(code="7W").parent.code == "MED"
    assert Unit.objects.get(code="TOP").name == "Führung"


def test_a_file_with_problems_shows_all_of_them_and_no_button(client, top, ward):
    shown = upload(client, top, FILE.replace(";1;MED", ";9;NOWHERE").replace(";2;MED", ";2;5W"))
    page = shown.content.decode()
    assert (shown.status_code, len(shown.context["plan"].problems), "units/file/apply/" in page) == (422, 3, False)


def test_a_file_is_shown_again_when_the_units_have_changed_since(client, top, line, ward):
    shown = upload(client, top, FILE)
    Unit.objects.filter(pk=ward.pk).update(name="Renamed meanwhile")
    again = client.post(at(top, "units/file/apply/"), hidden(shown))
    assert (again.status_code, "look again" in again.content.decode()) == (422, True)
    assert not Unit.objects.filter(code="7W").exists()
    assert client.post(at(top, "units/file/apply/"), hidden(again)).status_code == 302


def test_the_present_tree_can_be_downloaded_and_read_back(client, top, ward):
    file = client.get(at(top, "units/units.csv"))
    assert file.headers["Content-Disposition"].endswith('.csv"')
    shown = client.post(
        at(top, "units/file/"),
        {"file": SimpleUploadedFile("units.csv", file.content), "from_day": "2026-01-01"},
    )
    assert (shown.context["plan"].changes, shown.context["plan"].same) == ((), 3)


def calendar_data(**new):
    data = {"name": "Week", "holidays-TOTAL_FORMS": "2", "holidays-INITIAL_FORMS": "0"}
    data |= {f"works_{n}": "on" for n in range(5)} | {f"times_{n}": "07:00, 16:30/5" for n in range(5)}
    return data | {"holidays-0-day": "2026-12-25", "holidays-0-name": "Christmas"} | new


def test_a_calendar_is_made_changed_and_removed(client, top):
    assert client.post(at(top, "calendars/new/"), calendar_data()).headers["Location"] == at(top, "calendars/")
    calendar = Calendar.objects.get()
    assert (calendar.weekdays, calendar.huddles.count(), calendar.holidays.get().name) == (31, 10, "Christmas")
    page = client.get(at(top, f"calendars/{calendar.pk}/")).content.decode()
    assert 'value="07:00, 16:30/5"' in page
    wrong = client.post(at(top, f"calendars/{calendar.pk}/"), calendar_data(times_0="25:00"))
    assert (wrong.status_code, "25:00 is no time" in wrong.content.decode()) == (422, True)
    assert (
        client.post(at(top, f"calendars/{calendar.pk}/"), calendar_data(**{"holidays-0-name": ""})).status_code == 422
    )
    assert client.post(at(top, f"calendars/{calendar.pk}/"), calendar_data(name="Days")).status_code == 302
    assert client.post(at(top, f"calendars/{calendar.pk}/delete/")).headers["Location"] == at(top, "calendars/")
    assert not Calendar.objects.exists()


def test_a_default_calendar_is_not_removed(client, top):
    calendar = make_calendar(top.organisation, is_default=True)
    page = client.post(at(top, f"calendars/{calendar.pk}/delete/"), follow=True).content.decode()
    assert "make another one the default first" in page


def test_somebody_is_invited_given_roles_and_let_out(client, top, line, ward):
    data = {"email": "n@example.org", "name": "Nora", "language": "es", "unit": ward.pk, "role": "staff"}
    gone = client.post(at(top, "people/invite/"), data)
    person = User.objects.get(email="n@example.org")
    here = at(top, f"people/{person.pk}/")
    assert gone.headers["Location"] == here
    assert Message.objects.get().template == "invitation"
    assert client.post(here + "role/", {"unit": line.pk, "role": "coach"}).status_code == 302
    lead = make_membership(make_user(), ward, Role.UNIT_LEAD)
    assert client.post(here + "stand-in/", {"stands_in_for": lead.pk}).status_code == 302
    page = client.get(here).content.decode()
    assert all(word in page for word in ("Coach", "Unit lead", lead.user.name))
    coach = person.memberships.get(role="coach")
    assert client.post(here + f"roles/{coach.pk}/end/").headers["Location"] == here
    assert Membership.objects.current().filter(user=person).count() == 2
    client.post(here + "switch/")
    person.refresh_from_db()
    assert person.is_active is False
    client.post(here + "switch/")
    person.refresh_from_db()
    assert person.is_active is True


def test_somebody_with_roles_elsewhere_is_not_let_out_from_here(client, top, ward):
    person = make_user(Role.STAFF, ward)
    make_membership(person, make_unit(), Role.STAFF)
    page = client.post(at(top, f"people/{person.pk}/switch/"), follow=True).content.decode()
    assert "also has roles elsewhere" in page
    person.refresh_from_db()
    assert person.is_active is True


def test_an_administrator_of_a_part_gives_roles_in_that_part_only(top, line, ward):
    client = signed_in(make_user(Role.ADMINISTRATOR, line))
    elsewhere = make_user(Role.STAFF, make_unit(top))
    data = {"email": "n@example.org", "name": "Nora", "language": "en", "role": "administrator"}
    assert client.post(at(top, "people/invite/"), {**data, "unit": top.pk}).status_code == 422
    assert client.get(at(top, f"people/{elsewhere.pk}/")).status_code == 404
    assert client.post(at(top, "people/invite/"), {**data, "unit": ward.pk}).status_code == 302


def test_the_trail_is_filtered_by_what_unit_person_and_day(client, top, line, ward):
    client.post(at(top, f"units/{ward.pk}/close/"))
    client.post(at(top, f"units/{ward.pk}/close/"))
    day = Event.objects.latest("pk").at.astimezone(top.organisation.zone).date()

    def found(**query):
        return [row.what for row in client.get(at(top, "trail/"), query).context["rows"]]

    assert found() == ["Unit opened again", "Unit closed"]
    assert found(what="unit.closed") == ["Unit closed"]
    assert found(unit=ward.pk, who="ada") == ["Unit opened again", "Unit closed"]
    assert found(unit=line.pk) == found(who="somebody else") == found(day="2020-01-01") == []
    assert len(found(day=day.isoformat())) == 2
    shown = Event.objects.latest("pk").at.astimezone(top.organisation.zone)
    assert f"{shown:%Y-%m-%d %H:%M:%S}" in client.get(at(top, "trail/")).content.decode()
    assert client.get(at(top, "trail/"), {"day": "yesterday"}).status_code == 422


def test_the_trail_of_another_organisation_is_not_shown(client, top, ward):
    other = make_unit(make_unit())
    foreign = signed_in(make_user(Role.ADMINISTRATOR, other.parent))
    foreign.post(f"/set-up/{other.organisation.slug}/units/{other.pk}/close/")
    assert client.get(at(top, "trail/")).context["rows"] == []


def test_messages_that_were_given_up_come_first_and_can_be_retried(client, top):
    make = lambda key, **new: Message.objects.create(  # noqa: E731
        organisation_id=top.organisation_id, recipient=f"{key}@example.org", template="x", dedup_key=key, **new
    )
    make("new")
    failed = make("failed", failed_at=timezone.now(), failure="SMTPException")
    rows = client.get(at(top, "messages/")).context["page"].rows
    assert [row.dedup_key for row in rows] == ["failed", "new"]
    client.post(at(top, f"messages/{failed.pk}/retry/"))
    failed.refresh_from_db()
    assert failed.failed_at is None


def test_units_are_found_by_name_and_code_within_reach(client, top, line, ward):
    make_unit(name="5 West of somebody else")
    fragment = client.get("/units/?q=5 we", headers={"HX-Request": "true"}).content.decode()
    assert (fragment.count("<a "), f'href="/boards/{ward.pk}/"' in fragment, "<html" in fragment) == (1, True, False)
    assert "Medicine" in client.get("/units/?q=med").content.decode()
    assert "No unit found" in client.get("/units/?q=nothing").content.decode()
