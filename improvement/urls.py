"""Addresses of goals, voices, guidelines and evidence."""

from typing import Any

app_name = "improvement"
urlpatterns: list[Any] = []
