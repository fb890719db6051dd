"""Rows of the access table about setup."""

from tests.huddleboard.access_rows import Row

HUDDLE_SETUP: tuple[Row, ...] = ()
