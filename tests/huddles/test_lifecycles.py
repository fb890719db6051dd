"""The page of life cycles says what the tables say."""

import subprocess
import sys

from scripts import lifecycles


def test_the_page_is_the_one_of_the_tables():
    command = [sys.executable, "-m", "scripts.lifecycles", "--check"]
    assert lifecycles.PAGE.exists()
    assert subprocess.run(command, cwd=lifecycles.PAGE.parents[1], check=False).returncode == 0, (
        "python -m scripts.lifecycles writes it anew"
    )
