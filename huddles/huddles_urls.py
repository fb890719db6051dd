"""Addresses of huddles; part of the addresses of the room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
