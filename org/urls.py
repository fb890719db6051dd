"""Addresses of people, units and devices."""

from django.urls import URLPattern

app_name = "org"
urlpatterns: list[URLPattern] = []
