"""The exact numbers of a file: for a reason, on record, page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from boards import rules
from boards.feeds import archive
from boards.feeds.mapping import Recipe, recipe
from boards.models import Batch
from org.models import Event, Membership
from org.rules import Role
from tests.boards import factories
from tests.boards.feeds.place import DAY, long_file
from tests.boards.feeds.test_views import upload

NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
ROWS = [f"bundle,icu,{DAY},language,en,3,{n}" for n in range(10, 460)]


@pytest.fixture(autouse=True)
def _sunday(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def batch(place, client) -> Batch:
    """A file of 450 rows that its sender looks at: the same group again and again, hence set aside."""
    client.force_login(factories.make_user(Role.DATA_STEWARD, place.top, "sender@example.org"))
    upload(client, place, long_file(*ROWS))
    return Batch.objects.get()


def opened(pk: int) -> list[tuple[str, str]]:
    events = Event.objects.filter(verb="feed.rows_opened", subject_id=pk).order_by("pk")
    return [(event.actor_label, event.facts["reason"]) for event in events]


def test_somebody_else_gives_a_reason_and_sees_every_row_page_by_page(client, place, batch):
    other = factories.make_user(Role.DATA_STEWARD, place.top, "other@example.org")
    client.force_login(other)
    file, rows = (reverse(f"boards:feed-{name}", args=[batch.pk]) for name in ("file", "rows"))
    assert "Open all rows" in client.get(file).content.decode()
    assert client.get(rows).headers["Location"] == file
    refused = client.post(rows, {"reason": "curious"}, follow=True)
    assert "Choose a reason." in refused.content.decode()
    assert opened(batch.pk) == []
    assert client.post(rows, {"reason": "doubt"}).headers["Location"] == rows
    seen = []
    for number, (first, last, more) in enumerate([(2, 201, True), (202, 401, True), (402, 451, False)], start=1):
        page = client.get(rows, {"page": number}).context["page"]
        assert (page.first, page.last, page.has_next) == (first, last, more)
        seen += [",".join(row) for _number, row in page.rows]
    assert seen == ROWS
    assert client.get(rows, {"page": 99}).context["page"].number == 1
    assert opened(batch.pk) == [(str(other), "doubt")]


def test_each_opening_is_on_record_and_lasts_half_an_hour(client, place, batch, time_machine):
    other = factories.make_user(Role.DATA_STEWARD, place.top, "other@example.org")
    client.force_login(other)
    rows = reverse("boards:feed-rows", args=[batch.pk])
    client.post(rows, {"reason": "problem"})
    time_machine.move_to(NOON + timedelta(minutes=rules.OPEN_MINUTES), tick=False)
    assert client.get(rows).status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=rules.OPEN_MINUTES, seconds=1), tick=False)
    assert client.get(rows).status_code == 302
    client.post(rows, {"reason": "review"})
    assert client.get(rows).status_code == 200
    assert opened(batch.pk) == [(str(other), "problem"), (str(other), "review")]


def test_the_sender_needs_no_reason_and_is_on_record_too(client, batch):
    rows = reverse("boards:feed-rows", args=[batch.pk])
    assert client.post(rows, follow=True).context["page"].last == 201
    assert opened(batch.pk) == [(str(batch.received_by), "")]


def test_without_the_right_to_exact_numbers_rows_of_others_stay_closed(client, place, batch):
    client.force_login(factories.make_user(Role.ADMINISTRATOR, place.top))
    file, rows = (reverse(f"boards:feed-{name}", args=[batch.pk]) for name in ("file", "rows"))
    assert "Open all rows" not in client.get(file).content.decode()
    assert client.post(rows, {"reason": "doubt"}).status_code == client.get(rows).status_code == 403
    assert opened(batch.pk) == []


@pytest.mark.parametrize("write", [str.encode, lambda text: text.upper().encode("utf-16")])
def test_rows_about_staff_take_the_right_to_groups_of_staff_as_well(client, place, batch, write):
    content = write(long_file(*(row.replace("bundle", "retention") for row in ROWS)))
    Batch.objects.update(content=archive.pack(content))
    other = factories.make_user(Role.DATA_STEWARD, place.top, "other@example.org")
    client.force_login(other)
    rows = reverse("boards:feed-rows", args=[batch.pk])
    assert client.post(rows, {"reason": "doubt"}).status_code == 302
    factories.make_measure(place.organisation, "retention", about="staff")
    assert client.post(rows, {"reason": "doubt"}).status_code == 403
    assert client.get(rows).status_code == 403
    Membership.objects.create(user=other, unit=place.top, role=Role.WORKFORCE, started_on="2026-01-01")
    assert client.post(rows, {"reason": "doubt"}).status_code == 302


def test_a_word_is_found_across_the_pieces_of_a_large_file():
    stored = archive.pack(b"x" * (archive._HEAD_BYTES - 4) + b"retention" + b"y" * 50)
    assert archive.mentions(stored, ["retention"])
    assert not archive.mentions(stored, ["promotion"])
    assert not archive.mentions(stored, [])


def test_nothing_can_be_opened_of_a_file_that_is_not_kept(client, place, batch):
    rows = reverse("boards:feed-rows", args=[batch.pk])
    client.post(rows)
    client.post(reverse("boards:feed-discard", args=[batch.pk]))
    assert client.get(rows).status_code == 302
    assert "Nothing of this file is kept." in client.post(rows, follow=True).content.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_are_read_in_every_encoding_and_from_the_middle_of_large_files(encoding, end):
    lines = ["unit,note", *(f'í{n},"a ""ñ"", and\nmore {n}"' for n in range(20_000))]
    stored = archive.pack(end.join([*lines, ""]).encode(encoding))
    how = recipe({"encoding": "cp1252"}) if encoding == "cp1252" else Recipe()
    assert archive.head(stored, how, 2) == [["unit", "note"], ["í0", 'a "ñ", and\nmore 0']]
    assert archive.page(stored, how, 19_001, 2) == [
        (19_001, ["í18999", 'a "ñ", and\nmore 18999']),
        (19_002, ["í19000", 'a "ñ", and\nmore 19000']),
    ]
    assert archive.page(stored, how, 20_002, 5) == []


def test_rows_follow_the_delimiter_of_the_mapping_and_blank_ones_are_left_out():
    stored = archive.pack(b"a;b,c\n\n1;2,5\n;\n3;4\n")
    assert archive.page(stored, recipe({"delimiter": ";"}), 1, 9) == [
        (1, ["a", "b,c"]),
        (2, ["1", "2,5"]),
        (3, ["3", "4"]),
    ]


def test_what_is_no_text_has_no_rows():
    assert archive.page(archive.pack(b"PK\x03\x04 a workbook"), Recipe(), 1, 5) == []
