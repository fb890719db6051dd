"""Static files as production serves them: under hashed names, every reference leading to a file."""

import json
import re
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+\.m?js)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.m?js$")


def test_collected_modules_import_each_other_by_hashed_name(tmp_path: Path):
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "huddleboard.storage.StaticStorage"},
    }
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert [name for name in named.values() if not (tmp_path / name).exists()] == []
    references = {
        (path.relative_to(tmp_path), found)
        for path in (tmp_path / "js").rglob("*.js")
        if HASHED.search(path.name)
        for found in IMPORT.findall(path.read_text())
    }
    assert references
    assert [found for _, found in references if not HASHED.search(found)] == []
    assert [found for path, found in references if not (tmp_path / path.parent / found).exists()] == []
