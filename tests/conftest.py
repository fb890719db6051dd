"""What every test may rely on."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache

# The real hash is slow on purpose; a test makes many people.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test sees what another left in the cache or in the stream of live events."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()
