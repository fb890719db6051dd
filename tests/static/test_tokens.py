"""The colors of the dark stand twice, for the system's wish and for the reader's: they are the same."""

import re
from pathlib import Path

CSS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()


def values(selector: str) -> list[dict[str, str]]:
    blocks = re.findall(re.escape(selector) + r" \{(.*?)\}", CSS, re.DOTALL)
    return [dict(re.findall(r"(--[a-z0-9-]+): ([^;]+);", block)) for block in blocks]


def test_dark_is_the_same_by_the_systems_wish_and_by_choice():
    for contrast in ("", '[data-contrast="more"]'):
        wished = values(f':root{contrast}:not([data-theme="light"])')
        chosen = values(f':root{contrast}[data-theme="dark"]')
        assert len(wished) == len(chosen) == 1
        assert wished == chosen
        assert len(chosen[0]) > 10
