"""Rows of the access table about issues."""

from tests.huddleboard.access_rows import Row

ISSUES: tuple[Row, ...] = ()
