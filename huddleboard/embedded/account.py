"""The account under which the servers run: PostgreSQL refuses the superuser."""

import os
import pwd
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huddleboard.embedded.failure import EmbeddedError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine; `switch` is true where a server has to change to it before it starts."""

    name: str
    uid: int
    gid: int
    switch: bool

    def spawn_options(self) -> Mapping[str, Any]:
        """Keyword arguments of `subprocess.Popen` that make the child run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def take(self, path: Path) -> None:
        """Give a file or folder to this account, where it is another one than ours."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def may_enter(self, path: Path) -> bool:
        """Whether this account may pass through every folder down to `path` and read what lies there."""
        if not self.switch:
            return True
        wanted = [*path.resolve().parents, path.resolve()]
        return all(self._allows(folder.stat()) for folder in wanted)

    def _allows(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def server_account() -> Account:
    """Our own account, or as root the first unprivileged one that exists. Raises EmbeddedError without one."""
    if os.geteuid() != 0:
        return Account(name=str(os.geteuid()), uid=os.geteuid(), gid=os.getegid(), switch=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switch=True)
    message = "PostgreSQL does not run as root and this machine has neither `postgres` nor `nobody`. Set DATABASE_URL."
    raise EmbeddedError(message)
