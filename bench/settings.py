"""Settings of the pages that are measured: the house's own, in the bench's database, with the floor pages beside them.

`BENCH_DATABASE` names the database. What the pages keep in the cache is not mixed with a house's on the same server.
"""

import os

from huddleboard.settings import *  # noqa: F403
from huddleboard.settings import BASE_DIR, CACHES, DATABASES, TEMPLATES

ROOT_URLCONF = "bench.floor_urls"
DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]
CACHES["default"]["KEY_PREFIX"] = "bench"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")
