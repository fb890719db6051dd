"""Folders into which other systems drop files: what waits there, whether it is whole, where it goes afterwards."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from boards.feeds.problems import Finding, sentence

SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt"})
ARCHIVE: Final = "archive"
ERROR: Final = "error"
#: A file that nobody touched for so long is taken to be whole.
SETTLED_SECONDS: Final = 30
_ERRORS_SUFFIX: Final = ".errors.csv"


def waiting(folder: Path) -> list[Path]:
    """Files that may be read, by name. No links, no hidden or unfinished files (`.tmp`, `.part`), no folders."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES
        and not path.name.startswith((".", "~"))
        and not path.name.lower().endswith(_ERRORS_SUFFIX)
        and not path.is_symlink()
        and path.is_file()
    )


def signature(path: Path) -> str:
    """Changes whenever the file does."""
    status = path.stat()
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"


def settled(path: Path, now: float) -> bool:
    """Whether nobody has written to the file for a while, by the clock of this machine."""
    return now - path.stat().st_mtime >= SETTLED_SECONDS


def beginning(path: Path, largest: int) -> bytes:
    """The content, or one byte more than `largest` of a file that is too large."""
    with path.open("rb") as file:
        return file.read(largest + 1)


def put_away(path: Path, at: datetime) -> Path:
    """Move a counted file into `archive/`."""
    return _move(path, ARCHIVE, at)


def set_aside(path: Path, findings: Sequence[Finding], at: datetime) -> Path:
    """Move a refused file into `error/`, with what is wrong beside it as `<name>.errors.csv`."""
    target = _target(path, ERROR, at)
    beside = target.with_name(target.name + _ERRORS_SUFFIX)
    unfinished = beside.with_name(beside.name + ".tmp")
    unfinished.write_bytes(errors_csv(findings))
    unfinished.replace(beside)
    path.replace(target)
    return target


def errors_csv(findings: Sequence[Finding]) -> bytes:
    """Findings as CSV for a spreadsheet: UTF-8 with byte order mark, cells that would be formulas made harmless."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["row", "column", "kind", "code", "found", "what it means"])
    for f in findings:
        cells = [f.column, f.severity, f.code, f.value, sentence(f.code)]
        write.writerow(["" if f.row is None else f.row, *map(harmless, cells)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def folders(root: Path) -> Iterator[tuple[str, str, Path]]:
    """(organisation's short name, source code, folder) of everything below `root`."""
    if not root.is_dir():
        return
    for organisation in sorted(p for p in root.iterdir() if p.is_dir()):
        for source in sorted(p for p in organisation.iterdir() if p.is_dir()):
            yield organisation.name, source.name, source


def _move(path: Path, name: str, at: datetime) -> Path:
    target = _target(path, name, at)
    path.replace(target)
    return target


def _target(path: Path, name: str, at: datetime) -> Path:
    folder = path.parent / name
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if not target.exists():
        return target
    return folder / f"{path.stem}.{at:%Y%m%dT%H%M%S%f}{path.suffix}"
