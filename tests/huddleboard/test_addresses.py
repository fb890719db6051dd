import pytest

from huddleboard.addresses import celery_broker_from_url, database_from_url


def test_database_on_a_network_host():
    entry = database_from_url("postgresql://hb:p%40ss@db.example.org:6432/hb?sslmode=require")
    assert {name: entry[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "hb",
        "USER": "hb",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_on_a_unix_socket():
    entry = database_from_url("postgresql://app@/huddleboard?host=/var/tmp/a%20b/run")
    assert (entry["HOST"], entry["PORT"], entry["USER"], entry["OPTIONS"]) == ("/var/tmp/a b/run", "", "app", {})


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://a@b/c", ""])
def test_another_dialect_is_refused(url):
    with pytest.raises(ValueError, match="must begin with postgresql://"):
        database_from_url(url)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://localhost:6379/2", "redis://localhost:6379/2"),
        ("rediss://user:p@host/0", "rediss://user:p@host/0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
def test_broker_address_is_the_one_that_celery_understands(given, expected):
    assert celery_broker_from_url(given) == expected
