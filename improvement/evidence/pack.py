"""The archive: the document, every table as a file, and a list of all of them with their fingerprints."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boards.exports import safe_cell
from improvement.pages import Evidence, Grid

MANIFEST: Final = "manifest.json"
#: Moment written into the archive for each file: the archive of the same evidence is the same, bit for bit.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Pack:
    """The archive, its fingerprint, and how many files are in it."""

    content: bytes
    sha256: str
    files: int


def csv_of(grid: Grid) -> bytes:
    """A table as a file that spreadsheets open, with marks of order and no formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(str(name)) for name in grid.columns])
    writer.writerows([["" if cell is None else safe_cell(str(cell)) for cell in row] for row in grid.rows])
    return ("\ufeff" + out.getvalue()).encode()


def pack_of(evidence: Evidence, *, made_by: str, documents: Mapping[str, bytes], note: str = "") -> Pack:
    """The archive. `documents`: the document by its name, as a PDF or as a page; `note` says why there is no PDF."""
    files = dict(documents)
    for section in evidence.sections:
        for grid in section.grids:
            files[f"{section.number}-{grid.name}.csv"] = csv_of(grid)
    manifest = {
        "organization": evidence.organisation,
        "synthetic": evidence.synthetic,
        "made_at": evidence.made_at.isoformat(timespec="seconds"),
        "made_by": made_by,
        "first_day": evidence.first.isoformat(),
        "last_day": evidence.last.isoformat(),
        "note": note,
        "elements": [
            {
                "number": section.number,
                "title": section.title,
                "standing": section.standing.value,
                "proofs": [{"text": fact.text, "source": fact.source, "day": fact.day} for fact in section.facts],
                "missing": [lack.text for lack in section.lacks],
            }
            for section in evidence.sections
        ],
        "files": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }
    files[MANIFEST] = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    content = out.getvalue()
    return Pack(content, hashlib.sha256(content).hexdigest(), len(files))
