"""Telling open boards that something changed: topics, publishing after commit, and the tokens that open a stream.

One capped Redis stream carries every event of every organisation. An event says *what* to fetch again (ids and a day),
never a number and never text of people: whoever listens gets the content through a page that checks access.
An event that cannot be published harms no fact: boards also ask by themselves (see `docs/adr/0004-live-push.md`).
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import redis
from django.conf import settings
from django.core import signing
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

#: The stream of all events, and how many it holds (about: Redis trims whole nodes).
STREAM: Final = "hb:events"
STREAM_LENGTH: Final = 100_000
#: Entry fields: the topic, what browsers are told about it (JSON), and an order to the servers themselves.
TOPIC_FIELD: Final = "t"
DATA_FIELD: Final = "d"
ORDER_FIELD: Final = "o"
CLOSE: Final = "close"

LIVE_PATH: Final = "/live/"
TOKEN_LIFETIME: Final = timedelta(minutes=15)
LONGEST_TOKEN: Final = timedelta(hours=1)
MOST_TOPICS: Final = 200
#: How far a page looks back when it opens its stream: its own rendering time and the drift between two clocks.
LOOK_BACK: Final = timedelta(seconds=10)

_SALT: Final = "huddleboard.live"
_TOPIC: Final = re.compile(r"(unit|org|paper):[1-9]\d{0,18}")
_SUBJECT: Final = re.compile(r"(person|device):[1-9]\d{0,18}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEY: Final = re.compile(r"[a-z][a-z_]{0,30}")

Payload = Mapping[str, int | str | Sequence[int]]
#: One entry of the stream, in the words of redis-py.
Entry = dict[bytes | bytearray | memoryview | str | int | float, bytes | bytearray | memoryview | str | int | float]


class TokenRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """The token is forged, damaged or over."""


@dataclass(frozen=True, slots=True)
class LiveToken:
    """Who may listen to what, until when. `subject` is "person:<id>" or "device:<id>"."""

    topics: tuple[str, ...]
    subject: str
    issued_at: datetime
    expires_at: datetime


def unit_topic(unit_id: int) -> str:
    """The topic of one unit's board."""
    return f"unit:{unit_id}"


def organisation_topic(organisation_id: int) -> str:
    """The topic of pages about a whole organisation."""
    return f"org:{organisation_id}"


def paper_topic(paper_id: int) -> str:
    """The topic of one page that several people write."""
    return f"paper:{paper_id}"


def person(user_id: int) -> str:
    """A person as the subject of tokens."""
    return f"person:{user_id}"


def device(device_id: int) -> str:
    """A wall display as the subject of tokens."""
    return f"device:{device_id}"


def publish(topic: str, payload: Payload) -> None:
    """Tell everyone who listens to `topic`, once the running transaction has committed.

    `payload` holds ids (int, sequence of int) and ISO days under plain keys:
    `{"measures": [1, 2], "day": "2026-11-22"}`. Raises ValueError for anything else, at once, since that is a
    programming error. An unreachable Redis is logged, not raised.
    """
    publish_many([(topic, payload)])


def publish_many(events: Iterable[tuple[str, Payload]]) -> None:
    """`publish` for many events in one round trip."""
    entries: list[Entry] = [
        {TOPIC_FIELD: _checked_topic(topic), DATA_FIELD: _data(topic, payload)} for topic, payload in events
    ]
    if entries:
        transaction.on_commit(lambda: _send(entries))


def publish_close(subject: str, *, at: datetime) -> None:
    """End every stream of a person or wall display after commit, and refuse the tokens issued to it up to `at`.

    Call it where a session ends or a display is revoked. Somebody who is still signed in elsewhere gets a new token and
    misses nothing. Where Redis cannot be reached the streams end with their tokens.
    """
    order: Entry = {TOPIC_FIELD: f"subject:{_checked_subject(subject)}", ORDER_FIELD: CLOSE}
    closed = (subject, _milliseconds(at))
    transaction.on_commit(lambda: _send([order], closed=closed))


def live_token(topics: Iterable[str], subject: str, expires_in: timedelta = TOKEN_LIFETIME, *, at: datetime) -> str:
    """A signed token that opens a stream of `topics` for `subject` from `at` for `expires_in`.

    The caller has checked that the subject may see these topics. Raises ValueError for no topics, too many, an unknown
    kind of topic or subject, or a lifetime beyond `LONGEST_TOKEN`.
    """
    wanted = sorted({_checked_topic(topic) for topic in topics})
    if not wanted or len(wanted) > MOST_TOPICS:
        message = f"A stream has 1 to {MOST_TOPICS} topics."
        raise ValueError(message)
    if not timedelta(0) < expires_in <= LONGEST_TOKEN:
        message = f"A token lives for {LONGEST_TOKEN} at most."
        raise ValueError(message)
    issued = _milliseconds(at)
    body = [wanted, _checked_subject(subject), issued, issued + expires_in // timedelta(milliseconds=1)]
    return signing.dumps(body, salt=_SALT, compress=True)


def read_live_token(token: str, *, at: datetime) -> LiveToken:
    """What a token grants at `at`. Raises TokenRefused where it is forged, damaged or expired."""
    try:
        topics, subject, issued, expires = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        message = "This token was not made here."
        raise TokenRefused(message) from error
    if _milliseconds(at) >= expires:
        message = "This token is over."
        raise TokenRefused(message)
    return LiveToken(
        topics=tuple(topics),
        subject=subject,
        issued_at=datetime.fromtimestamp(issued / 1000, at.tzinfo),
        expires_at=datetime.fromtimestamp(expires / 1000, at.tzinfo),
    )


def live_url(topics: Iterable[str], subject: str, *, at: datetime, expires_in: timedelta = TOKEN_LIFETIME) -> str:
    """The address that a page gives to `static/js/live.js`.

    It names the moment from which the page wants events, a little before `at`, so that nothing is missed between
    reading the database and opening the stream; a doubled event does no harm.
    """
    wanted = sorted(set(topics))
    query = {
        "token": live_token(wanted, subject, expires_in, at=at),
        "since": _milliseconds(at - LOOK_BACK),
        "topics": ",".join(wanted),  # for the script, which shares a stream between tabs; the server reads the token
    }
    return f"{LIVE_PATH}?{urlencode(query, safe=':,')}"


def closed_key(subject: str) -> str:
    """The Redis key that remembers when the tokens of `subject` were refused, in milliseconds."""
    return f"hb:closed:{subject}"


def _checked_topic(topic: str) -> str:
    if not _TOPIC.fullmatch(topic):
        message = "A topic is unit:<id>, org:<id> or paper:<id>."
        raise ValueError(message)
    return topic


def _checked_subject(subject: str) -> str:
    if not _SUBJECT.fullmatch(subject):
        message = "A subject is person:<id> or device:<id>."
        raise ValueError(message)
    return subject


def _data(topic: str, payload: Payload) -> str:
    kind, _, number = topic.partition(":")
    told: dict[str, int | str | list[int]] = {"topic": topic, kind: int(number)}
    for key, value in payload.items():
        if not _KEY.fullmatch(key):
            message = "A key of an event is a plain lower-case word."
            raise ValueError(message)
        if isinstance(value, str):
            if not _DAY.fullmatch(value):
                message = f"{key}: the only text in an event is an ISO day."
                raise ValueError(message)
            told[key] = value
        else:
            told[key] = _whole(key, value) if isinstance(value, int) else [_whole(key, one) for one in value]
    return json.dumps(told, separators=(",", ":"))


def _whole(key: str, value: object) -> int:
    if type(value) is not int:
        message = f"{key}: an event carries whole ids only."
        raise ValueError(message)
    return value


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@lru_cache(maxsize=4)
def _connection(url: str) -> redis.Redis:
    # Short limits: an action does not wait for a Redis that hangs. One retry: a pooled connection may have gone stale.
    retry = Retry(NoBackoff(), 1)
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1.0, retry=retry)


def _send(entries: Sequence[Entry], closed: tuple[str, int] | None = None) -> None:
    try:
        with _connection(settings.REDIS_URL).pipeline(transaction=closed is not None) as pipe:
            if closed is not None:
                subject, moment = closed
                pipe.set(closed_key(subject), moment, ex=LONGEST_TOKEN)
            for entry in entries:
                pipe.xadd(STREAM, entry, maxlen=STREAM_LENGTH, approximate=True)
            pipe.execute()
    except (redis.RedisError, OSError) as error:
        # The type alone: an error's text may carry the address and what was sent.
        logger.warning("%d live event(s) not published: %s", len(entries), type(error).__name__)
