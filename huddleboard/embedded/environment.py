"""What settings read from the environment, filled in where nobody has said it: for `./manage.py` and `make run`."""

import atexit
import os
import secrets
from pathlib import Path

from huddleboard.embedded.lease import Lease
from huddleboard.embedded.state import PROJECT, find_state

SERVER_VARIABLES = ("DATABASE_URL", "REDIS_URL")


def ensure_environment(*, debug: bool = True) -> Lease | None:
    """Set the variables that are absent, starting or joining the embedded servers when one of the addresses is.

    A given address is always respected. The share in the servers is held until this process ends (or until the
    returned lease is given back). Raises EmbeddedError.
    """
    lease = None
    if not all(os.environ.get(name) for name in SERVER_VARIABLES):
        lease = Lease(find_state(), fast=False)
        atexit.register(lease.give_back)
        for name, url in zip(SERVER_VARIABLES, (lease.urls.database, lease.urls.redis), strict=True):
            if not os.environ.get(name):
                os.environ[name] = url
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = _kept_secret(Path(os.environ.get("EMBED_STATE") or PROJECT / "var") / "secret-key")
        os.environ.setdefault("DEBUG", "1" if debug else "0")
        os.environ.setdefault("HTTPS", "0")
    return lease


def _kept_secret(path: Path) -> str:
    """A random key made once: sessions stay valid after a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    secret = secrets.token_urlsafe(64)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    return secret
