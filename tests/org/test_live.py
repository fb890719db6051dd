"""What is published, when, and what a token grants."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from org import live

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def stream():
    """The newest entries of the real stream since the test began."""
    client = redis.Redis.from_url(django_settings.REDIS_URL, decode_responses=True)
    client.delete(live.STREAM)
    yield lambda: [fields for _, fields in client.xrange(live.STREAM)]
    client.delete(live.STREAM)
    client.close()


@pytest.fixture
def commit(db, django_capture_on_commit_callbacks):
    """A transaction that commits at its end, as far as `on_commit` can tell."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_publish_waits_for_the_commit(stream, commit):
    with commit():
        live.publish(live.unit_topic(5), {"measures": [1, 2], "day": "2026-11-22"})
        assert stream() == []
    (entry,) = stream()
    assert entry["t"] == "unit:5"
    assert json.loads(entry["d"]) == {"topic": "unit:5", "unit": 5, "measures": [1, 2], "day": "2026-11-22"}


def test_publish_says_nothing_after_a_rollback(stream, commit):
    with commit(), transaction.atomic():
        live.publish(live.unit_topic(5), {"measures": [1]})
        transaction.set_rollback(True)
    assert stream() == []


def test_publish_many_keeps_the_order(stream, commit):
    with commit():
        live.publish_many([(live.unit_topic(n), {"measures": [n]}) for n in range(1, 400)])
    assert [entry["t"] for entry in stream()] == [f"unit:{n}" for n in range(1, 400)]


def test_publish_many_of_nothing_says_nothing(stream, commit):
    with commit():
        live.publish_many([])
    assert stream() == []


def test_stream_is_capped(stream, commit, monkeypatch):
    monkeypatch.setattr(live, "STREAM_LENGTH", 100)
    with commit():
        live.publish_many([(live.unit_topic(1), {"measures": [n]}) for n in range(1000)])
    assert 100 <= len(stream()) < 400  # Redis trims whole nodes of a hundred or so
    assert json.loads(stream()[-1]["d"])["measures"] == [999]


@pytest.mark.parametrize(
    "payload",
    [
        {"reason": "Mrs Smith fell"},
        {"value": 87.4},
        {"measures": [1.5]},
        {"measures": ["1"]},
        {"measures": [True]},
        {"flag": True},
        {"day": "22/11/2026"},
        {"nested": {"a": 1}},
        {"Key With Spaces": 1},
        {"nothing": None},
    ],
)
def test_publish_refuses_anything_but_ids_and_days(payload):
    with pytest.raises((ValueError, TypeError)):
        live.publish("unit:1", payload)


@pytest.mark.parametrize(
    "topic", ["", "unit:", "unit:0", "unit:-1", "unit:1\n", "subject:device:1", "ward:1", "unit:1 "]
)
def test_publish_refuses_other_topics(topic):
    with pytest.raises(ValueError, match="topic"):
        live.publish(topic, {"measures": [1]})


def test_unreachable_redis_breaks_no_action_and_is_logged_without_the_event(settings, tmp_path, caplog, commit):
    settings.REDIS_URL = f"unix://{tmp_path}/none?db=0"
    with caplog.at_level(logging.WARNING, logger="org.live"), commit():
        live.publish(live.unit_topic(4711), {"measures": [99887]})
        live.publish_close(live.device(4711), at=NOON)
    assert [record.getMessage() for record in caplog.records] == ["1 live event(s) not published: ConnectionError"] * 2


def test_publish_close_leaves_an_order_and_remembers_the_moment(stream, commit):
    with commit():
        live.publish_close(live.device(7), at=NOON)
    assert stream() == [{"t": "subject:device:7", "o": "close"}]
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    assert int(client.get(live.closed_key("device:7"))) == int(NOON.timestamp() * 1000)
    assert 0 < client.ttl(live.closed_key("device:7")) <= live.LONGEST_TOKEN.total_seconds()
    client.delete(live.closed_key("device:7"))
    client.close()


@given(
    st.sets(st.integers(1, 10**12).map(live.unit_topic) | st.integers(1, 99).map(live.organisation_topic), min_size=1),
    st.integers(1, 10**9).map(live.person) | st.integers(1, 10**9).map(live.device),
    st.integers(1, 3600),
)
def test_token_grants_what_was_signed_until_it_is_over(topics, subject, seconds):
    token = live.live_token(topics, subject, timedelta(seconds=seconds), at=NOON)
    granted = live.read_live_token(token, at=NOON + timedelta(seconds=seconds - 0.01))
    assert (set(granted.topics), granted.subject) == (topics, subject)
    assert granted.expires_at - granted.issued_at == timedelta(seconds=seconds)
    with pytest.raises(live.TokenRefused):
        live.read_live_token(token, at=NOON + timedelta(seconds=seconds))


def test_token_of_many_units_fits_into_an_address():
    topics = [live.unit_topic(10_000 + n) for n in range(live.MOST_TOPICS)]
    assert len(live.live_url(topics, live.device(1), at=NOON)) < 5000


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_damaged_token_is_refused(cut):
    token = live.live_token(["unit:1"], "person:1", at=NOON)
    with pytest.raises(live.TokenRefused):
        live.read_live_token(token[:cut], at=NOON)


def test_token_of_another_key_is_refused(settings):
    token = live.live_token(["unit:1"], "person:1", at=NOON)
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(live.TokenRefused):
        live.read_live_token(token, at=NOON)


@pytest.mark.parametrize(
    ("topics", "subject", "lifetime"),
    [
        ([], "person:1", timedelta(minutes=1)),
        (["unit:1"], "nobody", timedelta(minutes=1)),
        (["unit:1"], "person:1", timedelta(0)),
        (["unit:1"], "person:1", timedelta(days=1)),
        ([f"unit:{n}" for n in range(1, live.MOST_TOPICS + 2)], "person:1", timedelta(minutes=1)),
    ],
)
def test_token_is_not_made_for_a_wrong_wish(topics, subject, lifetime):
    with pytest.raises(ValueError, match=r".+"):
        live.live_token(topics, subject, lifetime, at=NOON)
