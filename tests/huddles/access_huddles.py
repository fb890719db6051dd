"""Rows of the access table about huddles."""

from tests.huddleboard.access_rows import Row

HUDDLES: tuple[Row, ...] = ()
