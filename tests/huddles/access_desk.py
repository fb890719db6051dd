"""Rows of the access table about desk."""

from tests.huddleboard.access_rows import Row

DESK: tuple[Row, ...] = ()
