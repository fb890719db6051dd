"""The worked examples of the methods run, every page is in the index, and the tables are those of the simulation."""

import re
from pathlib import Path

import pytest

import analytics
from analytics.signals.__main__ import main

DOCS = Path(__file__).resolve().parents[2] / "docs"
INDEX = DOCS / "methods.md"
PAGES = [INDEX, *sorted((DOCS / "methods").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: packages that hold no numbers of their own
APART = {"conformance"}


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.stem)
def test_worked_examples_hold(document):
    text = document.read_text()
    blocks = list(BLOCK.finditer(text))
    assert blocks, "a page without a worked example"
    assert sum(block[1].count("assert ") for block in blocks) >= 2
    names = {"__name__": f"methods_{document.stem}"}
    for block in blocks:
        before = text[: block.start(1)].count("\n")
        exec(compile("\n" * before + block[1], str(document), "exec"), names)


def test_every_page_and_every_package_is_in_the_index():
    rows = re.findall(
        r"^\| \[.+?\]\((methods/[\w-]+\.md)\) \|.+\| `analytics\.(\w+)` \|$", INDEX.read_text(), re.MULTILINE
    )
    assert sorted(DOCS / link for link, _ in rows) == PAGES[1:]
    packages = {path.parent.name for path in Path(analytics.__path__[0]).glob("*/__init__.py")}
    assert {package for _, package in rows} == packages - APART


@pytest.mark.slow
def test_the_tables_of_signals_are_those_of_the_command(capsys):
    assert main(["--seed", "1"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    told = [line for line in INDEX.read_text().split("## Signals")[1].splitlines() if line.startswith("|")]
    assert told == said
