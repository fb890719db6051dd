"""Where the embedded servers keep their data, sockets and programs."""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from huddleboard.embedded.account import Account, server_account
from huddleboard.embedded.failure import EmbeddedError

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_PATH = 100  # 107 bytes on Linux, 103 on macOS, less `.lock`
SOCKET_NAME = ".s.PGSQL.5432"
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class State:
    """One set of servers: a private folder, the account that owns it, and a folder short enough for sockets."""

    folder: Path
    sockets: Path
    account: Account

    @property
    def gate(self) -> Path:
        """Locked by whoever starts or stops."""
        return self.folder / "gate.lock"

    @property
    def users(self) -> Path:
        """Share-locked by everybody who uses the servers; the kernel drops the lock of a killed process."""
        return self.folder / "users.lock"


def find_state() -> Path:
    """The folder of `EMBED_STATE`, else `var/servers` of the project, else (closed home of root) one in /var/tmp."""
    if given := os.environ.get("EMBED_STATE"):
        return Path(given).absolute()
    account = server_account()
    if account.may_enter(PROJECT):
        return PROJECT / "var" / "servers"
    return Path("/var/tmp") / f"huddleboard-{_digest(PROJECT)}"  # noqa: S108 – owner and mode are checked below


def open_state(folder: Path) -> State:
    """Make or check the folder of a state. Raises EmbeddedError where it belongs to somebody else."""
    account = server_account()
    _private_folder(folder, account)
    sockets = folder / "run"
    if len(os.fsencode(sockets / SOCKET_NAME)) > LONGEST_SOCKET_PATH or not PLAIN_PATH.fullmatch(str(sockets)):
        sockets = Path(tempfile.gettempdir()) / f"huddleboard-{_digest(folder)}"
        if len(os.fsencode(sockets / SOCKET_NAME)) > LONGEST_SOCKET_PATH or not PLAIN_PATH.fullmatch(str(sockets)):
            sockets = Path("/tmp") / f"huddleboard-{_digest(folder)}"  # noqa: S108 – owner and mode are checked below
    _private_folder(sockets, account)
    return State(folder=folder, sockets=sockets, account=account)


def _digest(path: Path) -> str:
    return hashlib.sha256(f"{os.geteuid()}:{path}".encode()).hexdigest()[:12]


def _private_folder(folder: Path, account: Account) -> None:
    try:
        if not folder.parent.exists():
            folder.parent.mkdir(parents=True)
            folder.parent.chmod(0o755)
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        message = f"The folder {folder} cannot be made ({error.strerror}). Set EMBED_STATE to a folder of your own."
        raise EmbeddedError(message) from error
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.geteuid(), account.uid}:
        message = (
            f"{folder} belongs to another account, perhaps from a run as root. "
            "Set EMBED_STATE to a folder of your own, or run as the account that made it."
        )
        raise EmbeddedError(message)
    account.take(folder)
    folder.chmod(PRIVATE)
    if not account.may_enter(folder):
        message = f"The account {account.name} cannot enter {folder}. Set EMBED_STATE to a folder outside closed homes."
        raise EmbeddedError(message)
