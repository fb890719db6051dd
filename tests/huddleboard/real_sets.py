"""Where the open data sets lie, how tests import them, and what the reference says of them.

The files lie beside the repository and not in it (`REAL_DATA_DIR`, else ../shared/data).
"""

import os
import shutil
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from boards.models import Snapshot
from tests.analytics import vectors

FOLDER = Path(os.environ.get("REAL_DATA_DIR", Path(__file__).resolve().parents[2].parent / "shared" / "data"))
FILES = {
    "scotland": "phs_ae_weekly/weekly_ae_activity_20230625.csv",
    "england": "nhs_ae_attendances/ae_attendances.csv",
    "deprivation": "phs_admissions_simd/hospital_admissions_hb_simd_20230706.csv",
    "diabetes": "uci_diabetes_130/encounters_core.csv",
}


def needs(name: str) -> pytest.MarkDecorator:
    path = FOLDER / FILES[name]
    reason = f"REAL DATA ABSENT: {path} is missing; the import of {name} is NOT held against real figures here"
    if not path.exists():
        print(reason, file=sys.stderr)
    return pytest.mark.skipif(not path.exists(), reason=reason)


def run(name: str, folder: Path = FOLDER, **options: str) -> str:
    out = StringIO()
    call_command("import_real_data", name, folder=folder, stdout=out, **options)
    return out.getvalue()


def golden(dataset: str) -> dict[str, dict]:
    return {
        param.values[0]["id"]: param.values[0]
        for param in vectors.cases("golden_real_data.json")
        if param.values[0] is not None and param.values[0]["dataset"] == dataset
    }


def counts(slug: str, measure: str, day: date) -> dict[str, tuple[float, float | None]]:
    """Unit code → (numerator, denominator) of a snapshot."""
    rows = Snapshot.objects.filter(organisation__slug=slug, measure__code=measure, day=day)
    return {code: (n, d) for code, n, d in rows.values_list("unit__code", "numerator", "denominator")}


def some_rows(name: str, folder: Path, keep) -> Path:
    """A copy of a data set in `folder` with the rows of its main file that `keep` wants."""
    source = FOLDER / FILES[name]
    shutil.copytree(source.parent, folder / source.parent.name)
    target = folder / FILES[name]
    target.chmod(0o644)
    header, *lines = source.read_text().splitlines(keepends=True)
    target.write_text(header + "".join(line for line in lines if keep(line)))
    return folder
