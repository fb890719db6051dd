#!/usr/bin/env python3
"""Django's command line, with servers of its own where DATABASE_URL and REDIS_URL are absent."""

import os
import sys

try:
    from django.core.management import execute_from_command_line

    from huddleboard import embedded
except ModuleNotFoundError as missing:
    sys.exit(f"This Python has no {missing.name}. Use the one that `make run` makes: .venv/bin/python manage.py …")

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
    try:
        embedded.ensure_environment()
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)
