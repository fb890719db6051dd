import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_database_is_postgresql_with_a_collation_that_is_the_same_everywhere():
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower('ÄÖÜ'), 'ß' ~* 'SS', current_setting('server_version_num')::int >= 150000")
        assert cursor.fetchone() == ("äöü", False, True)


def test_cache_keeps_what_it_is_given():
    cache.set("platform", {"a": 1}, 5)
    assert cache.get("platform") == {"a": 1}
