"""What the documents say of the code is true: access, variables, decision records, links."""

import re
from pathlib import Path

import pytest

from org.rules import DEVICE_PERMISSIONS, ROLES, Permission

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
#: Read by `make run` and `make test` alone.
NOT_SETTINGS = {"HOST", "PORT", "HUDDLEBOARD_DEMO", "EMBED_STATE", "EMBED_PG_BIN", "WORKERS", "CHROMIUM"}


def read(name):
    return (PROJECT / name).read_text()


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_access_table_is_the_one_of_the_rules():
    table = re.search(
        r"<!-- access table: begin -->\n(.*)\n<!-- access table: end -->", read("docs/security.md"), re.DOTALL
    )
    head, _rule, *lines = table[1].splitlines()
    assert cells(head)[1:] == [*(str(role.label) for role in ROLES), "Wall display"]
    told = {cells(line)[0]: [cell == "yes" for cell in cells(line)[1:]] for line in lines}
    assert told == {
        str(p.label): [*(p in permissions for permissions in ROLES.values()), p in DEVICE_PERMISSIONS]
        for p in Permission
    }


def test_every_variable_of_the_settings_is_told_where_it_is_looked_for():
    settings = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', read("huddleboard/settings.py"))) - {"HUDDLEBOARD_TESTING"}
    assert {"DATABASE_URL", "SECRET_KEY", "WATCHED_FOLDERS"} <= settings
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operations.md"), re.MULTILINE))
    assert rows == settings
    example = set(re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    assert example - NOT_SETTINGS == settings


def test_every_decision_record_is_listed_and_numbered_once():
    records = sorted(path.name for path in (PROJECT / "docs/adr").glob("[0-9]*.md"))
    assert sorted(re.findall(r"^\| \[\d+\]\((.+?)\)", read("docs/adr/README.md"), re.MULTILINE)) == records
    assert len({name[:4] for name in records}) == len(records)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_lead_somewhere(document):
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (document.parent / path) if path else document
        assert there.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}, target
