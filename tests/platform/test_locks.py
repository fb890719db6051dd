"""The locks can be committed by anybody and installed anywhere."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
NAME = re.compile(r"^([A-Za-z0-9._-]+)")


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==([^\s;\\]+)", (PROJECT / name).read_text(), re.MULTILINE))


def declared(*, dev: bool) -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + (project["dependency-groups"]["dev"] if dev else [])
    return {NAME.match(line).group(1).lower().replace("_", "-").replace(".", "-") for line in wanted}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_and_hashes_every_package(name):
    text = (PROJECT / name).read_text()
    assert re.findall(r"https?:|file:|--index|--find-links|--extra", text) == []
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_locks_hold_what_the_project_declares_and_agree():
    run, dev, installer = (locked(name) for name in LOCKS)
    assert declared(dev=False) - run.keys() == set()
    assert declared(dev=True) - dev.keys() == set()
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}
    assert installer == {"uv": dev["uv"]}


def test_every_dependency_has_a_reason_beside_it():
    text = (PROJECT / "pyproject.toml").read_text()
    section = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL).group(1)
    section += re.search(r"^dev = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL).group(1)
    lines = [line.strip() for line in section.splitlines() if line.strip()]
    assert [line for line in lines if not re.search(r'",\s+# \w', line)] == []


def test_licence_is_apache_2_in_full():
    text = (PROJECT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
