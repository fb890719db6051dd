"""Addresses of boards and measures."""

from django.urls import URLPattern

app_name = "boards"
urlpatterns: list[URLPattern] = []
