"""The vendored files are exactly what the pinned packages gave."""

import hashlib
import json
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
MANIFEST = json.loads((STATIC / "vendor" / "manifest.json").read_text())


def test_every_vendored_file_has_the_recorded_sha256() -> None:
    found = {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in MANIFEST["files"]}
    assert found == MANIFEST["files"]


def test_no_file_lies_beside_the_vendored_ones_unrecorded() -> None:
    beside = {
        path.relative_to(STATIC).as_posix()
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert beside == {*MANIFEST["files"], "vendor/manifest.json"}


def test_every_package_comes_with_its_licence() -> None:
    licences = [name for name in MANIFEST["files"] if "LICENSE" in name]
    assert len(licences) == len(MANIFEST["packages"])
