"""Addresses of goals, voices, guidelines and evidence."""

from typing import Any

from django.urls import include, path

app_name = "improvement"
urlpatterns: list[Any] = [path("", include("improvement.goal_urls"))]
