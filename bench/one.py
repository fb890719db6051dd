"""One bench in a process of its own: `python -m bench.one NAME [--small]` ends with its figures as a line of JSON."""

import importlib
import json
import os
import sys

import django


def main(name: str, *, small: bool) -> None:
    """Run the bench and print what it found."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
    django.setup()
    bench = importlib.import_module(f"bench.{name}")
    print(json.dumps(bench.run(small=small)))


if __name__ == "__main__":
    main(sys.argv[1], small="--small" in sys.argv)
