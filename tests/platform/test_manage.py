"""`manage.py` for somebody who has not read how to call it."""

import subprocess
import sys

from huddleboard.embedded.state import PROJECT


def test_a_python_without_the_packages_is_told_which_one_to_use():
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "manage.py", "check"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr.strip().startswith("This Python has no django.")
    assert ".venv/bin/python manage.py" in answer.stderr
