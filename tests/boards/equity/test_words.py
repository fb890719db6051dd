"""Words that nobody has mapped: one task for each source, a count in the menu, one mail a day without a word in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards.actions import categories, feeds
from boards.actions.stewards import tell_stewards
from boards.models import Category, Source
from boards.queries.completeness import source_words
from boards.queries.waiting_words import count_waiting, word_tasks
from org.mail import send
from org.models import Message
from org.rules import Role
from tests.boards import factories
from tests.boards.equity.told import Told
from tests.factories import make_user, signed_in

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
HEADER = "measure,unit,period_start,period_end,numerator,denominator,stratifier,stratum\n"


def file(told: Told, source: Source, at: datetime, *words: str) -> None:
    """One file with a number of all patients and one of each word."""
    day = (at - timedelta(days=1)).date().isoformat()
    rows = [f"analgesia,ward-a,{day},{day},40,80,,\n"]
    rows += [f"analgesia,ward-a,{day},{day},20,40,language,{word}\n" for word in words]
    text = HEADER + "".join(rows)
    received = feeds.import_file(
        source=source, file_name=f"{day}.csv", content=text.encode(), mapping=None, by=None, at=at
    )
    assert received.counted, received.findings


@pytest.fixture
def sent(told: Told) -> Told:
    """Two sources: the first sends ESPANOL twice and HMONG once, the second ESPANOL again and one of its own."""
    warehouse, clinic = (factories.make_source(told.organisation, code) for code in ("warehouse", "clinic"))
    file(told, warehouse, MONDAY, "English", "ESPANOL")
    file(told, warehouse, MONDAY + timedelta(days=2), "English", "ESPANOL", "HMONG")
    file(told, clinic, MONDAY + timedelta(days=3), "Spanish", "espanol", "TAGALOG")
    Category.objects.filter(code="span").delete()
    return told


NOW = MONDAY + timedelta(days=5)


def test_each_source_is_one_task_the_oldest_first(sent: Told):
    tasks = word_tasks(sent.organisation, NOW)
    assert [(task.source, task.sentence) for task in tasks] == [
        ("Warehouse", "2 words wait, the oldest: 5 days."),
        ("Clinic", "1 word waits, the oldest: 2 days."),
    ]
    assert [(row.word, row.files, row.age, row.also) for row in tasks[0].rows] == [
        ("ESPANOL", 3, "5 days", "Clinic"),
        ("HMONG", 1, "3 days", ""),
    ]


def test_a_mapped_word_is_done(sent: Told):
    steward = make_user(Role.DATA_STEWARD, sent.top)
    word, spanish = Category.objects.get(name="ESPANOL"), Category.objects.get(name="Spanish")
    categories.map_category(category=word, into=spanish, by=steward, at=NOW)
    assert [row.word for task in word_tasks(sent.organisation, NOW) for row in task.rows] == ["HMONG", "TAGALOG"]
    assert count_waiting(sent.organisation.pk) == 2


def test_a_word_of_no_file_waits_as_well(told: Told):
    (task,) = word_tasks(told.organisation, NOW)
    assert (task.source, task.sentence, task.rows[0].age) == ("", "1 word waits.", "not known")


def test_the_share_of_words_that_are_not_mapped_is_told_by_source(sent: Told):
    assert [(line.name, line.words, line.unmapped, line.share) for line in source_words(sent.organisation)] == [
        ("Clinic", 3, 2, "67 %"),
        ("Warehouse", 3, 2, "67 %"),
    ]


def test_the_list_takes_one_statement(sent: Told):
    with CaptureQueriesContext(connection) as caught:
        word_tasks(sent.organisation, NOW)
    assert len(caught) == 1


def test_the_menu_counts_for_whoever_maps_and_the_list_leads_there(sent: Told):
    client = signed_in(make_user(Role.DATA_STEWARD, sent.top))
    page = client.get("/feeds/words/").content.decode()
    assert "Words to map (3)" in page
    assert "HMONG" in page
    word = Category.objects.get(name="HMONG")
    assert f"/feeds/groups/?organisation={sent.organisation.slug}#word{word.pk}" in page
    assert f'id="word{word.pk}"' in client.get("/feeds/groups/").content.decode()
    assert "Words to map" not in signed_in(make_user(Role.STAFF, sent.top)).get("/me/").content.decode()


def test_stewards_get_one_mail_a_day_without_a_word_of_the_data(sent: Told):
    steward = make_user(Role.DATA_STEWARD, sent.top, email="steward@example.org")
    make_user(Role.DATA_STEWARD, sent.wards[0], email="ward@example.org")
    make_user(Role.ADMINISTRATOR, sent.top, email="admin@example.org")
    early = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)  # 06:30 where the hospital is
    assert tell_stewards(organisation=sent.organisation, at=early) == 0
    for at in (early + timedelta(hours=1), early + timedelta(hours=5), early + timedelta(hours=25)):
        assert tell_stewards(organisation=sent.organisation, at=at) == 1
    messages = list(Message.objects.filter(template="unmapped_words"))
    assert [message.recipient for message in messages] == [steward.email] * 2
    assert send(messages[0], early) == ""
    (letter,) = mail.outbox
    assert letter.subject == "3 words for groups of patients wait to be mapped"
    assert "/feeds/words/" in letter.body
    for word in ("ESPANOL", "HMONG", "TAGALOG", "Language", "Warehouse"):
        assert word.casefold() not in (letter.subject + letter.body + str(messages[0].context)).casefold()


def test_where_nothing_waits_nobody_is_told(told: Told):
    make_user(Role.DATA_STEWARD, told.top)
    Category.objects.filter(state="unmapped").delete()
    assert tell_stewards(organisation=told.organisation, at=NOW) == 0
    assert not Message.objects.exists()
